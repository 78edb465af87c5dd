package io.lockexec.infra.local.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A local cluster on a driven clock and a plain HTTP client that talks to it. */
final class Kube implements AutoCloseable {
  static final String JOBS = "/apis/batch/v1/namespaces/default/jobs";
  static final String PODS = "/api/v1/namespaces/default/pods";
  static final Duration SOON = Duration.ofSeconds(10);

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final HttpClient http = HttpClient.newHttpClient();
  private final DrivenClock clock;
  private final LocalCluster cluster;

  /** An answer. */
  record Reply(int status, JsonNode body, List<String> warnings) {
    String text(String pointer) {
      return body.at(pointer).asString("");
    }
  }

  private Kube(DrivenClock clock, LocalCluster cluster) {
    this.clock = clock;
    this.cluster = cluster;
  }

  static Kube start(Path directory) throws IOException {
    return start(directory, Duration.ZERO);
  }

  static Kube start(Path directory, Duration lag) throws IOException {
    DrivenClock clock = new DrivenClock();
    Map<String, String> environment = Map.of("PATH", "/usr/bin:/bin", "HOME", "/nowhere");
    return new Kube(
        clock,
        LocalCluster.start(
            LocalClusterOptions.of("blue", directory, environment)
                .withClock(clock)
                .withControllerLag(lag)));
  }

  LocalCluster cluster() {
    return cluster;
  }

  HttpClient http() {
    return http;
  }

  void advance(Duration by) {
    clock.advance(by);
    cluster.timeHasMoved();
  }

  static JsonNode json(String text) {
    return MAPPER.readTree(text);
  }

  /** A Job of one container that runs a shell script. */
  static String job(String name, String script) {
    return job(name, "\"backoffLimit\": 0", script);
  }

  /** A Job of one container that runs a shell script, with more fields of its spec. */
  static String job(String name, String spec, String script) {
    return job(name, spec, "", container("main", "sh", "-c", script));
  }

  /** A Job of containers, with more fields of its spec and of its pod's spec. */
  static String job(String name, String spec, String pod, String... containers) {
    String podFields =
        Stream.of("\"restartPolicy\": \"Never\"", pod)
            .filter(field -> !field.isEmpty())
            .collect(Collectors.joining(", "));
    return """
    {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "%s"},
     "spec": {%s, "template": {"spec": {%s, "containers": [%s]}}}}
    """
        .formatted(name, spec, podFields, String.join(", ", containers));
  }

  static String container(String name, String... command) {
    return """
    {"name": "%s", "image": "busybox:1", "command": [%s]}
    """
        .formatted(
            name,
            Arrays.stream(command)
                .map(word -> MAPPER.writeValueAsString(word))
                .collect(Collectors.joining(", ")));
  }

  Reply get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  Reply post(String path, String body) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  Reply put(String path, String body) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(body)));
  }

  Reply jsonPatch(String path, String body) throws IOException, InterruptedException {
    return patch(path, "application/json-patch+json", body);
  }

  Reply patch(String path, String type, String body) throws IOException, InterruptedException {
    return send(
        request(path).header("Content-Type", type).method("PATCH", BodyPublishers.ofString(body)));
  }

  Reply delete(String path, String options) throws IOException, InterruptedException {
    return send(request(path).method("DELETE", BodyPublishers.ofString(options)));
  }

  JsonNode create(String job) throws IOException, InterruptedException {
    Reply reply = post(JOBS, job);
    assertThat(reply.status()).as(reply.body().toString()).isEqualTo(201);
    return reply.body();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(cluster.url() + path))
        .timeout(SOON)
        .header("Authorization", "Bearer " + cluster.token());
  }

  Reply send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
    boolean json =
        response.headers().firstValue("Content-Type").orElse("").equals("application/json");
    JsonNode body =
        json ? json(response.body()) : MAPPER.getNodeFactory().stringNode(response.body());
    return new Reply(response.statusCode(), body, response.headers().allValues("Warning"));
  }

  Stream<JsonNode> watch(String path) throws IOException, InterruptedException {
    return lines(path).map(Kube::json);
  }

  Stream<String> lines(String path) throws IOException, InterruptedException {
    return http.send(request(path).build(), BodyHandlers.ofLines()).body();
  }

  JsonNode awaitCondition(String job, String type) throws InterruptedException {
    return cluster.awaitJob("default", job, found -> has(found, type), SOON);
  }

  JsonNode awaitRunning(String job) throws InterruptedException {
    return cluster.awaitJob("default", job, found -> found.at("/status/ready").asInt(0) > 0, SOON);
  }

  /** Waits until the one pod of a Job has written a line, and returns it. */
  String awaitLine(String job) throws IOException, InterruptedException {
    awaitRunning(job);
    String log = PODS + "/" + name(onlyPodOf(job)) + "/log?follow=true";
    try (Stream<String> lines = lines(log)) {
      return lines.findFirst().orElseThrow();
    }
  }

  void awaitNoJob(String job) throws InterruptedException {
    cluster.awaitJob("default", job, JsonNode::isMissingNode, SOON);
  }

  /** The conditions of a Job that are true, in their order, with their reasons. */
  static List<String> conditions(JsonNode job) {
    return job.at("/status/conditions").values().stream()
        .filter(condition -> condition.path("status").asString("").equals("True"))
        .map(
            condition ->
                condition.path("type").asString("") + "/" + condition.path("reason").asString(""))
        .toList();
  }

  static boolean has(JsonNode job, String type) {
    return conditions(job).stream().anyMatch(condition -> condition.startsWith(type + "/"));
  }

  List<JsonNode> podsOf(String job) {
    return cluster.pods().stream()
        .filter(pod -> pod.at("/metadata/labels").path("job-name").asString("").equals(job))
        .toList();
  }

  JsonNode onlyPodOf(String job) {
    assertThat(podsOf(job)).hasSize(1);
    return podsOf(job).getFirst();
  }

  String logOf(String job) throws IOException, InterruptedException {
    return get(PODS + "/" + name(onlyPodOf(job)) + "/log").body().asString();
  }

  static String name(JsonNode object) {
    return object.at("/metadata/name").asString();
  }

  @Override
  public void close() {
    cluster.close();
    http.close();
  }
}
