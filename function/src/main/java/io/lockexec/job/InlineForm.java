package io.lockexec.job;

import io.lockexec.BadInput;
import io.lockexec.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The grammar of an inline Job: which field names it has, where each belongs in a Kubernetes Job,
 * and what cannot be asked for. Fields that are too new or too rare to be listed here can be said
 * in {@code template}, whose inside is passed on as it is.
 */
final class InlineForm {
  /** The name of the one container of the short form. */
  static final String CONTAINER_NAME = "main";

  private static final String TEMPLATE = "template";
  private static final List<String> CONTAINER_FIELDS =
      List.of(
          "image",
          "command",
          "args",
          "env",
          "envFrom",
          "workingDir",
          "resources",
          "volumeMounts",
          "imagePullPolicy",
          "securityContext",
          "volumeDevices",
          "ports",
          "lifecycle",
          "livenessProbe",
          "readinessProbe",
          "startupProbe",
          "resizePolicy",
          "stdin",
          "stdinOnce",
          "terminationMessagePath",
          "terminationMessagePolicy",
          "tty");
  private static final List<String> POD_FIELDS =
      List.of(
          "serviceAccountName",
          "volumes",
          "initContainers",
          "nodeSelector",
          "affinity",
          "tolerations",
          "topologySpreadConstraints",
          "imagePullSecrets",
          "terminationGracePeriodSeconds",
          "restartPolicy",
          "automountServiceAccountToken",
          "dnsConfig",
          "dnsPolicy",
          "enableServiceLinks",
          "hostAliases",
          "hostIPC",
          "hostNetwork",
          "hostPID",
          "hostUsers",
          "hostname",
          "hostnameOverride",
          "nodeName",
          "os",
          "overhead",
          "preemptionPolicy",
          "priority",
          "priorityClassName",
          "readinessGates",
          "resourceClaims",
          "runtimeClassName",
          "schedulerName",
          "schedulingGates",
          "serviceAccount",
          "setHostnameAsFQDN",
          "shareProcessNamespace",
          "subdomain");
  private static final Set<String> POD_SECURITY_FIELDS =
      Set.of(
          "fsGroup",
          "fsGroupChangePolicy",
          "seLinuxChangePolicy",
          "supplementalGroups",
          "supplementalGroupsPolicy",
          "sysctls");
  private static final List<String> POD_METADATA_FIELDS = List.of("labels", "annotations");
  private static final List<String> JOB_FIELDS =
      List.of(
          "activeDeadlineSeconds",
          "parallelism",
          "completions",
          "completionMode",
          "podFailurePolicy",
          "backoffLimit",
          "podReplacementPolicy");

  /** What hardening sets anyway; any other value would contradict the promise. */
  private static final Map<String, JsonNode> ONLY_VALUE =
      Map.of(
          "backoffLimit", JsonNodeFactory.instance.numberNode(0),
          "restartPolicy", JsonNodeFactory.instance.stringNode("Never"),
          "podReplacementPolicy", JsonNodeFactory.instance.stringNode("Failed"));

  private static final String ONE_START = "asks for more than one start of a command: leave it out";
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("suspend", "is lock-exec's own, which creates a Job held and then starts it"),
          Map.entry("ttlSecondsAfterFinished", "is set by lock-exec, once the result is recorded"),
          Map.entry("managedBy", "would give the Job to another controller: leave it out"),
          Map.entry("backoffLimitPerIndex", ONE_START),
          Map.entry("maxFailedIndexes", ONE_START),
          Map.entry("restartPolicyRules", ONE_START),
          Map.entry("successPolicy", "would end a run while some of it has not run: leave it out"),
          Map.entry("selector", "is Kubernetes' own to choose: leave it out"),
          Map.entry("manualSelector", "is Kubernetes' own to choose: leave it out"),
          Map.entry("name", "is not for you to choose: the Job is named after schedule and time"),
          Map.entry("generateName", "is not for you to choose: a Job has one name per firing"),
          Map.entry("containers", "belongs into template.spec.containers: write template instead"),
          Map.entry("apiVersion", "is no field here: write the manifest's spec.template alone"),
          Map.entry("kind", "is no field here: write the manifest's spec.template alone"),
          Map.entry("metadata", "is no field here: write labels and annotations, or template"),
          Map.entry("spec", "is no field here: write the manifest's spec.template as template"));

  private InlineForm() {}

  /** Returns the fields, those that are null taken out, if they describe a Job that can run. */
  static ObjectNode checked(ObjectNode fields, String path) {
    ObjectNode job = fields.deepCopy();
    job.propertyNames().stream()
        .filter(name -> job.path(name).isNull())
        .toList()
        .forEach(job::remove);
    if (job.isEmpty()) {
      throw new BadInput(
          path.isEmpty() ? "(root)" : path,
          "says neither from nor image: name a CronJob (from: cronjob/<name>) or write a Job");
    }
    checkNames(job, path);
    checkNumbers(job, path);
    checkOnlyValues(job, path);
    if (job.has(TEMPLATE)) {
      checkTemplate(job, path);
    } else {
      checkContainer(job, path);
      checkSecurityContext(job, path);
      checkInitContainers(job, path);
      checkMetadata(job, path);
      wholeNumber(job, "terminationGracePeriodSeconds", 0, path);
    }
    checkPodFailurePolicy(job, path);
    return job;
  }

  /** Builds the template of the Job that checked fields describe. */
  static JobTemplate template(ObjectNode job) {
    ObjectNode spec = taken(job, JOB_FIELDS);
    if (job.get(TEMPLATE) instanceof ObjectNode template) {
      spec.set(TEMPLATE, template.deepCopy());
    } else {
      ObjectNode container = JsonNodeFactory.instance.objectNode().put("name", CONTAINER_NAME);
      container.setAll(taken(job, CONTAINER_FIELDS));
      ObjectNode pod = taken(job, POD_FIELDS);
      pod.putArray("containers").add(container);
      ObjectNode template = spec.putObject(TEMPLATE);
      template.set("metadata", taken(job, POD_METADATA_FIELDS));
      template.set("spec", pod);
    }
    return new JobTemplate(JsonNodeFactory.instance.objectNode(), spec);
  }

  static void refuseBesideFrom(String name, String path) {
    if (!homes().containsKey(name) && !name.equals(TEMPLATE) && !REFUSED.containsKey(name)) {
      throw new BadInput(
          at(path, name), "is no field here" + Fields.instead(name, List.of("namespace", "from")));
    }
    throw new BadInput(
        at(path, name), "stands beside from, which says what to run: take one of the two out");
  }

  private static ObjectNode taken(ObjectNode job, List<String> names) {
    ObjectNode some = JsonNodeFactory.instance.objectNode();
    for (String name : names) {
      Optional.ofNullable(job.get(name)).ifPresent(value -> some.set(name, value.deepCopy()));
    }
    return some;
  }

  /** Where each field of the short form that describes the pod would stand in the long form. */
  private static Map<String, String> homes() {
    Map<String, String> homes = new LinkedHashMap<>();
    CONTAINER_FIELDS.forEach(name -> homes.put(name, "template.spec.containers[0]." + name));
    POD_FIELDS.forEach(name -> homes.put(name, "template.spec." + name));
    POD_METADATA_FIELDS.forEach(name -> homes.put(name, "template.metadata." + name));
    return homes;
  }

  private static void checkNames(ObjectNode job, String path) {
    Fields fields = Fields.of(job, path);
    fields.node(TEMPLATE);
    Map<String, String> homes = homes();
    homes.keySet().forEach(fields::node);
    JOB_FIELDS.forEach(fields::node);
    for (String name : job.propertyNames()) {
      Optional.ofNullable(REFUSED.get(name))
          .ifPresent(
              mend -> {
                throw new BadInput(at(path, name), mend);
              });
      if (job.has(TEMPLATE) && homes.containsKey(name)) {
        throw new BadInput(
            at(path, name),
            "stands beside template: write it as " + homes.get(name) + ", or leave template out");
      }
    }
    fields.done();
  }

  private static void checkNumbers(ObjectNode job, String path) {
    wholeNumber(job, "activeDeadlineSeconds", 1, path);
    wholeNumber(job, "parallelism", 1, path);
    wholeNumber(job, "completions", 1, path);
    Optional<String> mode = Fields.of(job, path).text("completionMode");
    if (mode.filter("Indexed"::equals).isPresent() && !job.has("completions")) {
      throw new BadInput(
          at(path, "completions"), "is missing: say how many indexes the Indexed Job has");
    }
  }

  private static void checkOnlyValues(ObjectNode job, String path) {
    for (Map.Entry<String, JsonNode> only : ONLY_VALUE.entrySet()) {
      JsonNode value = job.get(only.getKey());
      if (value != null && !value.toString().equals(only.getValue().toString())) {
        throw new BadInput(
            at(path, only.getKey()),
            shown(value),
            "could start a command twice: leave it out, it is always " + only.getValue());
      }
    }
  }

  private static void checkTemplate(ObjectNode job, String path) {
    String at = at(path, TEMPLATE);
    Fields template = Fields.of(job.path(TEMPLATE), at);
    Optional<JsonNode> metadata = template.node("metadata");
    JsonNode spec =
        template
            .node("spec")
            .orElseThrow(() -> new BadInput(at + ".spec", "is missing: write the pod's spec"));
    template.done();
    metadata.ifPresent(labelled -> checkMetadata(labelled, at + ".metadata"));
    if (!(spec.path("containers") instanceof ArrayNode containers) || containers.isEmpty()) {
      throw new BadInput(at + ".spec.containers", "is missing: list at least one container");
    }
    for (int i = 0; i < containers.size(); i++) {
      checkContainer(containers.path(i), at + ".spec.containers[" + i + "]");
    }
    checkInitContainers(spec, at + ".spec");
    wholeNumber(spec, "terminationGracePeriodSeconds", 0, at + ".spec");
    wholeNumber(spec, "activeDeadlineSeconds", 1, at + ".spec");
  }

  private static void checkInitContainers(JsonNode pod, String path) {
    Fields.of(pod, path)
        .node("initContainers")
        .ifPresent(
            list -> {
              String at = at(path, "initContainers");
              if (!list.isArray()) {
                throw new BadInput(at, list, "is no list");
              }
              for (int i = 0; i < list.size(); i++) {
                checkContainer(list.path(i), at + "[" + i + "]");
              }
            });
  }

  private static void checkContainer(JsonNode container, String path) {
    Fields fields = Fields.of(container, path);
    String image =
        fields
            .text("image")
            .orElseThrow(
                () -> new BadInput(at(path, "image"), "is missing: name the image to run"));
    if (image.isBlank()) {
      throw new BadInput(at(path, "image"), image, "is blank: name the image to run");
    }
    fields.node("command").ifPresent(command -> checkCommand(command, at(path, "command")));
    fields.node("args").ifPresent(args -> checkTexts(args, at(path, "args")));
    fields.node("env").ifPresent(env -> checkEnv(env, at(path, "env")));
  }

  private static void checkSecurityContext(ObjectNode job, String path) {
    for (String name : job.path("securityContext").propertyNames()) {
      if (POD_SECURITY_FIELDS.contains(name)) {
        throw new BadInput(
            at(path, "securityContext." + name),
            "is a field of the pod's securityContext, this is the container's: write template");
      }
    }
  }

  private static void checkCommand(JsonNode command, String path) {
    checkTexts(command, path);
    if (command.isEmpty() || command.path(0).asString().isBlank()) {
      throw new BadInput(
          path, command, "is empty: name a program, or leave it out to run the image's own");
    }
  }

  private static void checkTexts(JsonNode list, String path) {
    if (list.isString()) {
      ArrayNode mend = JsonNodeFactory.instance.arrayNode().add("sh").add("-c");
      throw new BadInput(
          path, list.asString(), "is one text: write a list: " + mend.add(list.asString()));
    }
    if (!list.isArray()) {
      throw new BadInput(path, list, "is no list of texts");
    }
    for (int i = 0; i < list.size(); i++) {
      if (!list.path(i).isString()) {
        throw new BadInput(path + "[" + i + "]", list.path(i), "is no text: put it in quotes");
      }
    }
  }

  /** Refuses without quoting: what stands in a variable may be somebody's secret. */
  private static void checkEnv(JsonNode env, String path) {
    if (!env.isArray()) {
      throw new BadInput(path, "is no list: write [{\"name\": \"A\", \"value\": \"b\"}]");
    }
    for (int i = 0; i < env.size(); i++) {
      String at = path + "[" + i + "]";
      Fields variable = Fields.of(env.path(i), at);
      if (variable.text("name").isEmpty()) {
        throw new BadInput(at + ".name", "is missing: name the variable");
      }
      variable
          .node("value")
          .filter(value -> !value.isString())
          .ifPresent(
              value -> {
                throw new BadInput(at + ".value", "is no text: put it in quotes");
              });
    }
  }

  private static void checkMetadata(JsonNode labelled, String path) {
    Fields fields = Fields.of(labelled, path);
    for (String name : POD_METADATA_FIELDS) {
      fields.node(name).ifPresent(texts -> checkTextMap(texts, at(path, name)));
    }
    Queues.ownerOf(labelled)
        .ifPresent(
            mark -> {
              throw new BadInput(
                  path.isEmpty() ? "(root)" : path,
                  mark,
                  "gives the Job to a queue, which would start it by itself: leave it out");
            });
  }

  private static void checkTextMap(JsonNode texts, String path) {
    Fields.of(texts, path);
    for (Map.Entry<String, JsonNode> text : texts.properties()) {
      if (!text.getValue().isString()) {
        throw new BadInput(
            path + "[\"" + text.getKey() + "\"]", text.getValue(), "is no text: put it in quotes");
      }
    }
  }

  private static void checkPodFailurePolicy(ObjectNode job, String path) {
    Fields.of(job, path)
        .node("podFailurePolicy")
        .filter(policy -> !policy.path("rules").isArray())
        .ifPresent(
            policy -> {
              throw new BadInput(
                  at(path, "podFailurePolicy.rules"), "is missing: list what fails the Job");
            });
  }

  private static void wholeNumber(JsonNode object, String name, int least, String path) {
    Fields.of(object, path)
        .node(name)
        .ifPresent(
            number -> {
              if (!number.isIntegralNumber() || !number.canConvertToInt()) {
                throw new BadInput(at(path, name), shown(number), "is no whole number");
              }
              if (number.intValue() < least) {
                throw new BadInput(at(path, name), number, "is too small: use at least " + least);
              }
            });
  }

  /** Returns what a message quotes: of a text, the text itself without its JSON quotes. */
  private static Object shown(JsonNode value) {
    return value.isString() ? value.stringValue() : value;
  }

  private static String at(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
