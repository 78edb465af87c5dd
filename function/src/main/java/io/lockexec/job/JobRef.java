package io.lockexec.job;

import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;

/**
 * Which Job is meant, and whose it must be to be ours.
 *
 * @param installation that must stand in its label
 * @param namespace where it lives
 * @param firing whose run id is its name and must stand in its label
 */
public record JobRef(Installation installation, Namespace namespace, Firing firing) {

  /** Returns the Job's name, which is the run id. */
  public String name() {
    return firing.runId();
  }

  @Override
  public String toString() {
    return namespace + "/" + name();
  }
}
