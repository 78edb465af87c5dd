package io.lockexec.infra.local.cluster;

import io.lockexec.infra.local.cluster.ObjectStore.Change;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A stream of what happens to the objects that a request selects, one JSON line each. */
final class Watch {
  private static final long DEFAULT_TIMEOUT_SECONDS = 1800;
  private static final Duration LOOK_UP = Duration.ofSeconds(1);

  private final ObjectStore store;
  private final Resource resource;
  private final String namespace;
  private final Predicate<JsonNode> selected;

  Watch(ObjectStore store, Resource resource, String namespace, Predicate<JsonNode> selected) {
    this.store = store;
    this.resource = resource;
    this.namespace = namespace;
    this.selected =
        selected.and(object -> namespace.isEmpty() || Trees.namespace(object).equals(namespace));
  }

  /** A version to go on from, and what there is at that version if the watch begins with it. */
  private record Beginning(long version, Iterable<ObjectNode> objects) {}

  Answer answer(String resourceVersion, Optional<Long> timeoutSeconds) {
    Beginning beginning = beginning(resourceVersion);
    long seconds = timeoutSeconds.filter(given -> given > 0).orElse(DEFAULT_TIMEOUT_SECONDS);
    return new Answer.Streamed(
        "application/json", (out, open) -> stream(out, open, beginning, seconds));
  }

  private Beginning beginning(String resourceVersion) {
    if (resourceVersion.isEmpty() || resourceVersion.equals("0")) {
      return store.locked(() -> new Beginning(store.version(), store.list(resource, namespace)));
    }
    if (!resourceVersion.matches("\\d{1,18}")) {
      throw ApiError.badRequest("invalid resource version: " + resourceVersion);
    }
    return new Beginning(Long.parseLong(resourceVersion), List.of());
  }

  private void stream(OutputStream out, BooleanSupplier open, Beginning beginning, long seconds)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    out.flush();
    for (ObjectNode object : beginning.objects()) {
      if (selected.test(object)) {
        write(out, "ADDED", object);
      }
    }
    long version = beginning.version();
    while (open.getAsBoolean() && !store.closed()) {
      long signals = store.signals();
      try {
        for (Change change : store.since(version)) {
          version = change.version();
          tell(out, change);
        }
      } catch (ApiError gone) {
        write(out, "ERROR", gone.status());
        return;
      }
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (!left.isPositive()) {
        return;
      }
      store.awaitSignal(signals, left.compareTo(LOOK_UP) < 0 ? left : LOOK_UP);
    }
  }

  /** To a watch with a selector, an object that begins or ceases to match comes or goes. */
  private void tell(OutputStream out, Change change) throws IOException {
    if (change.resource() != resource) {
      return;
    }
    Optional<ObjectNode> before = change.before().filter(selected);
    Optional<ObjectNode> after = change.after().filter(selected);
    if (after.isPresent()) {
      write(out, before.isPresent() ? "MODIFIED" : "ADDED", after.get());
    } else if (before.isPresent()) {
      write(out, "DELETED", change.after().orElse(before.get()));
    }
  }

  private static void write(OutputStream out, String type, JsonNode object) throws IOException {
    ObjectNode event = Trees.object().put("type", type);
    event.set("object", object);
    out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
