package io.lockexec.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an API server's answer to the creation of a Job has otherwise than it was sent. */
final class Echo {
  private static final List<String> GUARDS =
      List.of(
          "/metadata/name",
          "/spec/suspend",
          "/spec/backoffLimit",
          "/spec/podReplacementPolicy",
          "/spec/backoffLimitPerIndex",
          "/spec/successPolicy",
          "/spec/managedBy",
          "/spec/ttlSecondsAfterFinished",
          "/spec/template/spec/restartPolicy");
  private static final List<String> DEADLINES =
      List.of("/spec/activeDeadlineSeconds", "/spec/template/spec/activeDeadlineSeconds");
  private static final List<String> COUNTS = List.of("/spec/parallelism", "/spec/completions");
  private static final List<String> MARKED =
      List.of(
          "/metadata/labels",
          "/metadata/annotations",
          "/spec/template/metadata/labels",
          "/spec/template/metadata/annotations");

  private final ObjectNode sent;
  private final JsonNode echo;
  private final List<String> differences = new ArrayList<>();

  private Echo(ObjectNode sent, JsonNode echo) {
    this.sent = sent;
    this.echo = echo;
  }

  static List<String> differences(ObjectNode sent, JsonNode echo) {
    Echo compared = new Echo(sent, echo);
    compared.compareEveryJob();
    DEADLINES.forEach(at -> compared.compare(path(at), sent.at(at), echo.at(at)));
    COUNTS.forEach(at -> compared.compare(path(at), sent.at(at), echo.at(at)));
    compared.compareCompletionMode();
    compared.compareLongest();
    compared.compareContainers("/spec/template/spec/containers");
    compared.compareContainers("/spec/template/spec/initContainers");
    return List.copyOf(compared.differences);
  }

  static List<String> unguarded(ObjectNode wanted, JsonNode found) {
    Echo compared = new Echo(wanted, found);
    compared.compareEveryJob();
    DEADLINES.forEach(compared::checkDeadline);
    return List.copyOf(compared.differences);
  }

  /** What all Jobs of a run have in common, whatever their template said when they were made. */
  private void compareEveryJob() {
    GUARDS.forEach(at -> compare(path(at), sent.at(at), echo.at(at)));
    MARKED.forEach(this::compareMarks);
    checkFailurePolicy();
    checkContainers("/spec/template/spec/containers");
    checkContainers("/spec/template/spec/initContainers");
    checkQueues();
  }

  private void checkDeadline(String pointer) {
    if (echo.at(pointer).asLong(0) < 1) {
      compare(path(pointer), sent.at(pointer), echo.at(pointer));
    }
  }

  private void compare(String path, JsonNode was, JsonNode is) {
    if (!Json.same(was, is)) {
      differences.add("%s: sent %s, got %s".formatted(path, said(was), said(is)));
    }
  }

  private void compareMarks(String pointer) {
    JsonNode marks = sent.at(pointer);
    for (String name : marks.propertyNames()) {
      if (name.startsWith(Marks.PREFIX)) {
        JsonNode is = echo.at(pointer).path(name);
        compare(path(pointer) + "[\"" + name + "\"]", marks.path(name), is);
      }
    }
  }

  /** The server fills the default in, so absent and NonIndexed are the same. */
  private void compareCompletionMode() {
    String pointer = "/spec/completionMode";
    boolean wasIndexed = sent.at(pointer).asString("").equals("Indexed");
    boolean isIndexed = echo.at(pointer).asString("").equals("Indexed");
    if (wasIndexed != isIndexed) {
      compare(path(pointer), sent.at(pointer), echo.at(pointer));
    }
  }

  private void compareLongest() {
    var was = HardenedJob.grace(sent.at("/spec/template/spec"));
    var is = HardenedJob.grace(echo.at("/spec/template/spec"));
    if (is.compareTo(was) > 0) {
      differences.add(
          "spec.template.spec.terminationGracePeriodSeconds: sent %d, got %d"
              .formatted(was.toSeconds(), is.toSeconds()));
    }
  }

  private void checkFailurePolicy() {
    int i = 0;
    for (JsonNode rule : echo.at("/spec/podFailurePolicy/rules")) {
      if (!Hardening.isFinal(rule)) {
        differences.add("spec.podFailurePolicy.rules[%d]: got %s".formatted(i, rule));
      }
      i++;
    }
  }

  private void checkContainers(String pointer) {
    boolean initial = pointer.endsWith("initContainers");
    for (JsonNode is : echo.at(pointer)) {
      String at = path(pointer) + "[" + is.path("name").asString("?") + "]";
      if (!Json.absent(is.path("restartPolicyRules"))) {
        differences.add(at + ".restartPolicyRules: got " + is.path("restartPolicyRules"));
      }
      if (!Json.absent(is.path("restartPolicy")) && !(initial && Hardening.isNativeSidecar(is))) {
        differences.add(at + ".restartPolicy: got " + is.path("restartPolicy"));
      }
    }
  }

  private void compareContainers(String pointer) {
    for (JsonNode was : sent.at(pointer)) {
      String name = was.path("name").asString("?");
      String at = path(pointer) + "[" + name + "]";
      named(name, echo.at(pointer))
          .ifPresentOrElse(
              is -> {
                compareSidecar(at, was, is);
                compareEnvironment(at, was, is);
              },
              () -> differences.add(at + ": sent, and gone"));
    }
  }

  /** An ordinary init container that became a sidecar would run beside the command. */
  private void compareSidecar(String at, JsonNode was, JsonNode is) {
    if (Hardening.isNativeSidecar(was) != Hardening.isNativeSidecar(is)) {
      compare(at + ".restartPolicy", was.path("restartPolicy"), is.path("restartPolicy"));
    }
  }

  private void compareEnvironment(String at, JsonNode was, JsonNode is) {
    for (String name : Hardening.ENVIRONMENT) {
      JsonNode sentValue = last(name, was).map(variable -> variable.path("value")).orElse(was);
      Optional<JsonNode> gotValue = last(name, is).map(variable -> variable.path("value"));
      if (gotValue.filter(sentValue::equals).isEmpty()) {
        differences.add(
            "%s.env[%s]: sent %s, got %s"
                .formatted(at, name, sentValue, gotValue.map(Echo::said).orElse("nothing")));
      }
    }
  }

  private void checkQueues() {
    Stream.of("/metadata", "/spec/template/metadata")
        .forEach(
            pointer ->
                Queues.ownerOf(echo.at(pointer))
                    .ifPresent(
                        mark ->
                            differences.add(
                                "%s: got %s, by which a queue would start it"
                                    .formatted(path(pointer), mark))));
  }

  /** Returns the variable of that name which counts: Kubernetes lets the last one win. */
  private static Optional<JsonNode> last(String name, JsonNode container) {
    Optional<JsonNode> last = Optional.empty();
    for (JsonNode variable : container.path("env")) {
      if (variable.path("name").asString("").equals(name)) {
        last = Optional.of(variable);
      }
    }
    return last;
  }

  private static Optional<JsonNode> named(String name, JsonNode containers) {
    return containers
        .valueStream()
        .filter(container -> container.path("name").asString("?").equals(name))
        .findFirst();
  }

  private static String said(JsonNode node) {
    return Json.absent(node) ? "nothing" : node.toString();
  }

  private static String path(String pointer) {
    return pointer.substring(1).replace('/', '.');
  }
}
