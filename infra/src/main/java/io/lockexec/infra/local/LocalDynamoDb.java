package io.lockexec.infra.local;

import io.lockexec.BadInput;
import io.lockexec.dynamodb.DynamoDb;
import io.lockexec.dynamodb.Tables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.dynamodb.services.local.main.CommandLineInput;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * Where the tables are: Amazon's DynamoDB Local in this process, which forgets everything at the
 * end, or the endpoint that the environment names in {@code AWS_ENDPOINT_URL_DYNAMODB} or {@code
 * AWS_ENDPOINT_URL}.
 */
final class LocalDynamoDb implements AutoCloseable {
  private final DynamoDbClient client;
  private final Optional<DynamoDBProxyServer> server;

  private LocalDynamoDb(DynamoDbClient client, Optional<DynamoDBProxyServer> server) {
    this.client = client;
    this.server = server;
  }

  /**
   * Starts or connects, and makes the tables that are missing.
   *
   * @throws BadInput if the endpoint cannot be used
   */
  static LocalDynamoDb start(Map<String, String> environment, Tables tables) {
    Optional<Endpoint> endpoint = Endpoint.of(environment);
    LocalDynamoDb started =
        endpoint.map(each -> connect(each, environment)).orElseGet(LocalDynamoDb::inProcess);
    try {
      tables.create(started.client);
      return started;
    } catch (SdkException e) {
      started.close();
      throw endpoint.<RuntimeException>map(each -> each.refused(e)).orElse(e);
    }
  }

  /** What a variable of the environment names. */
  private record Endpoint(String variable, String url) {
    private static Optional<Endpoint> of(Map<String, String> environment) {
      return Stream.of("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL")
          .flatMap(
              name ->
                  Optional.ofNullable(environment.get(name))
                      .map(url -> new Endpoint(name, url))
                      .stream())
          .findFirst();
    }

    private BadInput refused(Exception e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      // The SDK lists every place where it has looked, on one line of a thousand characters.
      if (why.startsWith("Unable to load region")) {
        return new BadInput("AWS_REGION", "is missing: any Region will do for DynamoDB Local");
      }
      if (why.startsWith("Unable to load credentials")) {
        return new BadInput(
            "AWS_ACCESS_KEY_ID",
            "is missing, and there are no other credentials: set AWS_PROFILE, or this and"
                + " AWS_SECRET_ACCESS_KEY; any will do for DynamoDB Local");
      }
      return new BadInput(variable, url, "cannot be used as DynamoDB's endpoint: " + why);
    }
  }

  DynamoDbClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
    server.ifPresent(LocalDynamoDb::stop);
  }

  private static LocalDynamoDb connect(Endpoint endpoint, Map<String, String> environment) {
    try {
      var builder = DynamoDb.builder().endpointOverride(URI.create(endpoint.url()));
      Optional.ofNullable(environment.get("AWS_REGION"))
          .ifPresent(region -> builder.region(Region.of(region)));
      return new LocalDynamoDb(builder.build(), Optional.empty());
    } catch (IllegalArgumentException | SdkException e) {
      throw endpoint.refused(e);
    }
  }

  private static LocalDynamoDb inProcess() {
    int port = freePort();
    DynamoDBProxyServer server = serve(port);
    DynamoDbClient client =
        DynamoDb.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + port))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .build();
    return new LocalDynamoDb(client, Optional.of(server));
  }

  private static DynamoDBProxyServer serve(int port) {
    try {
      // Not createServerFromCommandLineArgs, which prints its configuration to standard output.
      CommandLineInput input =
          new CommandLineInput(
              new String[] {"-inMemory", "-disableTelemetry", "-port", String.valueOf(port)});
      input.init();
      DynamoDBProxyServer server = ServerRunner.createServer(input);
      server.start();
      return server;
    } catch (Exception e) {
      // Its signature names no narrower type.
      throw new IllegalStateException("DynamoDB Local did not start: " + e.getMessage(), e);
    }
  }

  private static void stop(DynamoDBProxyServer server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("DynamoDB Local did not stop: " + e.getMessage(), e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no port is free on 127.0.0.1", e);
    }
  }
}
