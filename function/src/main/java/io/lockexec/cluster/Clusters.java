package io.lockexec.cluster;

import java.util.Map;
import java.util.Optional;

/**
 * The clusters that are configured.
 *
 * @param byName each under its name
 */
public record Clusters(Map<ClusterName, Cluster> byName) {
  /** Copies the map. */
  public Clusters {
    byName = Map.copyOf(byName);
  }

  /** Returns the cluster of that name; empty if none is configured (any more). */
  public Optional<Cluster> find(ClusterName name) {
    return Optional.ofNullable(byName.get(name));
  }
}
