package io.lockexec.infra.promise;

import static io.lockexec.infra.promise.World.BLUE;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.run.Reason;
import io.lockexec.schedule.Firing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Real CronJob manifests, where a folder of them lies beside the checkout: each becomes a hardened
 * Job that a strictly validating cluster accepts. They are held and never started here, for their
 * commands are somebody else's.
 */
final class ManifestsTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Load YAML =
      new Load(LoadSettings.builder().setSchema(new CoreSchema()).build());
  private static final Path MANIFESTS = Path.of("..", "..", "shared", "data", "cronjobs");

  @TestFactory
  Stream<DynamicTest> each_real_cron_job_becomes_a_job_that_is_accepted() throws IOException {
    if (!Files.isDirectory(MANIFESTS)) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.list(MANIFESTS)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream()
          .map(
              file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> accepted(file)));
    }
  }

  private static void accepted(Path file) throws Exception {
    ObjectNode cronJob = JSON.valueToTree(YAML.loadFromString(octal(Files.readString(file))));
    cronJob.put("apiVersion", "batch/v1");
    ((ObjectNode) cronJob.path("metadata")).put("namespace", "default");
    ((ObjectNode) cronJob.path("spec")).put("suspend", true);
    String name = cronJob.path("metadata").path("name").asString();
    try (World world = new World()) {
      store(world, cronJob);
      Firing firing = world.firing("report");
      var held = world.wiring(each -> each, each -> Dying.dyingBefore(each, "start"));

      Dying.expected(() -> world.deliver(held, world.now(), Details.from("report", name)));

      assertThat(world.told(Reason.SUCCESSFUL_CREATE)).isEqualTo(1);
      List<JsonNode> jobs = world.cluster(BLUE).jobs();
      assertThat(jobs).hasSize(1);
      assertThat(jobs.getFirst().path("metadata").path("name").asString())
          .isEqualTo(firing.runId());
      assertThat(jobs.getFirst().path("spec").path("suspend").asBoolean()).isTrue();
      assertThat(jobs.getFirst().path("spec").path("backoffLimit").asInt(-1)).isZero();
      assertThat(world.started(firing)).isZero();
    }
  }

  /** kubectl reads YAML 1.1, in which 0755 is octal; the YAML 1.2 of our library writes 0o755. */
  private static String octal(String yaml) {
    return yaml.replaceAll("(?m): 0([0-7]+)$", ": 0o$1");
  }

  /** As kubectl would: unknown fields are dropped with a warning when the CronJob is stored. */
  private static void store(World world, ObjectNode cronJob)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(
                          world.cluster(BLUE).url() + "/apis/batch/v1/namespaces/default/cronjobs"))
                  .header("Authorization", "Bearer " + world.cluster(BLUE).token())
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(cronJob.toString()))
                  .build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }
  }
}
