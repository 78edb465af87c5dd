package io.lockexec.infra.local.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** What the kubelet makes of a container's definition before it starts the container's process. */
sealed interface ContainerSetup {
  /**
   * Everything is at hand.
   *
   * @param command the program and its arguments
   * @param environment all that the process gets
   * @param directory its working directory, if the container names one
   */
  record Ready(List<String> command, Map<String, String> environment, Optional<String> directory)
      implements ContainerSetup {}

  /**
   * The container waits for something that this cluster does not have, a Secret for instance; a
   * real one waits just so, until the deadline of its Job.
   *
   * @param reason {@code CreateContainerConfigError} or {@code ContainerCreating}
   * @param message what is missing
   */
  record Waits(String reason, String message) implements ContainerSetup {}

  /**
   * The container cannot be started at all.
   *
   * @param message why
   */
  record Impossible(String message) implements ContainerSetup {}

  /**
   * Prepares a container of a pod. Its image is not looked at, so that its command must be written
   * out.
   *
   * @param base the environment of every container, PATH above all
   */
  static ContainerSetup of(JsonNode pod, JsonNode container, Map<String, String> base) {
    return new Preparation(pod, container).prepare(base);
  }

  /** The making of one setup. */
  final class Preparation {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\$|\\$\\(([-._A-Za-z0-9]+)\\)");
    private static final Pattern KEYED =
        Pattern.compile("metadata\\.(labels|annotations)\\['([^']+)']");
    private static final String CONFIG_ERROR = "CreateContainerConfigError";

    private final JsonNode pod;
    private final JsonNode container;
    private final List<Waits> missing = new ArrayList<>();

    private Preparation(JsonNode pod, JsonNode container) {
      this.pod = pod;
      this.container = container;
    }

    private ContainerSetup prepare(Map<String, String> base) {
      mounts();
      Map<String, String> environment = new LinkedHashMap<>(base);
      environment.put("HOSTNAME", Trees.name(pod));
      environment.putAll(variables());
      if (!missing.isEmpty()) {
        return missing.getFirst();
      }
      List<String> command = new ArrayList<>(expanded("command", environment));
      if (command.isEmpty()) {
        return new Impossible(
            ("container \"%s\" has no command: a local cluster pulls no image, so the command"
                    + " that image %s would bring must be written out")
                .formatted(name(), container.path("image").asString("")));
      }
      command.addAll(expanded("args", environment));
      return new Ready(
          List.copyOf(command),
          Map.copyOf(environment),
          container.path("workingDir").stringValueOpt());
    }

    private void mounts() {
      for (JsonNode mount : container.path("volumeMounts")) {
        String volume = mount.path("name").asString("");
        Trees.elements(pod, "/spec/volumes").stream()
            .filter(candidate -> candidate.path("name").asString("").equals(volume))
            .flatMap(candidate -> absent(candidate).stream())
            .map(
                what ->
                    new Waits(
                        "ContainerCreating",
                        "MountVolume.SetUp failed for volume \"%s\": %s not found"
                            .formatted(volume, what)))
            .forEach(missing::add);
      }
    }

    private static Optional<String> absent(JsonNode volume) {
      if (volume.has("secret") && required(volume.path("secret"))) {
        return Optional.of("secret \"" + volume.at("/secret/secretName").asString("") + '"');
      }
      if (volume.has("configMap") && required(volume.path("configMap"))) {
        return Optional.of("configmap \"" + volume.at("/configMap/name").asString("") + '"');
      }
      return volume.has("persistentVolumeClaim")
          ? Optional.of(
              "persistentvolumeclaim \""
                  + volume.at("/persistentVolumeClaim/claimName").asString("")
                  + '"')
          : Optional.empty();
    }

    private Map<String, String> variables() {
      Map<String, String> variables = new LinkedHashMap<>();
      for (JsonNode source : container.path("envFrom")) {
        reference("secret", source.path("secretRef"));
        reference("configmap", source.path("configMapRef"));
      }
      for (JsonNode variable : container.path("env")) {
        String name = variable.path("name").asString("");
        if (variable.has("valueFrom")) {
          valueFrom(variable.path("valueFrom")).ifPresent(value -> variables.put(name, value));
        } else {
          variables.put(name, expand(variable.path("value").asString(""), variables));
        }
      }
      return variables;
    }

    private Optional<String> valueFrom(JsonNode source) {
      reference("secret", source.path("secretKeyRef"));
      reference("configmap", source.path("configMapKeyRef"));
      if (source.has("resourceFieldRef") || source.has("fileKeyRef")) {
        missing.add(
            new Waits(
                CONFIG_ERROR, "a local cluster has no resources or files to take a variable from"));
      }
      return source.has("fieldRef")
          ? Optional.of(field(source.at("/fieldRef/fieldPath").asString("")))
          : Optional.empty();
    }

    private void reference(String kind, JsonNode reference) {
      if (reference.isObject() && required(reference)) {
        missing.add(
            new Waits(
                CONFIG_ERROR,
                "%s \"%s\" not found".formatted(kind, reference.path("name").asString(""))));
      }
    }

    private static boolean required(JsonNode reference) {
      return !reference.path("optional").asBoolean(false);
    }

    private String field(String path) {
      Matcher keyed = KEYED.matcher(path);
      if (keyed.matches()) {
        return pod.path("metadata").path(keyed.group(1)).path(keyed.group(2)).asString("");
      }
      return switch (path) {
        case "status.podIP", "status.podIPs", "status.hostIP", "status.hostIPs" -> "127.0.0.1";
        default -> pod.at("/" + path.replace('.', '/')).asString("");
      };
    }

    private List<String> expanded(String field, Map<String, String> environment) {
      return StreamSupport.stream(container.path(field).spliterator(), false)
          .map(word -> expand(word.asString(""), environment))
          .toList();
    }

    /** Kubernetes' own expansion: unknown references stay as they are, {@code $$} is a dollar. */
    private static String expand(String text, Map<String, String> variables) {
      return REFERENCE
          .matcher(text)
          .replaceAll(
              match ->
                  Matcher.quoteReplacement(
                      match.group().equals("$$")
                          ? "$"
                          : variables.getOrDefault(match.group(1), match.group())));
    }

    private String name() {
      return container.path("name").asString("");
    }
  }
}
