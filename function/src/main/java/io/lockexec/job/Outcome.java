package io.lockexec.job;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a Job ended.
 *
 * @param succeeded whether its condition is Complete; else it is Failed
 * @param reason the condition's reason, as Kubernetes names it: {@code BackoffLimitExceeded}
 * @param message the condition's message
 * @param exitCode of the container that failed, if its pod still tells
 * @param startTime when the controller started it, if its status still tells
 * @param endTime when the condition became true, if its status tells
 */
public record Outcome(
    boolean succeeded,
    String reason,
    String message,
    OptionalInt exitCode,
    Optional<Instant> startTime,
    Optional<Instant> endTime) {

  /** Returns the same outcome with the exit code that a pod told. */
  public Outcome withExitCode(OptionalInt code) {
    return new Outcome(succeeded, reason, message, code, startTime, endTime);
  }
}
