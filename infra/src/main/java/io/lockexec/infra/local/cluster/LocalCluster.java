package io.lockexec.infra.local.cluster;

import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Kubernetes cluster of one node that lives in this process: an API server on 127.0.0.1, a job
 * controller, a garbage collector and a kubelet that runs the commands of containers as processes
 * of this machine, with this user's rights.
 *
 * <p>It keeps the rules of kube-apiserver and of the job controller that lock-exec relies on; it
 * pulls no images and mounts no volumes, has no Secrets, ConfigMaps, quotas or access rules beyond
 * its token, and runs no CronJobs by itself. Not honoured in a Job: {@code successPolicy}, {@code
 * backoffLimitPerIndex}, restart rules of single containers, probes, lifecycle hooks, resources,
 * security contexts. A process that a command leaves in the background outlives its container.
 */
public final class LocalCluster implements AutoCloseable {
  private static final int TOKEN_BITS = 160;
  private static final int BASE_36 = 36;

  private final LocalClusterOptions options;
  private final String token;
  private final Witness witness = new Witness();
  private final ApiServer server;
  private ControlPlane plane;

  private LocalCluster(LocalClusterOptions options, String token) throws IOException {
    this.options = options;
    this.token = token;
    this.plane = new ControlPlane(options, witness);
    this.server = new ApiServer(options.port(), token, options.access(), () -> current().api());
  }

  /**
   * Starts a cluster with the namespaces {@code default} and {@code kube-system}.
   *
   * @throws IOException the port is taken
   */
  public static LocalCluster start(LocalClusterOptions options) throws IOException {
    String token = new BigInteger(TOKEN_BITS, new SecureRandom()).toString(BASE_36);
    LocalCluster cluster = new LocalCluster(options, token);
    cluster.current().start();
    cluster.server.comeUp();
    return cluster;
  }

  /** The name of the cluster. */
  public String name() {
    return options.name();
  }

  /** The address of its API server, without a slash at the end. */
  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /** The bearer token without which every request is answered with 401. */
  public String token() {
    return token;
  }

  /** The uid of the kube-system namespace: the identity of this incarnation. */
  public String uid() {
    return current().uid();
  }

  /** The text of a kubeconfig with one context, of the cluster's name, that is current. */
  public String kubeconfig() {
    return """
    apiVersion: v1
    kind: Config
    current-context: "%1$s"
    clusters:
      - name: "%1$s"
        cluster:
          server: "%2$s"
    users:
      - name: "%1$s"
        user:
          token: "%3$s"
    contexts:
      - name: "%1$s"
        context:
          cluster: "%1$s"
          user: "%1$s"
          namespace: default
    """
        .formatted(name(), url(), token);
  }

  /**
   * Creates an object, or replaces one of the same name, by its {@code kind}: a Namespace, a Job or
   * a CronJob. The namespace of an object that names none is {@code default}; one that does not
   * exist is created.
   *
   * @return the object as it is kept
   * @throws IllegalArgumentException if it is none of these, or one that no server would take
   */
  public JsonNode apply(JsonNode object) {
    if (!(object.deepCopy() instanceof ObjectNode copy)) {
      throw new IllegalArgumentException("is no object");
    }
    try {
      return current().api().apply(copy);
    } catch (ApiError e) {
      throw new IllegalArgumentException("is refused: " + e.getMessage(), e);
    }
  }

  /** Lists the Jobs of all namespaces, whether the API can be reached or not. */
  public List<JsonNode> jobs() {
    return List.copyOf(current().store().list(Resource.JOBS, ""));
  }

  /** Lists the pods of all namespaces, whether the API can be reached or not. */
  public List<JsonNode> pods() {
    return List.copyOf(current().store().list(Resource.PODS, ""));
  }

  /**
   * Lists every process that was ever started here, oldest first, over all incarnations; the
   * witness of how often a Job has run.
   */
  public List<PodProcess> processes() {
    return witness.processes();
  }

  /** Counts the pods of a Job's name that have ever had a process. */
  public long podsStarted(String job) {
    return processes().stream()
        .filter(process -> process.job().equals(job))
        .map(PodProcess::pod)
        .distinct()
        .count();
  }

  /**
   * Waits until a Job is as wanted.
   *
   * @param wanted is given the Job, or a missing node when there is none
   * @return the Job, or a missing node
   * @throws IllegalStateException it did not become so in time; the message shows what it is
   */
  public JsonNode awaitJob(
      String namespace, String name, Predicate<JsonNode> wanted, Duration atMost)
      throws InterruptedException {
    return await(new ObjectKey(Resource.JOBS, namespace, name), wanted, atMost);
  }

  /** Waits until a pod is as wanted; in all else as {@link #awaitJob}. */
  public JsonNode awaitPod(
      String namespace, String name, Predicate<JsonNode> wanted, Duration atMost)
      throws InterruptedException {
    return await(new ObjectKey(Resource.PODS, namespace, name), wanted, atMost);
  }

  /** Makes the controllers look at the clock again: to be called when a driven clock was moved. */
  public void timeHasMoved() {
    current().store().wake();
  }

  /** Closes the listening socket and every connection: whoever connects is refused. */
  public void goDown() {
    server.goDown();
  }

  /**
   * Listens again, on the same port.
   *
   * @throws IOException the port was taken in the meantime
   */
  public void comeUp() throws IOException {
    server.comeUp();
  }

  /** From now on requests are accepted and read, and neither executed nor answered. */
  public void hang() {
    server.faults().hang();
  }

  /**
   * Ends the hang; the requests that came during it are never executed, their connections close.
   */
  public void unhang() {
    server.faults().unhang();
  }

  /**
   * Lets a request go wrong, once.
   *
   * @param method the HTTP method
   * @param path a regular expression that is found in the request's path
   * @param nth which of the requests that match from now on; 1 is the next
   * @param fault what goes wrong
   */
  public void fail(String method, String path, int nth, Fault fault) {
    server.faults().set(method, path, nth, fault);
  }

  /** Forgets the faults that have not struck yet. */
  public void clearFaults() {
    server.faults().clear();
  }

  /** The newest requests, oldest of them first; a watch is listed when it begins. */
  public List<Request> requests() {
    return server.requests();
  }

  /** Forgets the requests so far. */
  public void clearRequests() {
    server.clearRequests();
  }

  /**
   * Becomes another, empty incarnation under the same name and address; all processes are killed.
   */
  public void recreate() {
    ControlPlane next = new ControlPlane(options, witness);
    ControlPlane old = replace(next);
    old.close();
    next.start();
  }

  /** Closes the API, kills every process and forgets every object. */
  @Override
  public void close() {
    server.close();
    current().close();
  }

  private synchronized ControlPlane current() {
    return plane;
  }

  private synchronized ControlPlane replace(ControlPlane next) {
    ControlPlane old = plane;
    plane = next;
    return old;
  }

  private JsonNode await(ObjectKey key, Predicate<JsonNode> wanted, Duration atMost)
      throws InterruptedException {
    ObjectStore store = current().store();
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      long signals = store.signals();
      JsonNode found = store.get(key).<JsonNode>map(object -> object).orElseGet(Trees::missing);
      if (wanted.test(found)) {
        return found;
      }
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      if (!left.isPositive()) {
        throw new IllegalStateException(
            "not as wanted within %s on %s: %s %s".formatted(atMost, name(), key, found));
      }
      store.awaitSignal(signals, left);
    }
  }
}
