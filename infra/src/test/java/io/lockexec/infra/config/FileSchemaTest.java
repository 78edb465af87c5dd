package io.lockexec.infra.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.lockexec.BadInput;
import io.lockexec.job.JobRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class FileSchemaTest {
  private static final Instant NOW = Instant.parse("2026-11-23T14:00:00Z");

  private final JsonNode schema = new FileSchema().json();

  @Test
  void is_a_JSON_Schema() {
    var meta =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaLocation.of(schema.path("$schema").stringValue()));

    assertThat(meta.validate(schema)).isEmpty();
  }

  @Test
  void describes_every_field() {
    List<String> undescribed = new ArrayList<>();

    collectUndescribed(schema, "", undescribed);

    assertThat(undescribed).isEmpty();
  }

  @Test
  void knows_the_very_fields_of_a_job_that_the_function_knows() {
    JsonNode job = JsonMapper.shared().readTree("{\"image\": \"a\", \"nobody-knows-this\": 1}");

    BadInput refusal = catchThrowableOfType(BadInput.class, () -> JobRequest.parse(job, "job"));

    String names = String.valueOf(refusal.getMessage()).replaceFirst(".*: use one of ", "");
    Set<String> known = new TreeSet<>(List.of(names.split(", ", -1)));
    known.addAll(Set.of("namespace", "from"));
    assertThat(
            new TreeSet<>(schema.at("/$defs/schedule/properties/job/properties").propertyNames()))
        .isEqualTo(known);
  }

  @Test
  void the_example_is_right_and_names_the_schema() throws IOException {
    String example = example();

    LockExecFile file = LockExecFile.parse("lock-exec.example.yaml", example, NOW);

    assertThat(file.warnings()).isEmpty();
    assertThat(file.schedules()).hasSize(3);
    assertThat(example).startsWith("# yaml-language-server: $schema=lock-exec.schema.json\n");
  }

  @Test
  void the_example_shows_every_field() throws IOException {
    JsonNode example = YamlText.parse("example", example()).root();

    assertThat(example.propertyNames()).containsAll(names("/properties"));
    assertThat(example.path("tables").propertyNames())
        .containsAll(names("/properties/tables/properties"));
    assertThat(example.path("defaults").propertyNames())
        .containsAll(names("/properties/defaults/properties"));
    assertThat(example.path("schedules").path("nightly-report").propertyNames())
        .containsAll(names("/$defs/schedule/properties"));
    Set<String> cluster = new TreeSet<>();
    example.path("clusters").forEach(each -> cluster.addAll(each.propertyNames()));
    assertThat(cluster).containsAll(names("/$defs/cluster/properties"));
  }

  private static String example() throws IOException {
    try (InputStream example =
        LockExecFile.class.getResourceAsStream("/io/lockexec/infra/lock-exec.example.yaml")) {
      assertThat(example).isNotNull();
      return new String(example.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Set<String> names(String pointer) {
    Set<String> names = new TreeSet<>(schema.at(pointer).propertyNames());
    assertThat(names).isNotEmpty();
    return names;
  }

  private static void collectUndescribed(JsonNode node, String path, List<String> undescribed) {
    node.path("properties")
        .forEachEntry(
            (name, field) -> {
              if (!field.has("description")) {
                undescribed.add(path + "." + name);
              }
            });
    node.forEachEntry(
        (name, child) -> {
          if (child.isObject()) {
            collectUndescribed(child, path + "." + name, undescribed);
          }
        });
  }
}
