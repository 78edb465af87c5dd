package io.lockexec.cluster;

import io.lockexec.lock.LockKey;
import io.lockexec.schedule.Firing;
import java.util.List;

/** Takes the candidates as they are listed: the primary first, then the standbys. */
public record Ordered() implements Placement {
  @Override
  public String name() {
    return "Ordered";
  }

  @Override
  public List<ClusterName> rank(Firing firing, LockKey key, List<ClusterName> candidates) {
    return List.copyOf(candidates);
  }
}
