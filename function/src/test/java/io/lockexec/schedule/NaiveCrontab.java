package io.lockexec.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * Crontab read a second time, in the most naive way: every minute is held against every field. For
 * lines that restrict one of the two day fields, by numbers, and windows without changing clocks.
 */
final class NaiveCrontab {
  private NaiveCrontab() {}

  static List<Instant> firings(String line, ZoneId zone, Instant after, Instant until) {
    String[] fields = line.split(" ", -1);
    return Stream.iterate(
            after.plus(Duration.ofMinutes(1)),
            time -> !time.isAfter(until),
            time -> time.plus(Duration.ofMinutes(1)))
        .filter(time -> fires(fields, time.atZone(zone)))
        .toList();
  }

  private static boolean fires(String[] fields, ZonedDateTime time) {
    return matches(fields[0], 0, 59, time.getMinute())
        && matches(fields[1], 0, 23, time.getHour())
        && matches(fields[2], 1, 31, time.getDayOfMonth())
        && matches(fields[3], 1, 12, time.getMonthValue())
        && matches(fields[4], 0, 6, time.getDayOfWeek().getValue() % 7);
  }

  private static boolean matches(String field, int min, int max, int value) {
    return Stream.of(field.split(",", -1)).anyMatch(part -> matchesPart(part, min, max, value));
  }

  private static boolean matchesPart(String part, int min, int max, int value) {
    String[] stepped = part.split("/", -1);
    String[] range = stepped[0].split("-", -1);
    boolean star = stepped[0].equals("*");
    int from = star ? min : Integer.parseInt(range[0]);
    int to =
        range.length == 2 ? Integer.parseInt(range[1]) : star || stepped.length == 2 ? max : from;
    int step = stepped.length == 2 ? Integer.parseInt(stepped[1]) : 1;
    return value >= from && value <= to && (value - from) % step == 0;
  }
}
