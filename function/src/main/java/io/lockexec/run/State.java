package io.lockexec.run;

/** The states of a run, as they stand in the ledger. */
public enum State {
  /** Owns its firing and, unless somebody took it away, its key; nothing can have started. */
  CLAIMED,
  /** Bound to one Job on one cluster, which may have been started. */
  COMMITTED,
  /** Its Job is Complete. */
  SUCCEEDED,
  /** Its Job is Failed. */
  FAILED,
  /** Its Job may have run; nobody knows how it ended. */
  LOST,
  /** Never started, for the reason that stands beside it. */
  SKIPPED;

  /** Tells whether a run in this state will never change its state again. */
  public boolean ended() {
    return this != CLAIMED && this != COMMITTED;
  }
}
