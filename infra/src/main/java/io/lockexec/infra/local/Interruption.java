package io.lockexec.infra.local;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C or SIGTERM: ends a session early, and keeps the process alive until the session has said
 * what was left.
 */
final class Interruption implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupt, "interruption");
  private Optional<Runnable> stop = Optional.empty();
  private boolean came;

  private Interruption() {}

  /** Listens from now on. */
  static Interruption listen() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** Says what an interruption is to do; at once if it came already. */
  void then(Runnable action) {
    synchronized (this) {
      stop = Optional.of(action);
      if (!came) {
        return;
      }
    }
    action.run();
  }

  /** Tells whether it came. */
  synchronized boolean came() {
    return came;
  }

  @Override
  public void close() {
    finished.countDown();
    if (!came()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // It comes at this very moment; there is nothing left to be said.
      }
    }
  }

  private void interrupt() {
    Optional<Runnable> action;
    synchronized (this) {
      came = true;
      action = stop;
    }
    action.ifPresent(Runnable::run);
    try {
      if (!finished.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
