package io.lockexec.infra.promise;

import io.lockexec.cluster.Cluster;
import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.Clusters;
import io.lockexec.dynamodb.Backoff;
import io.lockexec.dynamodb.DynamoDb;
import io.lockexec.dynamodb.DynamoDbLedger;
import io.lockexec.dynamodb.DynamoDbLocks;
import io.lockexec.dynamodb.Tables;
import io.lockexec.infra.local.LambdaFunction;
import io.lockexec.infra.local.cluster.LocalCluster;
import io.lockexec.infra.local.cluster.LocalClusterOptions;
import io.lockexec.kubernetes.KubernetesCluster;
import io.lockexec.kubernetes.Timeouts;
import io.lockexec.lambda.Configuration;
import io.lockexec.lambda.Deployment;
import io.lockexec.lambda.ScheduleHandler;
import io.lockexec.lambda.SweepHandler;
import io.lockexec.lambda.Wiring;
import io.lockexec.lock.Lock;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Locks;
import io.lockexec.run.Expected;
import io.lockexec.run.Journal;
import io.lockexec.run.Ledger;
import io.lockexec.run.Reason;
import io.lockexec.run.Run;
import io.lockexec.run.Stage;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import io.lockexec.schedule.ScheduleName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;
import tools.jackson.databind.JsonNode;

/**
 * Two local clusters, blue and green, tables of their own in DynamoDB Local, and the real handlers
 * between them, on a clock that can be set forward.
 */
final class World implements AutoCloseable {
  static final ClusterName BLUE = new ClusterName("blue");
  static final ClusterName GREEN = new ClusterName("green");
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Installation INSTALLATION = new Installation("test");

  private final Path directory;
  private final DynamoDbClient client;
  private final Map<ClusterName, LocalCluster> locals = new HashMap<>();
  private final Map<ClusterName, KubernetesCluster> adapters = new HashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Journal.Entry> journal = new ConcurrentLinkedQueue<>();
  private final Queue<String> dynamoDbRequests = new ConcurrentLinkedQueue<>();
  private final Map<String, String> environment = new HashMap<>();
  private final List<Expected> expected = new ArrayList<>();
  private final AtomicReference<Duration> ahead = new AtomicReference<>(untilEarlyInAMinute());
  private final InstantSource clock = () -> Instant.now().plus(ahead.get());
  private final Tables tables;

  World() throws Exception {
    directory = Files.createTempDirectory("lock-exec-world");
    tables = new Tables("locks-" + UUID.randomUUID(), "id", "runs-" + UUID.randomUUID());
    client =
        DynamoDb.builder()
            .endpointOverride(DynamoDbLocal.ENDPOINT)
            .region(Region.EU_WEST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .overrideConfiguration(
                each -> each.addExecutionInterceptor(new Counter(dynamoDbRequests)))
            .build();
    tables.create(client);
    for (ClusterName name : List.of(BLUE, GREEN)) {
      LocalCluster local =
          LocalCluster.start(
              LocalClusterOptions.of(
                  name.value(),
                  Files.createDirectory(directory.resolve(name.value())),
                  Map.of("PATH", "/usr/bin:/bin")));
      Files.writeString(kubeconfig(name), local.kubeconfig());
      locals.put(name, local);
    }
    connect();
    environment.put("LOCK_EXEC_INSTALLATION", INSTALLATION.value());
    environment.put("LOCK_EXEC_WATCH_SECONDS", "15");
  }

  private Path kubeconfig(ClusterName name) {
    return directory.resolve(name + ".yaml");
  }

  private void connect() {
    for (ClusterName name : List.of(BLUE, GREEN)) {
      adapters.put(
          name,
          KubernetesCluster.ofContext(
              name,
              List.of(kubeconfig(name)),
              name.value(),
              new Timeouts(
                  Duration.ofSeconds(1),
                  Duration.ofSeconds(2),
                  Duration.ofSeconds(2),
                  Duration.ofSeconds(2))));
    }
  }

  /** Lets whoever carries on from here be another process, which remembers nothing. */
  void restart() throws Exception {
    for (Cluster adapter : adapters.values()) {
      ((AutoCloseable) adapter).close();
    }
    connect();
  }

  /** How long a dispatcher waits for the end of a Job. */
  World watching(Duration time) {
    environment.put("LOCK_EXEC_WATCH_SECONDS", String.valueOf(time.toSeconds()));
    return this;
  }

  /** A schedule whose firings are to be expected. */
  World expecting(Expected schedule) {
    expected.add(schedule);
    return this;
  }

  /** What was expected until now is replaced. */
  void redeploy(Expected schedule) {
    expected.clear();
    expected.add(schedule);
  }

  LocalCluster cluster(ClusterName name) {
    return Objects.requireNonNull(locals.get(name));
  }

  Ledger ledger() {
    return new DynamoDbLedger(client, tables, INSTALLATION, Duration.ofDays(30), backoff());
  }

  Locks locks() {
    return new DynamoDbLocks(client, tables, backoff());
  }

  DynamoDbClient client() {
    return client;
  }

  Tables tables() {
    return tables;
  }

  /** A minute that ends between two steps of a test would make two firings of one. */
  private static Duration untilEarlyInAMinute() {
    Instant now = Instant.now();
    return Duration.between(now, now.truncatedTo(ChronoUnit.MINUTES).plusSeconds(65));
  }

  Instant now() {
    return clock.instant();
  }

  /** Sets our clock forward; the clusters' stays as it is. */
  void forward(Duration time) {
    ahead.updateAndGet(before -> before.plus(time));
  }

  Wiring wiring() {
    return wiring(each -> each, each -> each);
  }

  Wiring wiring(UnaryOperator<Ledger> aroundLedger, UnaryOperator<Cluster> aroundCluster) {
    Map<ClusterName, Cluster> clusters = new HashMap<>();
    adapters.forEach((name, each) -> clusters.put(name, aroundCluster.apply(each)));
    return Wiring.of(
        Configuration.of(environment),
        new Deployment(Map.of(BLUE, "blue", GREEN, "green"), expected),
        aroundLedger.apply(ledger()),
        locks(),
        new Clusters(clusters),
        journal::add,
        clock,
        threads);
  }

  /** Delivers a firing at the current minute to the real handler. */
  Map<String, String> deliver(String detail) {
    return deliver(wiring(), now(), detail);
  }

  Map<String, String> deliver(Wiring wiring, Instant time, String detail) {
    return new LambdaFunction("schedule", new ScheduleHandler(wiring), clock, List.of())
        .invoke(event(time, detail));
  }

  Map<String, String> sweep() {
    return sweep(wiring());
  }

  Map<String, String> sweep(Wiring wiring) {
    return new LambdaFunction("sweep", new SweepHandler(wiring), clock, List.of())
        .invoke(event(now(), "{}"));
  }

  /** Sweeps until the run has ended, as the schedule of the sweep would. */
  Stage.Ended sweepUntilEnded(Firing firing) throws InterruptedException {
    Instant patience = Instant.now().plus(PATIENCE);
    while (true) {
      sweep();
      if (run(firing).stage() instanceof Stage.Ended ended) {
        return ended;
      }
      if (Instant.now().isAfter(patience)) {
        throw new AssertionError(firing + " has not ended: " + run(firing) + "\n" + story());
      }
      awaitQuiet(firing);
    }
  }

  /** Waits until the firing's Job, wherever it was started, has ended or is gone. */
  void awaitQuiet(Firing firing) throws InterruptedException {
    for (LocalCluster local : locals.values()) {
      local.awaitJob(
          "default",
          firing.runId(),
          job ->
              job.isMissingNode()
                  || job.path("spec").path("suspend").asBoolean(false)
                  || ended(job),
          PATIENCE);
    }
  }

  private static boolean ended(JsonNode job) {
    for (var condition : job.path("status").path("conditions")) {
      String type = condition.path("type").asString("");
      if (type.equals("Complete") || type.equals("Failed")) {
        return condition.path("status").asString("").equals("True");
      }
    }
    return false;
  }

  Firing firing(String schedule) {
    return new Firing(new ScheduleName(schedule), now());
  }

  Run run(Firing firing) {
    return ledger().find(firing).orElseThrow(() -> new AssertionError("no run of " + firing));
  }

  Stage.Ended ended(Firing firing) {
    Run run = run(firing);
    if (run.stage() instanceof Stage.Ended ended) {
      return ended;
    }
    throw new AssertionError(run + " has not ended\n" + story());
  }

  /** Whether nobody holds the key. */
  boolean free(String key) {
    return locks().find(new LockKey(key)).map(Lock::owner).flatMap(each -> each).isEmpty();
  }

  /** How many pods of the firing's Job have ever had a process, over both clusters. */
  long started(Firing firing) {
    return locals.values().stream().mapToLong(each -> each.podsStarted(firing.runId())).sum();
  }

  long told(Reason reason) {
    return journal.stream().filter(each -> each.reason().equals(reason)).count();
  }

  /** The DynamoDB operations since the last call. */
  List<String> dynamoDbRequests() {
    List<String> all = List.copyOf(dynamoDbRequests);
    dynamoDbRequests.clear();
    return all;
  }

  /** Everything that was told, for a failure message. */
  String story() {
    StringBuilder story = new StringBuilder();
    journal.forEach(each -> story.append(each).append('\n'));
    return story.toString();
  }

  private static String event(Instant time, String detail) {
    return """
    {
      "version": "0",
      "id": "%s",
      "detail-type": "Scheduled Event",
      "source": "aws.events",
      "account": "123456789012",
      "time": "%s",
      "region": "eu-west-1",
      "resources": ["arn:aws:events:eu-west-1:123456789012:rule/lock-exec"],
      "detail": %s
    }
    """
        .formatted(UUID.randomUUID(), time.truncatedTo(ChronoUnit.SECONDS), detail);
  }

  private static Backoff backoff() {
    return new Backoff(RandomGenerator.getDefault(), _ -> {});
  }

  @Override
  public void close() throws IOException {
    threads.close();
    adapters.values().forEach(KubernetesCluster::close);
    locals.values().forEach(LocalCluster::close);
    client.close();
    try (var files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  /** Writes down each request that leaves the SDK, retries included. */
  private record Counter(Queue<String> requests) implements ExecutionInterceptor {
    @Override
    public void beforeTransmission(
        Context.BeforeTransmission context, ExecutionAttributes attributes) {
      requests.add(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
    }
  }

  /** One DynamoDB Local for all tests of this JVM, each of which has its own tables. */
  private static final class DynamoDbLocal {
    static final URI ENDPOINT = start();

    private static URI start() {
      int port = freePort();
      try {
        DynamoDBProxyServer server =
            ServerRunner.createServerFromCommandLineArgs(
                new String[] {"-inMemory", "-disableTelemetry", "-port", String.valueOf(port)});
        server.start();
        return URI.create("http://127.0.0.1:" + port);
      } catch (Exception e) {
        // Its signature names no narrower type.
        throw new IllegalStateException("DynamoDB Local does not start", e);
      }
    }

    private static int freePort() {
      try (ServerSocket probe = new ServerSocket(0)) {
        return probe.getLocalPort();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
