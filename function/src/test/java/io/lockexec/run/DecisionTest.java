package io.lockexec.run;

import static io.lockexec.run.Runs.BLUE;
import static io.lockexec.run.Runs.GREEN;
import static io.lockexec.run.Runs.LONGEST;
import static io.lockexec.run.Runs.TIME;
import static io.lockexec.run.Runs.UID;
import static io.lockexec.run.Runs.claimed;
import static io.lockexec.run.Runs.committed;
import static io.lockexec.run.Runs.committedUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.lockexec.cluster.ClusterName;
import io.lockexec.job.JobView;
import io.lockexec.job.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class DecisionTest {
  private static final Bounds BOUNDS = Bounds.DEFAULT;
  private static final Instant IN_TIME = TIME.plusSeconds(30);
  private static final Instant START_BY = TIME.plusSeconds(120);
  private static final Instant DEADLINE = TIME.plus(Duration.ofHours(1));
  private static final Instant LAST_MOMENT = BOUNDS.lastMoment(START_BY, LONGEST);

  private static final JobView UNASKED = new JobView.Unasked();
  private static final JobView UNAVAILABLE = new JobView.Unavailable("connection refused");
  private static final JobView BARRED = new JobView.Barred("CronJobNotSuspended", "kubectl patch");
  private static final JobView FOREIGN = new JobView.Foreign("a CronJob's");
  private static final JobView GONE = new JobView.Gone(false);
  private static final JobView GONE_PODS_LEFT = new JobView.Gone(true);
  private static final JobView.Held HELD = new JobView.Held(UID, "5", LONGEST);
  private static final JobView.Started STARTED = new JobView.Started(UID, "6", LONGEST);
  private static final JobView.Suspended SUSPENDED =
      new JobView.Suspended(UID, "7", LONGEST, false);
  private static final JobView.Suspended SUSPENDED_PODS_LEFT =
      new JobView.Suspended(UID, "7", LONGEST, true);
  private static final Outcome COMPLETE =
      new Outcome(
          true, "Completed", "", OptionalInt.empty(), Optional.of(IN_TIME), Optional.of(IN_TIME));
  private static final JobView.Finished FINISHED =
      new JobView.Finished(UID, "8", LONGEST, COMPLETE);
  private static final JobView.Held OTHER_UID = new JobView.Held("another", "9", LONGEST);

  static Stream<Arguments> the_table() {
    return Stream.of(
        // Claimed, in time.
        row("claimed, unasked", claimed(), UNASKED, IN_TIME, new Decision.Create()),
        row("claimed, gone", claimed(), GONE, IN_TIME, new Decision.Create()),
        row("claimed, gone, pods left", claimed(), GONE_PODS_LEFT, IN_TIME, new Decision.Create()),
        row(
            "claimed, unavailable, others left",
            claimed(),
            UNAVAILABLE,
            IN_TIME,
            new Decision.Move(GREEN, "connection refused")),
        row(
            "claimed, held",
            claimed(),
            HELD,
            IN_TIME,
            new Decision.Commit(HELD, IN_TIME.plusSeconds(120))),
        row(
            "claimed, held, startBy is capped by the starting deadline",
            claimed(),
            HELD,
            DEADLINE.minusSeconds(1),
            new Decision.Commit(HELD, DEADLINE)),
        row(
            "claimed, barred",
            claimed(),
            BARRED,
            IN_TIME,
            new Decision.Skip(new Reason("CronJobNotSuspended"), "kubectl patch")),
        row(
            "claimed, foreign",
            claimed(),
            FOREIGN,
            IN_TIME,
            new Decision.Skip(Reason.NAME_TAKEN, "a CronJob's")),
        row(
            "claimed, started by hand",
            claimed(),
            STARTED,
            IN_TIME,
            new Decision.Commit(STARTED, IN_TIME.plusSeconds(120))),
        row(
            "claimed, started and suspended by hand",
            claimed(),
            SUSPENDED,
            IN_TIME,
            new Decision.Commit(SUSPENDED, IN_TIME.plusSeconds(120))),
        row(
            "claimed, run to its end by hand",
            claimed(),
            FINISHED,
            IN_TIME,
            new Decision.Commit(FINISHED, IN_TIME.plusSeconds(120))),
        // Claimed, too late.
        row("claimed, late, unasked", claimed(), UNASKED, DEADLINE, new Decision.Look()),
        row(
            "claimed, late, gone",
            claimed(),
            GONE,
            DEADLINE,
            new Decision.Skip(
                Reason.TOO_LATE,
                "it could not be started before its starting deadline, 2026-11-23T14:00:00Z")),
        row(
            "claimed, late, held",
            claimed(),
            HELD,
            DEADLINE,
            new Decision.Skip(
                Reason.TOO_LATE,
                "it could not be started before its starting deadline, 2026-11-23T14:00:00Z")),
        row(
            "claimed, late, unavailable",
            claimed(),
            UNAVAILABLE,
            DEADLINE,
            new Decision.Skip(
                Reason.NO_CLUSTER, "no cluster took the Job in time: connection refused")),
        row(
            "claimed, late, started by hand",
            claimed(),
            STARTED,
            DEADLINE.plusSeconds(5),
            new Decision.Commit(STARTED, DEADLINE.plusSeconds(5))),
        // Committed.
        row("committed, unasked", committed(), UNASKED, IN_TIME, new Decision.Look()),
        row("committed, held", committed(), HELD, IN_TIME, new Decision.Start(UID)),
        row(
            "committed, held, a nanosecond before startBy",
            committed(),
            HELD,
            START_BY.minusNanos(1),
            new Decision.Start(UID)),
        row(
            "committed, held, at startBy: renewed first",
            committed(),
            HELD,
            START_BY,
            new Decision.Commit(HELD, START_BY.plusSeconds(120))),
        row(
            "committed, held, after the starting deadline: never started",
            committedUntil(DEADLINE),
            HELD,
            DEADLINE,
            new Decision.Withdraw(
                HELD,
                Reason.TOO_LATE,
                "it could not be started before its starting deadline, 2026-11-23T14:00:00Z")),
        row("committed, started", committed(), STARTED, IN_TIME, new Decision.Watch("6")),
        row(
            "committed, started, long after: only the cluster tells",
            committed(),
            STARTED,
            LAST_MOMENT.plus(Duration.ofDays(2)),
            new Decision.Watch("6")),
        row("committed, finished", committed(), FINISHED, IN_TIME, new Decision.Settle(COMPLETE)),
        row(
            "committed, suspended by somebody, pods left",
            committed(),
            SUSPENDED_PODS_LEFT,
            IN_TIME,
            new Decision.Wait("somebody suspended the started Job; its pods are not yet gone")),
        row(
            "committed, suspended by somebody: never resumed",
            committed(),
            SUSPENDED,
            IN_TIME,
            new Decision.Abandon(
                SUSPENDED,
                Reason.SUSPENDED_BY_OTHER,
                "somebody suspended the started Job; to resume it would run its program again")),
        row(
            "committed, gone, pods left",
            committed(),
            GONE_PODS_LEFT,
            IN_TIME,
            new Decision.Wait("the Job is gone and a pod of it still runs")),
        row(
            "committed, gone: lost, never created again",
            committed(),
            GONE,
            IN_TIME,
            new Decision.Lose(
                Reason.MISSING_JOB, "the Job was deleted before anybody saw how it ended")),
        row(
            "committed, unavailable: nothing changes, whatever others there are",
            committed(),
            UNAVAILABLE,
            IN_TIME,
            new Decision.Wait("connection refused; waiting until " + LAST_MOMENT)),
        row(
            "committed, unavailable, at the very last moment",
            committed(),
            UNAVAILABLE,
            LAST_MOMENT,
            new Decision.Wait("connection refused; waiting until " + LAST_MOMENT)),
        row(
            "committed, unavailable, a nanosecond after the last moment",
            committed(),
            UNAVAILABLE,
            LAST_MOMENT.plusNanos(1),
            new Decision.Lose(
                Reason.UNREACHABLE,
                "connection refused; by " + LAST_MOMENT + " its Job must have ended")),
        row(
            "committed, another Job of ours under the name",
            committed(),
            OTHER_UID,
            IN_TIME,
            new Decision.Wait(
                "another Job stands under its name, with uid another; waiting until "
                    + LAST_MOMENT)),
        row(
            "committed, a foreign Job under the name",
            committed(),
            FOREIGN,
            IN_TIME,
            new Decision.Wait("a CronJob's; waiting until " + LAST_MOMENT)),
        row(
            "committed, barred: as unavailable",
            committed(),
            BARRED,
            IN_TIME,
            new Decision.Wait("kubectl patch; waiting until " + LAST_MOMENT)),
        // Ended.
        row(
            "ended",
            committed().settled(COMPLETE, IN_TIME),
            STARTED,
            IN_TIME,
            new Decision.Done()));
  }

  @ParameterizedTest
  @MethodSource("the_table")
  void decides(Run run, JobView view, Instant now, Decision expected) {
    Decision decision = Decision.decide(run, view, List.of(GREEN), BOUNDS, now);

    assertThat(decision).isEqualTo(expected);
  }

  @Test
  void waits_when_no_candidate_is_left_and_says_why_each_was_passed_over() {
    Run moved = claimed().moved(GREEN, "forbidden");

    Decision decision =
        Decision.decide(moved, UNAVAILABLE, List.<ClusterName>of(), BOUNDS, IN_TIME);

    assertThat(decision)
        .isEqualTo(new Decision.Wait("no cluster takes the Job: forbidden; connection refused"));
  }

  @Test
  void a_run_that_comes_too_late_because_no_cluster_took_it_says_what_each_had_said() {
    Run moved = claimed().moved(GREEN, "namespace not found");

    assertThat(Decision.decide(moved, GONE, List.<ClusterName>of(), BOUNDS, DEADLINE))
        .isEqualTo(
            new Decision.Skip(
                Reason.NO_CLUSTER, "no cluster took the Job in time: namespace not found"));
  }

  @Test
  void never_starts_creates_or_moves_a_committed_run_elsewhere_whatever_the_cluster_shows() {
    List<JobView> views =
        List.of(
            UNASKED,
            UNAVAILABLE,
            BARRED,
            FOREIGN,
            GONE,
            GONE_PODS_LEFT,
            STARTED,
            SUSPENDED,
            SUSPENDED_PODS_LEFT,
            FINISHED,
            OTHER_UID);
    List<Instant> times = List.of(IN_TIME, START_BY, DEADLINE, LAST_MOMENT.plusSeconds(1));

    for (JobView view : views) {
      for (Instant now : times) {
        assertThat(Decision.decide(committed(), view, List.of(BLUE, GREEN), BOUNDS, now))
            .as("%s at %s", view, now)
            .isNotInstanceOfAny(Decision.Create.class, Decision.Move.class, Decision.Start.class);
      }
    }
  }

  @Test
  void a_claimed_run_without_its_lock_is_skipped_and_its_held_job_left_to_the_sweep() {
    assertThat(Decision.withoutLock(claimed(), HELD, "free"))
        .isEqualTo(
            new Decision.Skip(
                Reason.LOCK_LOST,
                "the lock was taken away before the Job was started; it is now free"));
  }

  @Test
  void a_committed_run_without_its_lock_is_withdrawn_before_it_is_skipped() {
    assertThat(Decision.withoutLock(committed(), HELD, "free"))
        .isEqualTo(
            new Decision.Withdraw(
                HELD,
                Reason.LOCK_LOST,
                "the lock was taken away before the Job was started; it is now free"));
  }

  private static Arguments row(String name, Run run, JobView view, Instant now, Decision expected) {
    return argumentSet(name, run, view, now, expected);
  }
}
