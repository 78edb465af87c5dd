package io.lockexec.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/** Reads from the pods of a Job, as a Kubernetes API server shows them. */
public final class PodReader {
  private PodReader() {}

  /**
   * Tells whether a pod has not ended: its phase is neither Succeeded nor Failed. An unknown phase
   * is no end; the node may be cut off and the pod alive.
   */
  public static boolean isLeft(JsonNode pod) {
    String phase = JobReader.text(pod.path("status"), "phase");
    return !phase.equals("Succeeded") && !phase.equals("Failed");
  }

  /**
   * Returns the exit code of the container that failed first, and was not an init container if
   * another one failed as well.
   *
   * @param pods of the namespace
   * @param jobUid whose pods count
   * @return empty if no pod tells: it is gone, or was never started
   */
  public static OptionalInt exitCode(Iterable<JsonNode> pods, String jobUid) {
    List<JsonNode> main = new ArrayList<>();
    List<JsonNode> init = new ArrayList<>();
    for (JsonNode pod : pods) {
      if (isOwned(pod, jobUid)) {
        JsonNode status = pod.path("status");
        addFailed(status.path("containerStatuses"), main);
        addFailed(status.path("initContainerStatuses"), init);
      }
    }
    return first(main)
        .or(() -> first(init))
        .map(state -> OptionalInt.of(state.path("exitCode").asInt()))
        .orElse(OptionalInt.empty());
  }

  private static boolean isOwned(JsonNode pod, String jobUid) {
    for (JsonNode owner : pod.path("metadata").path("ownerReferences")) {
      if (JobReader.text(owner, "uid").equals(jobUid)) {
        return true;
      }
    }
    return false;
  }

  private static void addFailed(JsonNode statuses, List<JsonNode> failed) {
    for (JsonNode container : statuses) {
      JsonNode terminated = container.path("state").path("terminated");
      if (terminated.path("exitCode").asInt(0) != 0) {
        failed.add(terminated);
      }
    }
  }

  private static Optional<JsonNode> first(List<JsonNode> states) {
    // Times of one format and zone: their texts are in order of time.
    return states.stream().min(Comparator.comparing(state -> JobReader.text(state, "finishedAt")));
  }
}
