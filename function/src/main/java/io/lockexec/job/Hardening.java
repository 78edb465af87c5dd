package io.lockexec.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes of any job template a Job that starts each of its pods at most once, and is created without
 * starting any. What the template says beside that is kept, word for word.
 *
 * <p>Sources of the rules: <a
 * href="https://kubernetes.io/docs/concepts/workloads/controllers/job/">Jobs</a> and <a
 * href="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/">Pod Lifecycle</a>.
 */
public final class Hardening {
  /** Environment variable of every container: the name of the schedule. */
  public static final String ENV_SCHEDULE = "LOCK_EXEC_SCHEDULE";

  /** Environment variable of every container: the key that is locked. */
  public static final String ENV_KEY = "LOCK_EXEC_KEY";

  /** Environment variable of every container: the id of the run. */
  public static final String ENV_RUN = "LOCK_EXEC_RUN";

  /** Environment variable of every container: the scheduled time, ISO-8601 in UTC. */
  public static final String ENV_SCHEDULED_TIME = "LOCK_EXEC_SCHEDULED_TIME";

  /** Environment variable of every container: the fencing token. */
  public static final String ENV_TOKEN = "LOCK_EXEC_TOKEN";

  static final List<String> ENVIRONMENT =
      List.of(ENV_SCHEDULE, ENV_KEY, ENV_RUN, ENV_SCHEDULED_TIME, ENV_TOKEN);

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** What decides about a failed pod without starting another in its place. */
  private static final Set<String> FINAL_ACTIONS = Set.of("FailJob", "Count");

  private static final Set<String> CONTROLLER_LABELS =
      Set.of(
          "controller-uid",
          "job-name",
          "batch.kubernetes.io/controller-uid",
          "batch.kubernetes.io/job-name",
          "batch.kubernetes.io/job-completion-index",
          "batch.kubernetes.io/job-tracking");
  private static final Set<String> SERVER_SET =
      Set.of(
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "selfLink",
          "ownerReferences",
          "managedFields",
          "generateName");

  private static final String NO_RESTART = "a command that was started is never started again";
  private static final String BOUNDED = "the lock must outlast the run, so every run has an end";
  private static final String OWN = "is lock-exec's own";
  private static final String CONTROLLER_SET = "the job controller sets it";

  private Hardening() {}

  /**
   * Hardens a template. The template is not changed.
   *
   * @param template what is to be run
   * @param namespace where it is to run
   * @param identity which run it is
   * @param defaultLongest the longest that a run may take, its grace period included, if the
   *     template sets no activeDeadlineSeconds; in whole seconds, at least one is left
   */
  public static HardenedJob harden(
      JobTemplate template, Namespace namespace, JobIdentity identity, Duration defaultLongest) {
    List<Change> changes = new ArrayList<>();
    Draft metadata = new Draft(template.metadata(), "metadata", changes);
    Draft spec = new Draft(template.spec(), "spec", changes);
    Draft pod = spec.child("template").child("spec");

    hardenJobMetadata(metadata, identity);
    holdAndForbidRetries(spec);
    hardenFailurePolicy(spec);
    countOne(spec);
    hardenPodMetadata(spec.child("template").child("metadata"), identity);
    pod.set("restartPolicy", JSON.stringNode("Never"), NO_RESTART);
    boundTime(spec, pod, defaultLongest);
    hardenContainers(pod, environment(identity));

    ObjectNode manifest = JSON.objectNode().put("apiVersion", "batch/v1").put("kind", "Job");
    ObjectNode named = manifest.putObject("metadata");
    named.put("name", identity.firing().runId()).put("namespace", namespace.value());
    named.setAll(metadata.object());
    manifest.set("spec", spec.object());
    return new HardenedJob(manifest, changes);
  }

  /**
   * Compares what the API server made of a created Job with what it was sent. A server that is too
   * old drops fields that it does not know; an admission webhook may change any. Containers that a
   * webhook added are all right as long as they cannot be restarted, except as native sidecars.
   *
   * @param sent the manifest that was sent
   * @param echo the Job as the server shows it
   * @return what guards the promise and was dropped or changed, one line each; empty if all is well
   */
  public static List<String> dropped(ObjectNode sent, JsonNode echo) {
    return Echo.differences(sent, echo);
  }

  /**
   * Looks for what is missing in a held Job of the same run that was made before. Its template, or
   * our settings, may have said something else at that time; what guards the promise and tells
   * whose Job it is, is the same in all.
   *
   * @param wanted the manifest as it would be sent now
   * @param found the Job as the server shows it
   * @return as for {@link #dropped}
   */
  public static List<String> unguarded(ObjectNode wanted, JsonNode found) {
    return Echo.unguarded(wanted, found);
  }

  /** Tells whether a rule of a podFailurePolicy never leads to another start. */
  static boolean isFinal(JsonNode rule) {
    return FINAL_ACTIONS.contains(rule.path("action").asString(""));
  }

  private static void hardenJobMetadata(Draft metadata, JobIdentity identity) {
    for (String field : List.copyOf(metadata.object().propertyNames())) {
      if (!field.equals("labels") && !field.equals("annotations")) {
        metadata.remove(field, "a Job takes labels and annotations over from its template alone");
      }
    }
    Map<String, String> annotations = new LinkedHashMap<>(annotations(identity));
    annotations.put(Marks.LAUNCH, Marks.HELD);
    annotations.put(Marks.CRON_JOB_SCHEDULED_TIMESTAMP, annotations.get(Marks.SCHEDULED_TIME));
    mark(metadata.child("labels"), labels(identity));
    mark(metadata.child("annotations"), annotations);
  }

  private static void hardenPodMetadata(Draft metadata, JobIdentity identity) {
    for (String field : List.copyOf(metadata.object().propertyNames())) {
      if (SERVER_SET.contains(field)) {
        metadata.remove(field, "the API server sets it");
      }
    }
    mark(metadata.child("labels"), labels(identity));
    mark(metadata.child("annotations"), annotations(identity));
  }

  private static void mark(Draft texts, Map<String, String> marks) {
    for (String name : List.copyOf(texts.object().propertyNames())) {
      if (CONTROLLER_LABELS.contains(name)) {
        texts.remove(name, CONTROLLER_SET);
      } else if (name.startsWith(Marks.PREFIX) && !marks.containsKey(name)) {
        texts.remove(name, OWN);
      }
    }
    marks.forEach((name, value) -> texts.claim(name, JSON.stringNode(value), OWN));
  }

  private static void holdAndForbidRetries(Draft spec) {
    spec.claim("suspend", JSON.booleanNode(true), "a Job is created held, and then started");
    spec.set("backoffLimit", JSON.numberNode(0), NO_RESTART);
    spec.set(
        "podReplacementPolicy",
        JSON.stringNode("Failed"),
        "no pod takes the place of one that may still be running");
    spec.remove("backoffLimitPerIndex", NO_RESTART);
    spec.remove("maxFailedIndexes", "it goes with backoffLimitPerIndex");
    spec.remove("successPolicy", "a run has succeeded when all of it has");
    spec.remove("managedBy", "Kubernetes' own controller keeps the rules that lock-exec relies on");
    spec.remove(
        "ttlSecondsAfterFinished",
        "a Job must not vanish before its result is recorded; lock-exec sets it then");
    spec.remove("selector", CONTROLLER_SET);
    spec.remove("manualSelector", "the job controller finds its pods by a selector of its own");
  }

  private static void hardenFailurePolicy(Draft spec) {
    if (spec.get("podFailurePolicy").isEmpty()) {
      return;
    }
    Draft policy = spec.child("podFailurePolicy");
    ArrayNode kept = JSON.arrayNode();
    List<Draft> removed = new ArrayList<>();
    for (Draft rule : policy.each("rules")) {
      if (isFinal(rule.object())) {
        kept.add(rule.object());
      } else {
        removed.add(rule);
      }
    }
    if (kept.isEmpty()) {
      spec.remove("podFailurePolicy", NO_RESTART);
    } else {
      removed.forEach(rule -> rule.remove(NO_RESTART));
      policy.object().set("rules", kept);
    }
  }

  /** Leaves a work queue (parallelism without completions) as it is: it is one Job as well. */
  private static void countOne(Draft spec) {
    String why = "Kubernetes' own default, made plain";
    if (spec.get("parallelism").isEmpty() && spec.get("completions").isEmpty()) {
      spec.set("completions", JSON.numberNode(1), why);
    }
    if (spec.get("parallelism").isEmpty()) {
      spec.set("parallelism", JSON.numberNode(1), why);
    }
  }

  private static void boundTime(Draft spec, Draft pod, Duration defaultLongest) {
    String field = "activeDeadlineSeconds";
    if (spec.get(field).isEmpty()) {
      Duration deadline = defaultLongest.minus(HardenedJob.grace(pod.object()));
      spec.set(field, JSON.numberNode(Math.max(1, deadline.toSeconds())), BOUNDED);
    }
    long deadline = spec.object().path(field).asLong(0);
    if (pod.get(field).isEmpty() || pod.object().path(field).asLong(0) > deadline) {
      pod.set(
          field, JSON.numberNode(deadline), "the kubelet keeps the deadline if nobody else can");
    }
  }

  private static void hardenContainers(Draft pod, Map<String, String> environment) {
    for (Draft container : pod.each("containers")) {
      container.remove("restartPolicy", NO_RESTART);
      hardenContainer(container, environment);
    }
    for (Draft container : pod.each("initContainers")) {
      if (!isNativeSidecar(container.object())) {
        container.remove("restartPolicy", NO_RESTART);
      }
      hardenContainer(container, environment);
    }
  }

  static boolean isNativeSidecar(JsonNode initContainer) {
    return initContainer.path("restartPolicy").asString("").equals("Always");
  }

  private static void hardenContainer(Draft container, Map<String, String> environment) {
    container.remove("restartPolicyRules", NO_RESTART);
    ArrayNode all = JSON.arrayNode();
    // First, so that the template's own variables can refer to them: value: $(LOCK_EXEC_TOKEN).
    environment.forEach((name, value) -> all.add(variable(name, value)));
    for (Draft variable : container.each("env")) {
      String name = variable.object().path("name").asString("");
      String value = environment.get(name);
      if (value == null) {
        all.add(variable.object());
      } else {
        variable.replace(variable(name, value), OWN);
      }
    }
    container.object().set("env", all);
  }

  private static ObjectNode variable(String name, String value) {
    return JSON.objectNode().put("name", name).put("value", value);
  }

  private static Map<String, String> labels(JobIdentity identity) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put(Marks.INSTALLATION, identity.installation().value());
    labels.put(Marks.RUN, identity.firing().runId());
    labels.put(Marks.SCHEDULE, identity.firing().schedule().value());
    return labels;
  }

  private static Map<String, String> annotations(JobIdentity identity) {
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put(Marks.KEY, identity.key().value());
    annotations.put(Marks.SCHEDULED_TIME, identity.firing().time().toString());
    annotations.put(Marks.TOKEN, identity.token().toString());
    return annotations;
  }

  private static Map<String, String> environment(JobIdentity identity) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put(ENV_SCHEDULE, identity.firing().schedule().value());
    environment.put(ENV_KEY, literal(identity.key().value()));
    environment.put(ENV_RUN, identity.firing().runId());
    environment.put(ENV_SCHEDULED_TIME, identity.firing().time().toString());
    environment.put(ENV_TOKEN, identity.token().toString());
    return environment;
  }

  /** Returns the value of a variable in which Kubernetes will expand nothing. */
  private static String literal(String text) {
    return text.replace("$", "$$");
  }
}
