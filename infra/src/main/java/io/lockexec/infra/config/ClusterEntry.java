package io.lockexec.infra.config;

import java.time.Duration;

/** A cluster as the file names it. */
public sealed interface ClusterEntry {

  /** Returns the name by which schedules choose the cluster. */
  String name();

  /**
   * A cluster that a context of the kubeconfig leads to.
   *
   * @param name the context, unless the file gives the cluster a name of its own
   * @param context the name of the context
   */
  record Context(String name, String context) implements ClusterEntry {}

  /**
   * A cluster that the local stand-in plays. It cannot be deployed.
   *
   * @param name a DNS label of at most 63 characters
   * @param downFor how long the cluster cannot be reached at first; whole seconds, 0 or more
   */
  record Local(String name, Duration downFor) implements ClusterEntry {}
}
