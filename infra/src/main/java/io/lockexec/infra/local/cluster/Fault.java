package io.lockexec.infra.local.cluster;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** What goes wrong with one request. */
public sealed interface Fault {
  /**
   * The request is not executed and gets this answer instead.
   *
   * @param status the HTTP status
   * @param body the body, a Kubernetes {@code Status} usually
   */
  record Answer(int status, JsonNode body) implements Fault {}

  /** The request is read, not executed, and the connection closed. */
  record Drop() implements Fault {}

  /** The request is executed and the connection closed before a word of the answer. */
  record LoseAnswer() implements Fault {}

  /**
   * The request is executed and answered late, long after its sender may have given up.
   *
   * @param delay how late, in real time
   */
  record Delay(Duration delay) implements Fault {}

  /**
   * An answer with a Kubernetes {@code Status} as its body.
   *
   * @param status the HTTP status
   * @param reason the machine-readable reason, {@code Conflict} for instance
   * @param message the message
   */
  static Fault answer(int status, String reason, String message) {
    return new Answer(status, new ApiError(status, reason, message).status());
  }
}
