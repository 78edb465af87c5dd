package io.lockexec.cli;

import io.lockexec.dynamodb.Backoff;
import io.lockexec.dynamodb.DynamoDb;
import io.lockexec.dynamodb.DynamoDbLedger;
import io.lockexec.dynamodb.DynamoDbLocks;
import io.lockexec.dynamodb.Tables;
import io.lockexec.lock.Locks;
import io.lockexec.run.Ledger;
import io.lockexec.schedule.Installation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Which tables are meant, and the way to them. */
final class TableOptions implements AutoCloseable {
  /** Only records of runs that end here would need it; the command line ends none. */
  private static final Duration RETENTION = Duration.ofDays(30);

  @Option(
      names = {"-t", "--table"},
      paramLabel = "TABLE",
      defaultValue = "lock-exec",
      description = "The lock table (default: ${DEFAULT-VALUE}).")
  private String lockTable = Tables.DEFAULT.lockTable();

  @Option(
      names = "--key-attribute",
      paramLabel = "NAME",
      defaultValue = "id",
      description = "The partition key of the lock table (default: ${DEFAULT-VALUE}).")
  private String keyAttribute = Tables.DEFAULT.lockKey();

  @Option(
      names = "--run-table",
      paramLabel = "TABLE",
      defaultValue = "lock-exec-runs",
      description = "The run table; asked only if a run holds the key (default: ${DEFAULT-VALUE}).")
  private String runTable = Tables.DEFAULT.runTable();

  @Option(
      names = {"-r", "--region"},
      paramLabel = "REGION",
      description = "The AWS Region of the tables (default: as the AWS SDK finds it).")
  private @Nullable String region;

  private @Nullable DynamoDbClient client;

  Tables tables() {
    return new Tables(lockTable, keyAttribute, runTable);
  }

  Locks locks() {
    return new DynamoDbLocks(client(), tables(), Backoff.real());
  }

  Ledger ledger(Installation installation) {
    return new DynamoDbLedger(client(), tables(), installation, RETENTION, Backoff.real());
  }

  private DynamoDbClient client() {
    DynamoDbClient connected = client;
    if (connected == null) {
      connected =
          region == null ? DynamoDb.client() : DynamoDb.builder().region(Region.of(region)).build();
      client = connected;
    }
    return connected;
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
