package io.lockexec.job;

import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Job that starts each of its pods at most once, ready to be created, held.
 *
 * @param manifest the whole Job as it is sent to Kubernetes
 * @param changes what it does not have from its template, or has otherwise; not lock-exec's own
 *     name, marks and environment
 */
public record HardenedJob(ObjectNode manifest, List<Change> changes) {
  private static final long DEFAULT_GRACE_SECONDS = 30;
  private static final String GRACE = "terminationGracePeriodSeconds";
  private static final List<String> PROBES =
      List.of("livenessProbe", "readinessProbe", "startupProbe");

  /** Copies the manifest, so that nobody can change it afterwards. */
  public HardenedJob {
    manifest = manifest.deepCopy();
    changes = List.copyOf(changes);
  }

  /** Returns a copy of the manifest. */
  @Override
  public ObjectNode manifest() {
    return manifest.deepCopy();
  }

  /**
   * Returns the longest that a pod of this Job can run once the Job was started: its
   * activeDeadlineSeconds and the grace period after it, 30 seconds if the template has none (<a
   * href="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination">Kubernetes'
   * default</a>). The lags of the control plane are not in it.
   */
  public Duration longest() {
    return longest(manifest);
  }

  static Duration longest(JsonNode job) {
    JsonNode spec = job.path("spec");
    long deadline = spec.path("activeDeadlineSeconds").asLong(0);
    return Duration.ofSeconds(deadline).plus(grace(spec.path("template").path("spec")));
  }

  /** Returns the longest grace period of a pod; a probe may have one of its own. */
  static Duration grace(JsonNode pod) {
    long longest = pod.path(GRACE).asLong(DEFAULT_GRACE_SECONDS);
    for (String list : List.of("containers", "initContainers")) {
      for (JsonNode container : pod.path(list)) {
        for (String probe : PROBES) {
          longest = Math.max(longest, container.path(probe).path(GRACE).asLong(0));
        }
      }
    }
    return Duration.ofSeconds(longest);
  }
}
