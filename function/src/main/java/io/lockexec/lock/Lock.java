package io.lockexec.lock;

import java.time.Instant;
import java.util.Optional;

/**
 * What the lock table says of a key at one moment.
 *
 * @param key what is locked
 * @param expire until when, to the nanosecond; the epoch itself if it was released
 * @param owner who owns it; empty if it was released, or if the original tool holds it, which
 *     writes no owner
 * @param holder what a person needs to find the owner: host and pid, or {@code
 *     cluster/namespace/Job}
 * @param token the token of the last acquisition; empty if the original tool was the last to take
 *     it
 */
public record Lock(
    LockKey key,
    Instant expire,
    Optional<Owner> owner,
    Optional<String> holder,
    Optional<Token> token) {

  /**
   * Tells whether the lock is past its expiry, exactly as the original tool compares: the very
   * nanosecond of the expiry still belongs to the holder.
   */
  public boolean expiredAt(Instant now) {
    return expire.isBefore(now);
  }

  /** Returns the owner and where to find it, for a person. */
  public String describe() {
    String who =
        owner
            .map(
                each ->
                    switch (each) {
                      case Owner.OfRun run -> "run " + run.firing().runId();
                      case Owner.OfProcess process -> "process " + process.id();
                    })
            .orElse("a process of the original lock-exec");
    return who + holder.map(place -> " (" + place + ")").orElse("") + " until " + expire;
  }
}
