package io.lockexec.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class StandInTest {
  private static final String ONE_CLUSTER =
      """
      clusters:
        - name: blue
          local: true
      schedules:
        hello:
          schedule: "@daily"
          job:
            image: busybox
            command: [sh, -c, exit 0]
        asleep:
          schedule: "@daily"
          enabled: false
          job:
            image: busybox
            command: [sh, -c, exit 0]
      """;

  @TempDir private Path folder = Path.of("given by JUnit");

  @Test
  void the_example_does_what_it_says() {
    FrontDoor example = FrontDoor.call("try", "--no-color");

    assertThat(example.code()).as(example.out() + example.err()).isZero();
    assertThat(example.out())
        .containsPattern("\\| check-stock +\\| .* \\| blue +\\| FAILED .* \\|  +3 \\|")
        .containsPattern("\\| reindex +\\| .* \\| SKIPPED +\\| JobAlreadyActive")
        .containsPattern("\\| audit +\\| .* \\| green +\\| SUCCEEDED")
        .contains("7 firings: 5 succeeded, 1 failed, 1 skipped; 7 duplicate deliveries recognised")
        .contains("✓ the clusters bear witness: 6 pods were started")
        .doesNotContain("✗")
        .doesNotContain("\u001b");
    assertThat(example.err()).isEmpty();
  }

  @Test
  void an_example_that_expects_something_else_ends_with_1() throws IOException {
    Files.writeString(folder.resolve("lock-exec.yaml"), ONE_CLUSTER);
    Files.writeString(
        folder.resolve("scenario.yaml"),
        """
        firings:
          - schedule: hello
            shows: fails, or so it says here
            expect:
              outcome: FAILED
              exitCode: 7
        """);

    FrontDoor example = FrontDoor.call("try", folder.toString());

    assertThat(example.code()).isEqualTo(1);
    assertThat(example.outLines())
        .contains(
            "  ✗ hello: fails, or so it says here",
            "      the outcome is SUCCEEDED, not FAILED",
            "      the exit code is empty, not 7");
  }

  @Test
  void a_bad_file_is_refused_line_by_line() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("bad.yaml"),
            """
            clusters:
              - name: blue
                local: true
            schedules:
              hello:
                schedule: "61 * * * *"
                job:
                  imaeg: busybox
            """);

    FrontDoor check = FrontDoor.call("check", file.toString());

    assertThat(check.code()).isEqualTo(2);
    assertThat(check.out()).isEmpty();
    assertThat(check.errLines())
        .hasSizeGreaterThanOrEqualTo(2)
        .allMatch(line -> line.startsWith(file + ":"))
        .anyMatch(line -> line.contains("schedules.hello.schedule"))
        .anyMatch(line -> line.contains("imaeg") && line.contains("did you mean \"image\"?"));
    assertThat(FrontDoor.call("run", file.toString(), "--once")).isEqualTo(check);
  }

  @Test
  void a_good_file_shows_the_next_three_firings() throws IOException {
    Path file = Files.writeString(folder.resolve("good.yaml"), ONE_CLUSTER);

    FrontDoor check = FrontDoor.call("check", file.toString());

    assertThat(check.code()).isZero();
    assertThat(check.outLines()).hasSize(2);
    assertThat(check.outLines().getFirst())
        .matches("hello   ( *\\w{3} \\d{4}-\\d{2}-\\d{2} 00:00 \\+00:00,?){3}");
    assertThat(check.outLines().getLast()).isEqualTo("asleep  is not enabled");
  }

  @Test
  void once_fires_each_enabled_schedule_and_tells_machines_in_json() throws IOException {
    Path file = Files.writeString(folder.resolve("good.yaml"), ONE_CLUSTER);

    FrontDoor run =
        FrontDoor.call(
            "run",
            file.toString(),
            "--once",
            "--deliver",
            "3",
            "--output",
            "json",
            "--sweep-every",
            "1s");

    assertThat(run.code()).as(run.err()).isZero();
    List<JsonNode> lines = run.outLines().stream().map(StandInTest::json).toList();
    assertThat(lines.subList(0, lines.size() - 1))
        .allMatch(line -> line.path("type").asString().equals("transition"))
        .extracting(line -> line.path("reason").asString())
        .contains("Claimed", "SuccessfulCreate", "Committed", "Started", "SawCompletedJob");
    JsonNode summary = lines.getLast();
    assertThat(summary.path("type").asString()).isEqualTo("summary");
    assertThat(summary.path("firings").size()).isEqualTo(1);
    JsonNode firing = summary.path("firings").path(0);
    assertThat(firing.path("outcome").asString()).isEqualTo("SUCCEEDED");
    assertThat(firing.path("deliveries").asInt()).isEqualTo(3);
    assertThat(firing.path("duplicates").asInt()).isEqualTo(2);
    assertThat(firing.path("podsStarted").asInt()).isEqualTo(1);
    assertThat(summary.path("locksHeld").size()).isZero();
  }

  @Test
  void a_context_that_is_nowhere_is_one_clear_line() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("real.yaml"),
            ONE_CLUSTER.replace("- name: blue\n    local: true", "- context: kind-blue"));
    Map<String, String> environment = new HashMap<>(FrontDoor.environment());
    environment.put("KUBECONFIG", folder.resolve("none").toString());

    FrontDoor run = FrontDoor.call(environment, "run", file.toString(), "--once");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines()).singleElement().asString().contains("kind-blue");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          just text            | manifests: "just text" is no object
          {kind: Secret}       | manifests: "{"kind":"Secret"}" is of a kind that a local cluster does not keep: use Namespace, CronJob and Job
          {kind: CronJob, metadata: {name: a}} | manifests: "CronJob/a" is refused:
          """)
  void a_manifest_that_no_cluster_would_take_is_one_clear_line(String manifest, String line)
      throws IOException {
    Path file = Files.writeString(folder.resolve("good.yaml"), ONE_CLUSTER);
    Path objects = Files.writeString(folder.resolve("objects.yaml"), manifest);

    FrontDoor run =
        FrontDoor.call("run", file.toString(), "--once", "--manifests", objects.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.errLines()).singleElement().asString().startsWith(line);
  }

  @Test
  void a_file_that_is_none_is_one_clear_line() throws IOException {
    Path file = Files.writeString(folder.resolve("good.yaml"), ONE_CLUSTER);
    Path none = folder.resolve("none.yaml");

    assertThat(FrontDoor.call("check", none.toString()))
        .isEqualTo(new FrontDoor(2, "", none + ": does not exist\n"));
    assertThat(FrontDoor.call("check", folder.toString()))
        .isEqualTo(new FrontDoor(2, "", folder + ": is a directory: name a file\n"));
    assertThat(FrontDoor.call("run", file.toString(), "--manifests", none.toString()))
        .isEqualTo(new FrontDoor(2, "", "--manifests: \"" + none + "\" does not exist\n"));
  }

  @Test
  void an_endpoint_that_does_not_answer_is_one_clear_line() throws IOException {
    Path file = Files.writeString(folder.resolve("good.yaml"), ONE_CLUSTER);
    Map<String, String> environment = new HashMap<>(FrontDoor.environment());
    environment.put("AWS_ENDPOINT_URL_DYNAMODB", "no url");

    FrontDoor run = FrontDoor.call(environment, "run", file.toString(), "--once");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errLines())
        .singleElement()
        .asString()
        .startsWith("AWS_ENDPOINT_URL_DYNAMODB: \"no url\" ");
  }

  @Test
  void credentials_that_are_missing_are_one_clear_line() throws IOException {
    Path file = Files.writeString(folder.resolve("good.yaml"), ONE_CLUSTER);
    Map<String, String> environment = new HashMap<>(FrontDoor.environment());
    environment.put("AWS_ENDPOINT_URL", "http://127.0.0.1:1");

    FrontDoor run = FrontDoor.call(environment, "run", file.toString(), "--once");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errLines()).singleElement().asString().startsWith("AWS_");
  }

  @Test
  void help_shows_examples_and_exits_with_0() {
    FrontDoor help = FrontDoor.call("run", "--help");

    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("Usage: stand-in run").contains("run my.yaml --once");
  }

  @Test
  void a_time_span_without_a_unit_is_refused() {
    FrontDoor run = FrontDoor.call("run", "--for", "10");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errLines().getFirst()).contains("--for").contains("10m");
  }

  private static JsonNode json(String line) {
    return JsonMapper.shared().readTree(line);
  }
}
