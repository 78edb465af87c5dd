package io.lockexec.job;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Batch queues that start a suspended Job when they think fit. A Job that one of them owns cannot
 * be held: <a href="https://kueue.sigs.k8s.io/docs/tasks/run/jobs/">Kueue</a> and its like work by
 * the very field that holds it. Schedulers that only place pods (Volcano, YuniKorn) are no such
 * queues.
 */
final class Queues {
  private static final List<String> OWNED = List.of("kueue.x-k8s.io/", "kube-queue/");
  private static final String SUSPEND_MARK = "scheduling.x-k8s.io/suspend";

  private Queues() {}

  /** Returns the label or annotation, if any, by which a queue owns what has this metadata. */
  static Optional<String> ownerOf(JsonNode metadata) {
    return List.of("labels", "annotations").stream()
        .flatMap(field -> metadata.path(field).propertyNames().stream())
        .filter(Queues::owns)
        .findFirst();
  }

  /** Tells whether that label, annotation or value of managedBy is a queue's. */
  static boolean owns(String name) {
    return name.equals(SUSPEND_MARK) || OWNED.stream().anyMatch(name::startsWith);
  }
}
