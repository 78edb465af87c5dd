package io.lockexec.run;

import io.lockexec.run.Journal.Level;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the firings that were expected and never delivered, because EventBridge or Lambda dropped
 * them or somebody disabled the rule, and records each as skipped: nothing is missed silently.
 */
final class MissedFirings {
  /**
   * How long after its starting deadline a firing may still be under way to its record: longer than
   * a carrier can be frozen.
   */
  private static final Duration MARGIN = Duration.ofMinutes(20);

  /** A schedule is looked at this often, so that a minutely one costs a query in ten minutes. */
  private static final Duration EVERY = Duration.ofMinutes(10);

  private final Ledger ledger;
  private final Carrier carrier;
  private final List<Expected> schedules;

  MissedFirings(Ledger ledger, Carrier carrier, List<Expected> schedules) {
    this.ledger = ledger;
    this.carrier = carrier;
    this.schedules = List.copyOf(schedules);
  }

  /** Looks for what is due to be looked for, and returns how many firings were missed. */
  int record(Optional<RollCall> last, Instant now) {
    Map<ScheduleName, RollCall.Entry> entries = new HashMap<>();
    int missed = 0;
    for (Expected schedule : schedules) {
      ScheduleName name = schedule.request().schedule();
      String recurrence = schedule.recurrence() + " " + schedule.recurrence().zone();
      Optional<RollCall.Entry> known =
          last.map(RollCall::entries)
              .map(all -> all.get(name))
              .filter(entry -> entry.recurrence().equals(recurrence));
      if (known.isEmpty()) {
        // Deployed, or changed, since the last call: nothing before now was expected of it.
        entries.put(name, new RollCall.Entry(recurrence, now));
        continue;
      }
      Instant until = now.minus(schedule.request().startingDeadline()).minus(MARGIN);
      boolean due = known.get().until().plus(EVERY).isBefore(until);
      entries.put(name, due ? new RollCall.Entry(known.get().recurrence(), until) : known.get());
      if (due) {
        missed += record(schedule, known.get().until(), until, now);
      }
    }
    // If we die before this write, the next call looks at the same firings again, and finds those
    // that were recorded just now on record.
    if (last.isEmpty() || !last.get().entries().equals(entries)) {
      ledger.keep(new RollCall(now, entries));
    }
    return missed;
  }

  private int record(Expected schedule, Instant after, Instant until, Instant now) {
    List<Instant> firings = schedule.recurrence().firings(after, until);
    if (firings.isEmpty()) {
      return 0;
    }
    ScheduleName name = schedule.request().schedule();
    Set<Instant> recorded = ledger.recorded(name, firings.getFirst(), firings.getLast());
    int missed = 0;
    for (Instant time : firings) {
      if (!recorded.contains(time)) {
        missed += missed(new Firing(name, time), schedule.request(), now) ? 1 : 0;
      }
    }
    return missed;
  }

  private boolean missed(Firing firing, RunRequest request, Instant now) {
    String message = "the firing was expected and never delivered";
    Run skipped = Run.skipped(firing, request, Reason.MISS_SCHEDULE, message, now);
    boolean recorded = ledger.skip(skipped, Optional.empty()) instanceof Ledger.Skip.Recorded;
    if (recorded) {
      carrier.tell(Level.ERROR, skipped, Reason.MISS_SCHEDULE, message);
    }
    return recorded;
  }
}
