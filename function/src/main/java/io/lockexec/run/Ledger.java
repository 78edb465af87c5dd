package io.lockexec.run;

import io.lockexec.lock.Lock;
import io.lockexec.lock.Owner;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.ScheduleName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The record of all runs, together with the locks that runs hold: what must change together,
 * changes in one transaction. Every change is conditional on what was read.
 */
public interface Ledger {
  /**
   * Claims a firing and its key, in one transaction: the run is put if the firing has no record,
   * and the lock is taken if it is free: never taken, released, or past the expiry of an owner that
   * is no run of this installation.
   *
   * @param run in stage {@link Stage.Claimed}; if the key's last token is not below its token, it
   *     gets the next one
   * @param now the time by our clock
   * @param lockExpire until when the key is taken
   */
  Claim claim(Run run, Instant now, Instant lockExpire);

  /**
   * Records a run that ends before it began, if its firing has no record.
   *
   * @param skipped in stage {@link Stage.Ended}
   * @param holder the run because of which this one is skipped: it is skipped only if that one is
   *     open at that very moment
   */
  Skip skip(Run skipped, Optional<Owner.OfRun> holder);

  /**
   * Changes a run that is still in the version that was read, and its lock with it.
   *
   * @param before as it was read
   * @param after the same run, one version on
   * @param effect on the lock
   */
  Change advance(Run before, Run after, LockEffect effect);

  /** Reads a run, consistently. */
  Optional<Run> find(Firing firing);

  /**
   * Returns what the index of open runs shows. It lags behind, so nothing may be decided on it
   * alone.
   */
  Open open();

  /** Returns which scheduled times of a schedule have a record, from the first to the last. */
  Set<Instant> recorded(ScheduleName schedule, Instant first, Instant last);

  /** Keeps the roll call, unless a later one is kept already. */
  void keep(RollCall rollCall);

  /** What came of a claim. */
  sealed interface Claim {
    /** Firing and key are ours. */
    record Claimed(Run run) implements Claim {}

    /** The firing has a record already: this delivery is a duplicate. */
    record Known(Run run) implements Claim {}

    /** The firing has no record, but the key is held; nothing was changed. */
    record KeyHeld(Lock lock) implements Claim {}
  }

  /** What came of the wish to record a skipped run. */
  sealed interface Skip {
    /** It is on record. */
    record Recorded(Run run) implements Skip {}

    /** The firing has a record already: this delivery is a duplicate. */
    record Known(Run run) implements Skip {}

    /** The run because of which it was to be skipped is no longer open; nothing was changed. */
    record HolderEnded() implements Skip {}
  }

  /** What came of a change. */
  sealed interface Change {
    /** It is on record. */
    record Recorded(Run run) implements Change {}

    /** Somebody else changed the run first; nothing was changed. */
    record Overtaken(Optional<Run> current) implements Change {}

    /** The lock is no longer this run's, and the change needed it; nothing was changed. */
    record LockLost(Optional<Lock> lock) implements Change {}
  }

  /** What a change of a run does to the run's lock. */
  sealed interface LockEffect {
    /** Nothing. */
    record None() implements LockEffect {}

    /**
     * It must still be this run's, and then expires at that time.
     *
     * @param expire the new expiry
     * @param holder where the run's Job is to be found
     */
    record Extend(Instant expire, String holder) implements LockEffect {}

    /** It is released, if it is still this run's. */
    record Release() implements LockEffect {}
  }

  /**
   * What the index shows.
   *
   * @param runs the open runs
   * @param unreadable records that could not be read, each in words for a person
   * @param rollCall the last one that was kept
   */
  record Open(List<Run> runs, List<String> unreadable, Optional<RollCall> rollCall) {
    /** Copies the lists. */
    public Open {
      runs = List.copyOf(runs);
      unreadable = List.copyOf(unreadable);
    }
  }
}
