package io.lockexec.infra.local;

import io.lockexec.BadInput;
import io.lockexec.cluster.Cluster;
import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.Clusters;
import io.lockexec.dynamodb.Backoff;
import io.lockexec.dynamodb.DynamoDbLedger;
import io.lockexec.dynamodb.DynamoDbLocks;
import io.lockexec.dynamodb.Tables;
import io.lockexec.infra.config.ClusterEntry;
import io.lockexec.infra.config.LockExecFile;
import io.lockexec.infra.config.ScheduleEntry;
import io.lockexec.infra.local.cluster.LocalCluster;
import io.lockexec.kubernetes.KubernetesCluster;
import io.lockexec.lambda.Configuration;
import io.lockexec.lambda.Deployment;
import io.lockexec.lambda.ScheduleHandler;
import io.lockexec.lambda.SweepHandler;
import io.lockexec.lambda.Wiring;
import io.lockexec.lock.Locks;
import io.lockexec.run.Expected;
import io.lockexec.run.Ledger;
import io.lockexec.run.RunRequest;
import io.lockexec.schedule.ScheduleName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * The cloud of one {@code lock-exec.yaml}, on this machine: tables, clusters, and the very
 * functions that are deployed, wired from the environment and the deployment file that they read
 * there. It does nothing by itself: events are delivered, and sweeps made, by whoever holds it.
 */
final class LocalCloud implements AutoCloseable {
  private final LockExecFile file;
  private final Deque<AutoCloseable> parts;
  private final LocalClusters local;
  private final Ledger ledger;
  private final Locks locks;
  private final InstantSource clock;
  private final LambdaFunction schedules;
  private final LambdaFunction sweeps;
  private final ExecutorService executor;

  private LocalCloud(LockExecFile file, LocalCloudOptions options, Deque<AutoCloseable> parts) {
    this.file = file;
    this.parts = parts;
    this.clock = options.clock();
    Path directory = temporaryDirectory(parts);
    this.local = owned(LocalClusters.start(file.clusters(), directory, options));
    Configuration configuration = configuration(file, options, directory);
    Deployment deployment = Deployment.read(configuration.deployment());
    Tables tables = configuration.tables();
    LocalDynamoDb dynamoDb = owned(LocalDynamoDb.start(options.environment(), tables));
    this.ledger =
        new DynamoDbLedger(
            dynamoDb.client(),
            tables,
            configuration.installation(),
            configuration.retention(),
            Backoff.real());
    this.locks = new DynamoDbLocks(dynamoDb.client(), tables, Backoff.real());
    Clusters clusters = new Clusters(clusters(configuration, deployment));
    this.executor = Executors.newVirtualThreadPerTaskExecutor();
    // Not close(): that would wait for handlers that watch a Job.
    parts.push(executor::shutdownNow);
    Wiring wiring =
        Wiring.of(
            configuration, deployment, ledger, locks, clusters, options.journal(), clock, executor);
    this.schedules = function("schedule", new ScheduleHandler(wiring), options);
    this.sweeps = function("sweep", new SweepHandler(wiring), options);
    local.letComeUp();
  }

  /**
   * Starts the cloud.
   *
   * @throws BadInput if a context, an endpoint or credentials are missing or wrong
   * @throws UncheckedIOException if a part cannot be started on this machine
   */
  static LocalCloud start(LockExecFile file, LocalCloudOptions options) {
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    try {
      return new LocalCloud(file, options, parts);
    } catch (RuntimeException e) {
      closeAll(parts);
      throw e;
    }
  }

  /** Returns what the file says. */
  LockExecFile file() {
    return file;
  }

  /** Returns the schedule of that name. */
  ScheduleEntry schedule(ScheduleName name) {
    return file.schedules().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new BadInput("schedule", name, "is no schedule of the file"));
  }

  /** Returns the ledger. */
  Ledger ledger() {
    return ledger;
  }

  /** Returns the lock table. */
  Locks locks() {
    return locks;
  }

  /** Returns the local clusters by name; those of contexts are not among them. */
  Map<ClusterName, LocalCluster> localClusters() {
    return local.byName();
  }

  /** Returns the local cluster of that name. */
  LocalCluster cluster(String name) {
    return local
        .find(new ClusterName(name))
        .orElseThrow(() -> new BadInput("cluster", name, "is no local cluster of the file"));
  }

  /** Returns the function that takes firings. */
  LambdaFunction scheduleFunction() {
    return schedules;
  }

  /** Returns the JSON text of one more delivery of a firing, under an id of its own. */
  String event(ScheduleName schedule, Instant time) {
    return EventBridge.event(file.installation(), schedule(schedule), time);
  }

  /** Makes one sweep, and returns what it found. */
  Map<String, String> sweep() {
    return sweeps.invoke(EventBridge.event(file.installation() + "-sweep", clock.instant()));
  }

  /** Counts the pods of a run's Job that have had a process, over all local clusters. */
  long podsStarted(String runId) {
    return localClusters().values().stream().mapToLong(cluster -> cluster.podsStarted(runId)).sum();
  }

  /** Runs something beside, until the cloud is closed. */
  void beside(Runnable task) {
    executor.execute(task);
  }

  @Override
  public void close() {
    closeAll(parts);
  }

  private <T extends AutoCloseable> T owned(T part) {
    parts.push(part);
    return part;
  }

  private Map<ClusterName, Cluster> clusters(Configuration configuration, Deployment deployment) {
    Map<ClusterName, Cluster> clusters = new HashMap<>();
    deployment
        .contexts()
        .forEach(
            (name, context) -> {
              KubernetesCluster cluster =
                  owned(
                      KubernetesCluster.ofContext(name, kubeconfigs(name, configuration), context));
              clusters.put(name, cluster);
            });
    return clusters;
  }

  private List<Path> kubeconfigs(ClusterName name, Configuration configuration) {
    return local.find(name).isPresent()
        ? List.of(local.kubeconfig(name))
        : configuration.kubeconfigs();
  }

  /** Reads the variables that a deployed function would have, and writes the file it would read. */
  private static Configuration configuration(
      LockExecFile file, LocalCloudOptions options, Path directory) {
    Path deployment = directory.resolve("lock-exec.json");
    try {
      Files.writeString(deployment, deployment(file).toJson().toString());
    } catch (IOException e) {
      throw new UncheckedIOException(deployment + " cannot be written", e);
    }
    Map<String, String> environment = new HashMap<>(options.environment());
    environment.keySet().removeIf(name -> name.startsWith("LOCK_EXEC_"));
    environment.put("LOCK_EXEC_INSTALLATION", file.installation());
    environment.put("LOCK_EXEC_LOCK_TABLE", file.tables().locks());
    environment.put("LOCK_EXEC_KEY_ATTRIBUTE", file.tables().keyAttribute());
    environment.put("LOCK_EXEC_RUN_TABLE", file.tables().runs());
    environment.put("LOCK_EXEC_DEPLOYMENT", deployment.toString());
    return Configuration.of(environment);
  }

  private static Deployment deployment(LockExecFile file) {
    Map<ClusterName, String> contexts = new LinkedHashMap<>();
    for (ClusterEntry entry : file.clusters()) {
      contexts.put(
          new ClusterName(entry.name()),
          switch (entry) {
            case ClusterEntry.Local own -> own.name();
            case ClusterEntry.Context real -> real.context();
          });
    }
    List<ClusterName> names = List.copyOf(contexts.keySet());
    return new Deployment(
        contexts,
        file.schedules().stream()
            .filter(ScheduleEntry::enabled)
            .map(each -> new Expected(each.recurrence(), RunRequest.parse(each.detail(), names)))
            .toList());
  }

  private static LambdaFunction function(
      String name,
      com.amazonaws.services.lambda.runtime.RequestHandler<
              com.amazonaws.services.lambda.runtime.events.ScheduledEvent, Map<String, String>>
          handler,
      LocalCloudOptions options) {
    return new LambdaFunction("lock-exec-" + name, handler, options.clock(), options.retryDelays());
  }

  private static Path temporaryDirectory(Deque<AutoCloseable> parts) {
    try {
      Path directory = Files.createTempDirectory("lock-exec-");
      parts.push(() -> delete(directory));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary directory can be made", e);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  /** Closes what was started, the last first; a part that fails keeps none from being closed. */
  private static void closeAll(Deque<AutoCloseable> parts) {
    Optional<RuntimeException> failure = Optional.empty();
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        failure = failure.or(() -> Optional.of(new IllegalStateException("not closed", e)));
      }
    }
    failure.ifPresent(
        e -> {
          throw e;
        });
  }
}
