package io.lockexec.infra.local;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A function as Lambda runs it: the event comes in as JSON text, is read by Lambda's own serializer
 * and handed over with a fresh context. An asynchronous invocation that fails is tried again, twice
 * as a rule, and then becomes a dead letter.
 */
public final class LambdaFunction {
  private final String name;
  private final RequestHandler<ScheduledEvent, Map<String, String>> handler;
  private final InstantSource clock;
  private final List<Duration> retryDelays;
  private final PojoSerializer<ScheduledEvent> serializer =
      LambdaEventSerializers.serializerFor(
          ScheduledEvent.class, ScheduledEvent.class.getClassLoader());

  /**
   * Puts a handler where Lambda would run it.
   *
   * @param name of the function
   * @param handler that is invoked
   * @param clock the time
   * @param retryDelays how long to wait before each further attempt of an asynchronous invocation
   */
  public LambdaFunction(
      String name,
      RequestHandler<ScheduledEvent, Map<String, String>> handler,
      InstantSource clock,
      List<Duration> retryDelays) {
    this.name = name;
    this.handler = handler;
    this.clock = clock;
    this.retryDelays = List.copyOf(retryDelays);
  }

  /** What became of an asynchronous invocation. */
  public sealed interface Invocation {
    /** The handler returned. */
    record Returned(Map<String, String> result) implements Invocation {}

    /**
     * Every attempt failed.
     *
     * @param event the event's JSON text
     * @param reason what the last attempt threw
     * @param attempts how many there were
     */
    record DeadLetter(String event, String reason, int attempts) implements Invocation {}
  }

  /** Makes one attempt; whatever the handler throws is thrown. */
  public Map<String, String> invoke(String event) {
    return attempt(event, UUID.randomUUID().toString());
  }

  /** Makes attempts, with pauses in between, until one succeeds or there are no more. */
  public Invocation invokeAsynchronously(String event) throws InterruptedException {
    String requestId = UUID.randomUUID().toString();
    int attempts = 0;
    while (true) {
      try {
        return new Invocation.Returned(attempt(event, requestId));
      } catch (RuntimeException e) {
        if (attempts == retryDelays.size()) {
          return new Invocation.DeadLetter(event, reason(e), attempts + 1);
        }
        // As Lambda does between two attempts; tests give no delay.
        Thread.sleep(retryDelays.get(attempts));
        attempts++;
      }
    }
  }

  private Map<String, String> attempt(String event, String requestId) {
    return handler.handleRequest(
        serializer.fromJson(event), LambdaContext.of(name, requestId, clock));
  }

  private static String reason(RuntimeException e) {
    return e.getClass().getSimpleName() + ": " + String.valueOf(e.getMessage()).strip();
  }
}
