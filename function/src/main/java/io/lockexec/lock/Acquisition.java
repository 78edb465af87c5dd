package io.lockexec.lock;

/** What came of the wish to lock a key. Contention is an outcome, not an error. */
public sealed interface Acquisition {
  /**
   * The key is ours.
   *
   * @param lock what stands in the table, with our owner and the token of this acquisition
   */
  record Acquired(Lock lock) implements Acquisition {}

  /**
   * The key is somebody else's; nothing was changed.
   *
   * @param lock what stands in the table
   */
  record Held(Lock lock) implements Acquisition {}
}
