package io.lockexec.kubernetes;

import java.time.Duration;

/**
 * How long a cluster may keep us waiting.
 *
 * @param connect for a connection, TLS handshake included: the first one of a cold JVM with a
 *     fraction of a processor takes seconds by itself, and must not look like a dead cluster
 * @param request for the head of an answer, and again for the rest of it
 * @param list for all pages of a list together
 * @param watchGrace how much longer than asked for a watch may last, before we end it ourselves
 */
public record Timeouts(Duration connect, Duration request, Duration list, Duration watchGrace) {
  /** What is right for API servers, near and far: seconds, well below a Lambda's limit. */
  public static final Timeouts STANDARD =
      new Timeouts(
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2));
}
