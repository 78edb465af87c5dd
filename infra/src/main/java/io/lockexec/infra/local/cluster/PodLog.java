package io.lockexec.infra.local.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The log of a container: whole, its end, or as it is written. */
final class PodLog {
  private static final Duration LOOK_UP = Duration.ofMillis(200);

  private final ObjectStore store;
  private final BiFunction<JsonNode, String, Path> logs;

  PodLog(ObjectStore store, BiFunction<JsonNode, String, Path> logs) {
    this.store = store;
    this.logs = logs;
  }

  Answer answer(ApiCall call, JsonNode pod) {
    String container = container(call.parameter("container"), pod);
    requireStarted(pod, container);
    Path file = logs.apply(pod, container);
    if (call.flag("follow")) {
      return new Answer.Streamed(
          "text/plain", (out, open) -> follow(file, ObjectKey.of(Resource.PODS, pod), out, open));
    }
    String text = read(file);
    Optional<String> tail = call.number("tailLines").map(lines -> tail(text, lines));
    String shown = tail.orElse(text);
    return new Answer.Text(
        call.number("limitBytes")
            .map(limit -> shown.substring(0, (int) Math.min(limit, shown.length())))
            .orElse(shown));
  }

  private static String container(String asked, JsonNode pod) {
    List<String> main =
        Trees.elements(pod, "/spec/containers").stream()
            .map(container -> container.path("name").asString(""))
            .toList();
    if (asked.isEmpty() && main.size() == 1) {
      return main.getFirst();
    }
    if (asked.isEmpty()) {
      throw ApiError.badRequest(
          "a container name must be specified for pod %s, choose one of: %s"
              .formatted(Trees.name(pod), String.join(" ", main)));
    }
    boolean known =
        Stream.of("/spec/initContainers", "/spec/containers")
            .flatMap(pointer -> Trees.elements(pod, pointer).stream())
            .anyMatch(container -> container.path("name").asString("").equals(asked));
    if (!known) {
      throw ApiError.badRequest(
          "container %s is not valid for pod %s".formatted(asked, Trees.name(pod)));
    }
    return asked;
  }

  private static void requireStarted(JsonNode pod, String container) {
    Stream.of("/status/initContainerStatuses", "/status/containerStatuses")
        .flatMap(pointer -> Trees.elements(pod, pointer).stream())
        .filter(status -> status.path("name").asString("").equals(container))
        .filter(status -> status.at("/state/waiting").isObject() && !status.has("lastState"))
        .findFirst()
        .ifPresent(
            status -> {
              throw ApiError.badRequest(
                  "container \"%s\" in pod \"%s\" is waiting to start: %s"
                      .formatted(
                          container, Trees.name(pod), Trees.text(status, "/state/waiting/reason")));
            });
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new ApiError(500, "InternalError", "cannot read the log: " + e.getMessage());
    }
  }

  private static String tail(String text, long lines) {
    List<String> all = text.lines().toList();
    return all.stream()
        .skip(Math.max(0, all.size() - lines))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  private void follow(Path file, ObjectKey pod, OutputStream out, BooleanSupplier open)
      throws IOException, InterruptedException {
    out.flush();
    long written = 0;
    boolean last = false;
    while (!last && open.getAsBoolean()) {
      long signals = store.signals();
      last = store.closed() || store.get(pod).map(Kubelet::terminal).orElse(true);
      if (Files.exists(file)) {
        try (InputStream log = Files.newInputStream(file)) {
          log.skipNBytes(written);
          written += log.transferTo(out);
        }
        out.flush();
      }
      if (!last) {
        store.awaitSignal(signals, LOOK_UP);
      }
    }
  }
}
