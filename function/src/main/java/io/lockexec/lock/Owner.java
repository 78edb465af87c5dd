package io.lockexec.lock;

import io.lockexec.BadInput;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import java.util.Optional;

/**
 * Who owns a lock: a run, whose Job can be asked for on its cluster, or a process, which cannot be
 * asked and is bound by the expiry alone.
 */
public sealed interface Owner {
  /** What the text of every run's ownership begins with. */
  String RUN_PREFIX = "run:";

  /** Returns the text that stands in the lock table. */
  String text();

  /**
   * A run of an installation.
   *
   * @param installation whose run it is: another installation's ledger cannot be asked
   * @param firing the run's firing
   */
  record OfRun(Installation installation, Firing firing) implements Owner {
    /** Returns what the text of every run of that installation begins with. */
    public static String prefix(Installation installation) {
      return RUN_PREFIX + installation + "/";
    }

    @Override
    public String text() {
      return prefix(installation) + firing.runId();
    }
  }

  /**
   * A process, on any machine.
   *
   * @param id unique for each acquisition, so that it can be told from every other
   */
  record OfProcess(String id) implements Owner {
    @Override
    public String text() {
      return id;
    }
  }

  /** Reads the text that stands in the lock table; what is no run's is a process's. */
  static Owner parse(String text) {
    int slash = text.indexOf('/');
    Optional<Firing> firing =
        text.startsWith(RUN_PREFIX) && slash > 0
            ? Firing.ofRunId(text.substring(slash + 1))
            : Optional.empty();
    if (firing.isEmpty()) {
      return new OfProcess(text);
    }
    try {
      return new OfRun(new Installation(text.substring(RUN_PREFIX.length(), slash)), firing.get());
    } catch (BadInput e) {
      return new OfProcess(text);
    }
  }
}
