package io.lockexec.job;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Token;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import io.lockexec.schedule.ScheduleName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Manifests for the tests, and ways to look at them. */
final class Manifests {
  static final Namespace REPORTS = new Namespace("reports");
  static final Duration DAY_LESS_MARGINS = Duration.ofHours(24).minusMinutes(33);
  static final JobIdentity IDENTITY =
      new JobIdentity(
          new Installation("staging"),
          new Firing(new ScheduleName("nightly-report"), Instant.parse("2026-11-23T02:00:00Z")),
          new LockKey("reports"),
          new Token(1_795_399_200_123L));

  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private Manifests() {}

  static ObjectNode yaml(String text) {
    // Without the marker, fabric8 takes what begins with a brace for JSON.
    return YAML.unmarshal("---\n" + text, ObjectNode.class);
  }

  /** Puts a value, given in YAML, where the JSON Pointer points; - takes out what is there. */
  static void set(ObjectNode root, String pointer, String yaml) {
    int last = pointer.lastIndexOf('/');
    String parent = pointer.substring(0, last);
    String field = pointer.substring(last + 1).replace("~1", "/");
    ObjectNode object =
        root.at(parent) instanceof ObjectNode there ? there : root.withObject(parent);
    if (yaml.equals("-")) {
      object.remove(field);
    } else {
      object.set(field, yaml("{it: " + yaml + "}").path("it"));
    }
  }

  static ObjectNode read(Path file) {
    try {
      return yaml(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the manifests among the resources of this package. */
  static List<Path> examples() {
    try {
      return list(
          Path.of(
              Objects.requireNonNull(Manifests.class.getResource("longest-name.yaml"))
                  .toURI()
                  .resolve(".")));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static ObjectNode example(String name) {
    return examples().stream()
        .filter(file -> file.endsWith(name + ".yaml"))
        .map(Manifests::read)
        .findFirst()
        .orElseThrow();
  }

  static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the template of a CronJob, whatever else is wrong with it. */
  static JobTemplate template(ObjectNode cronJob) {
    JsonNode template = cronJob.path("spec").path("jobTemplate");
    return new JobTemplate(
        template.path("metadata") instanceof ObjectNode metadata ? metadata : yaml("{}"),
        (ObjectNode) template.path("spec"));
  }

  static HardenedJob hardened(JobTemplate template) {
    return Hardening.harden(template, REPORTS, IDENTITY, DAY_LESS_MARGINS);
  }

  /** Returns all that a tree says: scalars and empty containers, by path; null says nothing. */
  static Map<String, JsonNode> leaves(ObjectNode metadata, ObjectNode spec) {
    Map<String, JsonNode> leaves = new LinkedHashMap<>();
    collect("metadata", metadata, leaves);
    collect("spec", spec, leaves);
    return leaves;
  }

  private static void collect(String path, JsonNode node, Map<String, JsonNode> leaves) {
    if (node instanceof ObjectNode object && !object.isEmpty()) {
      object.forEachEntry((name, value) -> collect(step(path, name), value, leaves));
    } else if (node instanceof ArrayNode array && !array.isEmpty()) {
      for (int i = 0; i < array.size(); i++) {
        collect(path + "[" + i + "]", array.path(i), leaves);
      }
    } else if (!node.isNull()) {
      leaves.put(path, node);
    }
  }

  static String step(String path, String name) {
    return name.contains(".") || name.contains("/")
        ? path + "[\"" + name + "\"]"
        : path + "." + name;
  }

  /** Returns the manifest without lock-exec's own marks and environment. */
  static ObjectNode withoutOwn(ObjectNode manifest) {
    ObjectNode job = manifest.deepCopy();
    ((ObjectNode) job.path("metadata")).remove(List.of("name", "namespace"));
    for (String marked :
        List.of(
            "/metadata/labels",
            "/metadata/annotations",
            "/spec/template/metadata/labels",
            "/spec/template/metadata/annotations")) {
      ObjectNode marks = (ObjectNode) job.at(marked);
      for (String name : List.copyOf(marks.propertyNames())) {
        if (name.startsWith(Marks.PREFIX) || name.equals(Marks.CRON_JOB_SCHEDULED_TIMESTAMP)) {
          marks.remove(name);
        }
      }
    }
    prune((ObjectNode) job.path("metadata"), List.of("labels", "annotations"));
    prune((ObjectNode) job.at("/spec/template/metadata"), List.of("labels", "annotations"));
    for (String list : List.of("containers", "initContainers")) {
      for (JsonNode container : job.at("/spec/template/spec/" + list)) {
        ArrayNode env = (ArrayNode) container.path("env");
        env.removeIf(each -> each.path("name").asString().startsWith("LOCK_EXEC_"));
        prune((ObjectNode) container, List.of("env"));
      }
    }
    return job;
  }

  private static void prune(ObjectNode object, List<String> names) {
    names.stream().filter(name -> object.path(name).isEmpty()).forEach(object::remove);
  }
}
