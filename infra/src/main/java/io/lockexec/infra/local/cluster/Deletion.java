package io.lockexec.infra.local.cluster;

import java.time.Instant;
import java.time.InstantSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Deletes objects as the API server does: pods with grace, Jobs with a word on their pods. */
final class Deletion {
  static final String FOREGROUND = "foregroundDeletion";
  static final String ORPHAN = "orphan";

  /** Added before cutting to whole seconds, so that no pod gets less than its grace period. */
  private static final long ROUNDED_UP = 999_999_999;

  private final ObjectStore store;
  private final InstantSource clock;

  Deletion(ObjectStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** What becomes of the pods of a deleted Job. */
  enum Propagation {
    BACKGROUND,
    FOREGROUND,
    ORPHAN
  }

  /** Asks a pod to end; one with a grace period of 0 is gone at once. */
  void pod(JsonNode pod, long graceSeconds) {
    store.update(ObjectKey.of(Resource.PODS, pod), changed -> mark(changed, graceSeconds));
  }

  /** Asks a pod to end within its own grace period. */
  void pod(JsonNode pod) {
    pod(pod, Trees.number(pod, "/spec/terminationGracePeriodSeconds").orElse(30L));
  }

  /**
   * Deletes an object that has dependents.
   *
   * @return the object as it was deleted, or as it waits for its finalizers
   */
  ObjectNode owner(ObjectKey key, Propagation propagation) {
    return store
        .update(
            key,
            changed -> {
              switch (propagation) {
                case BACKGROUND -> {}
                case FOREGROUND -> Trees.addFinalizer(changed, FOREGROUND);
                case ORPHAN -> Trees.addFinalizer(changed, ORPHAN);
              }
              mark(changed, 0);
            })
        .orElseThrow(() -> ApiError.notFound(key.resource(), key.name()));
  }

  private void mark(ObjectNode object, long graceSeconds) {
    ObjectNode metadata = object.withObject("metadata");
    boolean sooner =
        Trees.number(object, "/metadata/deletionGracePeriodSeconds")
            .map(old -> graceSeconds < old)
            .orElse(true);
    if (!Trees.deleting(object) || sooner) {
      Instant end = clock.instant().plusSeconds(graceSeconds).plusNanos(ROUNDED_UP);
      metadata.put("deletionTimestamp", Trees.timestamp(end));
      metadata.put("deletionGracePeriodSeconds", (int) graceSeconds);
    }
  }
}
