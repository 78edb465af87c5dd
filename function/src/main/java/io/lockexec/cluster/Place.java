package io.lockexec.cluster;

import io.lockexec.BadInput;
import io.lockexec.job.Namespace;
import io.lockexec.schedule.Firing;
import java.util.Optional;

/**
 * Where a Job may be: a namespace of a cluster.
 *
 * @param cluster the cluster's name
 * @param namespace in that cluster
 */
public record Place(ClusterName cluster, Namespace namespace) implements Comparable<Place> {

  /** Returns what a person needs to find the Job of that firing here: cluster/namespace/Job. */
  public String holder(Firing firing) {
    return this + "/" + firing.runId();
  }

  /** Reads the place back from {@code cluster/namespace} or {@code cluster/namespace/Job}. */
  public static Optional<Place> parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length < 2 || parts.length > 3) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Place(new ClusterName(parts[0]), new Namespace(parts[1])));
    } catch (BadInput e) {
      return Optional.empty();
    }
  }

  @Override
  public int compareTo(Place other) {
    int byCluster = cluster.compareTo(other.cluster);
    return byCluster != 0 ? byCluster : namespace.compareTo(other.namespace);
  }

  @Override
  public String toString() {
    return cluster + "/" + namespace;
  }
}
