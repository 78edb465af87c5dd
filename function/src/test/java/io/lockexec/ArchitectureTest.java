package io.lockexec;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.InstantSource;
import java.time.temporal.TemporalAccessor;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds the house: which package may know which, and where time and environment come in. */
final class ArchitectureTest {
  private static final String ROOT = "io.lockexec";
  private static final String SCHEDULE = "io.lockexec.schedule..";
  private static final String LOCK = "io.lockexec.lock..";
  private static final String JOB = "io.lockexec.job..";
  private static final String CLUSTER = "io.lockexec.cluster..";
  private static final String RUN = "io.lockexec.run..";
  private static final String DYNAMODB = "io.lockexec.dynamodb..";
  private static final String KUBERNETES = "io.lockexec.kubernetes..";
  private static final String LAMBDA = "io.lockexec.lambda..";
  private static final String[] DOMAIN = {ROOT, SCHEDULE, LOCK, JOB, CLUSTER, RUN};

  private final JavaClasses function =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void each_package_uses_only_those_before_it() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        // The adapters and the edge are named before their first class is written.
        .withOptionalLayers(true)
        .layer("root")
        .definedBy(ROOT)
        .layer("schedule")
        .definedBy(SCHEDULE)
        .layer("lock")
        .definedBy(LOCK)
        .layer("job")
        .definedBy(JOB)
        .layer("cluster")
        .definedBy(CLUSTER)
        .layer("run")
        .definedBy(RUN)
        .layer("dynamodb")
        .definedBy(DYNAMODB)
        .layer("kubernetes")
        .definedBy(KUBERNETES)
        .layer("lambda")
        .definedBy(LAMBDA)
        .whereLayer("root")
        .mayNotAccessAnyLayer()
        .whereLayer("schedule")
        .mayOnlyAccessLayers("root")
        .whereLayer("lock")
        .mayOnlyAccessLayers("root", "schedule")
        .whereLayer("job")
        .mayOnlyAccessLayers("root", "schedule", "lock")
        .whereLayer("cluster")
        .mayOnlyAccessLayers("root", "schedule", "lock", "job")
        .whereLayer("run")
        .mayOnlyAccessLayers("root", "schedule", "lock", "job", "cluster")
        .whereLayer("dynamodb")
        .mayOnlyAccessLayers("root", "schedule", "lock", "job", "cluster", "run")
        .whereLayer("kubernetes")
        .mayOnlyAccessLayers("root", "schedule", "lock", "job", "cluster", "run")
        .whereLayer("lambda")
        .mayNotBeAccessedByAnyLayer()
        .check(function);
  }

  @Test
  void there_is_no_package_without_a_place() {
    classes()
        .should()
        .resideInAnyPackage(ROOT, SCHEDULE, LOCK, JOB, CLUSTER, RUN, DYNAMODB, KUBERNETES, LAMBDA)
        .check(function);
  }

  @Test
  void packages_form_no_cycle() {
    slices().matching("io.lockexec.(*)..").should().beFreeOfCycles().check(function);
  }

  @Test
  void the_domain_knows_no_cloud_no_command_line_and_no_log() {
    noClasses()
        .that()
        .resideInAnyPackage(DOMAIN)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "software.amazon..",
            "com.amazonaws..",
            "io.fabric8..",
            "picocli..",
            "org.slf4j..",
            "ch.qos.logback..",
            "net.logstash..")
        .check(function);
  }

  @Test
  void each_technology_has_one_adapter() {
    onlyIn("software.amazon.awssdk.services..", DYNAMODB, LAMBDA);
    onlyIn("io.fabric8..", KUBERNETES, LAMBDA);
    onlyIn("com.amazonaws..", LAMBDA);
    onlyIn("com.cronutils..", SCHEDULE);
  }

  @Test
  void time_and_environment_come_in_at_the_edge_only() {
    noClasses()
        .that()
        .resideOutsideOfPackage(LAMBDA)
        .should()
        .accessTargetWhere(describe("it reads the clock or the environment", this::readsTheWorld))
        .check(function);
  }

  @Test
  void every_package_is_null_marked() {
    classes().should(be(inNullMarkedPackage())).check(function);
  }

  @Test
  void nothing_depends_on_the_command_line_or_on_infra() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.lockexec.cli..", "io.lockexec.infra..")
        .check(function);
  }

  private void onlyIn(String technology, String... packages) {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(technology)
        .check(function);
  }

  private boolean readsTheWorld(JavaAccess<?> access) {
    AccessTarget target = access.getTarget();
    JavaClass owner = target.getOwner();
    String method = target.getName();
    return (owner.isAssignableTo(TemporalAccessor.class) && method.equals("now"))
        || (owner.isEquivalentTo(Clock.class) && (method.startsWith("system") || tick(method)))
        || (owner.isEquivalentTo(InstantSource.class) && method.equals("system"))
        || (owner.isEquivalentTo(System.class)
            && Set.of("getenv", "getProperty", "currentTimeMillis").contains(method));
  }

  private static boolean tick(String method) {
    return Set.of("tickMillis", "tickSeconds", "tickMinutes").contains(method);
  }

  private static DescribedPredicate<JavaClass> inNullMarkedPackage() {
    return describe(
        "in a null-marked package", type -> type.getPackage().isAnnotatedWith(NullMarked.class));
  }
}
