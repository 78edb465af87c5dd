package io.lockexec.schedule;

import io.lockexec.BadInput;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads EventBridge's {@code rate(n unit)}. Where n divides the hour or the day it becomes a cron
 * expression that starts at the full hour or at midnight UTC, since a rate itself has no times that
 * a firing could be named by.
 */
final class Rate {
  private static final Pattern RATE = Pattern.compile("\\s*([0-9]{1,6})\\s+([A-Za-z]+)\\s*");
  private static final int MINUTES_PER_HOUR = 60;
  private static final int HOURS_PER_DAY = 24;

  private Rate() {}

  static Recurrence parse(String text, String inner) {
    Matcher rate = RATE.matcher(inner);
    if (!rate.matches()) {
      throw new BadInput("schedule", text, "is no rate: write it like rate(5 minutes)");
    }
    int count = Integer.parseInt(rate.group(1));
    if (count == 0) {
      throw new BadInput("schedule", text, "would never come: use at least rate(1 minute)");
    }
    String unit = rate.group(2);
    String singular = unit.endsWith("s") ? unit.substring(0, unit.length() - 1) : unit;
    Duration period =
        switch (singular) {
          case "minute" -> Duration.ofMinutes(count);
          case "hour" -> Duration.ofHours(count);
          case "day" -> Duration.ofDays(count);
          default ->
              throw new BadInput("schedule", text, "has no such unit: use minutes, hours or days");
        };
    String right = "rate(" + count + " " + singular + (count == 1 ? "" : "s") + ")";
    if (unit.endsWith("s") == (count == 1)) {
      throw new BadInput(
          "schedule", text, "has a unit that EventBridge does not take: write " + right);
    }
    return aligned(period)
        .<Recurrence>map(cron -> CronText.eventBridge(text, cron, ZoneOffset.UTC))
        .orElseGet(() -> new Every(right, period, Optional.empty()));
  }

  private static Optional<String> aligned(Duration period) {
    long minutes = period.toMinutes();
    long hours = period.toHours();
    if (minutes == 1) {
      return Optional.of("* * * * ? *");
    }
    if (minutes < MINUTES_PER_HOUR && MINUTES_PER_HOUR % minutes == 0) {
      return Optional.of("0/" + minutes + " * * * ? *");
    }
    if (!period.equals(Duration.ofHours(hours)) || hours > HOURS_PER_DAY) {
      return Optional.empty();
    }
    if (hours == 1) {
      return Optional.of("0 * * * ? *");
    }
    if (hours == HOURS_PER_DAY) {
      return Optional.of("0 0 * * ? *");
    }
    return HOURS_PER_DAY % hours == 0 ? Optional.of("0 0/" + hours + " * * ? *") : Optional.empty();
  }
}
