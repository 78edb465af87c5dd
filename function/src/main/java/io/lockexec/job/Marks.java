package io.lockexec.job;

/**
 * The labels and annotations by which lock-exec knows its Jobs again, and by which a person finds
 * them. Everything under {@link #PREFIX} is lock-exec's own: a template's words there are taken
 * out.
 */
public final class Marks {
  /** What all of lock-exec's own labels and annotations begin with. */
  public static final String PREFIX = "lock-exec.io/";

  /** Label on Job and pod: which installation started it. */
  public static final String INSTALLATION = PREFIX + "installation";

  /** Label on Job and pod: the id of the run. */
  public static final String RUN = PREFIX + "run";

  /** Label on Job and pod: the name of the schedule. */
  public static final String SCHEDULE = PREFIX + "schedule";

  /** Label on the Job, from the moment its result is recorded. */
  public static final String SETTLED = PREFIX + "settled";

  /** Annotation on the Job: {@link #HELD} until it is started, {@link #STARTED} from then on. */
  public static final String LAUNCH = PREFIX + "launch";

  /** {@link #LAUNCH} of a Job that was created and not yet started. */
  public static final String HELD = "held";

  /** {@link #LAUNCH} of a Job that was started, once and for all. */
  public static final String STARTED = "started";

  /** Annotation on Job and pod: the key that is locked. */
  public static final String KEY = PREFIX + "key";

  /** Annotation on Job and pod: the scheduled time, ISO-8601 in UTC. */
  public static final String SCHEDULED_TIME = PREFIX + "scheduled-time";

  /** Annotation on Job and pod: the fencing token. */
  public static final String TOKEN = PREFIX + "token";

  /**
   * Annotation on the Job: the scheduled time where Kubernetes' own CronJob controller puts it
   * (since 1.32), for tools that look there.
   */
  public static final String CRON_JOB_SCHEDULED_TIMESTAMP =
      "batch.kubernetes.io/cronjob-scheduled-timestamp";

  private Marks() {}
}
