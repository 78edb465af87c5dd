package io.lockexec.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.lock.LockKey;
import io.lockexec.schedule.Installation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class HardeningTest {
  private static final String PLAIN =
      """
      metadata: {}
      spec:
        template:
          metadata: {}
          spec:
            initContainers:
              - {name: setup, image: busybox}
              - {name: proxy, image: busybox, restartPolicy: Always}
            containers:
              - {name: main, image: busybox}
              - {name: helper, image: busybox}
      """;

  /** Where, what the template says there, and what the Job says there; - is nothing. */
  @ParameterizedTest(name = "{0}: {1} → {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/spec/backoffLimit                          | -          | 0",
        "/spec/backoffLimit                          | 6          | 0",
        "/spec/backoffLimit                          | 0          | 0",
        "/spec/podReplacementPolicy                  | -          | \"Failed\"",
        "/spec/podReplacementPolicy                  | \"TerminatingOrFailed\" | \"Failed\"",
        "/spec/podReplacementPolicy                  | \"Failed\" | \"Failed\"",
        "/spec/suspend                               | true       | true",
        "/spec/suspend                               | false      | true",
        "/spec/successPolicy                         | {\"rules\":[{\"succeededCount\":1}]} | -",
        "/spec/backoffLimitPerIndex                  | 1          | -",
        "/spec/maxFailedIndexes                      | 5          | -",
        "/spec/managedBy                             | \"example.com/x\" | -",
        "/spec/managedBy                             | \"kubernetes.io/job-controller\" | -",
        "/spec/ttlSecondsAfterFinished               | 0          | -",
        "/spec/ttlSecondsAfterFinished               | 3600       | -",
        "/spec/manualSelector                        | true       | -",
        "/spec/manualSelector                        | false      | -",
        "/spec/selector                              | {\"matchLabels\":{\"a\":\"b\"}} | -",
        "/spec/completions                           | -          | 1",
        "/spec/completions                           | 5          | 5",
        "/spec/completionMode                        | \"Indexed\" | \"Indexed\"",
        "/spec/parallelism                           | -          | 1",
        "/spec/parallelism                           | 3          | 3",
        "/spec/activeDeadlineSeconds                 | -          | 84390",
        "/spec/activeDeadlineSeconds                 | 600        | 600",
        "/spec/activeDeadlineSeconds                 | 604800     | 604800",
        "/spec/template/spec/activeDeadlineSeconds   | -          | 84390",
        "/spec/template/spec/activeDeadlineSeconds   | 60         | 60",
        "/spec/template/spec/activeDeadlineSeconds   | 604800     | 84390",
        "/spec/template/spec/restartPolicy           | -          | \"Never\"",
        "/spec/template/spec/restartPolicy           | \"OnFailure\" | \"Never\"",
        "/spec/template/spec/restartPolicy           | \"Never\"  | \"Never\"",
        "/spec/template/spec/containers/0/restartPolicy | \"Always\" | -",
        "/spec/template/spec/containers/1/restartPolicy | \"OnFailure\" | -",
        "/spec/template/spec/containers/0/restartPolicyRules | [{\"action\":\"Restart\"}] | -",
        "/spec/template/spec/initContainers/0/restartPolicy | \"OnFailure\" | -",
        "/spec/template/spec/initContainers/0/restartPolicy | \"Never\" | -",
        "/spec/template/spec/initContainers/0/restartPolicy | \"Always\" | \"Always\"",
        "/spec/template/spec/initContainers/0/restartPolicyRules | [{\"action\":\"Restart\"}] | -",
        "/spec/template/spec/initContainers/1/restartPolicyRules | [{\"action\":\"Restart\"}] | -",
        "/spec/podFailurePolicy                      | {\"rules\":[{\"action\":\"Ignore\"}]} | -",
        "/spec/podFailurePolicy                      | {\"rules\":[{\"action\":\"FailIndex\"}]} |"
            + " -",
        "/spec/podFailurePolicy                      | {\"rules\":[{\"action\":\"Tomorrow\"}]} | -",
        "/spec/podFailurePolicy                      | {\"rules\":[{\"action\":\"FailJob\"}]}"
            + " | {\"rules\":[{\"action\":\"FailJob\"}]}",
        "/spec/podFailurePolicy                      | {\"rules\":[{\"action\":\"Count\"}]}"
            + " | {\"rules\":[{\"action\":\"Count\"}]}",
        "/metadata/uid                               | \"1-2-3\"  | -",
        "/metadata/resourceVersion                   | \"7\"      | -",
        "/metadata/creationTimestamp                 | \"2026-01-01T00:00:00Z\" | -",
        "/metadata/ownerReferences                   | [{\"kind\":\"CronJob\"}] | -",
        "/metadata/generateName                      | \"x-\"     | -",
        "/metadata/finalizers                        | [\"example.com/f\"] | -",
        "/metadata/labels/team                       | \"data\"   | \"data\"",
        "/metadata/labels/job-name                   | \"other\"  | -",
        "/metadata/labels/controller-uid             | \"1-2-3\"  | -",
        "/metadata/labels/batch.kubernetes.io~1job-name | \"other\" | -",
        "/metadata/labels/lock-exec.io~1settled      | \"true\"   | -",
        "/metadata/labels/lock-exec.io~1run          | \"other\"  | \"nightly-report-29923320\"",
        "/metadata/annotations/lock-exec.io~1launch  | \"started\" | \"held\"",
        "/metadata/annotations/batch.kubernetes.io~1cronjob-scheduled-timestamp"
            + " | \"2020-01-01T00:00:00Z\" | \"2026-11-23T02:00:00Z\"",
        "/spec/template/metadata/uid                 | \"1-2-3\"  | -",
        "/spec/template/metadata/name                | \"pod\"    | \"pod\"",
        "/spec/template/metadata/generateName        | \"x-\"     | -",
        "/spec/template/metadata/labels/app          | \"report\" | \"report\"",
        "/spec/template/metadata/labels/lock-exec.io~1installation | \"x\" | \"staging\"",
        "/spec/template/metadata/labels/batch.kubernetes.io~1controller-uid | \"1\" | -",
        "/spec/template/metadata/annotations/lock-exec.io~1launch | \"held\" | -",
        "/spec/template/spec/schedulerName           | \"volcano\" | \"volcano\"",
        "/spec/template/spec/fieldOfTomorrow         | {\"a\":[1.50]} | {\"a\":[1.50]}",
        "/spec/fieldOfTomorrow                       | [true]     | [true]",
      })
  void one_field(String pointer, String given, String expected) {
    ObjectNode job = Manifests.yaml(PLAIN);
    Manifests.set(job, pointer, given);

    HardenedJob hardened = Manifests.hardened(template(job));

    assertThat(said(hardened.manifest().at(pointer))).isEqualTo(said(json(expected)));
    List<Change> changes =
        hardened.changes().stream().filter(change -> change.path().equals(at(pointer))).toList();
    if (said(json(given)).equals(said(json(expected)))) {
      assertThat(changes).isEmpty();
    } else {
      assertThat(changes)
          .singleElement()
          .satisfies(
              change -> {
                assertThat(change.before().orElse("-")).isEqualTo(said(json(given)));
                assertThat(change.after().orElse("-")).isEqualTo(said(json(expected)));
                assertThat(change.why()).isNotBlank();
              });
    }
  }

  @Test
  void a_job_is_named_after_its_firing_and_created_held() {
    ObjectNode manifest = Manifests.hardened(template(Manifests.yaml(PLAIN))).manifest();

    assertThat(manifest.path("apiVersion").asString()).isEqualTo("batch/v1");
    assertThat(manifest.path("kind").asString()).isEqualTo("Job");
    assertThat(manifest.at("/metadata/name").asString()).isEqualTo("nightly-report-29923320");
    assertThat(manifest.at("/metadata/namespace").asString()).isEqualTo("reports");
    assertThat(manifest.at("/spec/suspend").asBoolean()).isTrue();
    assertThat(manifest.at("/metadata/annotations").path(Marks.LAUNCH).asString())
        .isEqualTo("held");
  }

  @Test
  void job_and_pod_say_whose_they_are() {
    ObjectNode manifest = Manifests.hardened(template(Manifests.yaml(PLAIN))).manifest();

    for (String metadata : List.of("/metadata", "/spec/template/metadata")) {
      assertThat(manifest.at(metadata + "/labels"))
          .isEqualTo(
              Manifests.yaml(
                  """
                  lock-exec.io/installation: staging
                  lock-exec.io/run: nightly-report-29923320
                  lock-exec.io/schedule: nightly-report
                  """));
    }
    assertThat(manifest.at("/spec/template/metadata/annotations"))
        .isEqualTo(
            Manifests.yaml(
                """
                lock-exec.io/key: reports
                lock-exec.io/scheduled-time: "2026-11-23T02:00:00Z"
                lock-exec.io/token: "1795399200123"
                """));
    assertThat(manifest.at("/metadata/annotations"))
        .isEqualTo(
            Manifests.yaml(
                """
                lock-exec.io/key: reports
                lock-exec.io/scheduled-time: "2026-11-23T02:00:00Z"
                lock-exec.io/token: "1795399200123"
                lock-exec.io/launch: held
                batch.kubernetes.io/cronjob-scheduled-timestamp: "2026-11-23T02:00:00Z"
                """));
  }

  @ParameterizedTest
  @CsvSource({"/containers/0", "/containers/1", "/initContainers/0", "/initContainers/1"})
  void every_container_is_told_what_it_runs_for(String container) {
    ObjectNode job = Manifests.yaml(PLAIN);
    Manifests.set(
        job, "/spec/template/spec" + container + "/env", "[{\"name\":\"A\",\"value\":\"b\"}]");

    HardenedJob hardened = Manifests.hardened(template(job));

    assertThat(hardened.manifest().at("/spec/template/spec" + container + "/env"))
        .isEqualTo(
            Manifests.yaml(
                    """
                    env:
                      - {name: LOCK_EXEC_SCHEDULE, value: nightly-report}
                      - {name: LOCK_EXEC_KEY, value: reports}
                      - {name: LOCK_EXEC_RUN, value: nightly-report-29923320}
                      - {name: LOCK_EXEC_SCHEDULED_TIME, value: "2026-11-23T02:00:00Z"}
                      - {name: LOCK_EXEC_TOKEN, value: "1795399200123"}
                      - {name: A, value: b}
                    """)
                .path("env"));
    assertThat(hardened.changes()).noneMatch(change -> change.path().contains("env"));
  }

  @Test
  void a_variable_of_our_name_is_replaced_and_reported() {
    ObjectNode job = Manifests.yaml(PLAIN);
    Manifests.set(
        job,
        "/spec/template/spec/containers/0/env",
        """
        [{"name":"A","value":"b"},{"name":"LOCK_EXEC_TOKEN","value":"1"},\
        {"name":"LOCK_EXEC_RUN","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}]\
        """);

    HardenedJob hardened = Manifests.hardened(template(job));

    assertThat(hardened.manifest().at("/spec/template/spec/containers/0/env").valueStream())
        .extracting(variable -> variable.path("name").asString())
        .containsExactly(
            "LOCK_EXEC_SCHEDULE",
            "LOCK_EXEC_KEY",
            "LOCK_EXEC_RUN",
            "LOCK_EXEC_SCHEDULED_TIME",
            "LOCK_EXEC_TOKEN",
            "A");
    assertThat(hardened.changes())
        .extracting(Change::toString)
        .contains(
            "spec.template.spec.containers[0].env[1]:"
                + " {\"name\":\"LOCK_EXEC_TOKEN\",\"value\":\"1\"}"
                + " → {\"name\":\"LOCK_EXEC_TOKEN\",\"value\":\"1795399200123\"}"
                + " (is lock-exec's own)")
        .anyMatch(
            change ->
                change.startsWith("spec.template.spec.containers[0].env[2]: ")
                    && change.contains("metadata.name"));
  }

  @Test
  void a_key_reaches_the_command_as_it_is_though_kubernetes_expands_variables() {
    JobIdentity odd =
        new JobIdentity(
            new Installation("staging"),
            Manifests.IDENTITY.firing(),
            new LockKey("cost $(HOME) in $$"),
            Manifests.IDENTITY.token());

    HardenedJob hardened =
        Hardening.harden(
            template(Manifests.yaml(PLAIN)), Manifests.REPORTS, odd, Duration.ofHours(1));

    assertThat(hardened.manifest().at("/spec/template/spec/containers/0/env/1/value").asString())
        .isEqualTo("cost $$(HOME) in $$$$");
    assertThat(hardened.manifest().at("/metadata/annotations").path(Marks.KEY).asString())
        .isEqualTo("cost $(HOME) in $$");
  }

  @Test
  void of_a_failure_policy_the_rules_that_start_nothing_again_stay_in_order() {
    ObjectNode job = Manifests.yaml(PLAIN);
    Manifests.set(
        job,
        "/spec/podFailurePolicy",
        """
        {"rules":[{"action":"Ignore"},{"action":"Count"},{"action":"FailIndex"},\
        {"action":"FailJob"}]}\
        """);

    HardenedJob hardened = Manifests.hardened(template(job));

    assertThat(hardened.manifest().at("/spec/podFailurePolicy"))
        .hasToString("{\"rules\":[{\"action\":\"Count\"},{\"action\":\"FailJob\"}]}");
    assertThat(hardened.changes())
        .extracting(Change::path)
        .contains("spec.podFailurePolicy.rules[0]", "spec.podFailurePolicy.rules[2]")
        .doesNotContain("spec.podFailurePolicy");
  }

  @Test
  void a_work_queue_stays_one() {
    ObjectNode job = Manifests.yaml(PLAIN);
    Manifests.set(job, "/spec/parallelism", "4");

    ObjectNode manifest = Manifests.hardened(template(job)).manifest();

    assertThat(manifest.at("/spec/parallelism").asInt()).isEqualTo(4);
    assertThat(manifest.at("/spec/completions").isMissingNode()).isTrue();
  }

  @Test
  void without_a_deadline_a_run_takes_the_default_at_most_grace_period_included() {
    ObjectNode job = Manifests.yaml(PLAIN);
    Manifests.set(job, "/spec/template/spec/terminationGracePeriodSeconds", "600");

    HardenedJob hardened =
        Hardening.harden(template(job), Manifests.REPORTS, Manifests.IDENTITY, Duration.ofHours(2));

    assertThat(hardened.manifest().at("/spec/activeDeadlineSeconds").asLong()).isEqualTo(6600);
    assertThat(hardened.longest()).isEqualTo(Duration.ofHours(2));
  }

  @Test
  void a_deadline_is_left_even_where_the_grace_period_takes_all_the_time() {
    ObjectNode job = Manifests.yaml(PLAIN);
    Manifests.set(job, "/spec/template/spec/terminationGracePeriodSeconds", "7200");

    HardenedJob hardened =
        Hardening.harden(template(job), Manifests.REPORTS, Manifests.IDENTITY, Duration.ofHours(1));

    assertThat(hardened.manifest().at("/spec/activeDeadlineSeconds").asLong()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/metadata/labels",
        "/spec/suspend",
        "/spec/backoffLimit",
        "/spec/completions",
        "/spec/parallelism",
        "/spec/activeDeadlineSeconds",
        "/spec/podFailurePolicy",
        "/spec/template/metadata",
        "/spec/template/spec/restartPolicy",
        "/spec/template/spec/containers/0/env"
      })
  void a_field_that_is_null_is_as_good_as_none(String pointer) {
    ObjectNode job = Manifests.yaml(PLAIN);
    Manifests.set(job, pointer, "null");

    HardenedJob hardened = Manifests.hardened(template(job));

    HardenedJob plain = Manifests.hardened(template(Manifests.yaml(PLAIN)));
    assertThat(hardened.changes()).containsExactlyElementsOf(plain.changes());
    assertThat(withoutNull(hardened.manifest())).isEqualTo(plain.manifest());
  }

  @Test
  void a_hardened_job_stays_what_it_was_when_made() {
    ObjectNode manifest = Manifests.yaml("{spec: {activeDeadlineSeconds: 60}}");
    HardenedJob job = new HardenedJob(manifest, List.of());

    Manifests.set(manifest, "/spec/activeDeadlineSeconds", "7200");

    assertThat(job.longest()).isEqualTo(Duration.ofSeconds(90));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void hardening_what_is_hardened_changes_nothing(Path example) {
    HardenedJob once = Manifests.hardened(Manifests.template(Manifests.read(example)));
    ObjectNode metadata = (ObjectNode) once.manifest().path("metadata");
    metadata.remove(List.of("name", "namespace"));

    HardenedJob twice =
        Manifests.hardened(new JobTemplate(metadata, (ObjectNode) once.manifest().path("spec")));

    assertThat(twice.manifest()).isEqualTo(once.manifest());
    assertThat(twice.changes()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void the_template_and_the_job_cannot_be_changed_through_each_other(Path example) {
    ObjectNode cronJob = Manifests.read(example);
    JobTemplate template = Manifests.template(cronJob);

    HardenedJob job = Manifests.hardened(template);
    ((ObjectNode) job.manifest().path("spec")).put("backoffLimit", 7);
    template.spec().put("backoffLimit", 7);

    assertThat(cronJob).isEqualTo(Manifests.read(example));
    assertThat(template).isEqualTo(Manifests.template(cronJob));
    assertThat(job.manifest().at("/spec/backoffLimit").asInt()).isZero();
  }

  @Test
  void the_longest_name_fits_and_its_job_lasts_deadline_and_grace_period() {
    JobTemplate template = Manifests.template(Manifests.example("longest-name"));

    HardenedJob job = Manifests.hardened(template);

    assertThat(job.longest()).isEqualTo(Duration.ofSeconds(60 + 30));
  }

  @ParameterizedTest
  @CsvSource({"mesh-report, 1845", "indexed-export, 84420", "disrupted-import, 84420"})
  void the_longest_includes_the_longest_grace_period_of_pod_and_probes(String name, long seconds) {
    JobTemplate template = Manifests.template(Manifests.example(name));

    assertThat(Manifests.hardened(template).longest()).isEqualTo(Duration.ofSeconds(seconds));
  }

  private static Stream<Path> examples() {
    return Manifests.examples().stream();
  }

  private static ObjectNode withoutNull(ObjectNode manifest) {
    ((ObjectNode) manifest.path("spec")).removeNulls();
    return manifest;
  }

  private static JobTemplate template(ObjectNode job) {
    return new JobTemplate((ObjectNode) job.path("metadata"), (ObjectNode) job.path("spec"));
  }

  private static JsonNode json(String text) {
    return text.equals("-")
        ? Manifests.yaml("{}").path("it")
        : Manifests.yaml("{it: " + text + "}").path("it");
  }

  private static String said(JsonNode node) {
    return node.isMissingNode() ? "-" : node.toString();
  }

  private static String at(String pointer) {
    String path = "";
    for (String step : pointer.substring(1).split("/", -1)) {
      String name = step.replace("~1", "/");
      if (path.isEmpty()) {
        path = name;
      } else if (name.matches("[0-9]")) {
        path += "[" + name + "]";
      } else {
        path = Manifests.step(path, name);
      }
    }
    return path;
  }
}
