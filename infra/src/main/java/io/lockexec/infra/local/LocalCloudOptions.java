package io.lockexec.infra.local;

import io.lockexec.run.Journal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * How a local cloud is to be.
 *
 * @param environment the variables that count: {@code AWS_ENDPOINT_URL_DYNAMODB}, {@code
 *     AWS_ENDPOINT_URL}, {@code AWS_REGION} and {@code KUBECONFIG} as the AWS SDKs and kubectl read
 *     them; {@code PATH} and {@code HOME} for the commands on local clusters
 * @param clock the time of functions and local clusters; DynamoDB has one of its own
 * @param journal where each transition is told
 * @param retryDelays how long after a failed attempt an asynchronous invocation is tried again; its
 *     length is the number of retries
 * @param manifests Kubernetes objects that stand in every local cluster from the beginning
 */
record LocalCloudOptions(
    Map<String, String> environment,
    InstantSource clock,
    Journal journal,
    List<Duration> retryDelays,
    List<JsonNode> manifests) {

  /** Copies the collections. */
  LocalCloudOptions {
    environment = Map.copyOf(environment);
    retryDelays = List.copyOf(retryDelays);
    manifests = List.copyOf(manifests);
  }

  /** A silent journal, and two quick retries, where Lambda waits one minute and then two. */
  static LocalCloudOptions of(Map<String, String> environment, InstantSource clock) {
    return new LocalCloudOptions(
        environment,
        clock,
        _ -> {},
        List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)),
        List.of());
  }

  /** The same, told to another journal. */
  LocalCloudOptions withJournal(Journal to) {
    return new LocalCloudOptions(environment, clock, to, retryDelays, manifests);
  }

  /** The same, with other retries. */
  LocalCloudOptions withRetryDelays(List<Duration> to) {
    return new LocalCloudOptions(environment, clock, journal, to, manifests);
  }

  /** The same, with other objects in the local clusters. */
  LocalCloudOptions withManifests(List<JsonNode> to) {
    return new LocalCloudOptions(environment, clock, journal, retryDelays, to);
  }
}
