package io.lockexec.dynamodb;

import io.lockexec.lock.TableException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * Sends requests. A refused condition is a value; a write that met another one is made again, a
 * bounded number of times; everything else is a {@link TableException}.
 */
final class Requests {
  /** How often a write that is refused for a passing reason is made at most. */
  static final int ATTEMPTS = 8;

  private static final String CONDITION = "ConditionalCheckFailed";
  private static final String NO_REASON = "None";

  private final DynamoDbClient client;
  private final Backoff backoff;
  private final Failures failures;

  Requests(DynamoDbClient client, Tables tables, Backoff backoff) {
    this.client = client;
    this.backoff = backoff;
    this.failures = new Failures(tables, client.serviceClientConfiguration().region().id());
  }

  /** What came of one conditional write. */
  sealed interface Written {
    /** It was made. */
    record Done() implements Written {}

    /**
     * Its condition did not hold.
     *
     * @param old the item that stood there; empty if there was none
     * @param repeated whether the request was sent more than once, so that the item may be what the
     *     first of them wrote
     */
    record Refused(Map<String, AttributeValue> old, boolean repeated) implements Written {}
  }

  /** What came of a transaction of two writes, the first of which is the run's. */
  sealed interface Transacted {
    /** Both were made. */
    record Done() implements Transacted {}

    /** The run's condition did not hold, whatever became of the other one; nothing was made. */
    record RunRefused(Map<String, AttributeValue> old) implements Transacted {}

    /** Only the other condition did not hold; nothing was made. */
    record OtherRefused(Map<String, AttributeValue> old) implements Transacted {}
  }

  Written put(PutItemRequest put) {
    return write("PutItem", put.tableName(), () -> client.putItem(put));
  }

  Written update(UpdateItemRequest update) {
    return write("UpdateItem", update.tableName(), () -> client.updateItem(update));
  }

  /** Reads an item, consistently; empty if there is none. */
  Map<String, AttributeValue> get(String table, Map<String, AttributeValue> key) {
    try {
      return client.getItem(get -> get.tableName(table).key(key).consistentRead(true)).item();
    } catch (SdkException e) {
      throw failures.of("GetItem", table, e);
    }
  }

  /** Reads all that the query finds, page by page. */
  List<Map<String, AttributeValue>> query(QueryRequest query) {
    try {
      return client.queryPaginator(query).items().stream().toList();
    } catch (SdkException e) {
      throw failures.of("Query", query.tableName(), e);
    }
  }

  /**
   * Makes two writes or none. Each logical attempt has a request token of its own: within it, what
   * the SDK sends again is known to DynamoDB as the same request; across attempts, the conditions
   * tell.
   */
  Transacted transact(TransactWriteItem run, TransactWriteItem other) {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      String token = backoff.requestToken();
      try {
        client.transactWriteItems(both -> both.transactItems(run, other).clientRequestToken(token));
        return new Transacted.Done();
      } catch (TransactionCanceledException e) {
        List<CancellationReason> reasons = e.cancellationReasons();
        if (reasons.size() != 2) {
          throw failures.ofTransaction(e);
        }
        String first = code(reasons.getFirst());
        String second = code(reasons.getLast());
        if (CONDITION.equals(first)) {
          return new Transacted.RunRefused(reasons.getFirst().item());
        }
        if (lasting(first) || lasting(second)) {
          throw failures.ofTransaction(e);
        }
        if (NO_REASON.equals(first) && CONDITION.equals(second)) {
          return new Transacted.OtherRefused(reasons.getLast().item());
        }
      } catch (SdkException e) {
        throw failures.ofTransaction(e);
      }
      pauseAfter(attempt);
    }
    throw failures.busy("TransactWriteItems");
  }

  /** Pauses before a further attempt. */
  void pauseAfter(int attempt) {
    if (attempt >= ATTEMPTS) {
      return;
    }
    try {
      backoff.pauseAfter(attempt);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TableException("interrupted before a write could be made again", e);
    }
  }

  /** Returns what to throw when a write was refused for passing reasons too often. */
  TableException busy(String action) {
    return failures.busy(action);
  }

  private Written write(String action, String table, Runnable request) {
    boolean repeated = false;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        request.run();
        return new Written.Done();
      } catch (ConditionalCheckFailedException e) {
        return new Written.Refused(e.item(), repeated || sentAgain(e));
      } catch (TransactionConflictException e) {
        repeated |= sentAgain(e);
      } catch (SdkException e) {
        throw failures.of(action, table, e);
      }
      pauseAfter(attempt);
    }
    throw failures.busy(action);
  }

  private static boolean sentAgain(SdkException e) {
    Integer attempts = e.numAttempts();
    return attempts != null && attempts > 1;
  }

  private static String code(CancellationReason reason) {
    return Objects.requireNonNullElse(reason.code(), NO_REASON);
  }

  /** Tells whether a reason for a cancellation will be there the next time as well. */
  private static boolean lasting(String reason) {
    return switch (reason) {
      case NO_REASON,
          CONDITION,
          "TransactionConflict",
          "ThrottlingError",
          "ProvisionedThroughputExceeded" ->
          false;
      default -> true;
    };
  }
}
