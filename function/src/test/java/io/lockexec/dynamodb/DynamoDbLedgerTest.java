package io.lockexec.dynamodb;

import io.lockexec.lock.Locks;
import io.lockexec.lock.OriginalTool;
import io.lockexec.run.Ledger;
import io.lockexec.run.LedgerContract;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

final class DynamoDbLedgerTest extends LedgerContract {
  @RegisterExtension static final LocalDynamoDb LOCAL = new LocalDynamoDb();

  private final Tables tables = LocalDynamoDb.tables();
  private final Tables othersTables =
      new Tables(tables.lockTable(), tables.lockKey(), "others-" + tables.runTable());
  private final DynamoDbClient client = LOCAL.builder().build();

  @BeforeEach
  void create() {
    tables.create(client);
    othersTables.create(client);
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Override
  protected Ledger ledger() {
    return ledger(tables, OURS);
  }

  @Override
  protected Ledger othersLedger() {
    return ledger(othersTables, OTHERS);
  }

  @Override
  protected Locks locks() {
    return new DynamoDbLocks(client, tables, LocalDynamoDb.noPauses());
  }

  @Override
  protected OriginalTool originalTool() {
    return LocalDynamoDb.originalTool(client, tables);
  }

  @Override
  protected void spoil(Firing firing) {
    client.updateItem(
        update ->
            update
                .tableName(tables.runTable())
                .key(RunItem.key(firing))
                .updateExpression("SET #state = :state")
                .expressionAttributeNames(Map.of("#state", RunItem.STATE))
                .expressionAttributeValues(Map.of(":state", AttributeValue.fromS("ASLEEP"))));
  }

  private Ledger ledger(Tables of, Installation whose) {
    return new DynamoDbLedger(client, of, whose, Duration.ofHours(30), LocalDynamoDb.noPauses());
  }
}
