package io.lockexec.run;

import io.lockexec.cluster.ClusterName;
import io.lockexec.lock.LockKey;
import io.lockexec.schedule.Firing;
import java.time.Instant;
import java.util.Optional;

/** Where each transition of a run is told, once: a log, a terminal, a test. */
@FunctionalInterface
public interface Journal {
  /** Takes an entry down; may be called by several threads at once. */
  void record(Entry entry);

  /** How much a person should care. */
  enum Level {
    /** As it should be. */
    INFO,
    /** Something was skipped, passed over or is late. */
    WARN,
    /** Something is broken, or breaks the promise's limits. */
    ERROR
  }

  /**
   * One transition.
   *
   * @param at when
   * @param level how much to care
   * @param firing whose run it is
   * @param key what the run locks
   * @param cluster where, if anywhere
   * @param reason stable name
   * @param message in words for a person; never a credential
   */
  record Entry(
      Instant at,
      Level level,
      Firing firing,
      LockKey key,
      Optional<ClusterName> cluster,
      Reason reason,
      String message) {}
}
