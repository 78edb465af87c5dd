package io.lockexec.lock;

import java.time.Instant;

/** What the original lock-exec does to the lock table that it shares with ours. */
public interface OriginalTool {
  /**
   * Puts key and expiry alone, if there is no item or its expiry is before now.
   *
   * @return whether it got the lock
   */
  boolean takes(LockKey key, Instant now, Instant expire);

  /** Deletes the item, whosever it is. */
  void deletes(LockKey key);
}
