package io.lockexec.infra.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.dynamodb.Tables;
import io.lockexec.infra.local.cluster.LocalCluster;
import io.lockexec.infra.local.cluster.LocalClusterOptions;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables and clusters that are not the stand-in's own, found as every tool finds them. */
final class ElsewhereTest {
  @TempDir private Path folder = Path.of("given by JUnit");

  @Test
  void an_endpoint_of_the_environment_and_a_context_of_the_kubeconfig_are_used() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("lock-exec.yaml"),
            """
            clusters: [{context: kind-blue}]
            schedules:
              hello:
                schedule: "@daily"
                job:
                  image: busybox
                  command: [sh, -c, exit 0]
            """);
    try (LocalDynamoDb tables = LocalDynamoDb.start(Map.of(), Tables.DEFAULT);
        LocalCluster cluster =
            LocalCluster.start(
                LocalClusterOptions.of(
                    "kind-blue",
                    Files.createDirectory(folder.resolve("pods")),
                    Map.of("PATH", "/usr/bin:/bin")))) {
      Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), cluster.kubeconfig());
      // The tables of DynamoDB Local are those of one Region and one access key.
      Map<String, String> environment =
          Map.of(
              "KUBECONFIG",
              kubeconfig.toString(),
              "AWS_ENDPOINT_URL_DYNAMODB",
              tables.client().serviceClientConfiguration().endpointOverride().orElseThrow() + "",
              "AWS_REGION",
              "us-east-1",
              "AWS_ACCESS_KEY_ID",
              "local",
              "AWS_SECRET_ACCESS_KEY",
              "local");

      Process process = Processes.start(List.of(), environment, "run", file.toString(), "--once");
      String out;
      try (BufferedReader reader = process.inputReader(UTF_8)) {
        out = reader.lines().collect(Collectors.joining("\n"));
      }

      assertThat(process.waitFor()).as(out).isZero();
      assertThat(out).containsPattern("\\| hello +\\| .* \\| kind-blue +\\| SUCCEEDED");
      assertThat(cluster.jobs()).hasSize(1);
      assertThat(tables.client().scan(scan -> scan.tableName("lock-exec-runs")).items())
          .singleElement()
          .satisfies(run -> assertThat(run.get("schedule")).extracting("s").isEqualTo("hello"));
    }
  }
}
