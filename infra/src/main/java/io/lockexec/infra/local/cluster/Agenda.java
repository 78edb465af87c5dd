package io.lockexec.infra.local.cluster;

import java.time.Duration;
import java.time.Instant;

/** When the controllers want to be called again, although nothing will have changed by then. */
final class Agenda {
  private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

  private final Instant now;
  private Duration next = LONGEST_SLEEP;

  Agenda(Instant now) {
    this.now = now;
  }

  void wakeAt(Instant time) {
    Duration wait = Duration.between(now, time);
    if (wait.isPositive() && wait.compareTo(next) < 0) {
      next = wait;
    }
  }

  /** How long the controllers may sleep. */
  Duration sleep() {
    return next;
  }
}
