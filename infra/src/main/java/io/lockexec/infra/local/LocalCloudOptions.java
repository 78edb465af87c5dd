package io.lockexec.infra.local;

import io.lockexec.cluster.Cluster;
import io.lockexec.run.Journal;
import io.lockexec.run.Ledger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * How a local cloud is to be.
 *
 * @param environment the variables that count: {@code AWS_ENDPOINT_URL_DYNAMODB}, {@code
 *     AWS_ENDPOINT_URL}, {@code AWS_REGION} and {@code KUBECONFIG} as the AWS SDKs and kubectl read
 *     them; {@code PATH} and {@code HOME} for the commands on local clusters
 * @param clock the time of functions and local clusters; DynamoDB has one of its own
 * @param journal where each transition is told
 * @param watch for how long a delivery waits for the end of a Job that it started; whole seconds
 * @param retryDelays how long after a failed attempt an asynchronous invocation is tried again; its
 *     length is the number of retries
 * @param manifests Kubernetes objects that stand in every local cluster from the beginning
 * @param ledgers what is put around the ledger that the functions use
 * @param clusters what is put around each cluster that the functions use
 */
public record LocalCloudOptions(
    Map<String, String> environment,
    InstantSource clock,
    Journal journal,
    Duration watch,
    List<Duration> retryDelays,
    List<JsonNode> manifests,
    UnaryOperator<Ledger> ledgers,
    UnaryOperator<Cluster> clusters) {

  /** Copies the collections. */
  public LocalCloudOptions {
    environment = Map.copyOf(environment);
    retryDelays = List.copyOf(retryDelays);
    manifests = List.copyOf(manifests);
  }

  /** The system's clock, a silent journal, deliveries that wait 30 s, and two quick retries. */
  public static LocalCloudOptions of(Map<String, String> environment) {
    return new LocalCloudOptions(
        environment,
        InstantSource.system(),
        _ -> {},
        Duration.ofSeconds(30),
        List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)),
        List.of(),
        UnaryOperator.identity(),
        UnaryOperator.identity());
  }

  /** The same, on another clock. */
  public LocalCloudOptions withClock(InstantSource to) {
    return new LocalCloudOptions(
        environment, to, journal, watch, retryDelays, manifests, ledgers, clusters);
  }

  /** The same, told to another journal. */
  public LocalCloudOptions withJournal(Journal to) {
    return new LocalCloudOptions(
        environment, clock, to, watch, retryDelays, manifests, ledgers, clusters);
  }

  /** The same, with deliveries that wait for another time. */
  public LocalCloudOptions withWatch(Duration to) {
    return new LocalCloudOptions(
        environment, clock, journal, to, retryDelays, manifests, ledgers, clusters);
  }

  /** The same, with other retries. */
  public LocalCloudOptions withRetryDelays(List<Duration> to) {
    return new LocalCloudOptions(
        environment, clock, journal, watch, to, manifests, ledgers, clusters);
  }

  /** The same, with other objects in the local clusters. */
  public LocalCloudOptions withManifests(List<JsonNode> to) {
    return new LocalCloudOptions(
        environment, clock, journal, watch, retryDelays, to, ledgers, clusters);
  }

  /** The same, with something else around the ledger. */
  public LocalCloudOptions withLedgers(UnaryOperator<Ledger> to) {
    return new LocalCloudOptions(
        environment, clock, journal, watch, retryDelays, manifests, to, clusters);
  }

  /** The same, with something else around each cluster. */
  public LocalCloudOptions withClusters(UnaryOperator<Cluster> to) {
    return new LocalCloudOptions(
        environment, clock, journal, watch, retryDelays, manifests, ledgers, to);
  }
}
