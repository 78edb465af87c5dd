package io.lockexec.dynamodb;

import io.lockexec.BadInput;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * Which tables, and how they are keyed.
 *
 * @param lockTable the lock table, which the original tool may share
 * @param lockKey the attribute that is the lock table's partition key: {@code id}, or {@code key}
 *     with later releases of the original tool
 * @param runTable the ledger; each installation has one of its own
 */
public record Tables(String lockTable, String lockKey, String runTable) {
  /** The run table's index of open runs. */
  static final String OPEN_INDEX = "open";

  /** The attribute of both tables that DynamoDB's own clean-up goes by; unix seconds. */
  static final String TTL = "ttl";

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{3,255}");

  /** The tables by default. */
  public static final Tables DEFAULT = new Tables("lock-exec", "id", "lock-exec-runs");

  /**
   * Checks the names.
   *
   * @throws BadInput if DynamoDB would not have them
   */
  public Tables {
    check("lockTable", lockTable);
    check("runTable", runTable);
    if (lockTable.equals(runTable)) {
      throw new BadInput("runTable", runTable, "is the lock table too: use two tables");
    }
    if (lockKey.isEmpty() || lockKey.length() > 255) {
      throw new BadInput("lockKey", lockKey, "is no attribute name: use 1 to 255 characters");
    }
    if (Set.copyOf(LockItem.ATTRIBUTES).contains(lockKey)) {
      throw new BadInput("lockKey", lockKey, "has another meaning in that table: use id or key");
    }
  }

  /**
   * Creates the tables that do not exist yet, for the local stand-in and for tests, as the
   * infrastructure creates them: paid by request, the run table with its index, and the clean-up
   * switched on.
   */
  public void create(DynamoDbClient client) {
    createIfMissing(
        client,
        CreateTableRequest.builder()
            .tableName(lockTable)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(text(lockKey))
            .keySchema(key(lockKey, KeyType.HASH))
            .build());
    createIfMissing(
        client,
        CreateTableRequest.builder()
            .tableName(runTable)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(
                text(RunItem.SCHEDULE), text(RunItem.SCHEDULED_TIME), text(RunItem.OPEN))
            .keySchema(
                key(RunItem.SCHEDULE, KeyType.HASH), key(RunItem.SCHEDULED_TIME, KeyType.RANGE))
            .globalSecondaryIndexes(
                GlobalSecondaryIndex.builder()
                    .indexName(OPEN_INDEX)
                    .keySchema(
                        key(RunItem.OPEN, KeyType.HASH), key(RunItem.SCHEDULED_TIME, KeyType.RANGE))
                    .projection(all -> all.projectionType(ProjectionType.ALL))
                    .build())
            .build());
  }

  /** Returns both names and what each must be keyed by, for a person. */
  String describe() {
    return lockTable + " (key " + lockKey + ") and " + runTable + " (key " + runKey() + ")";
  }

  /** Returns what the run table must be keyed by, for a person. */
  static String runKey() {
    return RunItem.SCHEDULE + " with " + RunItem.SCHEDULED_TIME;
  }

  private static void createIfMissing(DynamoDbClient client, CreateTableRequest table) {
    try {
      client.createTable(table);
    } catch (ResourceInUseException _) {
      return;
    }
    client.waiter().waitUntilTableExists(wait -> wait.tableName(table.tableName()));
    client.updateTimeToLive(
        ttl ->
            ttl.tableName(table.tableName())
                .timeToLiveSpecification(spec -> spec.attributeName(TTL).enabled(true)));
  }

  private static AttributeDefinition text(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  private static void check(String field, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new BadInput(
          field,
          name,
          "is no name of a table: use 3 to 255 letters, digits, dots, hyphens and underscores");
    }
  }
}
