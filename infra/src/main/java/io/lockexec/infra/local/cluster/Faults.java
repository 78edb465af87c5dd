package io.lockexec.infra.local.cluster;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;

/** The faults that wait for their request, and the great one: that the server hangs. */
final class Faults {
  private final List<Trap> traps = new ArrayList<>();
  private Optional<CountDownLatch> hang = Optional.empty();

  private static final class Trap {
    private final String method;
    private final Pattern path;
    private final Fault fault;
    private int remaining;

    private Trap(String method, Pattern path, int nth, Fault fault) {
      this.method = method;
      this.path = path;
      this.remaining = nth;
      this.fault = fault;
    }

    private boolean matches(String requestMethod, String requestPath) {
      return method.equals(requestMethod) && path.matcher(requestPath).find();
    }
  }

  synchronized void set(String method, String path, int nth, Fault fault) {
    if (nth < 1) {
      throw new IllegalArgumentException("the first request is number 1, not " + nth);
    }
    traps.add(new Trap(method, Pattern.compile(path), nth, fault));
  }

  /** The fault of a request, if it is the one that a fault waits for. */
  synchronized Optional<Fault> of(String method, String path) {
    Optional<Fault> due = Optional.empty();
    for (Iterator<Trap> each = traps.iterator(); each.hasNext(); ) {
      Trap trap = each.next();
      if (trap.matches(method, path) && --trap.remaining == 0) {
        due = due.or(() -> Optional.of(trap.fault));
        each.remove();
      }
    }
    return due;
  }

  synchronized void clear() {
    traps.clear();
  }

  synchronized void hang() {
    if (hang.isEmpty()) {
      hang = Optional.of(new CountDownLatch(1));
    }
  }

  synchronized void unhang() {
    hang.ifPresent(CountDownLatch::countDown);
    hang = Optional.empty();
  }

  /** Waits for the end of the hang, if there is one; whether there was. */
  boolean hung() throws InterruptedException {
    Optional<CountDownLatch> current;
    synchronized (this) {
      current = hang;
    }
    if (current.isPresent()) {
      current.get().await();
    }
    return current.isPresent();
  }
}
