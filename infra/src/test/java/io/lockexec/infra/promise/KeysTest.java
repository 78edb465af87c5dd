package io.lockexec.infra.promise;

import static io.lockexec.infra.promise.World.BLUE;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.lambda.Wiring;
import io.lockexec.lock.Acquisition;
import io.lockexec.lock.Lock;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Owner;
import io.lockexec.lock.Token;
import io.lockexec.run.Commitment;
import io.lockexec.run.Ledger;
import io.lockexec.run.Reason;
import io.lockexec.run.State;
import io.lockexec.schedule.Firing;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two runs that share a key never overlap. */
final class KeysTest {
  @Test
  void of_two_schedules_on_one_key_the_second_is_skipped_while_the_first_runs() throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      Firing first = world.firing("first");
      Firing second = world.firing("second");
      world.deliver(Details.shell("first", "shared", "sleep 20"));

      Map<String, String> answer = world.deliver(Details.shell("second", "shared", "exit 0"));

      assertThat(answer)
          .containsEntry("state", "SKIPPED")
          .containsEntry("reason", "JobAlreadyActive");
      assertThat(world.ended(second).message())
          .contains("run " + first.runId())
          .contains("blue/default/" + first.runId());
      assertThat(world.started(second)).isZero();
    }
  }

  @Test
  void a_job_that_has_ended_never_costs_the_next_firing_though_nobody_has_settled_it()
      throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      // A minutely schedule whose Job ends a moment before the next firing: no dispatcher has
      // watched it to its end, and no sweep has come by yet.
      Firing first = world.firing("minutely");
      world.deliver(Details.shell("minutely", "exit 0"));
      world.awaitQuiet(first);
      world.forward(Duration.ofMinutes(1));
      Firing next = world.firing("minutely");

      Map<String, String> answer = world.deliver(Details.shell("minutely", "exit 0"));

      assertThat(world.ended(first).state()).isEqualTo(State.SUCCEEDED);
      assertThat(answer).containsEntry("run", next.runId()).containsEntry("state", "COMMITTED");
      assertThat(world.sweepUntilEnded(next).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.started(first)).isEqualTo(1);
      assertThat(world.started(next)).isEqualTo(1);
    }
  }

  @Test
  void a_key_that_a_process_holds_is_respected_until_it_expires() throws Exception {
    try (World world = new World()) {
      Instant expire = world.now().plus(Duration.ofMinutes(30));
      world
          .locks()
          .acquire(
              new LockKey("report"),
              new Owner.OfProcess("someone"),
              "build-7 pid 4711",
              world.now(),
              expire);
      Firing refused = world.firing("report");
      world.deliver(Details.shell("report", "exit 0"));

      world.forward(Duration.ofMinutes(31));
      Map<String, String> answer = world.deliver(Details.shell("report", "exit 0"));

      assertThat(world.ended(refused).reason()).isEqualTo(Reason.JOB_ALREADY_ACTIVE);
      assertThat(world.ended(refused).message()).contains("build-7 pid 4711");
      assertThat(answer).containsEntry("state", "SUCCEEDED");
    }
  }

  @Test
  void a_key_unlocked_by_hand_while_its_job_runs_is_free_and_the_run_settles_all_the_same()
      throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      Firing firing = world.firing("report");
      world.deliver(Details.shell("report", "sleep 1"));
      Lock seen = world.locks().find(new LockKey("report")).orElseThrow();

      assertThat(world.locks().release(seen)).isTrue();
      Acquisition next =
          world
              .locks()
              .acquire(
                  new LockKey("report"),
                  new Owner.OfProcess("next"),
                  "host",
                  world.now(),
                  world.now().plusSeconds(600));

      assertThat(next).isInstanceOf(Acquisition.Acquired.class);
      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.SUCCEEDED);
      // The run that settled late has not released what is no longer its own.
      assertThat(world.locks().find(new LockKey("report")).orElseThrow().owner())
          .contains(new Owner.OfProcess("next"));
    }
  }

  @Test
  void a_run_whose_lock_was_taken_away_before_its_start_is_not_started() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      var wiring =
          world.wiring(
              each -> each,
              cluster ->
                  Dying.before(
                      cluster,
                      "create",
                      () ->
                          world
                              .locks()
                              .release(world.locks().find(new LockKey("report")).orElseThrow())));

      world.deliver(wiring, world.now(), Details.shell("report", "exit 0"));

      assertThat(world.ended(firing).state()).isEqualTo(State.SKIPPED);
      assertThat(world.ended(firing).reason()).isEqualTo(Reason.LOCK_LOST);
      assertThat(world.started(firing)).isZero();
      world.sweep();
      assertThat(world.cluster(BLUE).jobs()).isEmpty();
    }
  }

  @Test
  void a_duplicate_that_is_told_of_its_own_lock_alone_does_not_release_it() throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      Firing firing = world.firing("report");
      world.deliver(Details.shell("report", "sleep 20"));
      Lock held = world.locks().find(new LockKey("report")).orElseThrow();
      // Nothing obliges DynamoDB to name every condition that did not hold.
      Wiring wiring =
          world.wiring(
              each -> Dying.answering(each, "claim", _ -> new Ledger.Claim.KeyHeld(held)),
              each -> each);

      Map<String, String> answer =
          world.deliver(wiring, firing.time(), Details.shell("report", "sleep 20"));

      assertThat(answer).containsEntry("state", "COMMITTED");
      assertThat(world.locks().find(new LockKey("report"))).contains(held);
      assertThat(world.told(Reason.DUPLICATE)).isEqualTo(1);
    }
  }

  @Test
  void a_lock_outlasts_whatever_its_run_may_still_start() throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      Firing firing = world.firing("report");
      var dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "create"));
      Dying.expected(() -> world.deliver(dying, world.now(), Details.shell("report", "sleep 20")));
      // An hour until the starting deadline, and a request that is still in flight.
      assertThat(world.locks().find(new LockKey("report")).orElseThrow().expire())
          .isEqualTo(firing.time().plus(Duration.ofMinutes(61)));

      world.deliver(world.wiring(), firing.time(), Details.shell("report", "sleep 20"));

      Commitment commitment = world.run(firing).commitment().orElseThrow();
      assertThat(world.locks().find(new LockKey("report")).orElseThrow().expire())
          .isEqualTo(commitment.startBy().plus(commitment.longest()).plus(Duration.ofMinutes(31)));
    }
  }

  @Test
  void tokens_rise_from_run_to_run_and_reach_the_command() throws Exception {
    try (World world = new World()) {
      Firing first = world.firing("report");
      world.deliver(Details.shell("report", "exit 0"));
      Token before = world.run(first).token().orElseThrow();
      world.forward(Duration.ofMinutes(1));
      Firing second = world.firing("report");

      world.deliver(Details.shell("report", "test $LOCK_EXEC_TOKEN -gt " + before));

      assertThat(world.ended(second).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.run(second).token().orElseThrow()).isGreaterThan(before);
    }
  }

  @Test
  void a_lock_whose_run_has_no_record_is_released_on_that_very_token() throws Exception {
    try (World world = new World()) {
      // The run table was emptied by hand while a run was open.
      Firing lost = world.firing("lost");
      var dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "create"));
      Dying.expected(
          () -> world.deliver(dying, world.now(), Details.shell("lost", "report", "exit 0")));
      world
          .client()
          .deleteItem(
              each ->
                  each.tableName(world.tables().runTable())
                      .key(
                          Map.of(
                              "schedule", Dying.text("lost"),
                              "scheduled_time", Dying.text(lost.time().toString()))));
      Firing next = world.firing("report");

      world.deliver(Details.shell("report", "exit 0"));

      assertThat(world.ended(next).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.told(Reason.STALE_LOCK)).isEqualTo(1);
      assertThat(world.free("report")).isTrue();
    }
  }
}
