package io.lockexec.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import io.lockexec.cluster.ClusterName;
import io.lockexec.infra.config.ScheduleEntry;
import io.lockexec.infra.local.LambdaFunction.Invocation;
import io.lockexec.lambda.Delivery;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Recurrence;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class EventBridgeTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final String DETAIL =
      """
      {"schedule": "report", "clusters": ["blue"], "job": {"from": "cronjob/report"}}
      """;

  private final List<ScheduledEvent> seen = new ArrayList<>();
  private final List<Integer> remaining = new ArrayList<>();

  @Test
  void a_handler_is_given_the_event_as_lambda_reads_it() {
    LambdaFunction function = function(InstantSource.fixed(NOON), List.of());
    ScheduleEntry schedule = schedule("0 12 * * *");

    function.invoke(EventBridge.event("prod", schedule, NOON));
    function.invoke(EventBridge.event("prod", schedule, NOON));

    ScheduledEvent event = seen.getFirst();
    assertThat(event.getDetailType()).isEqualTo("Scheduled Event");
    assertThat(event.getSource()).isEqualTo("aws.events");
    assertThat(Delivery.of(event, List.of(new ClusterName("blue")), NOON).firing())
        .isEqualTo(new Firing(schedule.name(), NOON));
    assertThat(event.getResources())
        .containsExactly("arn:aws:events:us-east-1:123456789012:rule/prod-report");
    assertThat(event.getDetail()).containsEntry("schedule", "report");
    assertThat(seen).extracting(ScheduledEvent::getId).doesNotHaveDuplicates();
    assertThat(remaining).containsOnly(15 * 60 * 1000);
  }

  @Test
  void a_failing_handler_is_tried_again_and_then_becomes_a_dead_letter() throws Exception {
    LambdaFunction function =
        new LambdaFunction(
            "failing",
            (event, _) -> {
              seen.add(event);
              throw new IllegalStateException("no table");
            },
            InstantSource.fixed(NOON),
            List.of(Duration.ZERO, Duration.ZERO));
    String event = EventBridge.event("rule", NOON);

    Invocation invocation = function.invokeAsynchronously(event);

    assertThat(invocation)
        .isEqualTo(new Invocation.DeadLetter(event, "IllegalStateException: no table", 3));
    assertThat(seen)
        .hasSize(3)
        .extracting(ScheduledEvent::getId)
        .containsOnly(seen.getFirst().getId());
  }

  @Test
  void a_schedule_fires_at_its_time_and_not_before() throws Exception {
    BlockingQueue<Instant> fired = new LinkedBlockingQueue<>();
    InstantSource shortlyBefore = InstantSource.fixed(NOON.minusMillis(300));
    long before = System.nanoTime();
    try (EventBridge bridge = new EventBridge(shortlyBefore, (_, time) -> fired.add(time))) {
      bridge.start(List.of(schedule("* * * * *"), schedule("0 12 1 1 *")));

      assertThat(fired.poll(20, TimeUnit.SECONDS)).isEqualTo(NOON);
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThan(Duration.ofMillis(300));
      assertThat(fired).isEmpty();
    }
  }

  private LambdaFunction function(InstantSource clock, List<Duration> retryDelays) {
    return new LambdaFunction(
        "test", (event, context) -> handle(event, context), clock, retryDelays);
  }

  private Map<String, String> handle(ScheduledEvent event, Context context) {
    seen.add(event);
    remaining.add(context.getRemainingTimeInMillis());
    return Map.of();
  }

  private static ScheduleEntry schedule(String text) {
    return new ScheduleEntry(
        new ScheduleName("report"),
        Recurrence.parse(text, Optional.empty()),
        true,
        (ObjectNode) JsonMapper.shared().readTree(DETAIL));
  }
}
