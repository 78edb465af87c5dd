package io.lockexec.run;

/**
 * Why something became of a run: a stable identifier, fit for alarms and log queries; the message
 * beside it is prose. Where the CronJob controller has a name for the same thing, it is that name.
 *
 * @param name in CamelCase
 */
public record Reason(String name) {
  /** The run took its key and its firing. */
  public static final Reason CLAIMED = new Reason("Claimed");

  /** The held Job stands on a cluster. */
  public static final Reason SUCCESSFUL_CREATE = new Reason("SuccessfulCreate");

  /** A candidate was passed over for the next one. */
  public static final Reason MOVED = new Reason("Moved");

  /** From here on the run can start on its cluster only. */
  public static final Reason COMMITTED = new Reason("Committed");

  /** The time to start by was renewed. */
  public static final Reason RENEWED = new Reason("Renewed");

  /** The Job was started. */
  public static final Reason STARTED = new Reason("Started");

  /** The Job ended, Complete or Failed. */
  public static final Reason SAW_COMPLETED_JOB = new Reason("SawCompletedJob");

  /** The same firing was delivered again. */
  public static final Reason DUPLICATE = new Reason("DuplicateDelivery");

  /** The key is held by another run or process. */
  public static final Reason JOB_ALREADY_ACTIVE = new Reason("JobAlreadyActive");

  /** The firing came, or could be placed, only after its starting deadline. */
  public static final Reason TOO_LATE = new Reason("TooLate");

  /** An expected firing was never delivered. */
  public static final Reason MISS_SCHEDULE = new Reason("MissSchedule");

  /** No cluster could take the Job before the starting deadline. */
  public static final Reason NO_CLUSTER = new Reason("NoCluster");

  /** A Job of that name, which is not ours, is there. */
  public static final Reason NAME_TAKEN = new Reason("NameTaken");

  /** The lock was taken away before the Job was started. */
  public static final Reason LOCK_LOST = new Reason("LockLost");

  /** The Job is gone and nobody saw how it ended. */
  public static final Reason MISSING_JOB = new Reason("MissingJob");

  /** The cluster could not be asked until its Job must long have ended. */
  public static final Reason UNREACHABLE = new Reason("ClusterUnreachable");

  /** Somebody suspended the started Job; to resume it would run its program again. */
  public static final Reason SUSPENDED_BY_OTHER = new Reason("SuspendedByOther");

  /** A held Job that no run will start was deleted. */
  public static final Reason ORPHAN_DELETED = new Reason("OrphanDeleted");

  /** A Job still runs although its run has ended. */
  public static final Reason UNEXPECTED_JOB = new Reason("UnexpectedJob");

  /** A lock was released whose run had ended without releasing it. */
  public static final Reason STALE_LOCK = new Reason("StaleLockReleased");

  /** A cluster, or a step on it, could not be asked or refused. */
  public static final Reason UNAVAILABLE = new Reason("ClusterUnavailable");

  @Override
  public String toString() {
    return name;
  }
}
