package io.lockexec.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class JobReaderTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final JobRef REF =
      new JobRef(
          new Installation("staging"),
          new Namespace("reports"),
          new Firing(new ScheduleName("nightly"), Instant.parse("2026-11-23T02:00:00Z")));
  private static final String COMPLETE =
      "{type: Complete, status: 'True', lastTransitionTime: '2026-11-23T02:05:00Z'}";
  private static final String FAILED =
      "{type: Failed, status: 'True', reason: BackoffLimitExceeded, message: 'no more tries'}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          held    | 1 | true  | {}                                              | Held
          held    | 1 | true  | {active: 0, ready: 0, uncountedTerminatedPods: {}} | Held
          held    | 1 | true  | {conditions: [{type: Suspended, status: 'True'}]} | Held
          held    | 2 | true  | {}                                              | Suspended
          held    | 1 | true  | {startTime: '2026-11-23T02:00:01Z'}             | Suspended
          held    | 1 | true  | {active: 1}                                     | Suspended
          held    | 1 | true  | {terminating: 1}                                | Suspended
          held    | 1 | true  | {succeeded: 1}                                  | Suspended
          held    | 1 | true  | {failed: 1}                                     | Suspended
          held    | 1 | true  | {uncountedTerminatedPods: {failed: [u]}}        | Suspended
          held    | 1 | true  | {uncountedTerminatedPods: {succeeded: [u]}}     | Suspended
          started | 3 | true  | {}                                              | Suspended
          none    | 1 | true  | {}                                              | Suspended
          held    | 2 | false | {}                                              | Started
          started | 2 | false | {active: 1}                                     | Started
          started | 2 | false | {conditions: [{type: SuccessCriteriaMet, status: 'True'}]} | Started
          started | 2 | false | {conditions: [{type: FailureTarget, status: 'True'}]} | Started
          started | 2 | false | {conditions: [{type: Complete, status: 'False'}]} | Started
          started | 2 | false | {active: 1, conditions: [COMPLETE]}             | Started
          started | 2 | false | {terminating: 1, conditions: [FAILED]}          | Started
          started | 2 | false | {terminating: 0, conditions: [COMPLETE]}        | Finished
          started | 2 | false | {conditions: [{type: FailureTarget, status: 'True'}, FAILED]} | Finished
          started | 3 | true  | {conditions: [FAILED]}                          | Finished
          """)
  void tells_the_states_of_a_job_apart(
      String launch, int generation, boolean suspend, String status, String expected) {
    ObjectNode job = job(launch, generation, suspend, status);

    JobView view = JobReader.read(REF, job);

    assertThat(view.getClass().getSimpleName()).isEqualTo(expected);
    assertThat(view)
        .isInstanceOfSatisfying(
            JobView.Present.class,
            present -> {
              assertThat(present.uid()).isEqualTo("u-1");
              assertThat(present.resourceVersion()).isEqualTo("77");
              assertThat(present.longest()).isEqualTo(Duration.ofSeconds(630));
            });
  }

  @Test
  void takes_a_job_without_a_generation_for_one_in_its_first() {
    ObjectNode job = job("held", 1, true, "{}");
    ((ObjectNode) job.get("metadata")).remove("generation");

    assertThat(JobReader.read(REF, job)).isInstanceOf(JobView.Held.class);
  }

  @ParameterizedTest
  @CsvSource({"'{active: 1}',true", "'{terminating: 2}',true", "'{}',false", "'{active: 0}',false"})
  void tells_whether_a_suspended_job_has_pods_left(String status, boolean podsLeft) {
    JobView view = JobReader.read(REF, job("started", 3, true, status));

    assertThat(view)
        .isEqualTo(new JobView.Suspended("u-1", "77", Duration.ofSeconds(630), podsLeft));
  }

  @Test
  void reads_a_success() {
    JobView view =
        JobReader.read(
            REF,
            job(
                "started",
                2,
                false,
                "{startTime: '2026-11-23T02:00:01Z', completionTime: '2026-11-23T02:04:59Z',"
                    + " conditions: [COMPLETE]}"));

    assertThat(outcome(view))
        .isEqualTo(
            new Outcome(
                true,
                "Completed",
                "",
                OptionalInt.empty(),
                Optional.of(Instant.parse("2026-11-23T02:00:01Z")),
                Optional.of(Instant.parse("2026-11-23T02:05:00Z"))));
  }

  @Test
  void reads_a_failure_as_far_as_its_status_tells() {
    JobView view = JobReader.read(REF, job("started", 2, false, "{conditions: [FAILED]}"));

    assertThat(outcome(view))
        .isEqualTo(
            new Outcome(
                false,
                "BackoffLimitExceeded",
                "no more tries",
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      nullValues = "-",
      textBlock =
          """
          production | nightly-29923320 | installation \\"production\\" and the run \\"nightly-29923320\\"
          staging    | nightly-29923321 | installation \\"staging\\" and the run \\"nightly-29923321\\"
          -          | nightly-29923320 | installation \\"\\" and the run
          -          | -                | by hand or by another tool
          """)
  void takes_no_job_with_other_labels_for_ours(String installation, String run, String expected) {
    ObjectNode job = job("held", 1, true, "{}");
    ObjectNode labels = ((ObjectNode) job.get("metadata")).putObject("labels");
    put(labels, "lock-exec.io/installation", installation);
    put(labels, "lock-exec.io/run", run);

    JobView view = JobReader.read(REF, job);

    assertThat(view)
        .isInstanceOfSatisfying(
            JobView.Foreign.class,
            foreign -> assertThat(foreign.why()).contains(expected.replace("\\", "")));
  }

  @Test
  void names_the_cron_job_that_made_a_job_of_the_same_name() {
    JsonNode job =
        json(
            "{metadata: {name: nightly-29923320, ownerReferences:"
                + " [{kind: CronJob, name: nightly}]}, spec: {}}");

    assertThat(JobReader.read(REF, job))
        .isEqualTo(new JobView.Foreign("it belongs to the CronJob nightly"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5, 120})
  void counts_the_grace_period_after_the_deadline(long grace) {
    ObjectNode job = job("held", 1, true, "{}");
    ((ObjectNode) job.at("/spec/template/spec")).put("terminationGracePeriodSeconds", grace);

    assertThat(present(JobReader.read(REF, job)).longest())
        .isEqualTo(Duration.ofSeconds(600 + grace));
  }

  @Test
  void gives_a_job_whose_deadline_was_taken_away_a_day() {
    ObjectNode job = job("started", 2, false, "{}");
    ((ObjectNode) job.get("spec")).remove("activeDeadlineSeconds");

    assertThat(present(JobReader.read(REF, job)).longest())
        .isEqualTo(JobReader.WITHOUT_DEADLINE.plusSeconds(30));
  }

  private static ObjectNode job(String launch, int generation, boolean suspend, String status) {
    return (ObjectNode)
        json(
            """
            {metadata: {name: nightly-29923320, uid: u-1, resourceVersion: '77', generation: %d,
              labels: {'lock-exec.io/installation': staging, 'lock-exec.io/run': nightly-29923320},
              annotations: {'lock-exec.io/launch': %s}},
             spec: {suspend: %s, activeDeadlineSeconds: 600, template: {spec: {}}},
             status: %s}
            """
                .formatted(generation, launch, suspend, status)
                .replace("[COMPLETE]", "[" + COMPLETE + "]")
                .replace("FAILED]", FAILED + "]"));
  }

  /** Reads JSON in a short form: bare words are strings, and quotes are single. */
  private static JsonNode json(String text) {
    String quoted =
        text.replaceAll("(?<=[{,\\[\\s:])([A-Za-z][A-Za-z0-9-]*)(?=[,}\\]:])", "'$1'")
            .replaceAll("'(true|false)'", "$1")
            .replace('\'', '"');
    return JSON.readTree(quoted);
  }

  private static void put(ObjectNode labels, String name, @Nullable String value) {
    if (value != null) {
      labels.put(name, value);
    }
  }

  private static JobView.Present present(JobView view) {
    assertThat(view).isInstanceOf(JobView.Present.class);
    return (JobView.Present) view;
  }

  private static Outcome outcome(JobView view) {
    assertThat(view).isInstanceOf(JobView.Finished.class);
    return ((JobView.Finished) view).outcome();
  }
}
