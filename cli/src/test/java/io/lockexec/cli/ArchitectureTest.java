package io.lockexec.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds the house: this module stands on the function, beside the other one. */
final class ArchitectureTest {
  private final JavaClasses module =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.lockexec.cli");

  @Test
  void every_package_is_null_marked() {
    classes()
        .should(
            be(
                describe(
                    "in a null-marked package",
                    (JavaClass type) -> type.getPackage().isAnnotatedWith(NullMarked.class))))
        .check(module);
  }

  @Test
  void does_not_depend_on_infra() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.lockexec.infra..")
        .check(module);
  }
}
