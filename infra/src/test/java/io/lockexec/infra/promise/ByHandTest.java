package io.lockexec.infra.promise;

import static io.lockexec.infra.promise.World.BLUE;
import static io.lockexec.infra.promise.World.GREEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.cluster.Cluster.Listed;
import io.lockexec.infra.local.cluster.Fault;
import io.lockexec.job.JobView;
import io.lockexec.run.Reason;
import io.lockexec.run.Stage;
import io.lockexec.run.State;
import io.lockexec.run.Tried;
import io.lockexec.schedule.Firing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What people do to our Jobs with kubectl. */
final class ByHandTest {
  private static final String JOBS = "/apis/batch/v1/namespaces/default/jobs";

  @Test
  void a_job_deleted_by_hand_is_lost_and_never_created_again() throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      Firing firing = world.firing("report");
      world.deliver(Details.shell("report", "sleep 30"));

      kubectl(world, "DELETE", firing, "{\"propagationPolicy\": \"Background\"}");

      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.LOST);
      assertThat(world.ended(firing).reason()).isEqualTo(Reason.MISSING_JOB);
      assertThat(world.started(firing)).isEqualTo(1);
      assertThat(world.free("report")).isTrue();
    }
  }

  @Test
  void a_job_deleted_with_its_pods_left_behind_keeps_its_key_until_they_end() throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      Firing firing = world.firing("report");
      world.deliver(Details.shell("report", "sleep 2"));
      world
          .cluster(BLUE)
          .awaitJob(
              "default",
              firing.runId(),
              job -> job.path("status").path("ready").asInt(0) == 1,
              World.PATIENCE);

      kubectl(world, "DELETE", firing, "{\"propagationPolicy\": \"Orphan\"}");
      world.sweep();

      assertThat(world.run(firing).stage()).isInstanceOf(Stage.Committed.class);
      assertThat(world.free("report")).isFalse();
      String pod = world.cluster(BLUE).pods().getFirst().path("metadata").path("name").asString();
      world
          .cluster(BLUE)
          .awaitPod(
              "default",
              pod,
              each -> each.path("status").path("phase").asString("").equals("Succeeded"),
              World.PATIENCE);
      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.LOST);
      assertThat(world.free("report")).isTrue();
    }
  }

  @Test
  void a_started_job_that_somebody_suspends_is_never_resumed() throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      Firing firing = world.firing("report");
      world.deliver(Details.shell("report", "sleep 30"));
      world
          .cluster(BLUE)
          .awaitJob(
              "default",
              firing.runId(),
              job -> job.path("status").path("ready").asInt(0) == 1,
              World.PATIENCE);

      kubectl(world, "PATCH", firing, "{\"spec\": {\"suspend\": true}}");

      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.FAILED);
      assertThat(world.ended(firing).reason()).isEqualTo(Reason.SUSPENDED_BY_OTHER);
      assertThat(world.started(firing)).isEqualTo(1);
      assertThat(world.cluster(BLUE).jobs()).isEmpty();
      assertThat(world.free("report")).isTrue();
    }
  }

  @Test
  void a_suspended_job_whose_pods_are_not_counted_yet_keeps_its_key_until_they_end()
      throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      Firing firing = world.firing("report");
      world.deliver(Details.stubborn("report", Duration.ofSeconds(4)));
      world.cluster(BLUE).awaitJob("default", firing.runId(), job -> ready(job), World.PATIENCE);
      kubectl(world, "PATCH", firing, "{\"spec\": {\"suspend\": true}}");
      world
          .cluster(BLUE)
          .awaitJob(
              "default",
              firing.runId(),
              job -> job.path("status").path("terminating").asInt(0) == 1,
              World.PATIENCE);

      world.sweep();
      assertThat(world.story()).contains("its pods are not yet gone");

      world.sweep(
          world.wiring(
              each -> each,
              each -> Dying.answering(each, "unsettled", listed -> uncounted((List<?>) listed))));

      assertThat(world.cluster(BLUE).jobs()).isEmpty();
      assertThat(world.cluster(BLUE).processes()).allMatch(each -> each.ended().isEmpty());
      assertThat(world.run(firing).stage()).isInstanceOf(Stage.Committed.class);
      assertThat(world.free("report")).isFalse();
      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.LOST);
      assertThat(world.cluster(BLUE).processes()).allMatch(each -> each.ended().isPresent());
    }
  }

  @Test
  void a_job_that_somebody_starts_and_deletes_before_it_is_withdrawn_is_not_called_never_started()
      throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      var dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "start"));
      Dying.expected(() -> world.deliver(dying, world.now(), Details.shell("report", "exit 0")));
      world.forward(Duration.ofHours(2));

      world.sweep(
          world.wiring(
              each -> each, each -> Dying.before(each, "delete", () -> runByHand(world, firing))));

      assertThat(world.started(firing)).isEqualTo(1);
      assertThat(world.ended(firing).state()).isEqualTo(State.LOST);
    }
  }

  @Test
  void a_held_job_that_somebody_starts_is_committed_where_it_runs() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      var dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "incarnation"));
      Dying.expected(() -> world.deliver(dying, world.now(), Details.shell("report", "exit 0")));

      kubectl(world, "PATCH", firing, "{\"spec\": {\"suspend\": false}}");
      world.awaitQuiet(firing);

      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }

  @Test
  void a_held_job_without_its_guards_is_not_started_by_the_sweep_that_finds_it() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      var dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "create"));
      Dying.expected(() -> world.deliver(dying, world.now(), Details.shell("report", "exit 0")));
      world
          .cluster(BLUE)
          .apply(
              JsonMapper.shared()
                  .readTree(
                      """
                      {
                        "apiVersion": "batch/v1", "kind": "Job",
                        "metadata": {
                          "name": "%1$s", "namespace": "default",
                          "labels": {
                            "lock-exec.io/installation": "test", "lock-exec.io/run": "%1$s"
                          },
                          "annotations": {"lock-exec.io/launch": "held"}
                        },
                        "spec": {"suspend": true, "backoffLimit": 6, "template": {"spec": {
                          "restartPolicy": "Never",
                          "containers": [{"name": "main", "image": "busybox", "command": ["false"]}]
                        }}}
                      }
                      """
                          .formatted(firing.runId())));

      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.run(firing).cluster()).contains(GREEN);
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }

  @Test
  void a_held_job_that_somebody_starts_is_never_made_elsewhere_though_its_cluster_cannot_be_told()
      throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      var dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "incarnation"));
      Dying.expected(() -> world.deliver(dying, world.now(), Details.shell("report", "exit 0")));
      kubectl(world, "PATCH", firing, "{\"spec\": {\"suspend\": false}}");
      world.awaitQuiet(firing);
      world
          .cluster(BLUE)
          .fail("GET", "/kube-system", 1, Fault.answer(403, "Forbidden", "not for you"));

      world.sweep();

      assertThat(world.run(firing).cluster()).contains(BLUE);
      assertThat(world.run(firing).stage()).isInstanceOf(Stage.Claimed.class);
      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }

  @Test
  void a_job_that_somebody_starts_after_its_run_was_skipped_is_told_once() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      var dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "incarnation"));
      Dying.expected(() -> world.deliver(dying, world.now(), Details.shell("report", "exit 0")));
      world.forward(Duration.ofHours(2));
      world.sweep(
          world.wiring(each -> each, each -> Dying.answering(each, "unsettled", _ -> List.of())));
      assertThat(world.ended(firing).reason()).isEqualTo(Reason.TOO_LATE);

      kubectl(world, "PATCH", firing, "{\"spec\": {\"suspend\": false}}");
      world.awaitQuiet(firing);
      world.sweep();
      world.sweep();

      assertThat(world.told(Reason.UNEXPECTED_JOB)).isEqualTo(1);
      assertThat(world.cluster(BLUE).jobs())
          .allMatch(job -> job.path("metadata").path("labels").has("lock-exec.io/settled"))
          .hasSize(1);
    }
  }

  @Test
  void a_held_job_that_somebody_starts_calls_its_run_back_from_the_next_cluster() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      world.cluster(BLUE).fail("POST", "/jobs", 1, new Fault.LoseAnswer());
      var dying =
          world.wiring(
              each -> each,
              each -> each.name().equals(GREEN) ? Dying.dyingBefore(each, "create") : each);
      Dying.expected(() -> world.deliver(dying, world.now(), Details.shell("report", "exit 0")));
      assertThat(world.run(firing).stage()).isEqualTo(new Stage.Claimed(GREEN));

      kubectl(world, "PATCH", firing, "{\"spec\": {\"suspend\": false}}");
      world.awaitQuiet(firing);
      // Long enough for a carrier that does not wait for this list to start the run on green.
      world.cluster(BLUE).fail("GET", "/jobs$", 1, new Fault.Delay(Duration.ofMillis(1200)));

      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }

  @Test
  void a_job_of_the_same_name_that_is_not_ours_ends_the_run() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      world
          .cluster(BLUE)
          .apply(
              JsonMapper.shared()
                  .readTree(
                      """
                      {
                        "apiVersion": "batch/v1", "kind": "Job",
                        "metadata": {"name": "%s", "namespace": "default"},
                        "spec": {"suspend": true, "template": {"spec": {
                          "restartPolicy": "Never",
                          "containers": [{"name": "main", "image": "busybox", "command": ["true"]}]
                        }}}
                      }
                      """
                          .formatted(firing.runId())));

      world.deliver(Details.shell("report", "exit 0"));

      assertThat(world.ended(firing).state()).isEqualTo(State.SKIPPED);
      assertThat(world.ended(firing).reason()).isEqualTo(Reason.NAME_TAKEN);
      assertThat(world.started(firing)).isZero();
      assertThat(world.free("report")).isTrue();
    }
  }

  @Test
  void a_cron_job_that_runs_by_itself_is_no_template_and_the_reason_says_how_to_suspend_it()
      throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      apply(world, Details.cronJob("nightly", false));

      world.deliver(Details.from("report", "nightly"));

      assertThat(world.ended(firing).state()).isEqualTo(State.SKIPPED);
      assertThat(world.ended(firing).reason()).isEqualTo(new Reason("CronJobNotSuspended"));
      assertThat(world.ended(firing).message())
          .contains("kubectl patch cronjob nightly -n default");
      assertThat(world.started(firing)).isZero();
      assertThat(world.cluster(GREEN).jobs()).isEmpty();
    }
  }

  @Test
  void a_suspended_cron_job_is_the_template_of_a_hardened_job() throws Exception {
    try (World world = new World()) {
      apply(world, Details.cronJob("nightly", true));

      Map<String, String> answer = world.deliver(Details.from("report", "nightly"));

      assertThat(answer).containsEntry("state", "SUCCEEDED");
      assertThat(world.cluster(BLUE).jobs().getFirst().path("spec").path("backoffLimit").asInt(-1))
          .isZero();
      assertThat(world.story()).contains("backoffLimit: 6 → 0");
    }
  }

  @Test
  void a_held_job_is_started_as_it_is_though_its_cron_job_was_edited_meanwhile() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      apply(world, Details.cronJob("nightly", true));
      var dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "incarnation"));
      Dying.expected(() -> world.deliver(dying, world.now(), Details.from("report", "nightly")));
      apply(
          world,
          Details.cronJob("nightly", true)
              .replace("\"backoffLimit\": 6", "\"activeDeadlineSeconds\": 60"));

      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.run(firing).tried()).extracting(Tried::cluster).containsExactly(BLUE);
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }

  @Test
  void a_cron_job_that_exists_nowhere_is_waited_for_and_the_line_names_it() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");

      assertThat(world.deliver(Details.from("report", "nightly")))
          .containsEntry("state", "CLAIMED");
      assertThat(world.story()).contains("nightly").contains("default");

      apply(world, Details.cronJob("nightly", true));
      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.SUCCEEDED);
    }
  }

  private static boolean ready(JsonNode job) {
    return job.path("status").path("ready").asInt(0) == 1;
  }

  /** What the list would show if the job controller lagged behind. */
  private static List<Listed> uncounted(List<?> listed) {
    return listed.stream()
        .map(Listed.class::cast)
        .map(
            each ->
                each.view() instanceof JobView.Suspended(var uid, var version, var longest, _)
                    ? new Listed(each.firing(), new JobView.Suspended(uid, version, longest, false))
                    : each)
        .toList();
  }

  private static void runByHand(World world, Firing firing) {
    try {
      kubectl(world, "PATCH", firing, "{\"spec\": {\"suspend\": false}}");
      world.awaitQuiet(firing);
      kubectl(world, "DELETE", firing, "{\"propagationPolicy\": \"Background\"}");
      for (JsonNode pod : world.cluster(BLUE).pods()) {
        world
            .cluster(BLUE)
            .awaitPod(
                "default",
                pod.path("metadata").path("name").asString(),
                JsonNode::isMissingNode,
                World.PATIENCE);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void apply(World world, String object) {
    world.cluster(BLUE).apply(JsonMapper.shared().readTree(object));
    world.cluster(GREEN).apply(JsonMapper.shared().readTree(object));
  }

  private static void kubectl(World world, String method, Firing firing, String body)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      int status =
          client
              .send(
                  HttpRequest.newBuilder(
                          URI.create(world.cluster(BLUE).url() + JOBS + "/" + firing.runId()))
                      .header("Authorization", "Bearer " + world.cluster(BLUE).token())
                      .header(
                          "Content-Type",
                          method.equals("PATCH")
                              ? "application/merge-patch+json"
                              : "application/json")
                      .method(method, BodyPublishers.ofString(body))
                      .build(),
                  BodyHandlers.discarding())
              .statusCode();
      assertThat(status).isEqualTo(200);
    }
  }
}
