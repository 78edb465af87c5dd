package io.lockexec.infra.local;

import io.lockexec.infra.config.ScheduleEntry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Fires schedules when they are due, as Amazon EventBridge does, and writes its events. */
final class EventBridge implements AutoCloseable {
  private final InstantSource clock;
  private final BiConsumer<ScheduleEntry, Instant> target;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  /**
   * Makes one that fires nothing yet.
   *
   * @param target takes each firing; it must not block
   */
  EventBridge(InstantSource clock, BiConsumer<ScheduleEntry, Instant> target) {
    this.clock = clock;
    this.target = target;
  }

  /** Fires these schedules at each of their times from now on. */
  void start(List<ScheduleEntry> schedules) {
    Instant now = clock.instant();
    for (ScheduleEntry each : schedules) {
      ScheduleEntry started =
          new ScheduleEntry(
              each.name(), each.recurrence().startedAt(now), each.enabled(), each.detail());
      plan(started, now);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private void plan(ScheduleEntry schedule, Instant after) {
    schedule
        .recurrence()
        .next(after)
        .ifPresent(
            time -> {
              Duration left = Duration.between(clock.instant(), time);
              var _ =
                  timer.schedule(
                      () -> {
                        target.accept(schedule, time);
                        plan(schedule, time);
                      },
                      left.toMillis() + 1,
                      TimeUnit.MILLISECONDS);
            });
  }

  /** Writes the event of a firing; every delivery has another id. */
  static String event(String installation, ScheduleEntry schedule, Instant time) {
    ObjectNode event = envelope(installation + "-" + schedule.name(), time);
    event.set("detail", schedule.detail());
    return event.toString();
  }

  /** Writes the event of a rule that says nothing but the time. */
  static String event(String rule, Instant time) {
    ObjectNode event = envelope(rule, time);
    event.putObject("detail");
    return event.toString();
  }

  private static ObjectNode envelope(String rule, Instant time) {
    ObjectNode event =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", "0")
            .put("id", UUID.randomUUID().toString())
            .put("detail-type", "Scheduled Event")
            .put("source", "aws.events")
            .put("account", "123456789012")
            .put("time", time.truncatedTo(ChronoUnit.SECONDS).toString())
            .put("region", "us-east-1");
    event.putArray("resources").add("arn:aws:events:us-east-1:123456789012:rule/" + rule);
    return event;
  }
}
