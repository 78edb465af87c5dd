package io.lockexec.lambda;

import io.lockexec.cluster.Cluster;
import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.Clusters;
import io.lockexec.dynamodb.Backoff;
import io.lockexec.dynamodb.DynamoDb;
import io.lockexec.dynamodb.DynamoDbLedger;
import io.lockexec.dynamodb.DynamoDbLocks;
import io.lockexec.kubernetes.KubernetesCluster;
import io.lockexec.lock.Locks;
import io.lockexec.run.Carrier;
import io.lockexec.run.Dispatcher;
import io.lockexec.run.Journal;
import io.lockexec.run.Ledger;
import io.lockexec.run.Surroundings;
import io.lockexec.run.Sweep;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A function's parts, put together once for each start of its runtime.
 *
 * @param configuration what the environment says
 * @param deployment the clusters and schedules
 * @param dispatcher takes deliveries
 * @param sweep carries open runs on
 * @param clock the time
 */
public record Wiring(
    Configuration configuration,
    Deployment deployment,
    Dispatcher dispatcher,
    Sweep sweep,
    InstantSource clock) {

  /** Puts the parts together as the environment says, with real clients. */
  public static Wiring of(Map<String, String> environment) {
    Configuration configuration = Configuration.of(environment);
    Deployment deployment = Deployment.read(configuration.deployment());
    DynamoDbClient client = DynamoDb.client();
    Map<ClusterName, Cluster> clusters = new HashMap<>();
    deployment
        .contexts()
        .forEach(
            (name, context) ->
                clusters.put(
                    name, KubernetesCluster.ofContext(name, configuration.kubeconfigs(), context)));
    // One for the life of the runtime, which ends it: Lambda tells nobody when it is over.
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    return of(
        configuration,
        deployment,
        new DynamoDbLedger(
            client,
            configuration.tables(),
            configuration.installation(),
            configuration.retention(),
            Backoff.real()),
        new DynamoDbLocks(client, configuration.tables(), Backoff.real()),
        new Clusters(clusters),
        new LogJournal(),
        InstantSource.system(),
        executor);
  }

  /** Puts the given parts together. */
  public static Wiring of(
      Configuration configuration,
      Deployment deployment,
      Ledger ledger,
      Locks locks,
      Clusters clusters,
      Journal journal,
      InstantSource clock,
      Executor executor) {
    Surroundings surroundings =
        new Surroundings(
            configuration.installation(),
            ledger,
            locks,
            clusters,
            configuration.bounds(),
            configuration.jobTtl(),
            clock,
            journal);
    Carrier carrier = new Carrier(surroundings);
    return new Wiring(
        configuration,
        deployment,
        new Dispatcher(surroundings, carrier),
        new Sweep(surroundings, carrier, deployment.expected(), executor),
        clock);
  }
}
