package io.lockexec.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import io.lockexec.run.Sweep.Swept;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The function that carries every open run on to its end, once a minute. Any number of it may run
 * at once. What its event says does not matter.
 *
 * <p>Steps that failed are logged and tried again by the next pass; it throws only if it could not
 * make a pass at all.
 */
public final class SweepHandler implements RequestHandler<ScheduledEvent, Map<String, String>> {
  private static final Logger LOG = LoggerFactory.getLogger("io.lockexec.sweep");

  private final Wiring wiring;

  /** Wires the function from its environment, as Lambda does. */
  public SweepHandler() {
    this(Wiring.of(System.getenv()));
  }

  /** Takes a function that was put together elsewhere. */
  public SweepHandler(Wiring wiring) {
    this.wiring = wiring;
  }

  /** Makes one pass, and returns what it found. */
  @Override
  public Map<String, String> handleRequest(ScheduledEvent event, Context context) {
    Swept swept = wiring.sweep().sweep();
    for (String failure : swept.failures()) {
      LOG.atError().addKeyValue("reason", "SweepStepFailed").log(failure);
    }
    return Map.of(
        "open", String.valueOf(swept.open()),
        "carried", String.valueOf(swept.carried()),
        "missed", String.valueOf(swept.missed()),
        "unavailable", String.valueOf(swept.unavailable()),
        "failures", String.valueOf(swept.failures().size()));
  }
}
