package io.lockexec.dynamodb;

import io.lockexec.lock.Locks;
import io.lockexec.lock.LocksContract;
import io.lockexec.lock.OriginalTool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

final class DynamoDbLocksTest extends LocksContract {
  @RegisterExtension static final LocalDynamoDb LOCAL = new LocalDynamoDb();

  private final Tables tables = LocalDynamoDb.tables();
  private final DynamoDbClient client = LOCAL.builder().build();

  @BeforeEach
  void create() {
    tables.create(client);
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Override
  protected Locks locks() {
    return new DynamoDbLocks(client, tables, LocalDynamoDb.noPauses());
  }

  @Override
  protected OriginalTool originalTool() {
    return LocalDynamoDb.originalTool(client, tables);
  }
}
