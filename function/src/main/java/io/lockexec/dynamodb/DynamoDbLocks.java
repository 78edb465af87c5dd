package io.lockexec.dynamodb;

import io.lockexec.lock.Acquisition;
import io.lockexec.lock.Lock;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Locks;
import io.lockexec.lock.Owner;
import io.lockexec.lock.Token;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The lock table in DynamoDB. It is the table of the original lock-exec, which writes the key and
 * {@code expire} only: each tool leaves the other's locks alone until they expire.
 *
 * <p>The item of a key:
 *
 * <table>
 * <caption>Attributes</caption>
 * <tr><td>{@code id} <td>S, partition key: the lock key; the attribute's name is a setting
 * <tr><td>{@code expire} <td>N: until when, in unix <em>nano</em>seconds; 0 once released. The
 *     holder still has that very nanosecond
 * <tr><td>{@code owner} <td>S: {@code run:<installation>/<run id>}, or any other text for a
 *     process. Absent once released, and from what the original tool writes
 * <tr><td>{@code holder} <td>S, for people: host and pid, or cluster/namespace/Job. Absent with the
 *     owner
 * <tr><td>{@code token} <td>N: of the last acquisition. Stays when the lock is released
 * <tr><td>{@code ttl} <td>N: unix seconds, 30 days after the expiry that the lock was last given;
 *     for DynamoDB's clean-up, and nothing is ever decided on it
 * </table>
 *
 * <p>To acquire:
 *
 * <ol>
 *   <li>One update sets all attributes, with {@code token} the time in ms, on the condition that
 *       there is no item, or {@code expire < now} and no run owns it; and that there is no token or
 *       a smaller one. If it is made, the lock is ours.
 *   <li>A refusal brings the item that stood in the way. If it bears our owner and our token, it is
 *       what an earlier sending of the same request wrote: the lock is ours.
 *   <li>If it is free, only its token was not smaller, because clocks differ: step 1 again, with
 *       the token after that one.
 *   <li>Else it is held, and the item says by whom.
 *   <li>A write that met a transaction is made again after a pause of random length.
 * </ol>
 *
 * <p>Renewal and release are one update each, on the condition that owner and token are still the
 * same. A release keeps the item, and with it the token that the next one must exceed.
 */
public final class DynamoDbLocks implements Locks {
  private final Requests requests;
  private final Tables tables;

  /**
   * Uses a table.
   *
   * @param client with bounded time and attempts, as {@link DynamoDb#client()} makes it
   */
  public DynamoDbLocks(DynamoDbClient client, Tables tables, Backoff backoff) {
    this.tables = tables;
    this.requests = new Requests(client, tables, backoff);
  }

  @Override
  public Acquisition acquire(
      LockKey key, Owner.OfProcess owner, String holder, Instant now, Instant expire) {
    LockWrite.Taking wanted = new LockWrite.Taking(owner, holder, expire);
    Token token = Token.at(now);
    for (int attempt = 1; attempt <= Requests.ATTEMPTS; attempt++) {
      LockWrite take = LockWrite.take(tables, key, wanted, token, Owner.RUN_PREFIX, now);
      // If we die here the lock may be ours without our knowing. It names us in holder, and is free
      // again at its expiry or when a person releases it.
      switch (requests.update(take.alone())) {
        case Requests.Written.Done _ -> {
          return new Acquisition.Acquired(
              new Lock(key, expire, Optional.of(owner), Optional.of(holder), Optional.of(token)));
        }
        case Requests.Written.Refused refused -> {
          Lock lock = LockItem.read(tables, key, refused.old());
          if (lock.owner().equals(Optional.of(owner)) && lock.token().equals(Optional.of(token))) {
            return new Acquisition.Acquired(lock);
          }
          if (!LockItem.free(lock, Owner.RUN_PREFIX, now)) {
            return new Acquisition.Held(lock);
          }
          token = lock.token().orElse(token).next(now);
        }
      }
    }
    throw requests.busy("UpdateItem");
  }

  @Override
  public Optional<Lock> renew(Lock held, Instant expire) {
    Owner owner = held.owner().orElseThrow(() -> notHeld(held));
    Token token = held.token().orElseThrow(() -> notHeld(held));
    // If we die here the lock has the old expiry or the new one, and is free after it.
    return switch (requests.update(
        LockWrite.renew(tables, held.key(), owner, token, expire).alone())) {
      case Requests.Written.Done _ ->
          Optional.of(new Lock(held.key(), expire, held.owner(), held.holder(), held.token()));
      case Requests.Written.Refused _ -> Optional.empty();
    };
  }

  @Override
  public boolean release(Lock seen) {
    if (seen.owner().isEmpty() && seen.expire().equals(Instant.EPOCH)) {
      return false;
    }
    LockWrite release =
        seen.owner().isPresent() && seen.token().isPresent()
            ? LockWrite.release(
                tables, seen.key(), seen.owner().orElseThrow(), seen.token().orElseThrow())
            : LockWrite.releaseOriginal(tables, seen.key(), seen.expire());
    // If we die here the lock is released, or stands as it was and can be released again.
    return switch (requests.update(release.alone())) {
      case Requests.Written.Done _ -> true;
      // The item as our release leaves it, after more than one sending: the first one did it.
      case Requests.Written.Refused refused -> refused.repeated() && released(seen, refused.old());
    };
  }

  @Override
  public Optional<Lock> find(LockKey key) {
    return LockItem.find(requests, tables, key);
  }

  private boolean released(Lock seen, Map<String, AttributeValue> old) {
    return !old.isEmpty()
        && LockItem.read(tables, seen.key(), old)
            .equals(
                new Lock(
                    seen.key(), Instant.EPOCH, Optional.empty(), Optional.empty(), seen.token()));
  }

  private static IllegalArgumentException notHeld(Lock lock) {
    return new IllegalArgumentException("only what was acquired can be renewed, not " + lock);
  }
}
