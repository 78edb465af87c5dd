package io.lockexec.schedule;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A recurrence with exact times: whole minutes on the wall clock of a time zone.
 *
 * <p>When clocks change it does what EventBridge Scheduler documents: a time that the wall clock
 * leaps over does not fire, and one that it shows twice fires once, the first time. So a schedule
 * that fires every few minutes in a zone with summer time pauses for the repeated hour in autumn;
 * in UTC it does not.
 */
public final class Timetable implements Recurrence {
  /** The last year for which EventBridge takes a cron expression. */
  static final int LAST_YEAR = 2199;

  /** The first year for which EventBridge takes a cron expression. */
  static final int FIRST_YEAR = 1970;

  private final String text;
  private final String expression;
  private final ZoneId zone;
  private final List<LocalTime> times;
  private final BitSet months;
  private final BitSet years;
  private final Predicate<LocalDate> days;

  /**
   * Composes a timetable from the values of its fields.
   *
   * @param days which days of the months and years are meant
   */
  Timetable(
      String text,
      String expression,
      ZoneId zone,
      BitSet minutes,
      BitSet hours,
      BitSet months,
      BitSet years,
      Predicate<LocalDate> days) {
    this.text = text;
    this.expression = expression;
    this.zone = zone;
    this.times =
        hours.stream()
            .boxed()
            .flatMap(hour -> minutes.stream().mapToObj(minute -> LocalTime.of(hour, minute)))
            .toList();
    this.months = months;
    this.years = years;
    this.days = days;
  }

  @Override
  public String eventBridgeExpression() {
    return expression;
  }

  @Override
  public ZoneId zone() {
    return zone;
  }

  @Override
  public Stream<Instant> firings(Instant after) {
    return datesFrom(after.atZone(zone).toLocalDate())
        .flatMap(date -> times.stream().map(date::atTime))
        .flatMap(this::onTheClock)
        .filter(time -> time.isAfter(after));
  }

  @Override
  public boolean isExact() {
    return true;
  }

  @Override
  public Timetable startedAt(Instant start) {
    return this;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Timetable that
        && text.equals(that.text)
        && expression.equals(that.expression)
        && zone.equals(that.zone);
  }

  @Override
  public int hashCode() {
    return Objects.hash(text, expression, zone);
  }

  /** Returns the text as it was written. */
  @Override
  public String toString() {
    return text;
  }

  private Stream<LocalDate> datesFrom(LocalDate first) {
    return IntStream.rangeClosed(Math.max(first.getYear(), FIRST_YEAR), LAST_YEAR)
        .filter(years::get)
        .boxed()
        .flatMap(year -> months.stream().mapToObj(month -> YearMonth.of(year, month)))
        .filter(month -> !month.atEndOfMonth().isBefore(first))
        .flatMap(
            month ->
                IntStream.rangeClosed(1, month.lengthOfMonth())
                    .mapToObj(month::atDay)
                    .filter(date -> !date.isBefore(first))
                    .filter(days));
  }

  private Stream<Instant> onTheClock(LocalDateTime time) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(time);
    return offsets.stream().limit(1).map(time::toInstant);
  }
}
