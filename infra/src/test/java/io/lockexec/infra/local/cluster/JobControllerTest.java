package io.lockexec.infra.local.cluster;

import static io.lockexec.infra.local.cluster.Kube.JOBS;
import static io.lockexec.infra.local.cluster.Kube.PODS;
import static io.lockexec.infra.local.cluster.Kube.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.infra.local.cluster.Kube.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Jobs come to their ends as they do under Kubernetes' job controller. */
final class JobControllerTest {
  private static final String ONCE = "\"backoffLimit\": 0, \"podReplacementPolicy\": \"Failed\"";
  private static final String DEAF = "trap '' TERM; echo deaf; while :; do sleep 0.05; done";

  private Kube kube;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    kube = Kube.start(directory);
  }

  @AfterEach
  void stop() {
    kube.close();
  }

  private void suspend(String job, boolean suspend) throws Exception {
    Reply reply =
        kube.jsonPatch(
            JOBS + "/" + job,
            "[{\"op\": \"replace\", \"path\": \"/spec/suspend\", \"value\": %s}]"
                .formatted(suspend));
    assertThat(reply.status()).isEqualTo(200);
  }

  private JsonNode awaitDeletedPod(String job) throws InterruptedException {
    return kube.cluster()
        .awaitPod(
            "default",
            Kube.name(kube.onlyPodOf(job)),
            pod -> pod.at("/metadata").has("deletionTimestamp"),
            SOON);
  }

  @Test
  void a_job_whose_command_succeeds_is_complete() throws Exception {
    kube.create(Kube.job("a", ONCE, "echo done"));

    JsonNode job = kube.awaitCondition("a", "Complete");

    assertThat(Kube.conditions(job))
        .containsExactly("SuccessCriteriaMet/CompletionsReached", "Complete/CompletionsReached");
    assertThat(job.at("/status/succeeded").asInt()).isEqualTo(1);
    assertThat(job.path("status").has("active")).isFalse();
    assertThat(job.at("/status/terminating").asInt(-1)).isZero();
    assertThat(job.at("/status/startTime").asString()).isEqualTo("2026-11-23T08:00:00Z");
    assertThat(job.path("status").has("completionTime")).isTrue();
    assertThat(kube.onlyPodOf("a").at("/status/phase").asString()).isEqualTo("Succeeded");
    assertThat(kube.cluster().podsStarted("a")).isEqualTo(1);
  }

  @Test
  void a_job_whose_command_fails_has_failed_with_its_exit_code() throws Exception {
    kube.create(Kube.job("a", ONCE, "exit 3"));

    JsonNode job = kube.awaitCondition("a", "Failed");

    assertThat(Kube.conditions(job))
        .containsExactly("FailureTarget/BackoffLimitExceeded", "Failed/BackoffLimitExceeded");
    assertThat(job.at("/status/failed").asInt()).isEqualTo(1);
    JsonNode ended = kube.onlyPodOf("a").at("/status/containerStatuses/0/state/terminated");
    assertThat(ended.path("exitCode").asInt()).isEqualTo(3);
    assertThat(ended.path("reason").asString()).isEqualTo("Error");
  }

  @Test
  void the_interim_condition_comes_while_pods_are_still_ending() throws Exception {
    kube.create(Kube.job("a", ONCE + ", \"activeDeadlineSeconds\": 60", DEAF));
    kube.awaitLine("a");
    kube.advance(Duration.ofSeconds(60));

    JsonNode interim = kube.awaitCondition("a", "FailureTarget");
    kube.advance(Duration.ofSeconds(30));
    JsonNode last = kube.awaitCondition("a", "Failed");

    assertThat(Kube.conditions(interim)).containsExactly("FailureTarget/DeadlineExceeded");
    assertThat(interim.path("status").has("active")).isFalse();
    assertThat(interim.at("/status/terminating").asInt()).isEqualTo(1);
    assertThat(Kube.conditions(last))
        .containsExactly("FailureTarget/DeadlineExceeded", "Failed/DeadlineExceeded");
    assertThat(last.at("/status/terminating").asInt(-1)).isZero();
    assertThat(last.at("/status/failed").asInt()).isEqualTo(1);
  }

  @Test
  void a_watcher_sees_the_conditions_in_their_order() throws Exception {
    List<List<String>> seen = new ArrayList<>();

    try (var events = kube.watch(JOBS + "?watch=1")) {
      kube.create(Kube.job("a", ONCE, "true"));
      for (Iterator<JsonNode> each = events.iterator();
          seen.isEmpty() || seen.getLast().size() < 2; ) {
        seen.add(Kube.conditions(each.next().path("object")));
      }
    }

    assertThat(seen)
        .containsSubsequence(
            List.of(),
            List.of("SuccessCriteriaMet/CompletionsReached"),
            List.of("SuccessCriteriaMet/CompletionsReached", "Complete/CompletionsReached"));
  }

  @Test
  void a_suspended_job_has_no_pod_until_it_is_resumed() throws Exception {
    kube.create(Kube.job("a", ONCE + ", \"suspend\": true", "true"));
    JsonNode held = kube.awaitCondition("a", "Suspended");
    kube.advance(Duration.ofMinutes(5));

    suspend("a", false);
    JsonNode done = kube.awaitCondition("a", "Complete");

    assertThat(Kube.conditions(held)).containsExactly("Suspended/JobSuspended");
    assertThat(held.path("status").has("startTime")).isFalse();
    assertThat(done.at("/status/startTime").asString()).isEqualTo("2026-11-23T08:05:00Z");
    assertThat(done.at("/status/conditions/0/status").asString()).isEqualTo("False");
    assertThat(done.at("/status/conditions/0/reason").asString()).isEqualTo("JobResumed");
  }

  @Test
  void suspending_ends_the_pods_and_resuming_starts_new_ones() throws Exception {
    kube.create(Kube.job("a", ONCE, "sleep 60"));
    kube.awaitRunning("a");

    suspend("a", true);
    JsonNode suspended =
        kube.cluster()
            .awaitJob(
                "default",
                "a",
                job -> Kube.has(job, "Suspended") && job.at("/status/terminating").asInt(1) == 0,
                SOON);
    kube.advance(Duration.ofMinutes(1));
    suspend("a", false);
    JsonNode resumed = kube.awaitRunning("a");

    assertThat(suspended.path("status").has("startTime")).isFalse();
    assertThat(suspended.path("status").has("failed")).isFalse();
    assertThat(resumed.at("/status/startTime").asString()).isEqualTo("2026-11-23T08:01:00Z");
    assertThat(kube.cluster().podsStarted("a")).isEqualTo(2);
  }

  @Test
  void a_failed_pod_is_replaced_after_a_pause_as_often_as_the_backoff_limit_says()
      throws Exception {
    kube.create(Kube.job("a", "\"backoffLimit\": 1", "exit 1"));
    kube.cluster().awaitJob("default", "a", job -> job.at("/status/failed").asInt(0) == 1, SOON);
    long startedBefore = kube.cluster().podsStarted("a");

    kube.advance(Duration.ofSeconds(10));
    JsonNode job = kube.awaitCondition("a", "Failed");

    assertThat(startedBefore).isEqualTo(1);
    assertThat(kube.cluster().podsStarted("a")).isEqualTo(2);
    assertThat(job.at("/status/failed").asInt()).isEqualTo(2);
  }

  @Test
  void a_pod_deleted_by_hand_fails_a_job_that_allows_no_retry() throws Exception {
    kube.create(Kube.job("a", ONCE, "sleep 60"));
    kube.awaitRunning("a");

    kube.delete(PODS + "/" + Kube.name(kube.onlyPodOf("a")), "");
    JsonNode job = kube.awaitCondition("a", "Failed");

    assertThat(Kube.conditions(job)).contains("Failed/BackoffLimitExceeded");
    assertThat(kube.cluster().podsStarted("a")).isEqualTo(1);
    assertThat(kube.podsOf("a")).isEmpty();
  }

  @Test
  void a_deleted_pod_is_replaced_only_when_it_has_ended_if_the_policy_says_so() throws Exception {
    kube.create(Kube.job("a", "\"backoffLimit\": 3, \"podReplacementPolicy\": \"Failed\"", DEAF));
    kube.awaitLine("a");

    kube.delete(PODS + "/" + Kube.name(kube.onlyPodOf("a")), "");
    awaitDeletedPod("a");
    kube.advance(Duration.ofSeconds(29));
    long before = kube.podsOf("a").size();
    kube.advance(Duration.ofSeconds(1));
    kube.cluster().awaitJob("default", "a", job -> job.at("/status/failed").asInt(0) == 1, SOON);
    kube.advance(Duration.ofSeconds(10));
    kube.cluster().awaitJob("default", "a", _ -> kube.cluster().podsStarted("a") == 2, SOON);

    assertThat(before).isEqualTo(1);
    List<PodProcess> processes = kube.cluster().processes();
    assertThat(processes.get(1).started()).isAfterOrEqualTo(processes.get(0).ended().orElseThrow());
  }

  @Test
  void a_deleted_pod_is_replaced_at_once_by_default() throws Exception {
    kube.create(Kube.job("a", "\"backoffLimit\": 3", DEAF));
    kube.awaitLine("a");

    kube.delete(PODS + "/" + Kube.name(kube.onlyPodOf("a")), "");
    kube.cluster().awaitJob("default", "a", _ -> kube.cluster().podsStarted("a") == 2, SOON);

    assertThat(kube.cluster().processes()).allMatch(process -> process.ended().isEmpty());
  }

  @Test
  void deletion_in_the_background_ends_the_pods() throws Exception {
    kube.create(Kube.job("a", ONCE, "sleep 60"));
    kube.awaitRunning("a");
    String pod = Kube.name(kube.onlyPodOf("a"));

    Reply reply = kube.delete(JOBS + "/a", "{\"propagationPolicy\": \"Background\"}");
    int after = kube.get(JOBS + "/a").status();
    kube.cluster().awaitPod("default", pod, JsonNode::isMissingNode, SOON);

    assertThat(reply.text("/status")).isEqualTo("Success");
    assertThat(after).isEqualTo(404);
    assertThat(kube.cluster().processes()).allMatch(process -> process.ended().isPresent());
  }

  @Test
  void deletion_in_the_foreground_waits_for_the_pods() throws Exception {
    kube.create(Kube.job("a", ONCE, DEAF));
    kube.awaitLine("a");

    Reply reply = kube.delete(JOBS + "/a", "{\"propagationPolicy\": \"Foreground\"}");
    awaitDeletedPod("a");
    int during = kube.get(JOBS + "/a").status();
    kube.advance(Duration.ofSeconds(30));
    kube.awaitNoJob("a");

    assertThat(reply.text("/metadata/deletionTimestamp")).isNotEmpty();
    assertThat(during).isEqualTo(200);
    assertThat(kube.podsOf("a")).isEmpty();
  }

  @Test
  void deletion_without_a_word_on_the_pods_leaves_them_running() throws Exception {
    kube.create(Kube.job("a", ONCE, "sleep 60"));
    kube.awaitRunning("a");

    kube.delete(JOBS + "/a", "");
    kube.awaitNoJob("a");

    JsonNode orphan = kube.onlyPodOf("a");
    assertThat(orphan.path("metadata").has("ownerReferences")).isFalse();
    assertThat(orphan.at("/status/phase").asString()).isEqualTo("Running");
    assertThat(kube.cluster().processes()).allMatch(process -> process.ended().isEmpty());
  }

  @Test
  void a_finished_job_is_deleted_when_its_time_to_live_is_over() throws Exception {
    kube.create(Kube.job("a", ONCE, "true"));
    kube.awaitCondition("a", "Complete");
    kube.patch(
        JOBS + "/a",
        "application/merge-patch+json",
        "{\"spec\": {\"ttlSecondsAfterFinished\": 60}}");
    kube.advance(Duration.ofSeconds(59));
    int before = kube.get(JOBS + "/a").status();

    kube.advance(Duration.ofSeconds(1));
    kube.awaitNoJob("a");

    assertThat(before).isEqualTo(200);
    assertThat(kube.podsOf("a")).isEmpty();
  }

  @Test
  void an_indexed_job_runs_each_index_once() throws Exception {
    kube.create(
        Kube.job(
            "a",
            ONCE + ", \"completionMode\": \"Indexed\", \"completions\": 3, \"parallelism\": 2",
            "echo index $JOB_COMPLETION_INDEX"));

    JsonNode job = kube.awaitCondition("a", "Complete");

    assertThat(job.at("/status/succeeded").asInt()).isEqualTo(3);
    assertThat(job.at("/status/completedIndexes").asString()).isEqualTo("0-2");
    List<String> logs = new ArrayList<>();
    for (JsonNode pod : kube.podsOf("a")) {
      logs.add(kube.get(PODS + "/" + Kube.name(pod) + "/log").body().asString().strip());
    }
    assertThat(logs).containsExactlyInAnyOrder("index 0", "index 1", "index 2");
  }

  @Test
  void a_parallel_job_runs_as_many_pods_at_once_as_it_says() throws Exception {
    kube.create(Kube.job("a", ONCE + ", \"completions\": 3, \"parallelism\": 2", "sleep 60"));

    JsonNode job =
        kube.cluster()
            .awaitJob("default", "a", found -> found.at("/status/ready").asInt(0) == 2, SOON);

    assertThat(job.at("/status/active").asInt()).isEqualTo(2);
    assertThat(kube.podsOf("a")).hasSize(2);
  }

  @Test
  void a_pod_failure_policy_fails_the_job_at_once() throws Exception {
    kube.create(
        Kube.job(
            "a",
            "\"backoffLimit\": 5, \"podFailurePolicy\": {\"rules\": [{\"action\": \"FailJob\","
                + " \"onExitCodes\": {\"operator\": \"In\", \"values\": [3]}}]}",
            "exit 3"));

    JsonNode job = kube.awaitCondition("a", "Failed");

    assertThat(Kube.conditions(job))
        .containsExactly("FailureTarget/PodFailurePolicy", "Failed/PodFailurePolicy");
  }

  @Test
  void a_controller_that_lags_lets_a_job_wait(@TempDir Path directory) throws Exception {
    try (Kube slow = Kube.start(directory, Duration.ofMinutes(10))) {
      slow.create(Kube.job("a", ONCE, "true"));
      slow.advance(Duration.ofMinutes(9));
      JsonNode before = slow.get(JOBS + "/a").body();

      slow.advance(Duration.ofMinutes(1));
      slow.awaitCondition("a", "Complete");

      assertThat(before.path("status").isEmpty()).isTrue();
    }
  }

  @Test
  void a_job_that_another_controller_manages_is_left_alone() throws Exception {
    kube.create(Kube.job("other", ONCE + ", \"managedBy\": \"example.com/queue\"", "true"));
    kube.create(Kube.job("own", ONCE, "true"));
    kube.awaitCondition("own", "Complete");

    assertThat(kube.podsOf("other")).isEmpty();
  }
}
