package io.lockexec.schedule;

import io.lockexec.BadInput;
import io.lockexec.Fields;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * When a schedule is due. Written as one of
 *
 * <ul>
 *   <li>{@code cron(minutes hours day-of-month month day-of-week year)}, as EventBridge reads it;
 *   <li>{@code rate(n minutes)}, {@code hours} or {@code days}, as EventBridge reads it;
 *   <li>a crontab line of five fields, or {@code @hourly}, {@code @daily}, {@code @midnight},
 *       {@code @weekly}, {@code @monthly}, {@code @yearly}, {@code @annually}.
 * </ul>
 *
 * <p>A {@link Timetable} has exact times, known in advance. An {@link Every} has none until it is
 * known when it started, so nobody can say which of its firings are missing.
 */
public sealed interface Recurrence permits Timetable, Every {
  /**
   * Reads a recurrence.
   *
   * @param schedule the text, in any of the three forms
   * @param zone whose wall clock the text means; UTC if there is none. A rate has no wall clock: it
   *     counts in UTC, whatever the zone
   * @throws BadInput with field {@code schedule}, if EventBridge cannot be told to fire so
   */
  static Recurrence parse(String schedule, Optional<ZoneId> zone) {
    String text = schedule.strip();
    Matcher call = Pattern.compile("([a-z]+)\\((.*)\\)", Pattern.DOTALL).matcher(text);
    if (!call.matches()) {
      return CronText.crontab(text, zone.orElse(ZoneOffset.UTC));
    }
    return switch (call.group(1)) {
      case "cron" -> CronText.eventBridge(text, call.group(2), zone.orElse(ZoneOffset.UTC));
      case "rate" -> Rate.parse(text, call.group(2));
      default ->
          throw new BadInput(
              "schedule", text, "is no schedule: use cron(…), rate(…) or a crontab line");
    };
  }

  /**
   * Finds a time zone by its IANA name. Bare offsets are refused, because EventBridge Scheduler
   * takes names only.
   *
   * @throws BadInput with field {@code timeZone} and the nearest right name
   */
  static ZoneId timeZone(String name) {
    Set<String> names = new TreeSet<>(ZoneId.getAvailableZoneIds());
    if (names.contains(name)) {
      return ZoneId.of(name);
    }
    String city = "/" + name.replace(' ', '_');
    String near =
        names.stream()
            .filter(
                each ->
                    each.regionMatches(true, each.length() - city.length(), city, 0, city.length()))
            .findFirst()
            .map(each -> ": did you mean \"" + each + "\"?")
            .orElseGet(() -> Fields.instead(name, names));
    throw new BadInput(
        "timeZone",
        name,
        "is no IANA time zone"
            + (near.startsWith(": did") ? near : ": use a name such as Europe/Berlin or UTC"));
  }

  /**
   * Returns what EventBridge is to be told: {@code cron(…)} in {@link #zone()} for a timetable,
   * {@code rate(…)} otherwise.
   */
  String eventBridgeExpression();

  /** Returns the zone in which the text is read; always UTC for a rate. */
  ZoneId zone();

  /**
   * Returns the scheduled times after {@code after}, in rising order, each a whole minute, as they
   * are asked for. Empty if they are not known.
   */
  Stream<Instant> firings(Instant after);

  /**
   * Returns whether the scheduled times are known, so that one that was missed can be noticed. If
   * not, {@link #firings(Instant)} is empty although the schedule fires.
   */
  boolean isExact();

  /**
   * Returns this recurrence as it fires once it is known when EventBridge, or the local stand-in,
   * started it. A timetable fires at the same times whenever it was started.
   */
  Recurrence startedAt(Instant start);

  /** Returns the scheduled times after {@code after}, up to {@code until} inclusive. */
  default List<Instant> firings(Instant after, Instant until) {
    return firings(after).takeWhile(time -> !time.isAfter(until)).toList();
  }

  /** Returns the first scheduled time after {@code after}; empty if never again, or not known. */
  default Optional<Instant> next(Instant after) {
    return firings(after).findFirst();
  }

  /**
   * Returns the first time after {@code after}, up to {@code until}, that this and another share.
   */
  default Optional<Instant> firstTogether(Recurrence other, Instant after, Instant until) {
    Iterator<Instant> ours = firings(after).takeWhile(time -> !time.isAfter(until)).iterator();
    Iterator<Instant> theirs = other.firings(after).iterator();
    Instant their = after;
    while (ours.hasNext()) {
      Instant our = ours.next();
      while (their.isBefore(our)) {
        if (!theirs.hasNext()) {
          return Optional.empty();
        }
        their = theirs.next();
      }
      if (their.equals(our)) {
        return Optional.of(our);
      }
    }
    return Optional.empty();
  }
}
