package io.lockexec.lock;

import java.time.Instant;
import java.util.Optional;

/**
 * The lock table, for processes and for people. (The lock of a run is taken and released together
 * with the run's own record, by the ledger.) Every change is one conditional write.
 */
public interface Locks {
  /**
   * Takes the key if it is free: never taken, released, or past the expiry of a process. A lock
   * that a run owns is not free, whatever its expiry says, because only its cluster knows whether
   * its Job still runs.
   *
   * @param owner unique to this acquisition
   * @param holder what a person needs to find the process: host and pid
   * @param now the time by our clock
   * @param expire until when the key is taken
   */
  Acquisition acquire(
      LockKey key, Owner.OfProcess owner, String holder, Instant now, Instant expire);

  /**
   * Moves the expiry of a lock that is still held by the same owner under the same token.
   *
   * @return the lock as it now stands; empty if somebody else has it, and nothing was changed
   */
  Optional<Lock> renew(Lock held, Instant expire);

  /**
   * Releases the lock if it is still what was seen: the same owner under the same token, or, for
   * one that the original tool took, the same expiry. The item stays, so that tokens go on rising.
   *
   * @return false if the lock is another one by now, or free; nothing was changed then
   */
  boolean release(Lock seen);

  /** Reads what stands in the table, consistently; empty if the key was never taken. */
  Optional<Lock> find(LockKey key);
}
