package io.lockexec.infra.local.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs the pods of a cluster as processes of this machine, and writes their status. */
final class Kubelet implements PodRun.Launcher {
  private static final Set<String> TERMINAL = Set.of("Succeeded", "Failed");

  private final ObjectStore store;
  private final LocalClusterOptions options;
  private final Witness witness;
  private final Map<String, PodRun> runs = new HashMap<>();

  Kubelet(ObjectStore store, LocalClusterOptions options, Witness witness) {
    this.store = store;
    this.options = options;
    this.witness = witness;
  }

  static boolean terminal(JsonNode pod) {
    return TERMINAL.contains(Trees.text(pod, "/status/phase"));
  }

  /** Carries every pod on; called under the lock of the store. */
  void sync(Instant now, Agenda agenda) {
    Set<String> known = new HashSet<>();
    for (ObjectNode pod : store.list(Resource.PODS, "")) {
      known.add(Trees.uid(pod));
      if (!terminal(pod)) {
        carryOn(pod, now, agenda);
      } else if (Trees.deleting(pod)) {
        release(pod);
      }
    }
    runs.entrySet()
        .removeIf(
            entry -> {
              if (known.contains(entry.getKey())) {
                return false;
              }
              entry.getValue().kill();
              return true;
            });
  }

  /** Kills everything that runs; nothing is started afterwards. */
  void close() {
    runs.values().forEach(PodRun::kill);
    runs.clear();
  }

  /** The file that a container's output goes to. */
  Path log(JsonNode pod, String container) {
    return directory(pod).resolve(container + ".log");
  }

  @Override
  public ContainerSetup setup(JsonNode pod, JsonNode container) {
    return ContainerSetup.of(pod, container, options.environment());
  }

  @Override
  public ContainerProcess launch(JsonNode pod, String container, ContainerSetup.Ready setup)
      throws IOException {
    ContainerProcess process =
        ContainerProcess.start(
            setup,
            directory(pod).resolve("scratch"),
            log(pod, container),
            options.clock(),
            store::wake);
    witness.started(pod, container, process);
    return process;
  }

  private Path directory(JsonNode pod) {
    return options.directory().resolve(options.name()).resolve(Trees.uid(pod));
  }

  private void carryOn(ObjectNode pod, Instant now, Agenda agenda) {
    String uid = Trees.uid(pod);
    Optional<PodRun> known = Optional.ofNullable(runs.get(uid));
    if (known.isEmpty() && Trees.deleting(pod)) {
      fail(pod);
      return;
    }
    PodRun run = known.orElseGet(() -> new PodRun(pod, now, this));
    runs.put(uid, run);
    boolean over = run.advance(pod, now, agenda);
    store.update(
        ObjectKey.of(Resource.PODS, pod), changed -> changed.set("status", run.status(now)));
    if (over) {
      runs.remove(uid);
    }
  }

  /** A pod that was deleted before anything of it was started. */
  private void fail(ObjectNode pod) {
    store.update(
        ObjectKey.of(Resource.PODS, pod),
        changed -> changed.withObject("status").put("phase", "Failed"));
  }

  /** The kubelet's last word on a deleted pod: nothing of it is left, so it may go. */
  private void release(ObjectNode pod) {
    store.update(
        ObjectKey.of(Resource.PODS, pod),
        changed -> changed.withObject("metadata").put("deletionGracePeriodSeconds", 0));
  }
}
