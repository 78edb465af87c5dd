package io.lockexec.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.lockexec.BadInput;
import io.lockexec.cluster.Cluster;
import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.ClusterUnavailableException;
import io.lockexec.job.HardenedJob;
import io.lockexec.job.Hardening;
import io.lockexec.job.JobReader;
import io.lockexec.job.JobRef;
import io.lockexec.job.JobView;
import io.lockexec.job.Marks;
import io.lockexec.job.Namespace;
import io.lockexec.job.PodReader;
import io.lockexec.kubernetes.ApiServer.Streamed;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A cluster over the Kubernetes API.
 *
 * <p>Objects go through as JSON trees, so that a manifest loses nothing of what this program does
 * not know, and each request is sent once. The answers are read like this:
 *
 * <ol>
 *   <li>An object is what the server shows.
 *   <li>404, from the API server itself and from the incarnation that is expected, is absence.
 *   <li>409 with the reason AlreadyExists says that the name is taken, and whatever took it is
 *       looked at. Any other 409 (a quota's, for one) is none of that.
 *   <li>A failed test or precondition (404, 409, 422) says that the object is not what we took it
 *       for, and it is looked at again.
 *   <li>Everything else, no answer included, says nothing about the object.
 * </ol>
 */
public final class KubernetesCluster implements Cluster, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesCluster.class);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String OLDEST_KUBERNETES = "1.29";
  private static final String KUBE_SYSTEM = "kube-system";
  private static final int FIRST_GENERATION = 1;
  private static final long LONGEST_TTL = Integer.MAX_VALUE;
  private static final int PAGE = 500;

  private final ClusterName name;
  private final ApiServer server;
  private final Timeouts timeouts;
  private final AtomicReference<Optional<String>> incarnation =
      new AtomicReference<>(Optional.empty());

  /**
   * Connects, at the first request, to the cluster that a fabric8 configuration describes.
   *
   * @param name what we call it
   * @param config address, trust and credentials; timeouts and retries in it do not count
   */
  public KubernetesCluster(ClusterName name, Config config) {
    this(name, config, Timeouts.STANDARD);
  }

  /** The same with other timeouts. */
  public KubernetesCluster(ClusterName name, Config config, Timeouts timeouts) {
    this.name = name;
    this.server = new ApiServer(name, config, timeouts);
    this.timeouts = timeouts;
  }

  /**
   * Connects, at the first request, to the cluster of a kubeconfig context. The context's
   * credential plugin, if it has one, runs now, and again whenever the server refuses its
   * credentials.
   *
   * @param name what we call it
   * @param kubeconfigs the files that may have the context, the first one wins; those that do not
   *     exist are passed over, as kubectl does
   * @param context the context's name
   * @throws BadInput if no file has the context, or it cannot be used
   */
  public static KubernetesCluster ofContext(
      ClusterName name, List<Path> kubeconfigs, String context) {
    return ofContext(name, kubeconfigs, context, Timeouts.STANDARD);
  }

  /** The same with other timeouts. */
  public static KubernetesCluster ofContext(
      ClusterName name, List<Path> kubeconfigs, String context, Timeouts timeouts) {
    return Kubeconfig.connect(
        kubeconfigs, context, config -> new KubernetesCluster(name, config, timeouts));
  }

  @Override
  public ClusterName name() {
    return name;
  }

  @Override
  public String incarnation() throws ClusterUnavailableException {
    Optional<String> known = incarnation.get();
    return known.isPresent() ? known.get() : freshIncarnation();
  }

  private String freshIncarnation() throws ClusterUnavailableException {
    Ask ask = Ask.get(Target.namespace(KUBE_SYSTEM));
    Answer answer = server.ask(ask);
    String uid = object(ask, answer).path("metadata").path("uid").asString("");
    if (uid.isEmpty()) {
      throw server.explain().nonsense(ask, answer);
    }
    incarnation.set(Optional.of(uid));
    return uid;
  }

  @Override
  public JsonNode cronJob(Namespace namespace, String cronJob) throws ClusterUnavailableException {
    Ask ask = Ask.get(Target.cronJob(namespace, cronJob));
    Answer answer = server.ask(ask);
    if (answer.isNotFound()) {
      throw server
          .explain()
          .of(ask, answer, "create the CronJob there, suspended, or name another one");
    }
    return object(ask, answer);
  }

  @Override
  public JobView create(JobRef ref, HardenedJob job) throws ClusterUnavailableException {
    ObjectNode manifest = job.manifest();
    Ask ask = Ask.create(Target.job(ref), manifest);
    Answer answer = server.ask(ask);
    if (answer.code() == 409 && answer.reason().equals("AlreadyExists")) {
      return existing(ref, manifest);
    }
    JsonNode echo = object(ask, answer);
    // What was made just now and is suspended has not run, whatever mark of ours it may have lost.
    boolean held = echo.path("spec").path("suspend").asBoolean(false);
    return guarded(ask, ref, echo, held, Hardening.dropped(manifest, echo));
  }

  /**
   * What we did not make just now may be ours, made by a carrier that died before it checked it.
   */
  private JobView existing(JobRef ref, ObjectNode manifest) throws ClusterUnavailableException {
    Ask ask = Ask.get(Target.job(ref));
    Answer answer = server.ask(ask);
    if (answer.isNotFound()) {
      throw server
          .explain()
          .unavailable(ask, "its name was taken a moment ago, and now it is gone: look again");
    }
    JsonNode found = object(ask, answer);
    // It is ours as it is: whoever made it may be about to commit it.
    boolean held = JobReader.read(ref, found) instanceof JobView.Held;
    List<String> dropped = Hardening.unguarded(manifest, found);
    return withExitCode(ref, guarded(ask, ref, found, held, dropped));
  }

  /**
   * A held Job of which the server did not keep all that guards it is deleted. One that is no
   * longer held, because the server dropped even that, may have run: it is shown as it is, so that
   * its run is bound to it and goes nowhere else.
   */
  private JobView guarded(Ask ask, JobRef ref, JsonNode job, boolean held, List<String> dropped)
      throws ClusterUnavailableException {
    if (held && !dropped.isEmpty()) {
      throw unguarded(ask, ref, job, dropped);
    }
    return JobReader.read(ref, job);
  }

  /** The Job is held, so that nothing runs if it cannot be deleted; the sweep will find it. */
  private ClusterUnavailableException unguarded(
      Ask ask, JobRef ref, JsonNode echo, List<String> dropped) {
    String what =
        "the server did not keep what guards the Job against a second start: "
            + String.join("; ", dropped)
            + ". Kubernetes "
            + OLDEST_KUBERNETES
            + " or newer is needed, and no admission webhook may change these fields";
    JsonNode metadata = echo.path("metadata");
    try {
      delete(ref, metadata.path("uid").asString(""), metadata.path("resourceVersion").asString(""));
    } catch (ClusterUnavailableException e) {
      ClusterUnavailableException both =
          server.explain().unavailable(ask, what + ". The held Job could not be deleted");
      both.addSuppressed(e);
      return both;
    }
    return server.explain().unavailable(ask, what + ". The held Job was deleted");
  }

  @Override
  public JobView look(JobRef ref, Optional<String> expected) throws ClusterUnavailableException {
    Ask ask = Ask.get(Target.job(ref));
    Answer answer = server.ask(ask);
    return answer.isNotFound()
        ? gone(ask, ref, expected)
        : withExitCode(ref, JobReader.read(ref, object(ask, answer)));
  }

  /** The incarnation is read last, so that it vouches for the Job's and the pods' absence alike. */
  private JobView gone(Ask ask, JobRef ref, Optional<String> expected)
      throws ClusterUnavailableException {
    if (expected.isEmpty()) {
      return new JobView.Gone(true);
    }
    boolean podsLeft = pods(ref).stream().anyMatch(PodReader::isLeft);
    String answering = freshIncarnation();
    if (!answering.equals(expected.get())) {
      throw server
          .explain()
          .unavailable(
              ask,
              "another incarnation of the cluster answers (%s instead of %s): it cannot know"
                  .formatted(answering, expected.get()));
    }
    return new JobView.Gone(podsLeft);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The patch tests the generation too. Where a Job was resumed by hand and suspended again
   * after we last looked, nothing else in it may tell that it ran.
   */
  @Override
  public JobView start(JobRef ref, String uid) throws ClusterUnavailableException {
    ArrayNode patch = JSON.arrayNode();
    String launch = "/metadata/annotations/" + pointer(Marks.LAUNCH);
    patch.add(operation("test", "/metadata/uid").put("value", uid));
    patch.add(operation("test", launch).put("value", Marks.HELD));
    patch.add(operation("test", "/metadata/generation").put("value", FIRST_GENERATION));
    patch.add(operation("replace", launch).put("value", Marks.STARTED));
    patch.add(operation("replace", "/spec/suspend").put("value", false));
    Ask ask = Ask.patch(Target.job(ref), patch);
    Answer answer = server.ask(ask);
    return switch (answer.code()) {
      case 404, 409, 422 -> look(ref, Optional.empty());
      default -> JobReader.read(ref, object(ask, answer));
    };
  }

  @Override
  public JobView watch(JobRef ref, String resourceVersion, Duration atMost)
      throws ClusterUnavailableException {
    long seconds = Math.max(1, atMost.toSeconds());
    String version = resourceVersion.isEmpty() ? "" : "&resourceVersion=" + resourceVersion;
    Ask ask =
        Ask.watch(
            Target.job(ref),
            "fieldSelector="
                + Target.encoded("metadata.name=" + ref.name())
                + "&timeoutSeconds="
                + seconds
                + version);
    Watching watching = new Watching(ref);
    Streamed streamed =
        server.stream(ask, watching, Duration.ofSeconds(seconds).plus(timeouts.watchGrace()));
    if (streamed instanceof Streamed.Refused(Answer answer) && answer.code() != 410) {
      throw server.explain().of(ask, answer);
    }
    Optional<JobView> last = watching.last();
    boolean isBroken = streamed instanceof Streamed.Broken;
    return last.isPresent() && !isBroken
        ? withExitCode(ref, last.get())
        : look(ref, Optional.empty());
  }

  /**
   * {@inheritDoc}
   *
   * <p>A Job that bears the installation's label and yet is not the Job of the run that its other
   * label names was not made by us: its labels were copied. It is left out, and logged.
   */
  @Override
  public List<Listed> unsettled(Installation installation, Namespace namespace)
      throws ClusterUnavailableException {
    String selector = Marks.INSTALLATION + "=" + installation + ",!" + Marks.SETTLED;
    List<Listed> all = new ArrayList<>();
    boolean podsTell = true;
    for (JsonNode job : list(Target.jobs(namespace), selector)) {
      JsonNode metadata = job.path("metadata");
      String run = metadata.path("labels").path(Marks.RUN).asString("");
      Optional<Firing> firing =
          Firing.ofRunId(run).filter(any -> metadata.path("name").asString("").equals(run));
      if (firing.isEmpty()) {
        LOG.warn(
            "{}/{}/{} bears the labels of a run and is not its Job",
            name,
            namespace,
            metadata.path("name").asString(""));
        continue;
      }
      JobRef ref = new JobRef(installation, namespace, firing.get());
      JobView view = JobReader.read(ref, job);
      if (podsTell && isFailed(view)) {
        Optional<JobView> told = exitCode(ref, view);
        podsTell = told.isPresent();
        view = told.orElse(view);
      }
      if (view instanceof JobView.Present present) {
        all.add(new Listed(firing.get(), present));
      }
    }
    return List.copyOf(all);
  }

  @Override
  public boolean delete(JobRef ref, String uid, String resourceVersion)
      throws ClusterUnavailableException {
    ObjectNode options = JSON.objectNode().put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.putObject("preconditions").put("uid", uid).put("resourceVersion", resourceVersion);
    options.put("propagationPolicy", "Background");
    Ask ask = Ask.delete(Target.job(ref), options);
    Answer answer = server.ask(ask);
    return switch (answer.code()) {
      case 200, 202 -> true;
      case 404, 409 -> false;
      default -> throw server.explain().of(ask, answer);
    };
  }

  @Override
  public void settled(JobRef ref, String uid, Duration ttl) throws ClusterUnavailableException {
    ArrayNode patch = JSON.arrayNode();
    patch.add(operation("test", "/metadata/uid").put("value", uid));
    patch.add(
        operation("add", "/spec/ttlSecondsAfterFinished")
            .put("value", Math.clamp(ttl.toSeconds(), 0, LONGEST_TTL)));
    patch.add(operation("add", "/metadata/labels/" + pointer(Marks.SETTLED)).put("value", "true"));
    Ask ask = Ask.patch(Target.job(ref), patch);
    Answer answer = server.ask(ask);
    if (!answer.isSuccess() && answer.code() != 404 && answer.code() != 422) {
      throw server.explain().of(ask, answer);
    }
  }

  @Override
  public void close() {
    server.close();
  }

  @Override
  public String toString() {
    return name.toString();
  }

  private JobView withExitCode(JobRef ref, JobView view) {
    return isFailed(view) ? exitCode(ref, view).orElse(view) : view;
  }

  private static boolean isFailed(JobView view) {
    return view instanceof JobView.Finished finished && !finished.outcome().succeeded();
  }

  /** An exit code is worth one question; the run is settled without it, too. */
  private Optional<JobView> exitCode(JobRef ref, JobView view) {
    if (!(view instanceof JobView.Finished(var uid, var version, var longest, var outcome))) {
      return Optional.of(view);
    }
    try {
      OptionalInt code = PodReader.exitCode(pods(ref), uid);
      return Optional.of(new JobView.Finished(uid, version, longest, outcome.withExitCode(code)));
    } catch (ClusterUnavailableException e) {
      LOG.warn("no exit code of {}: {}", ref, e.getMessage());
      return Optional.empty();
    }
  }

  private List<JsonNode> pods(JobRef ref) throws ClusterUnavailableException {
    return list(
        Target.pods(ref.namespace()),
        Marks.RUN + "=" + ref.name() + "," + Marks.INSTALLATION + "=" + ref.installation());
  }

  /** All pages are of the state at the first one, which is the newest: none comes from a cache. */
  private List<JsonNode> list(Target target, String selector) throws ClusterUnavailableException {
    String query = "labelSelector=" + Target.encoded(selector) + "&limit=" + PAGE;
    long end = System.nanoTime() + timeouts.list().toNanos();
    List<JsonNode> items = new ArrayList<>();
    String from = "";
    do {
      Ask ask = Ask.list(target, query + from);
      Answer answer = server.ask(ask);
      JsonNode page = object(ask, answer);
      page.path("items").forEach(items::add);
      String more = page.path("metadata").path("continue").asString("");
      from = more.isEmpty() ? "" : "&continue=" + Target.encoded(more);
      if (!from.isEmpty() && System.nanoTime() - end > 0) {
        throw server
            .explain()
            .unavailable(ask, "the list has not come to its end within " + timeouts.list());
      }
    } while (!from.isEmpty());
    return items;
  }

  private JsonNode object(Ask ask, Answer answer) throws ClusterUnavailableException {
    if (!answer.isSuccess()) {
      throw server.explain().of(ask, answer);
    }
    if (!answer.body().path("metadata").isObject()) {
      throw server.explain().nonsense(ask, answer);
    }
    return answer.body();
  }

  private static ObjectNode operation(String op, String path) {
    return JSON.objectNode().put("op", op).put("path", path);
  }

  /** Escapes a name for a JSON Pointer (RFC 6901). */
  private static String pointer(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
