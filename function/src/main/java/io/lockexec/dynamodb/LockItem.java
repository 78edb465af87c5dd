package io.lockexec.dynamodb;

import io.lockexec.lock.Lock;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Owner;
import io.lockexec.lock.TableException;
import io.lockexec.lock.Token;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Reads an item of the lock table; {@link DynamoDbLocks} says what stands in one. */
final class LockItem {
  static final String EXPIRE = "expire";
  static final String OWNER = "owner";
  static final String HOLDER = "holder";
  static final String TOKEN = "token";
  static final List<String> ATTRIBUTES = List.of(EXPIRE, OWNER, HOLDER, TOKEN, Tables.TTL);

  /** How long after its expiry DynamoDB may remove an item. */
  static final Duration KEPT = Duration.ofDays(30);

  private LockItem() {}

  static Lock read(Tables tables, LockKey key, Map<String, AttributeValue> attributes) {
    Item item = new Item(attributes);
    try {
      return new Lock(
          key,
          Item.instant(item.requiredNumber(EXPIRE)),
          item.text(OWNER).map(Owner::parse),
          item.text(HOLDER),
          item.number(TOKEN).map(number -> new Token(number.longValueExact())));
    } catch (RuntimeException e) {
      throw new TableException(
          "the lock \"%s\" in table %s cannot be read: %s; nobody can take it until the item is"
                  .formatted(key, tables.lockTable(), e.getMessage())
              + " mended or deleted",
          e);
    }
  }

  static Optional<Lock> readIfThere(
      Tables tables, LockKey key, Map<String, AttributeValue> attributes) {
    return attributes.isEmpty() ? Optional.empty() : Optional.of(read(tables, key, attributes));
  }

  static Optional<Lock> find(Requests requests, Tables tables, LockKey key) {
    return readIfThere(
        tables, key, requests.get(tables.lockTable(), LockWrite.itemKey(tables, key)));
  }

  /**
   * Tells whether the take condition lets the lock be taken, but for its token.
   *
   * @param spared what the text of an owner begins with who keeps the lock past its expiry
   */
  static boolean free(Lock lock, String spared, Instant now) {
    return lock.expiredAt(now)
        && lock.owner().map(owner -> !owner.text().startsWith(spared)).orElse(true);
  }
}
