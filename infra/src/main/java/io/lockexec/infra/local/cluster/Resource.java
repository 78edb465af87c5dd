package io.lockexec.infra.local.cluster;

import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds of object that a local cluster keeps. */
enum Resource {
  NAMESPACES("", "namespaces", "Namespace", Namespace.class),
  PODS("", "pods", "Pod", Pod.class),
  JOBS("batch", "jobs", "Job", Job.class),
  CRONJOBS("batch", "cronjobs", "CronJob", CronJob.class);

  private static final String VERSION = "v1";

  private final String group;
  private final String plural;
  private final String kind;
  private final Class<? extends KubernetesResource> model;

  Resource(String group, String plural, String kind, Class<? extends KubernetesResource> model) {
    this.group = group;
    this.plural = plural;
    this.kind = kind;
    this.model = model;
  }

  static Optional<Resource> of(String group, String plural) {
    return Arrays.stream(values())
        .filter(resource -> resource.group.equals(group) && resource.plural.equals(plural))
        .findFirst();
  }

  /** Finds the resource of an object by its {@code kind}. */
  static Optional<Resource> ofKind(String kind) {
    return Arrays.stream(values()).filter(resource -> resource.kind.equals(kind)).findFirst();
  }

  String group() {
    return group;
  }

  String plural() {
    return plural;
  }

  String kind() {
    return kind;
  }

  /** The model class whose fields are the schema of this resource. */
  Class<? extends KubernetesResource> model() {
    return model;
  }

  boolean namespaced() {
    return this != NAMESPACES;
  }

  String apiVersion() {
    return group.isEmpty() ? VERSION : group + "/" + VERSION;
  }

  /** {@code jobs.batch}, as messages name a resource. */
  String qualifiedPlural() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  /** {@code Job.batch}, as messages name a kind. */
  String qualifiedKind() {
    return group.isEmpty() ? kind : kind + "." + group;
  }

  /** The verbs that this server answers for the resource, as discovery lists them. */
  List<String> verbs() {
    return switch (this) {
      case NAMESPACES -> List.of("create", "get", "list", "watch");
      case PODS -> List.of("delete", "get", "list", "watch");
      case JOBS, CRONJOBS -> List.of("create", "delete", "get", "list", "patch", "update", "watch");
    };
  }
}
