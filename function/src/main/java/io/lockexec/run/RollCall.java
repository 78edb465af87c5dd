package io.lockexec.run;

import io.lockexec.schedule.ScheduleName;
import java.time.Instant;
import java.util.Map;

/**
 * Until when the expected firings of each schedule have been looked for in the ledger. Kept in the
 * run table, so that a sweep that was off for hours finds what was missed meanwhile.
 *
 * @param at when it was called
 * @param entries by schedule
 */
public record RollCall(Instant at, Map<ScheduleName, Entry> entries) {
  /** Copies the map. */
  public RollCall {
    entries = Map.copyOf(entries);
  }

  /**
   * One schedule.
   *
   * @param recurrence and time zone as they were when the schedule was enrolled; others start anew
   * @param until the last moment that was looked at; firings after it have still to be looked for
   */
  public record Entry(String recurrence, Instant until) {}
}
