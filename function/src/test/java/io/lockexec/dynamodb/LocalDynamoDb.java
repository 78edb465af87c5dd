package io.lockexec.dynamodb;

import io.lockexec.lock.LockKey;
import io.lockexec.lock.OriginalTool;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/** Amazon's DynamoDB Local, in memory; one for all test classes of this JVM. */
public final class LocalDynamoDb implements BeforeAllCallback {
  private URI endpoint = URI.create("http://localhost:0");

  @Override
  public void beforeAll(ExtensionContext context) {
    endpoint =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .computeIfAbsent(Server.class, _ -> Server.start(), Server.class)
            .endpoint();
  }

  /** Returns where it is. */
  URI endpoint() {
    return endpoint;
  }

  /** Returns a client made as ours are, which talks over that wire. */
  DynamoDbClient client(Wire wire) {
    return builder().httpClientBuilder(new Wire.Builder(wire)).build();
  }

  /** Returns a client made as ours are, before it is built. */
  DynamoDbClientBuilder builder() {
    return DynamoDb.builder()
        .endpointOverride(endpoint)
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")));
  }

  /** Returns tables of names that nobody else has. */
  static Tables tables() {
    String unique = UUID.randomUUID().toString();
    return new Tables("lock-" + unique, "id", "runs-" + unique);
  }

  /** Returns a chance that never pauses. */
  static Backoff noPauses() {
    return new Backoff(new Random(), _ -> {});
  }

  /** Returns the original tool, at work on these tables. */
  static OriginalTool originalTool(DynamoDbClient client, Tables tables) {
    return new OriginalTool() {
      @Override
      public boolean takes(LockKey key, Instant now, Instant expire) {
        try {
          client.putItem(
              put ->
                  put.tableName(tables.lockTable())
                      .item(
                          Map.of(
                              tables.lockKey(),
                              AttributeValue.fromS(key.value()),
                              "expire",
                              AttributeValue.fromN(unixNano(expire))))
                      .conditionExpression("attribute_not_exists(#key) OR #expire < :now")
                      .expressionAttributeNames(
                          Map.of("#key", tables.lockKey(), "#expire", "expire"))
                      .expressionAttributeValues(
                          Map.of(":now", AttributeValue.fromN(unixNano(now)))));
          return true;
        } catch (ConditionalCheckFailedException _) {
          return false;
        }
      }

      @Override
      public void deletes(LockKey key) {
        client.deleteItem(
            delete ->
                delete
                    .tableName(tables.lockTable())
                    .key(Map.of(tables.lockKey(), AttributeValue.fromS(key.value()))));
      }
    };
  }

  private static String unixNano(Instant time) {
    return Long.toString(
        Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano()));
  }

  private record Server(DynamoDBProxyServer server, URI endpoint) implements AutoCloseable {
    static Server start() {
      try {
        int port = freePort();
        DynamoDBProxyServer server =
            ServerRunner.createServerFromCommandLineArgs(
                new String[] {"-inMemory", "-disableTelemetry", "-port", Integer.toString(port)});
        server.start();
        return new Server(server, URI.create("http://localhost:" + port));
      } catch (Exception e) {
        throw new IllegalStateException("DynamoDB Local does not start", e);
      }
    }

    private static int freePort() throws IOException {
      try (ServerSocket socket = new ServerSocket(0)) {
        return socket.getLocalPort();
      }
    }

    @Override
    public void close() {
      try {
        server.stop();
      } catch (Exception e) {
        throw new IllegalStateException("DynamoDB Local does not stop", e);
      }
    }
  }
}
