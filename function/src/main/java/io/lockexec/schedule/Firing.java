package io.lockexec.schedule;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One scheduled time of a schedule. The same firing may be delivered many times, hours apart; it is
 * the same firing as long as schedule and minute are the same, whatever the id of the event.
 *
 * @param schedule whose firing it is
 * @param time the scheduled time, floored to the whole minute (UTC)
 */
public record Firing(ScheduleName schedule, Instant time) {
  private static final long SECONDS_PER_MINUTE = 60;
  private static final Pattern RUN_ID =
      Pattern.compile("([a-z0-9](?:[-a-z0-9]{0,50}[a-z0-9])?)-([0-9]{1,10})");

  /** Floors the time to its minute, because rules fire at any second of the minute. */
  public Firing {
    time = time.truncatedTo(ChronoUnit.MINUTES);
  }

  /**
   * Returns the id of this firing's run, which is also the name of its Job: the schedule's name and
   * the scheduled time in minutes since the epoch, as the CronJob controller names its Jobs. At
   * most 61 characters, so that it fits a label value and a Job name (63 each).
   */
  public String runId() {
    return schedule.value() + "-" + time.getEpochSecond() / SECONDS_PER_MINUTE;
  }

  /**
   * Reads a run id back into its firing.
   *
   * @return empty if the text is no run id
   */
  public static Optional<Firing> ofRunId(String runId) {
    Matcher matcher = RUN_ID.matcher(runId);
    return matcher.matches()
        ? Optional.of(
            new Firing(
                new ScheduleName(matcher.group(1)),
                Instant.ofEpochSecond(Long.parseLong(matcher.group(2)) * SECONDS_PER_MINUTE)))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return schedule + "@" + time;
  }
}
