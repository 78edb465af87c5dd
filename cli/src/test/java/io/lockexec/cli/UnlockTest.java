package io.lockexec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.cluster.ClusterName;
import io.lockexec.dynamodb.Backoff;
import io.lockexec.dynamodb.DynamoDb;
import io.lockexec.dynamodb.DynamoDbLedger;
import io.lockexec.dynamodb.DynamoDbLocks;
import io.lockexec.dynamodb.Tables;
import io.lockexec.lock.Lock;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Locks;
import io.lockexec.lock.Owner;
import io.lockexec.lock.Token;
import io.lockexec.run.Ledger;
import io.lockexec.run.Reason;
import io.lockexec.run.Run;
import io.lockexec.run.RunRequest;
import io.lockexec.run.Stage;
import io.lockexec.run.State;
import io.lockexec.run.Tried;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;
import tools.jackson.databind.json.JsonMapper;

/** By the front door: a JVM of its own, argv in; standard output, standard error and code out. */
final class UnlockTest {
  private static final Installation STAGING = new Installation("staging");
  private static final LockKey KEY = new LockKey("reports");

  private static URI endpoint = URI.create("http://127.0.0.1");
  private static DynamoDBProxyServer server;

  private final Tables tables =
      new Tables("locks-" + UUID.randomUUID(), "id", "runs-" + UUID.randomUUID());
  private final DynamoDbClient client =
      DynamoDb.builder()
          .endpointOverride(endpoint)
          .region(Region.EU_CENTRAL_1)
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
          .build();
  private final Locks locks = new DynamoDbLocks(client, tables, Backoff.real());
  private final Ledger ledger =
      new DynamoDbLedger(client, tables, STAGING, Duration.ofDays(30), Backoff.real());
  private final Instant now = InstantSource.system().instant();

  UnlockTest() {
    tables.create(client);
  }

  @BeforeAll
  static void start() throws Exception {
    try (ServerSocket probe = new ServerSocket(0)) {
      endpoint = URI.create("http://127.0.0.1:" + probe.getLocalPort());
    }
    server =
        ServerRunner.createServerFromCommandLineArgs(
            new String[] {
              "-inMemory", "-disableTelemetry", "-port", String.valueOf(endpoint.getPort())
            });
    server.start();
  }

  @AfterAll
  static void stop() throws Exception {
    server.stop();
  }

  /** What a command line left behind. */
  private record Done(int code, String out, String err) {}

  @Test
  void a_key_that_was_never_locked_is_fine() throws Exception {
    assertThat(unlock("reports")).isEqualTo(new Done(0, "key reports is not locked\n", ""));
  }

  @Test
  void the_lock_of_a_process_is_released_and_its_holder_named() throws Exception {
    var _ =
        locks.acquire(
            KEY, new Owner.OfProcess("p-1"), "build-7 pid 4711", now, now.plusSeconds(600));

    Done done = unlock("reports");

    assertThat(done.code()).as(done.err()).isZero();
    assertThat(done.out())
        .startsWith("released key reports: it was held by process p-1 (build-7 pid 4711) until ")
        .contains(" since ");
    assertThat(lock().owner()).isEmpty();
    assertThat(unlock("reports").out()).isEqualTo("key reports is not locked\n");
  }

  @Test
  void the_lock_of_the_original_tool_is_released() throws Exception {
    client.putItem(
        each ->
            each.tableName(tables.lockTable())
                .item(
                    Map.of(
                        "id", AttributeValue.fromS("reports"),
                        "expire",
                            AttributeValue.fromN(
                                now.plusSeconds(600).getEpochSecond() + "000000000"))));

    Done done = unlock("reports");

    assertThat(done.code()).as(done.err()).isZero();
    assertThat(done.out()).contains("a process of the original lock-exec");
    assertThat(lock().expire()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void another_acquisition_than_the_one_named_is_left_alone() throws Exception {
    var _ = locks.acquire(KEY, new Owner.OfProcess("p-1"), "host", now, now.plusSeconds(600));

    Done done = unlock("reports", "--token", "7");

    assertThat(done.code()).isZero();
    assertThat(done.out()).contains("was not released").contains(", not 7");
    assertThat(lock().owner()).isPresent();
  }

  @Test
  void the_lock_of_an_open_run_asks_for_force_and_gives_the_line_to_paste() throws Exception {
    claim();

    Done done = unlock("reports");

    assertThat(done.code()).isEqualTo(3);
    assertThat(done.err())
        .contains("run nightly-29923980 (blue/default/nightly-29923980)")
        .contains("lock-exec unlock reports --force --token ");
    assertThat(lock().owner()).isPresent();
    assertThat(unlock("reports", "--force").code()).isZero();
    assertThat(lock().owner()).isEmpty();
  }

  @Test
  void the_lock_of_a_run_that_has_ended_is_released() throws Exception {
    Run run = claim();
    Run ended =
        new Run(
            run.firing(),
            run.request(),
            run.token(),
            new Stage.Ended(
                State.SKIPPED,
                new Reason("TooLate"),
                "",
                OptionalInt.empty(),
                now,
                run.cluster(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false),
            run.tried(),
            run.since(),
            run.version() + 1);
    assertThat(ledger.advance(run, ended, new Ledger.LockEffect.None()))
        .isInstanceOf(Ledger.Change.Recorded.class);

    Done done = unlock("reports");

    assertThat(done.code()).as(done.err()).isZero();
    assertThat(done.out()).startsWith("released key reports");
  }

  @Test
  void a_table_that_is_missing_is_one_line_and_its_own_code() throws Exception {
    Done done = lockExec("unlock", "reports", "--table", "nowhere");

    assertThat(done.code()).isEqualTo(1);
    assertThat(done.err()).startsWith("lock-exec: ").contains("nowhere");
    assertThat(done.err().lines()).hasSize(1);
  }

  @Test
  void an_unknown_option_is_told_with_the_usage() throws Exception {
    Done done = lockExec("unlock", "reports", "--forse");

    assertThat(done.code()).isEqualTo(2);
    assertThat(done.err()).contains("--forse").contains("--force");
  }

  private Lock lock() {
    return locks.find(KEY).orElseThrow();
  }

  private Run claim() {
    RunRequest request =
        RunRequest.parse(
            JsonMapper.shared()
                .readTree(
                    """
                    {
                      "schedule": "nightly", "key": "reports",
                      "job": {"image": "busybox", "command": ["true"]}
                    }
                    """),
            List.of(new ClusterName("blue")));
    ClusterName blue = new ClusterName("blue");
    Run run =
        new Run(
            new Firing(request.schedule(), Instant.parse("2026-11-23T13:00:00Z")),
            request,
            Optional.of(Token.at(now)),
            new Stage.Claimed(blue),
            List.of(new Tried(blue, "")),
            now,
            1);
    return ((Ledger.Claim.Claimed) ledger.claim(run, now, now.plusSeconds(600))).run();
  }

  private Done unlock(String... arguments) throws IOException, InterruptedException {
    List<String> all =
        new ArrayList<>(
            List.of("unlock", "--table", tables.lockTable(), "--run-table", tables.runTable()));
    all.addAll(List.of(arguments));
    return lockExec(all.toArray(String[]::new));
  }

  private static Done lockExec(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-classpath",
                System.getProperty("java.class.path"),
                "io.lockexec.cli.LockExec"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_ENDPOINT_URL_DYNAMODB", endpoint.toString(),
                "AWS_REGION", "eu-central-1",
                "AWS_ACCESS_KEY_ID", "test",
                "AWS_SECRET_ACCESS_KEY", "test"));
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Done(process.waitFor(), out, err);
  }
}
