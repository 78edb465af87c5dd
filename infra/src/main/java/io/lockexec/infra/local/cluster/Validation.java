package io.lockexec.infra.local.cluster;

import io.lockexec.infra.local.cluster.ApiError.Cause;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The rules of kube-apiserver on the objects that lock-exec writes; each broken one is a cause. */
final class Validation {
  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_SUBDOMAIN = 253;
  private static final int LONGEST_CRONJOB_NAME = 52;
  private static final String DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final Pattern LABEL = Pattern.compile(DNS_LABEL);
  private static final Pattern SUBDOMAIN = Pattern.compile(DNS_LABEL + "(\\." + DNS_LABEL + ")*");
  private static final Pattern LABEL_VALUE =
      Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");
  private static final Pattern LABEL_NAME =
      Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
  private static final Set<String> JOB_RESTART_POLICIES = Set.of("Never", "OnFailure");
  private static final List<String> NEVER_NEGATIVE =
      List.of("parallelism", "completions", "backoffLimit", "ttlSecondsAfterFinished");
  private static final List<String> IMMUTABLE =
      List.of(
          "selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy");

  private final List<Cause> causes = new ArrayList<>();

  private Validation() {}

  /**
   * Validates a new object.
   *
   * @throws ApiError the object breaks a rule: 422 Invalid
   */
  static void created(Resource resource, ObjectNode object) {
    Validation validation = new Validation();
    validation.object(resource, object);
    validation.refuse(resource, object);
  }

  /**
   * Validates an object that is to replace another.
   *
   * @throws ApiError the object breaks a rule, one of immutability included: 422 Invalid
   */
  static void updated(Resource resource, ObjectNode before, ObjectNode after) {
    Validation validation = new Validation();
    validation.object(resource, after);
    if (resource == Resource.JOBS) {
      validation.immutable(before, after);
    }
    validation.refuse(resource, after);
  }

  private void refuse(Resource resource, JsonNode object) {
    if (!causes.isEmpty()) {
      throw ApiError.invalid(resource, Trees.name(object), causes);
    }
  }

  private void object(Resource resource, ObjectNode object) {
    name(resource, Trees.name(object));
    labels(object.at("/metadata/labels"), "metadata.labels");
    annotations(object.at("/metadata/annotations"));
    switch (resource) {
      case JOBS -> job(object);
      case CRONJOBS -> cronJob(object);
      case NAMESPACES, PODS -> {}
    }
  }

  private void name(Resource resource, String name) {
    if (name.isEmpty()) {
      causes.add(Cause.required("metadata.name", "name or generateName is required"));
    } else if (resource == Resource.NAMESPACES) {
      dnsLabel("metadata.name", name);
    } else if (name.length() > LONGEST_SUBDOMAIN || !SUBDOMAIN.matcher(name).matches()) {
      causes.add(
          Cause.invalid(
              "metadata.name",
              quote(name),
              "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                  + " '-' or '.', and must start and end with an alphanumeric character"));
    } else if (resource == Resource.JOBS && name.length() > LONGEST_LABEL) {
      causes.add(Cause.invalid("metadata.name", quote(name), "must be no more than 63 characters"));
    } else if (resource == Resource.CRONJOBS && name.length() > LONGEST_CRONJOB_NAME) {
      causes.add(Cause.invalid("metadata.name", quote(name), "must be no more than 52 characters"));
    }
  }

  private void dnsLabel(String field, String value) {
    if (value.length() > LONGEST_LABEL) {
      causes.add(Cause.invalid(field, quote(value), "must be no more than 63 characters"));
    } else if (!LABEL.matcher(value).matches()) {
      causes.add(
          Cause.invalid(
              field,
              quote(value),
              "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or"
                  + " '-', and must start and end with an alphanumeric character"));
    }
  }

  private void labels(JsonNode labels, String field) {
    for (Map.Entry<String, JsonNode> label : labels.properties()) {
      labelKey(field, label.getKey());
      String value = label.getValue().asString("");
      if (value.length() > LONGEST_LABEL) {
        causes.add(Cause.invalid(field, quote(value), "must be no more than 63 characters"));
      } else if (!LABEL_VALUE.matcher(value).matches()) {
        causes.add(
            Cause.invalid(
                field,
                quote(value),
                "a valid label must be an empty string or consist of alphanumeric characters, '-',"
                    + " '_' or '.', and must start and end with an alphanumeric character"));
      }
    }
  }

  private void annotations(JsonNode annotations) {
    annotations.propertyNames().forEach(key -> labelKey("metadata.annotations", key));
  }

  private void labelKey(String field, String key) {
    int slash = key.indexOf('/');
    String prefix = key.substring(0, Math.max(slash, 0));
    String name = key.substring(slash + 1);
    boolean prefixed =
        slash < 0 || (prefix.length() <= LONGEST_SUBDOMAIN && SUBDOMAIN.matcher(prefix).matches());
    if (!prefixed || name.length() > LONGEST_LABEL || !LABEL_NAME.matcher(name).matches()) {
      causes.add(
          Cause.invalid(
              field,
              quote(key),
              "name part must consist of alphanumeric characters, '-', '_' or '.', and must start"
                  + " and end with an alphanumeric character"));
    }
  }

  private void job(ObjectNode job) {
    JsonNode spec = job.path("spec");
    jobSpec(spec, "spec");
    selector(spec);
  }

  private void selector(JsonNode spec) {
    JsonNode matchLabels = spec.at("/selector/matchLabels");
    JsonNode labels = spec.at("/template/metadata/labels");
    if (!spec.path("selector").isObject()) {
      causes.add(Cause.required("spec.selector", ""));
    } else if (!spec.path("manualSelector").asBoolean(false)
        && !(matchLabels.size() == 1 && matchLabels.has(Defaults.CONTROLLER_UID))) {
      causes.add(
          Cause.invalid("spec.selector", spec.path("selector"), "`selector` not auto-generated"));
    } else if (matchLabels.properties().stream()
        .anyMatch(entry -> !entry.getValue().equals(labels.path(entry.getKey())))) {
      causes.add(
          Cause.invalid(
              "spec.template.metadata.labels",
              labels,
              "`selector` does not match template `labels`"));
    }
  }

  private void cronJob(ObjectNode cronJob) {
    if (Trees.text(cronJob, "/spec/schedule").isBlank()) {
      causes.add(Cause.required("spec.schedule", ""));
    }
    jobSpec(cronJob.at("/spec/jobTemplate/spec"), "spec.jobTemplate.spec");
  }

  private void jobSpec(JsonNode spec, String path) {
    for (String field : NEVER_NEGATIVE) {
      atLeast(0, spec, path, field);
    }
    atLeast(0, spec, path, "activeDeadlineSeconds");
    if (spec.path("completionMode").asString("").equals("Indexed") && !spec.has("completions")) {
      causes.add(Cause.required(path + ".completions", "when completion mode is Indexed"));
    }
    boolean rules = spec.has("podFailurePolicy");
    if (rules && !spec.path("podReplacementPolicy").asString("Failed").equals("Failed")) {
      causes.add(
          unsupported(
              path + ".podReplacementPolicy",
              spec.path("podReplacementPolicy").asString(""),
              "\"Failed\""));
    }
    template(spec.path("template"), path + ".template", rules);
  }

  private void template(JsonNode template, String path, boolean failurePolicy) {
    labels(template.at("/metadata/labels"), path + ".labels");
    JsonNode pod = template.path("spec");
    String restartPolicy = pod.path("restartPolicy").asString("");
    if (restartPolicy.equals("Always")) {
      causes.add(
          Cause.required(path + ".spec.restartPolicy", "valid values: \"OnFailure\", \"Never\""));
    } else if (!JOB_RESTART_POLICIES.contains(restartPolicy)) {
      causes.add(
          unsupported(path + ".spec.restartPolicy", restartPolicy, "\"OnFailure\", \"Never\""));
    } else if (failurePolicy && !restartPolicy.equals("Never")) {
      causes.add(
          Cause.invalid(
              path + ".spec.restartPolicy",
              quote(restartPolicy),
              "only \"Never\" is supported when podFailurePolicy is specified"));
    }
    atLeast(1, pod, path + ".spec", "activeDeadlineSeconds");
    if (pod.path("containers").isEmpty()) {
      causes.add(Cause.required(path + ".spec.containers", ""));
    }
    Set<String> names = new HashSet<>();
    containers(pod.path("initContainers"), path + ".spec.initContainers", names);
    containers(pod.path("containers"), path + ".spec.containers", names);
    volumeMounts(pod, path);
  }

  private void containers(JsonNode containers, String path, Set<String> names) {
    for (int i = 0; i < containers.size(); i++) {
      JsonNode container = containers.path(i);
      String at = path + "[" + i + "]";
      String name = container.path("name").asString("");
      if (name.isEmpty()) {
        causes.add(Cause.required(at + ".name", ""));
      } else {
        dnsLabel(at + ".name", name);
        if (!names.add(name)) {
          causes.add(
              new Cause(at + ".name", "FieldValueDuplicate", "Duplicate value: " + quote(name)));
        }
      }
      if (container.path("image").asString("").isEmpty()) {
        causes.add(Cause.required(at + ".image", ""));
      }
      env(container.path("env"), at + ".env");
    }
  }

  private void env(JsonNode env, String path) {
    for (int i = 0; i < env.size(); i++) {
      JsonNode variable = env.path(i);
      if (variable.path("name").asString("").isEmpty()) {
        causes.add(Cause.required(path + "[" + i + "].name", ""));
      }
      if (variable.has("valueFrom") && !variable.path("value").asString("").isEmpty()) {
        causes.add(
            Cause.invalid(
                path + "[" + i + "].valueFrom",
                quote(""),
                "may not be specified when `value` is not empty"));
      }
    }
  }

  private void volumeMounts(JsonNode pod, String path) {
    Set<String> volumes = new HashSet<>();
    pod.path("volumes").forEach(volume -> volumes.add(volume.path("name").asString("")));
    for (String kind : List.of("initContainers", "containers")) {
      for (int i = 0; i < pod.path(kind).size(); i++) {
        JsonNode mounts = pod.path(kind).path(i).path("volumeMounts");
        for (int j = 0; j < mounts.size(); j++) {
          String volume = mounts.path(j).path("name").asString("");
          if (!volumes.contains(volume)) {
            causes.add(
                new Cause(
                    "%s.spec.%s[%d].volumeMounts[%d].name".formatted(path, kind, i, j),
                    "FieldValueNotFound",
                    "Not found: " + quote(volume)));
          }
        }
      }
    }
  }

  private void atLeast(long least, JsonNode spec, String path, String field) {
    Trees.number(spec, "/" + field)
        .filter(value -> value < least)
        .ifPresent(
            value ->
                causes.add(
                    Cause.invalid(
                        path + "." + field, value, "must be greater than or equal to " + least)));
  }

  private void immutable(JsonNode before, JsonNode after) {
    for (String field : IMMUTABLE) {
      unchanged("spec." + field, before.path("spec").path(field), after.path("spec").path(field));
    }
    boolean elastic =
        Trees.text(after, "/spec/completionMode").equals("Indexed")
            && after.at("/spec/completions").equals(after.at("/spec/parallelism"));
    if (!elastic) {
      unchanged("spec.completions", before.at("/spec/completions"), after.at("/spec/completions"));
    }
    boolean neverStarted =
        before.at("/spec/suspend").asBoolean(false)
            && before.at("/status/startTime").isMissingNode();
    JsonNode oldTemplate = before.at("/spec/template");
    JsonNode newTemplate = after.at("/spec/template");
    if (neverStarted) {
      oldTemplate = withoutSchedulingDirectives(oldTemplate);
      newTemplate = withoutSchedulingDirectives(newTemplate);
    }
    unchanged("spec.template", oldTemplate, newTemplate);
  }

  /** What of a template may be changed for as long as its Job has never been started. */
  private static JsonNode withoutSchedulingDirectives(JsonNode template) {
    ObjectNode rest = (ObjectNode) template.deepCopy();
    rest.withObject("metadata").remove(List.of("labels", "annotations"));
    ObjectNode pod = rest.withObject("spec");
    pod.remove(List.of("nodeSelector", "tolerations", "schedulingGates"));
    pod.withObject("affinity").remove("nodeAffinity");
    for (String kind : List.of("initContainers", "containers")) {
      pod.path(kind).forEach(container -> ((ObjectNode) container).remove("resources"));
    }
    return rest;
  }

  private void unchanged(String field, JsonNode before, JsonNode after) {
    if (!before.equals(after)) {
      causes.add(Cause.invalid(field, after, "field is immutable"));
    }
  }

  private static Cause unsupported(String field, String value, String supported) {
    return new Cause(
        field,
        "FieldValueNotSupported",
        "Unsupported value: %s: supported values: %s".formatted(quote(value), supported));
  }

  private static String quote(String value) {
    return '"' + value + '"';
  }
}
