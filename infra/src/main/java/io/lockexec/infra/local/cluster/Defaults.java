package io.lockexec.infra.local.cluster;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The values that kube-apiserver writes into an object that leaves them open. */
final class Defaults {
  /** The label by which a generated selector finds the pods of a Job. */
  static final String CONTROLLER_UID = "batch.kubernetes.io/controller-uid";

  private static final int FILE_MODE = 0644;
  private static final List<String> MODED_VOLUMES =
      List.of("secret", "configMap", "downwardAPI", "projected");

  private Defaults() {}

  static void apply(Resource resource, ObjectNode object) {
    switch (resource) {
      case JOBS -> job(object);
      case CRONJOBS -> cronJob(object);
      case NAMESPACES, PODS -> {}
    }
  }

  private static void job(ObjectNode job) {
    ObjectNode spec = job.withObject("spec");
    if (!spec.has("completions") && !spec.has("parallelism")) {
      spec.put("completions", 1);
    }
    putIfAbsent(spec, "parallelism", 1);
    putIfAbsent(spec, "backoffLimit", 6);
    putIfAbsent(spec, "suspend", false);
    putIfAbsent(spec, "completionMode", "NonIndexed");
    putIfAbsent(
        spec,
        "podReplacementPolicy",
        spec.has("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
    template(spec);
  }

  /**
   * Gives a Job its selector, unless that is manual, and its template the labels that the selector
   * selects; a Job without labels gets those of its template. The uid must be known.
   */
  static void selectorAndLabels(ObjectNode job) {
    ObjectNode spec = job.withObject("spec");
    ObjectNode labels = spec.withObject("template").withObject("metadata").withObject("labels");
    if (!spec.path("manualSelector").asBoolean(false)) {
      String uid = Trees.uid(job);
      labels.put(CONTROLLER_UID, uid).put("controller-uid", uid);
      labels.put("batch.kubernetes.io/job-name", Trees.name(job)).put("job-name", Trees.name(job));
      spec.withObject("selector").withObject("matchLabels").put(CONTROLLER_UID, uid);
    }
    if (job.at("/metadata/labels").isEmpty()) {
      job.withObject("metadata").set("labels", labels.deepCopy());
    }
  }

  private static void cronJob(ObjectNode cronJob) {
    ObjectNode spec = cronJob.withObject("spec");
    putIfAbsent(spec, "concurrencyPolicy", "Allow");
    putIfAbsent(spec, "suspend", false);
    putIfAbsent(spec, "successfulJobsHistoryLimit", 3);
    putIfAbsent(spec, "failedJobsHistoryLimit", 1);
    template(spec.withObject("jobTemplate").withObject("spec"));
  }

  private static void template(ObjectNode jobSpec) {
    ObjectNode pod = jobSpec.withObject("template").withObject("spec");
    putIfAbsent(pod, "restartPolicy", "Always");
    putIfAbsent(pod, "terminationGracePeriodSeconds", 30);
    putIfAbsent(pod, "dnsPolicy", "ClusterFirst");
    putIfAbsent(pod, "schedulerName", "default-scheduler");
    pod.withObject("securityContext");
    mirrorServiceAccount(pod);
    Trees.elements(pod, "/initContainers").forEach(Defaults::container);
    Trees.elements(pod, "/containers").forEach(Defaults::container);
    Trees.elements(pod, "/volumes").forEach(Defaults::volume);
  }

  private static void mirrorServiceAccount(ObjectNode pod) {
    if (pod.has("serviceAccountName")) {
      pod.set("serviceAccount", pod.path("serviceAccountName"));
    } else if (pod.has("serviceAccount")) {
      pod.set("serviceAccountName", pod.path("serviceAccount"));
    }
  }

  private static void container(JsonNode node) {
    ObjectNode container = (ObjectNode) node;
    putIfAbsent(container, "terminationMessagePath", "/dev/termination-log");
    putIfAbsent(container, "terminationMessagePolicy", "File");
    putIfAbsent(container, "imagePullPolicy", pullPolicy(container.path("image").asString("")));
    container.withObject("resources");
    for (JsonNode port : container.path("ports")) {
      putIfAbsent((ObjectNode) port, "protocol", "TCP");
    }
    for (JsonNode env : container.path("env")) {
      if (env.at("/valueFrom/fieldRef").isObject()) {
        putIfAbsent((ObjectNode) env.at("/valueFrom/fieldRef"), "apiVersion", "v1");
      }
    }
  }

  private static String pullPolicy(String image) {
    String tagged = image.substring(image.lastIndexOf('/') + 1);
    boolean untagged = !tagged.contains(":") && !tagged.contains("@");
    return untagged || tagged.endsWith(":latest") ? "Always" : "IfNotPresent";
  }

  private static void volume(JsonNode volume) {
    for (String kind : MODED_VOLUMES) {
      if (volume.path(kind).isObject()) {
        putIfAbsent((ObjectNode) volume.path(kind), "defaultMode", FILE_MODE);
      }
    }
    if (volume.path("hostPath").isObject()) {
      putIfAbsent((ObjectNode) volume.path("hostPath"), "type", "");
    }
    if (volume.size() == 1 && volume.has("name")) {
      ((ObjectNode) volume).putObject("emptyDir");
    }
  }

  private static void putIfAbsent(ObjectNode object, String field, Object value) {
    if (!object.has(field)) {
      object.set(field, Trees.MAPPER.valueToTree(value));
    }
  }
}
