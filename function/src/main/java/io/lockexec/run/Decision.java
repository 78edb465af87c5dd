package io.lockexec.run;

import io.lockexec.cluster.ClusterName;
import io.lockexec.job.JobView;
import io.lockexec.job.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is to be done next about a run. {@link #decide} is the only place that says so, for the
 * dispatcher and for the sweep alike; it is a pure function of the record, of what the cluster
 * shows and of the time.
 */
public sealed interface Decision {

  /**
   * Nothing at present; the next sweep looks again.
   *
   * @param why in words for a person
   */
  record Wait(String why) implements Decision {}

  /** Its Job runs: wait for its end, for as long as the carrier may. */
  record Watch(String resourceVersion) implements Decision {}

  /** Ask the cluster what it shows. */
  record Look() implements Decision {}

  /** Create the held Job on the run's cluster. */
  record Create() implements Decision {}

  /** Bind the run to this Job, or renew the time to start it by. */
  record Commit(JobView.Present job, Instant startBy) implements Decision {}

  /** Start the Job to which the run is bound. */
  record Start(String uid) implements Decision {}

  /** Place the run on another cluster. */
  record Move(ClusterName to, String why) implements Decision {}

  /** Delete the Job, which was never started, and record the run as skipped. */
  record Withdraw(JobView.Present job, Reason reason, String message) implements Decision {}

  /** Delete the Job, which was started and has no pod left, and record the run as failed. */
  record Abandon(JobView.Present job, Reason reason, String message) implements Decision {}

  /** Record the run as skipped; nothing was started. */
  record Skip(Reason reason, String message) implements Decision {}

  /** Record how the Job ended. */
  record Settle(Outcome outcome) implements Decision {}

  /** Record that the Job may have run and that nobody knows how it ended. */
  record Lose(Reason reason, String message) implements Decision {}

  /** The run has ended. */
  record Done() implements Decision {}

  /**
   * Decides.
   *
   * @param run as it was read last
   * @param view what its cluster shows, from an answer that was asked for after the run was read
   * @param others candidates that were not tried in this pass, the next choice first
   * @param bounds of what can still happen unseen
   * @param now the time by our clock
   */
  static Decision decide(
      Run run, JobView view, List<ClusterName> others, Bounds bounds, Instant now) {
    return switch (run.stage()) {
      case Stage.Claimed _ -> ofClaimed(run, view, others, bounds, now);
      case Stage.Committed committed -> ofCommitted(run, committed.commitment(), view, bounds, now);
      case Stage.Ended _ -> new Done();
    };
  }

  /**
   * Decides about a run whose lock turned out to be somebody else's, or nobody's, when it was to be
   * committed. What runs already, runs; what was not started is not started any more.
   */
  static Decision withoutLock(Run run, JobView.Present job, String holder) {
    String message = "the lock was taken away before the Job was started; it is now " + holder;
    return run.stage() instanceof Stage.Committed
        ? new Withdraw(job, Reason.LOCK_LOST, message)
        : new Skip(Reason.LOCK_LOST, message);
  }

  private static Decision ofClaimed(
      Run run, JobView view, List<ClusterName> others, Bounds bounds, Instant now) {
    boolean late = !now.isBefore(run.startingDeadline());
    return switch (view) {
      case JobView.Unasked _ -> late ? new Look() : new Create();
      case JobView.Unavailable unavailable -> {
        if (late) {
          yield new Skip(
              Reason.NO_CLUSTER,
              "no cluster took the Job in time: " + everything(run, unavailable));
        }
        yield others.isEmpty()
            ? new Wait("no cluster takes the Job: " + everything(run, unavailable))
            : new Move(others.getFirst(), unavailable.why());
      }
      case JobView.Barred barred -> new Skip(new Reason(barred.reason()), barred.why());
      case JobView.Foreign foreign -> new Skip(Reason.NAME_TAKEN, foreign.why());
      case JobView.Gone _ -> late ? neverPlaced(run) : new Create();
      case JobView.Held held -> late ? tooLate(run) : commit(run, held, bounds, now);
      // Somebody started it by hand. Wherever a Job of ours may have run, the run is bound to it.
      case JobView.Started started -> commit(run, started, bounds, now);
      case JobView.Suspended suspended -> commit(run, suspended, bounds, now);
      case JobView.Finished finished -> commit(run, finished, bounds, now);
    };
  }

  private static Decision ofCommitted(
      Run run, Commitment commitment, JobView view, Bounds bounds, Instant now) {
    return switch (view) {
      case JobView.Unasked _ -> new Look();
      case JobView.Unavailable unavailable ->
          waitOrLose(commitment, Reason.UNREACHABLE, unavailable.why(), bounds, now);
      case JobView.Barred barred ->
          waitOrLose(commitment, Reason.UNREACHABLE, barred.why(), bounds, now);
      case JobView.Foreign foreign ->
          waitOrLose(commitment, Reason.MISSING_JOB, foreign.why(), bounds, now);
      case JobView.Gone gone ->
          gone.podsLeft()
              ? new Wait("the Job is gone and a pod of it still runs")
              : new Lose(Reason.MISSING_JOB, "the Job was deleted before anybody saw how it ended");
      case JobView.Present present ->
          present.uid().equals(commitment.uid())
              ? ofItsJob(run, commitment, present, bounds, now)
              : waitOrLose(
                  commitment,
                  Reason.MISSING_JOB,
                  "another Job stands under its name, with uid " + present.uid(),
                  bounds,
                  now);
    };
  }

  private static Decision ofItsJob(
      Run run, Commitment commitment, JobView.Present job, Bounds bounds, Instant now) {
    return switch (job) {
      case JobView.Held held -> {
        if (now.isBefore(commitment.startBy())) {
          yield new Start(held.uid());
        }
        yield now.isBefore(run.startingDeadline())
            ? commit(run, held, bounds, now)
            : new Withdraw(held, Reason.TOO_LATE, late(run));
      }
      case JobView.Started started -> new Watch(started.resourceVersion());
      case JobView.Suspended suspended ->
          suspended.podsLeft()
              ? new Wait("somebody suspended the started Job; its pods are not yet gone")
              : new Abandon(
                  suspended,
                  Reason.SUSPENDED_BY_OTHER,
                  "somebody suspended the started Job; to resume it would run its program again");
      case JobView.Finished finished -> new Settle(finished.outcome());
    };
  }

  private static Decision waitOrLose(
      Commitment commitment, Reason reason, String why, Bounds bounds, Instant now) {
    Instant last = bounds.lastMoment(commitment.startBy(), commitment.longest());
    return now.isAfter(last)
        ? new Lose(reason, why + "; by " + last + " its Job must have ended")
        : new Wait(why + "; waiting until " + last);
  }

  private static Decision commit(Run run, JobView.Present job, Bounds bounds, Instant now) {
    Instant startBy = now.plus(bounds.startWithin());
    Instant capped = startBy.isAfter(run.startingDeadline()) ? run.startingDeadline() : startBy;
    // One that was started by hand, late, may have been started at any time until now.
    return new Commit(job, capped.isBefore(now) ? now : capped);
  }

  private static Decision tooLate(Run run) {
    return new Skip(Reason.TOO_LATE, late(run));
  }

  /** A run that no cluster took is not merely late: what each said is what a person has to mend. */
  private static Decision neverPlaced(Run run) {
    String why =
        run.tried().stream()
            .map(Tried::why)
            .filter(each -> !each.isEmpty())
            .collect(Collectors.joining("; "));
    return why.isEmpty()
        ? tooLate(run)
        : new Skip(Reason.NO_CLUSTER, "no cluster took the Job in time: " + why);
  }

  private static String late(Run run) {
    return "it could not be started before its starting deadline, " + run.startingDeadline();
  }

  /** Why each cluster was passed over, the present one last; each reason names its cluster. */
  private static String everything(Run run, JobView.Unavailable last) {
    return Stream.concat(
            run.tried().stream()
                .filter(each -> run.cluster().filter(each.cluster()::equals).isEmpty())
                .map(Tried::why),
            Stream.of(last.why()))
        .collect(Collectors.joining("; "));
  }
}
