package io.lockexec.cluster;

import io.lockexec.BadInput;
import io.lockexec.Fields;
import io.lockexec.lock.LockKey;
import io.lockexec.schedule.Firing;
import java.util.List;

/** How one of several candidates is chosen: the order in which they are tried. */
public interface Placement {
  /** Returns the name under which a schedule asks for it. */
  String name();

  /**
   * Ranks the candidates of a firing.
   *
   * @param candidates as the schedule lists them
   * @return all of them, the first choice first
   */
  List<ClusterName> rank(Firing firing, LockKey key, List<ClusterName> candidates);

  /**
   * Returns the placement of that name.
   *
   * @throws BadInput if there is none
   */
  static Placement named(String name) {
    Ordered ordered = new Ordered();
    if (ordered.name().equals(name)) {
      return ordered;
    }
    throw new BadInput(
        "placement", name, "is no placement" + Fields.instead(name, List.of(ordered.name())));
  }
}
