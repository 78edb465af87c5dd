package io.lockexec.job;

import java.time.Duration;

/**
 * What a cluster shows of the Job of a run, as far as a decision depends on it.
 *
 * <p>The source of the distinctions is <a
 * href="https://kubernetes.io/docs/concepts/workloads/controllers/job/">the Kubernetes page on
 * Jobs</a>: suspension, the terminal conditions Complete and Failed, and the interim ones before
 * them.
 */
public sealed interface JobView {

  /** Nobody has asked the cluster yet. */
  record Unasked() implements JobView {}

  /**
   * The cluster cannot be asked, or cannot take the Job; nothing follows from it about the Job.
   *
   * @param why in words for a person
   */
  record Unavailable(String why) implements JobView {}

  /**
   * The Job cannot be made anywhere without running the schedule twice or out of our control: its
   * template belongs to somebody else.
   *
   * @param reason a stable name: {@code CronJobNotSuspended}
   * @param why in words for a person, with the mend
   */
  record Barred(String reason, String why) implements JobView {}

  /**
   * A Job of that name exists and is not ours.
   *
   * @param why whose it seems to be
   */
  record Foreign(String why) implements JobView {}

  /**
   * There is no Job of that name: a list or read that began after the run was read shows none, and
   * the cluster is the one that it should be.
   *
   * @param podsLeft whether a pod of it is left that has not ended
   */
  record Gone(boolean podsLeft) implements JobView {}

  /** A Job of ours is there. */
  sealed interface Present extends JobView {
    /** Returns the Job's uid, which no other Job will ever have. */
    String uid();

    /** Returns the version that the cluster showed, for conditional deletion and for watches. */
    String resourceVersion();

    /** Returns the longest time that a pod of it can run once it was started. */
    Duration longest();
  }

  /** It is suspended and was never started: no pod, and none can come until we start it. */
  record Held(String uid, String resourceVersion, Duration longest) implements Present {}

  /** It was started, by us or by hand, and has not ended. */
  record Started(String uid, String resourceVersion, Duration longest) implements Present {}

  /**
   * It was started and somebody suspended it; to resume it would run its program again.
   *
   * @param podsLeft whether a pod of it is still active or terminating
   */
  record Suspended(String uid, String resourceVersion, Duration longest, boolean podsLeft)
      implements Present {}

  /** It has ended, and none of its pods is active or terminating. */
  record Finished(String uid, String resourceVersion, Duration longest, Outcome outcome)
      implements Present {}
}
