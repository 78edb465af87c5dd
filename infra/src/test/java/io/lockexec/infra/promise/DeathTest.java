package io.lockexec.infra.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.cluster.Cluster.Listed;
import io.lockexec.job.JobView;
import io.lockexec.lambda.Wiring;
import io.lockexec.run.Reason;
import io.lockexec.run.State;
import io.lockexec.schedule.Firing;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A dispatcher may die at any step; whoever comes next carries its run to the end, once. */
final class DeathTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void the_sweep_carries_on_a_run_whose_dispatcher_died_at_any_step(boolean afterwards)
      throws Exception {
    try (World world = new World()) {
      int deaths = 0;
      while (died(world, "swept-" + deaths, new Dying.Moment(deaths, afterwards))) {
        Firing firing = world.firing("swept-" + deaths);
        if (world.ledger().find(firing).isEmpty()) {
          // It died before its claim: Lambda delivers the event again.
          world.deliver(Details.shell("swept-" + deaths, "exit 0"));
        }

        assertThat(world.sweepUntilEnded(firing).state())
            .as("died %d, %s", deaths, afterwards)
            .isEqualTo(State.SUCCEEDED);
        assertThat(world.started(firing)).as("starts after death %d", deaths).isEqualTo(1);
        assertThat(world.free("swept-" + deaths)).isTrue();
        deaths++;
      }

      // claim, create, incarnation, commit, start, watch, settle, and the mark of the settled Job.
      assertThat(deaths).isEqualTo(8);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_second_delivery_carries_on_a_run_whose_dispatcher_died_at_any_step(boolean afterwards)
      throws Exception {
    try (World world = new World()) {
      int deaths = 0;
      while (died(world, "again-" + deaths, new Dying.Moment(deaths, afterwards))) {
        Firing firing = world.firing("again-" + deaths);
        world.deliver(Details.shell("again-" + deaths, "exit 0"));

        assertThat(world.sweepUntilEnded(firing).state())
            .as("died %d, %s", deaths, afterwards)
            .isEqualTo(State.SUCCEEDED);
        assertThat(world.started(firing)).as("starts after death %d", deaths).isEqualTo(1);
        deaths++;
      }

      assertThat(deaths).isEqualTo(8);
    }
  }

  @Test
  void a_job_that_was_settled_and_never_marked_is_marked_by_a_later_sweep() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      Wiring dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "settled"));
      Dying.expected(() -> world.deliver(dying, world.now(), Details.shell("report", "exit 0")));
      assertThat(world.ended(firing).state()).isEqualTo(State.SUCCEEDED);

      // Another run in the same place makes the sweep list it.
      Wiring held = world.wiring(each -> each, each -> Dying.dyingBefore(each, "start"));
      Dying.expected(() -> world.deliver(held, world.now(), Details.shell("next", "exit 0")));
      world.sweep();

      assertThat(world.cluster(World.BLUE).jobs())
          .filteredOn(job -> job.path("metadata").path("name").asString().equals(firing.runId()))
          .allMatch(job -> job.path("metadata").path("labels").has("lock-exec.io/settled"))
          .hasSize(1);
    }
  }

  @Test
  void a_job_that_ended_after_it_was_listed_is_no_cause_for_alarm() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      Wiring dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "settled"));
      Dying.expected(() -> world.deliver(dying, world.now(), Details.shell("report", "exit 0")));
      Wiring held = world.wiring(each -> each, each -> Dying.dyingBefore(each, "start"));
      Dying.expected(() -> world.deliver(held, world.now(), Details.shell("next", "exit 0")));

      world.sweep(
          world.wiring(
              each -> each,
              each -> Dying.answering(each, "unsettled", listed -> running((List<?>) listed))));

      assertThat(world.ended(firing).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.told(Reason.UNEXPECTED_JOB)).isZero();
    }
  }

  /** What a list shows that was made before the Jobs ended. */
  private static List<Listed> running(List<?> listed) {
    return listed.stream()
        .map(Listed.class::cast)
        .map(
            each ->
                each.view() instanceof JobView.Finished job
                    ? new Listed(
                        each.firing(),
                        new JobView.Started(job.uid(), job.resourceVersion(), job.longest()))
                    : each)
        .toList();
  }

  private static boolean died(World world, String schedule, Dying.Moment moment) {
    Dying.Fate fate = new Dying.Fate(moment);
    Wiring wiring = world.wiring(fate::around, fate::around);
    Instant now = world.now();
    try {
      Map<String, String> answer = world.deliver(wiring, now, Details.shell(schedule, "exit 0"));
      assertThat(answer).containsEntry("state", "SUCCEEDED");
      return false;
    } catch (Dying.Died e) {
      return true;
    }
  }
}
