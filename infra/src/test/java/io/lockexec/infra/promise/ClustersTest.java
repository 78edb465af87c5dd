package io.lockexec.infra.promise;

import static io.lockexec.infra.promise.World.BLUE;
import static io.lockexec.infra.promise.World.GREEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.infra.local.cluster.Fault;
import io.lockexec.lambda.Wiring;
import io.lockexec.run.Reason;
import io.lockexec.run.Run;
import io.lockexec.run.Stage;
import io.lockexec.run.State;
import io.lockexec.run.Tried;
import io.lockexec.schedule.Firing;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Clusters that are down, hang, come back, lose answers or are made anew. */
final class ClustersTest {
  @Test
  void a_cluster_that_is_down_is_passed_over_and_the_ledger_says_why() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      world.cluster(BLUE).goDown();

      Map<String, String> answer = world.deliver(Details.shell("report", "exit 0"));

      assertThat(answer).containsEntry("state", "SUCCEEDED").containsEntry("cluster", "green");
      assertThat(world.run(firing).tried()).extracting(Tried::cluster).containsExactly(BLUE, GREEN);
      assertThat(world.run(firing).tried().getFirst().why()).contains("blue");
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }

  @Test
  void a_cluster_that_hangs_is_passed_over_and_its_late_create_stays_held() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      world.cluster(BLUE).fail("POST", "/jobs", 1, new Fault.Delay(Duration.ofSeconds(3)));

      Map<String, String> answer = world.deliver(Details.shell("report", "exit 0"));

      assertThat(answer).containsEntry("state", "SUCCEEDED").containsEntry("cluster", "green");
      assertThat(world.cluster(BLUE).podsStarted(firing.runId())).isZero();
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }

  @Test
  void a_cluster_that_hangs_while_its_job_runs_changes_nothing_until_it_answers_again()
      throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      Firing firing = world.firing("report");
      world.deliver(Details.shell("report", "exit 0"));
      world.awaitQuiet(firing);
      world.cluster(BLUE).hang();

      world.sweep();
      assertThat(world.run(firing).stage()).isInstanceOf(Stage.Committed.class);
      assertThat(world.free("report")).isFalse();

      world.cluster(BLUE).unhang();
      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.started(firing)).isEqualTo(1);
      assertThat(world.cluster(GREEN).jobs()).isEmpty();
    }
  }

  @Test
  void an_orphan_is_deleted_and_the_run_leaves_the_index_only_when_nothing_can_be_left()
      throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      world.cluster(BLUE).fail("POST", "/jobs", 1, new Fault.LoseAnswer());
      world.deliver(Details.shell("report", "exit 0"));
      assertThat(world.cluster(BLUE).jobs()).hasSize(1);

      world.sweep();
      assertThat(world.cluster(BLUE).jobs()).isEmpty();
      world.sweep();
      assertThat(world.ledger().open().runs()).extracting(Run::firing).containsExactly(firing);

      world.forward(Duration.ofMinutes(17));
      world.sweep();
      assertThat(world.ledger().open().runs()).isEmpty();
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }

  @Test
  void a_start_whose_answer_is_lost_is_asked_after_and_never_made_elsewhere() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      world.cluster(BLUE).fail("PATCH", "/jobs/", 1, new Fault.LoseAnswer());

      world.deliver(Details.shell("report", "exit 0"));

      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.cluster(GREEN).jobs()).isEmpty();
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }

  @Test
  void with_no_cluster_left_the_sweep_keeps_trying_and_the_run_starts_when_one_comes_back()
      throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      world.cluster(BLUE).goDown();
      world.cluster(GREEN).goDown();
      assertThat(world.deliver(Details.shell("report", "exit 0")))
          .containsEntry("state", "CLAIMED");
      world.sweep();
      assertThat(world.run(firing).stage()).isInstanceOf(Stage.Claimed.class);
      assertThat(world.run(firing).tried()).hasSize(2).noneMatch(each -> each.why().isEmpty());

      world.cluster(BLUE).comeUp();

      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.run(firing).tried())
          .filteredOn(each -> each.why().isEmpty())
          .extracting(Tried::cluster)
          .containsExactly(BLUE);
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }

  @Test
  void with_no_cluster_left_until_the_starting_deadline_the_run_is_skipped_and_its_key_freed()
      throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      world.cluster(BLUE).goDown();
      world.cluster(GREEN).goDown();
      world.deliver(Details.shell("report", "exit 0"));

      world.forward(Duration.ofHours(1));
      world.sweep();

      assertThat(world.ended(firing).state()).isEqualTo(State.SKIPPED);
      assertThat(world.ended(firing).reason()).isEqualTo(Reason.NO_CLUSTER);
      assertThat(world.ended(firing).message())
          .contains("cluster blue: ")
          .contains("cluster green: ");
      assertThat(world.free("report")).isTrue();
    }
  }

  @Test
  void the_only_cluster_is_named_with_its_reason_when_time_is_up() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      String only = Details.from("report", "nightly").replace(", \"green\"", "");
      assertThat(world.deliver(only)).containsEntry("state", "CLAIMED");

      world.forward(Duration.ofHours(1));
      world.sweep();

      assertThat(world.ended(firing).reason()).isEqualTo(Reason.NO_CLUSTER);
      assertThat(world.ended(firing).message()).contains("cluster blue").contains("nightly");
    }
  }

  @Test
  void a_namespace_that_is_forbidden_does_not_keep_the_sweep_from_the_others() throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      world
          .cluster(BLUE)
          .apply(
              JsonMapper.shared()
                  .readTree(
                      """
                      {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "closed"}}
                      """));
      Firing closed = world.firing("closed");
      Firing open = world.firing("open");
      String job = Details.shell("closed", "sleep 30");
      world.deliver(job.replace("\"job\": {", "\"job\": {\"namespace\": \"closed\","));
      world.deliver(Details.shell("open", "exit 0"));
      world.awaitQuiet(open);
      world
          .cluster(BLUE)
          .fail("GET", "/namespaces/closed/jobs", 1, Fault.answer(403, "Forbidden", "not you"));

      world.sweep();

      assertThat(world.ended(open).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.run(closed).stage()).isInstanceOf(Stage.Committed.class);
      assertThat(world.story()).contains("not you");
    }
  }

  @Test
  void a_committed_run_waits_for_its_cluster_and_is_lost_by_time_only() throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      Firing firing = world.firing("report");
      world.deliver(Details.shell("report", "sleep 30"));
      Stage.Committed committed = (Stage.Committed) world.run(firing).stage();
      world.cluster(BLUE).goDown();

      world.forward(Duration.ofHours(23));
      world.sweep();
      assertThat(world.run(firing).stage()).isEqualTo(committed);
      assertThat(world.free("report")).isFalse();

      world.forward(Duration.ofHours(2));
      world.sweep();
      assertThat(world.ended(firing).state()).isEqualTo(State.LOST);
      assertThat(world.ended(firing).reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(world.free("report")).isTrue();
      assertThat(world.cluster(GREEN).jobs()).isEmpty();
    }
  }

  @Test
  void a_job_that_still_runs_after_its_run_was_lost_is_reported_and_gives_way_to_the_next()
      throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      Firing lost = world.firing("report");
      world.deliver(Details.shell("report", "sleep 30"));
      world.cluster(BLUE).goDown();
      world.forward(Duration.ofHours(25));
      world.sweep();
      world.cluster(BLUE).comeUp();

      world.sweep();
      assertThat(world.told(Reason.UNEXPECTED_JOB)).isEqualTo(1);
      assertThat(world.cluster(BLUE).jobs()).hasSize(1);

      Firing next = world.firing("report");
      world.deliver(Details.shell("report", "sleep 30"));
      world.sweep();
      assertThat(world.cluster(BLUE).jobs())
          .extracting(job -> job.path("metadata").path("name").asString())
          .containsExactly(next.runId());
      assertThat(world.ended(lost).state()).isEqualTo(State.LOST);
    }
  }

  @Test
  void the_empty_answer_of_another_incarnation_is_no_answer() throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      Firing firing = world.firing("report");
      world.deliver(Details.shell("report", "sleep 30"));

      world.cluster(BLUE).recreate();
      world.sweep();

      assertThat(world.run(firing).stage()).isInstanceOf(Stage.Committed.class);
      assertThat(world.free("report")).isFalse();
    }
  }

  @Test
  void a_start_that_meets_another_incarnation_proves_nothing() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      Wiring dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "start"));
      Dying.expected(() -> world.deliver(dying, world.now(), Details.shell("report", "exit 0")));
      world.restart();

      world.sweep(
          world.wiring(
              each -> each,
              each -> Dying.before(each, "start", () -> world.cluster(BLUE).recreate())));

      assertThat(world.run(firing).stage()).isInstanceOf(Stage.Committed.class);
      assertThat(world.free("report")).isFalse();
    }
  }

  @Test
  void a_commitment_that_ran_out_is_renewed_before_the_start() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      Wiring dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "start"));
      Dying.expected(() -> world.deliver(dying, world.now(), Details.shell("report", "exit 0")));
      Stage.Committed before = (Stage.Committed) world.run(firing).stage();

      world.forward(Duration.ofMinutes(10));
      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.SUCCEEDED);

      assertThat(world.told(Reason.RENEWED)).isEqualTo(1);
      assertThat(world.ended(firing).commitment().orElseThrow().startBy())
          .isAfter(before.commitment().startBy());
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }

  @Test
  void a_committed_run_past_its_starting_deadline_is_withdrawn_and_never_started()
      throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      Wiring dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "start"));
      Dying.expected(() -> world.deliver(dying, world.now(), Details.shell("report", "exit 0")));

      world.forward(Duration.ofHours(2));
      world.sweep();

      assertThat(world.ended(firing).state()).isEqualTo(State.SKIPPED);
      assertThat(world.ended(firing).reason()).isEqualTo(Reason.TOO_LATE);
      assertThat(world.cluster(BLUE).jobs()).isEmpty();
      assertThat(world.started(firing)).isZero();
      assertThat(world.free("report")).isTrue();
    }
  }
}
