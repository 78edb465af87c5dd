package io.lockexec.infra.local.cluster;

import io.lockexec.infra.local.cluster.Deletion.Propagation;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Removes what nobody owns any more, and finished Jobs whose time to live is over. */
final class GarbageCollector {
  private final ObjectStore store;
  private final Deletion deletion;

  GarbageCollector(ObjectStore store, Deletion deletion) {
    this.store = store;
    this.deletion = deletion;
  }

  /** Does what is due; called under the lock of the store. */
  void sync(Instant now, Agenda agenda) {
    for (ObjectNode job : store.list(Resource.JOBS, "")) {
      if (Trees.contains(job, "/metadata/finalizers", Deletion.ORPHAN)) {
        orphan(job);
      } else if (Trees.contains(job, "/metadata/finalizers", Deletion.FOREGROUND)) {
        deleteDependents(job);
      } else {
        expire(job, now, agenda);
      }
    }
    deleteOwnerless();
  }

  private void orphan(ObjectNode job) {
    for (ObjectNode pod : dependents(job)) {
      store.update(
          ObjectKey.of(Resource.PODS, pod),
          changed -> {
            changed.withObject("metadata").remove("ownerReferences");
            Trees.removeFinalizer(changed, JobController.TRACKING);
          });
    }
    store.update(
        ObjectKey.of(Resource.JOBS, job),
        changed -> Trees.removeFinalizer(changed, Deletion.ORPHAN));
  }

  private void deleteDependents(ObjectNode job) {
    List<ObjectNode> pods = dependents(job);
    pods.stream().filter(pod -> !Trees.deleting(pod)).forEach(deletion::pod);
    if (pods.isEmpty()) {
      store.update(
          ObjectKey.of(Resource.JOBS, job),
          changed -> Trees.removeFinalizer(changed, Deletion.FOREGROUND));
    }
  }

  private void expire(ObjectNode job, Instant now, Agenda agenda) {
    if (Trees.deleting(job)) {
      return;
    }
    Trees.number(job, "/spec/ttlSecondsAfterFinished")
        .flatMap(ttl -> JobStatus.finishedAt(job).map(finished -> finished.plusSeconds(ttl)))
        .ifPresent(
            due -> {
              if (now.isBefore(due)) {
                agenda.wakeAt(due);
              } else {
                deletion.owner(ObjectKey.of(Resource.JOBS, job), Propagation.FOREGROUND);
              }
            });
  }

  private void deleteOwnerless() {
    Set<String> jobs =
        store.list(Resource.JOBS, "").stream().map(Trees::uid).collect(Collectors.toSet());
    for (ObjectNode pod : store.list(Resource.PODS, "")) {
      List<JsonNode> owners = Trees.elements(pod, "/metadata/ownerReferences");
      boolean ownerless =
          !owners.isEmpty()
              && owners.stream().noneMatch(owner -> jobs.contains(owner.path("uid").asString("")));
      if (ownerless) {
        store.update(
            ObjectKey.of(Resource.PODS, pod),
            changed -> Trees.removeFinalizer(changed, JobController.TRACKING));
        deletion.pod(pod);
      }
    }
  }

  private List<ObjectNode> dependents(ObjectNode job) {
    return store.list(Resource.PODS, Trees.namespace(job)).stream()
        .filter(pod -> JobController.owns(job, pod))
        .toList();
  }
}
