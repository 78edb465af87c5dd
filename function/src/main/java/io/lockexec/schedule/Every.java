package io.lockexec.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A rate that no cron expression can say, such as every 7 minutes or every 2 days: EventBridge
 * counts it from the moment at which the schedule was started, so its times are known only when
 * that moment is.
 *
 * @param text as it was written, in EventBridge's form
 * @param period from one firing to the next, whole minutes, at least 1
 * @param start the first firing, floored to the minute; empty where it is not known
 */
public record Every(String text, Duration period, Optional<Instant> start) implements Recurrence {

  /** Checks the period and floors the start. */
  public Every {
    if (period.compareTo(Duration.ofMinutes(1)) < 0 || period.toSecondsPart() != 0) {
      throw new IllegalArgumentException("not whole minutes: " + period);
    }
    start = start.map(time -> time.truncatedTo(ChronoUnit.MINUTES));
  }

  @Override
  public String eventBridgeExpression() {
    return text;
  }

  @Override
  public ZoneId zone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Stream<Instant> firings(Instant after) {
    return start.stream()
        .flatMap(first -> Stream.iterate(firstAfter(first, after), time -> time.plus(period)));
  }

  @Override
  public boolean isExact() {
    return start.isPresent();
  }

  @Override
  public Every startedAt(Instant start) {
    return new Every(text, period, Optional.of(start));
  }

  @Override
  public String toString() {
    return text;
  }

  private Instant firstAfter(Instant first, Instant after) {
    if (first.isAfter(after)) {
      return first;
    }
    long passed = Duration.between(first, after).dividedBy(period);
    return first.plus(period.multipliedBy(passed + 1));
  }
}
