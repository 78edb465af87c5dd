package io.lockexec.infra.local.cluster;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The objects of one incarnation of a cluster, their versions and their history.
 *
 * <p>An object in the store is never changed, only replaced, so that whoever has read one may keep
 * it without a copy. One lock serves the API and the controllers: within {@link #locked} the world
 * stands still.
 */
final class ObjectStore {
  private static final int HISTORY_KEPT = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final NavigableMap<ObjectKey, ObjectNode> objects = new TreeMap<>();
  private final Deque<Change> history = new ArrayDeque<>();
  private long version;
  private long signals;
  private long forgottenUpTo;
  private boolean closed;

  /** One write: the object before it, unless it is new, and after it, unless it is gone. */
  record Change(
      long version, Resource resource, Optional<ObjectNode> before, Optional<ObjectNode> after) {}

  <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  Optional<ObjectNode> get(ObjectKey key) {
    return locked(() -> Optional.ofNullable(objects.get(key)));
  }

  /** Lists in the order of namespace and name; an empty namespace stands for all of them. */
  List<ObjectNode> list(Resource resource, String namespace) {
    return locked(
        () ->
            objects.entrySet().stream()
                .filter(entry -> entry.getKey().resource() == resource)
                .filter(
                    entry -> namespace.isEmpty() || entry.getKey().namespace().equals(namespace))
                .map(Map.Entry::getValue)
                .toList());
  }

  /** Keeps a new object; the store gives it its resourceVersion. */
  ObjectNode create(Resource resource, ObjectNode object) {
    return locked(
        () -> {
          ObjectKey key = ObjectKey.of(resource, object);
          if (objects.containsKey(key)) {
            throw ApiError.alreadyExists(resource, key.name());
          }
          return replace(key, Optional.empty(), object.deepCopy());
        });
  }

  /**
   * Changes an object. A change that changes nothing writes nothing; one that takes the last
   * finalizer from an object that is being deleted removes it.
   *
   * @return the object as it is now, or was when it was removed; empty if there is none
   */
  Optional<ObjectNode> update(ObjectKey key, Consumer<ObjectNode> change) {
    return locked(() -> Optional.ofNullable(objects.get(key)).map(old -> change(key, old, change)));
  }

  long version() {
    return locked(() -> version);
  }

  /** What was written after a version, oldest first. */
  List<Change> since(long after) {
    return locked(
        () -> {
          if (after < forgottenUpTo) {
            throw ApiError.expired(
                "too old resource version: %d (%d)".formatted(after, forgottenUpTo));
          }
          return history.stream().filter(change -> change.version() > after).toList();
        });
  }

  /** Tells those who wait that something has moved that is not in the store: a process, time. */
  void wake() {
    locked(
        () -> {
          signals++;
          moved.signalAll();
          return signals;
        });
  }

  /** A number that rises with every write and every {@link #wake}. */
  long signals() {
    return locked(() -> signals);
  }

  /** Waits until {@link #signals} has risen above a value, time has run out, or all is closed. */
  void awaitSignal(long after, Duration atMost) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = TimeUnit.NANOSECONDS.convert(atMost);
      while (signals <= after && !closed && left > 0) {
        left = moved.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends every wait, now and for ever. */
  void close() {
    locked(
        () -> {
          closed = true;
          moved.signalAll();
          return closed;
        });
  }

  boolean closed() {
    return locked(() -> closed);
  }

  private ObjectNode change(ObjectKey key, ObjectNode old, Consumer<ObjectNode> change) {
    ObjectNode changed = old.deepCopy();
    change.accept(changed);
    if (changed.equals(old)) {
      return old;
    }
    if (released(changed)) {
      objects.remove(key);
      ObjectNode last = versioned(changed);
      record(new Change(version, key.resource(), Optional.of(last), Optional.empty()));
      return last;
    }
    return replace(key, Optional.of(old), changed);
  }

  private static boolean released(JsonNode object) {
    return Trees.deleting(object)
        && object.at("/metadata/finalizers").isEmpty()
        && Trees.number(object, "/metadata/deletionGracePeriodSeconds").orElse(0L) == 0;
  }

  private ObjectNode replace(ObjectKey key, Optional<ObjectNode> old, ObjectNode object) {
    ObjectNode kept = versioned(object);
    objects.put(key, kept);
    record(new Change(version, key.resource(), old, Optional.of(kept)));
    return kept;
  }

  private ObjectNode versioned(ObjectNode object) {
    version++;
    object.withObject("metadata").put("resourceVersion", Long.toString(version));
    return object;
  }

  private void record(Change change) {
    history.addLast(change);
    while (history.size() > HISTORY_KEPT) {
      forgottenUpTo = history.removeFirst().version();
    }
    signals++;
    moved.signalAll();
  }
}
