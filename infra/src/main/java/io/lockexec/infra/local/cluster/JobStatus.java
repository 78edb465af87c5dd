package io.lockexec.infra.local.cluster;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The conditions of a Job, read and written. */
final class JobStatus {
  private static final List<String> FINAL = List.of("Complete", "Failed");

  private JobStatus() {}

  /**
   * A verdict on a Job.
   *
   * @param type the condition's type
   * @param reason why, as a stable identifier
   * @param message why, in words
   */
  record Verdict(String type, String reason, String message) {
    Verdict as(String otherType) {
      return new Verdict(otherType, reason, message);
    }
  }

  static boolean finished(JsonNode job) {
    return finishedAt(job).isPresent();
  }

  /** When a Job became Complete or Failed. */
  static Optional<Instant> finishedAt(JsonNode job) {
    return FINAL.stream()
        .flatMap(type -> condition(job, type).stream())
        .findFirst()
        .flatMap(condition -> Trees.instant(condition, "/lastTransitionTime"));
  }

  /** The condition of a type, if it is true. */
  static Optional<JsonNode> condition(JsonNode job, String type) {
    return any(job, type).filter(found -> found.path("status").asString("").equals("True"));
  }

  /** The verdict of an interim condition that is true. */
  static Optional<Verdict> verdict(JsonNode job, String type) {
    return condition(job, type)
        .map(
            condition ->
                new Verdict(
                    type,
                    condition.path("reason").asString(""),
                    condition.path("message").asString("")));
  }

  /** Whether a Job has ever had a condition of a type, true or false. */
  static boolean mentions(JsonNode job, String type) {
    return any(job, type).isPresent();
  }

  static void set(ObjectNode job, Verdict verdict, boolean value, Instant now) {
    ObjectNode condition =
        any(job, verdict.type())
            .map(ObjectNode.class::cast)
            .orElseGet(() -> job.withObject("status").withArray("conditions").addObject());
    condition
        .put("type", verdict.type())
        .put("status", value ? "True" : "False")
        .put("lastProbeTime", Trees.timestamp(now))
        .put("lastTransitionTime", Trees.timestamp(now))
        .put("reason", verdict.reason())
        .put("message", verdict.message());
  }

  private static Optional<JsonNode> any(JsonNode job, String type) {
    return Trees.elements(job, "/status/conditions").stream()
        .filter(condition -> condition.path("type").asString("").equals(type))
        .findFirst();
  }
}
