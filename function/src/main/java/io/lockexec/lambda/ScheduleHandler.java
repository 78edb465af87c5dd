package io.lockexec.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import io.lockexec.run.Run;
import io.lockexec.run.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The function that EventBridge triggers: one delivery of a firing becomes at most one Job.
 *
 * <p>It returns when the Job has ended, or after a while; the sweep has the rest. It throws for a
 * malformed event, which fails the same on each retry and lands in the dead-letter queue, and when
 * a table cannot be reached, which a retry may mend.
 */
public final class ScheduleHandler implements RequestHandler<ScheduledEvent, Map<String, String>> {
  /** Kept free at the end of an invocation, so that nothing is cut off by its time-out. */
  private static final Duration RESERVE = Duration.ofSeconds(20);

  private final Wiring wiring;

  /** Wires the function from its environment, as Lambda does. */
  public ScheduleHandler() {
    this(Wiring.of(System.getenv()));
  }

  /** Takes a function that was put together elsewhere. */
  public ScheduleHandler(Wiring wiring) {
    this.wiring = wiring;
  }

  /** Takes one delivery, and returns what became of the firing so far. */
  @Override
  public Map<String, String> handleRequest(ScheduledEvent event, Context context) {
    Instant now = wiring.clock().instant();
    Delivery delivery = Delivery.of(event, wiring.deployment().clusters(), now);
    Duration left = Duration.ofMillis(context.getRemainingTimeInMillis()).minus(RESERVE);
    Duration watch = wiring.configuration().watch();
    Run run =
        wiring
            .dispatcher()
            .deliver(
                delivery.firing(),
                delivery.request(),
                now.plus(left.compareTo(watch) < 0 ? left : watch));
    return summary(run);
  }

  private static Map<String, String> summary(Run run) {
    Map<String, String> summary = new LinkedHashMap<>();
    summary.put("run", run.id());
    summary.put("state", run.stage().state().name());
    run.cluster().ifPresent(cluster -> summary.put("cluster", cluster.value()));
    if (run.stage() instanceof Stage.Ended ended) {
      summary.put("reason", ended.reason().name());
      summary.put("message", ended.message());
    }
    return summary;
  }
}
