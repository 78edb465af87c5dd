package io.lockexec.job;

/**
 * A job template that must not be used, because its Jobs could start otherwise than by lock-exec,
 * or never.
 *
 * @param reason a stable identifier: one of the constants here
 * @param message one line for a person: what is wrong, and how to mend it
 */
public record TemplateRefused(String reason, String message) implements TemplateReading {
  /** The CronJob is not suspended: every cluster that has it would run it by itself. */
  public static final String CRON_JOB_NOT_SUSPENDED = "CronJobNotSuspended";

  /** The CronJob is being deleted. */
  public static final String CRON_JOB_TERMINATING = "CronJobTerminating";

  /** A queue owns the template: it would start the held Job when it thinks fit. */
  public static final String QUEUE_OWNED = "QueueOwned";

  /** The template's Jobs are created suspended, so that somebody else is meant to start them. */
  public static final String HELD_BY_OTHER = "HeldByOther";

  /** The template's Jobs would never start a pod. */
  public static final String NOTHING_TO_RUN = "NothingToRun";

  /** What was read is no CronJob. */
  public static final String NOT_A_CRON_JOB = "NotACronJob";
}
