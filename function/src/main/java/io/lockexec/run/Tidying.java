package io.lockexec.run;

import io.lockexec.cluster.ClusterName;
import io.lockexec.job.JobView;
import java.util.Optional;

/**
 * What is to be done about a Job of ours that a cluster shows and that is not, or no longer, the
 * Job of an open run. A pure function, like {@link Decision#decide}.
 */
sealed interface Tidying {

  /** Nothing: its run is open and may need it. */
  record Keep() implements Tidying {}

  /** Place its run back here: it may have run, so that the run can be bound to it only. */
  record Return(JobView.Present job) implements Tidying {}

  /** Delete it, by uid and version: it is held and no run will ever start it. */
  record Delete(JobView.Present job) implements Tidying {}

  /**
   * Mark it as settled: it has ended.
   *
   * @param job which
   * @param unexpected why it should never have run, in words for a person; empty if it is the Job
   *     of its run
   */
  record MarkSettled(JobView.Finished job, Optional<String> unexpected) implements Tidying {}

  /**
   * Say so loudly: it may be running and its run has ended.
   *
   * @param job which
   * @param why in words for a person
   */
  record Report(JobView.Present job, String why) implements Tidying {}

  /**
   * Decides.
   *
   * @param run the Job's run, from a consistent read made after the cluster showed the Job; empty
   *     if the ledger has none
   * @param at which cluster shows it
   * @param job what it shows
   */
  static Tidying decide(Optional<Run> run, ClusterName at, JobView.Present job) {
    if (run.isEmpty()) {
      return new Report(job, "the ledger has no record of its run");
    }
    return switch (run.get().stage()) {
      // While the run is claimed anywhere it may come back here: none of its Jobs is deleted.
      case Stage.Claimed claimed ->
          job instanceof JobView.Held || claimed.cluster().equals(at)
              ? new Keep()
              : new Return(job);
      case Stage.Committed committed ->
          // Two names, or a new name, may stand for one cluster; one uid stands for one Job.
          committed.commitment().uid().equals(job.uid())
              ? new Keep()
              : leftover(
                  run.get(), job, "its run is committed to another Job, on " + committed.cluster());
      case Stage.Ended ended ->
          leftover(
              run.get(),
              job,
              "its run has ended: %s (%s)".formatted(ended.state(), ended.reason()));
    };
  }

  private static Tidying leftover(Run run, JobView.Present job, String why) {
    boolean itsJob = run.commitment().filter(own -> own.uid().equals(job.uid())).isPresent();
    return switch (job) {
      case JobView.Held held -> new Delete(held);
      case JobView.Finished finished ->
          new MarkSettled(finished, itsJob ? Optional.empty() : Optional.of(why));
      case JobView.Started started -> new Report(started, why);
      case JobView.Suspended suspended -> new Report(suspended, why);
    };
  }
}
