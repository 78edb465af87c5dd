package io.lockexec.infra.local.cluster;

import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What a Job's {@code podFailurePolicy} makes of a failed pod. */
final class PodFailureRules {
  private PodFailureRules() {}

  /** What a failed pod means for its Job. */
  sealed interface Judgement {
    record Counts() implements Judgement {}

    record Ignored() implements Judgement {}

    record FailsJob(String message) implements Judgement {}
  }

  /** Judges by the first rule that matches; a failure that no rule matches counts. */
  static Judgement judge(JsonNode job, JsonNode pod) {
    for (JsonNode rule : job.at("/spec/podFailurePolicy/rules")) {
      if (matches(rule, pod)) {
        return switch (rule.path("action").asString("")) {
          case "FailJob" ->
              new Judgement.FailsJob(
                  "Pod %s/%s matched a FailJob rule"
                      .formatted(Trees.namespace(pod), Trees.name(pod)));
          case "Ignore" -> new Judgement.Ignored();
          default -> new Judgement.Counts();
        };
      }
    }
    return new Judgement.Counts();
  }

  private static boolean matches(JsonNode rule, JsonNode pod) {
    return rule.has("onExitCodes")
        ? exitCode(rule.path("onExitCodes"), pod)
        : Trees.elements(rule, "/onPodConditions").stream()
            .anyMatch(pattern -> condition(pattern, pod));
  }

  private static boolean exitCode(JsonNode rule, JsonNode pod) {
    String name = rule.path("containerName").asString("");
    boolean in = rule.path("operator").asString("").equals("In");
    return Stream.of("/status/initContainerStatuses", "/status/containerStatuses")
        .flatMap(pointer -> Trees.elements(pod, pointer).stream())
        .filter(status -> name.isEmpty() || status.path("name").asString("").equals(name))
        .map(status -> status.at("/state/terminated/exitCode").asInt(0))
        .filter(code -> code != 0)
        .anyMatch(
            code ->
                in
                    == Trees.elements(rule, "/values").stream()
                        .anyMatch(value -> value.asInt(0) == code));
  }

  private static boolean condition(JsonNode pattern, JsonNode pod) {
    return Trees.elements(pod, "/status/conditions").stream()
        .anyMatch(
            condition ->
                condition.path("type").equals(pattern.path("type"))
                    && condition
                        .path("status")
                        .asString("")
                        .equals(pattern.path("status").asString("True")));
  }
}
