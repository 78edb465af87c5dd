package io.lockexec.dynamodb;

import io.lockexec.lock.LockKey;
import io.lockexec.lock.Owner;
import io.lockexec.lock.Token;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * One conditional change of one lock, to be made alone or in a transaction. Each is an update, and
 * all but the taking demand something of the item that is there, so that none makes it anew.
 */
record LockWrite(
    Tables tables,
    LockKey key,
    String update,
    String condition,
    Map<String, AttributeValue> values) {

  /** What a lock has while an owner holds it under a token. */
  private static final String STILL_THEIRS = "#owner = :owner AND #token = :token";

  private static final String TAKE =
      "SET #expire = :expire, #owner = :owner, #holder = :holder, #token = :token, #ttl = :ttl";

  private static final String FREE =
      "(attribute_not_exists(#id)"
          + " OR (#expire < :now"
          + " AND (attribute_not_exists(#owner) OR NOT begins_with(#owner, :spared))))"
          + " AND (attribute_not_exists(#token) OR #token < :token)";

  private static final String EXTEND = "SET #expire = :expire, #ttl = :ttl";

  // The clean-up stays where the taking put it: whenever it comes, the clock is by then further
  // than the token that is removed with the item.
  private static final String RELEASE = "SET #expire = :released REMOVE #owner, #holder";

  private static final String RELEASE_ORIGINAL =
      "SET #expire = :released, #ttl = if_not_exists(#ttl, :ttl) REMOVE #owner, #holder";

  private static final Map<String, String> NAMES =
      Map.of(
          "#expire", LockItem.EXPIRE,
          "#owner", LockItem.OWNER,
          "#holder", LockItem.HOLDER,
          "#token", LockItem.TOKEN,
          "#ttl", Tables.TTL);

  /**
   * Takes a lock that is free.
   *
   * @param wanted as it is to stand in the table
   * @param spared what the text of an owner begins with who keeps the lock past its expiry
   */
  static LockWrite take(
      Tables tables, LockKey key, Taking wanted, Token token, String spared, Instant now) {
    return new LockWrite(
        tables,
        key,
        TAKE,
        FREE,
        Map.of(
            ":expire", Item.nanos(wanted.expire()),
            ":owner", Item.of(wanted.owner().text()),
            ":holder", Item.of(wanted.holder()),
            ":token", Item.of(token.value()),
            ":ttl", ttl(wanted.expire()),
            ":now", Item.nanos(now),
            ":spared", Item.of(spared)));
  }

  /** Moves the expiry of a lock that its owner still holds. */
  static LockWrite renew(Tables tables, LockKey key, Owner owner, Token token, Instant expire) {
    return new LockWrite(
        tables,
        key,
        EXTEND,
        STILL_THEIRS,
        Map.of(
            ":expire", Item.nanos(expire),
            ":ttl", ttl(expire),
            ":owner", Item.of(owner.text()),
            ":token", Item.of(token.value())));
  }

  /** Moves the expiry of a lock that its owner still holds, and tells where the owner is now. */
  static LockWrite extend(
      Tables tables, LockKey key, Owner owner, Token token, Instant expire, String holder) {
    LockWrite renewal = renew(tables, key, owner, token, expire);
    Map<String, AttributeValue> values = new HashMap<>(renewal.values);
    values.put(":holder", Item.of(holder));
    return new LockWrite(tables, key, EXTEND + ", #holder = :holder", STILL_THEIRS, values);
  }

  /** Releases a lock that its owner still holds. */
  static LockWrite release(Tables tables, LockKey key, Owner owner, Token token) {
    return new LockWrite(
        tables,
        key,
        RELEASE,
        STILL_THEIRS,
        Map.of(
            ":released", Item.nanos(Instant.EPOCH),
            ":owner", Item.of(owner.text()),
            ":token", Item.of(token.value())));
  }

  /** Releases a lock that was seen as the original tool takes it, if it is still the same. */
  static LockWrite releaseOriginal(Tables tables, LockKey key, Instant seen) {
    return new LockWrite(
        tables,
        key,
        RELEASE_ORIGINAL,
        "attribute_not_exists(#owner) AND #expire = :seen",
        Map.of(
            ":released", Item.nanos(Instant.EPOCH),
            ":ttl", ttl(seen),
            ":seen", Item.nanos(seen)));
  }

  UpdateItemRequest alone() {
    return UpdateItemRequest.builder()
        .tableName(tables.lockTable())
        .key(itemKey(tables, key))
        .updateExpression(update)
        .conditionExpression(condition)
        .expressionAttributeNames(names())
        .expressionAttributeValues(values)
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .build();
  }

  TransactWriteItem together() {
    return TransactWriteItem.builder()
        .update(
            lock ->
                lock.tableName(tables.lockTable())
                    .key(itemKey(tables, key))
                    .updateExpression(update)
                    .conditionExpression(condition)
                    .expressionAttributeNames(names())
                    .expressionAttributeValues(values)
                    .returnValuesOnConditionCheckFailure(
                        ReturnValuesOnConditionCheckFailure.ALL_OLD))
        .build();
  }

  static Map<String, AttributeValue> itemKey(Tables tables, LockKey key) {
    return Map.of(tables.lockKey(), Item.of(key.value()));
  }

  /** Returns the names that are used: DynamoDB refuses a request that declares another. */
  private Map<String, String> names() {
    String used = update + condition;
    Map<String, String> names = new HashMap<>(NAMES);
    names.put("#id", tables.lockKey());
    names.keySet().removeIf(name -> !used.contains(name));
    return names;
  }

  private static AttributeValue ttl(Instant expire) {
    return Item.of(expire.plus(LockItem.KEPT).getEpochSecond());
  }

  /**
   * What a lock is taken with.
   *
   * @param owner who takes it
   * @param holder where the owner is to be found
   * @param expire until when
   */
  record Taking(Owner owner, String holder, Instant expire) {}
}
