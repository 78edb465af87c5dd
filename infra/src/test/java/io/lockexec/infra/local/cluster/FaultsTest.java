package io.lockexec.infra.local.cluster;

import static io.lockexec.infra.local.cluster.Kube.JOBS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockexec.infra.local.cluster.Kube.Reply;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A local cluster fails in the ways that clusters fail, when it is told to. */
final class FaultsTest {
  private static final String HELD = Kube.job("a", "\"suspend\": true", "true");

  private Kube kube;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    kube = Kube.start(directory);
  }

  @AfterEach
  void stop() {
    kube.close();
  }

  @Test
  void refuses_connections_while_it_is_down_and_is_the_same_when_it_comes_up() throws Exception {
    kube.create(HELD);
    String url = kube.cluster().url();

    kube.cluster().goDown();
    assertThatThrownBy(() -> kube.get(JOBS)).isInstanceOf(ConnectException.class);
    kube.cluster().comeUp();

    assertThat(kube.cluster().url()).isEqualTo(url);
    assertThat(kube.get(JOBS + "/a").status()).isEqualTo(200);
  }

  @Test
  void runs_its_jobs_while_its_api_is_down() throws Exception {
    kube.create(Kube.job("b", "sleep 0.2"));

    kube.cluster().goDown();

    kube.awaitCondition("b", "Complete");
  }

  @Test
  void neither_answers_nor_executes_anything_while_it_hangs() throws Exception {
    kube.cluster().hang();
    assertThatThrownBy(
            () ->
                kube.send(
                    kube.request(JOBS)
                        .timeout(Duration.ofMillis(200))
                        .POST(BodyPublishers.ofString(HELD))))
        .isInstanceOf(HttpTimeoutException.class);
    kube.cluster().unhang();

    assertThat(kube.get(JOBS + "/a").status()).isEqualTo(404);
  }

  @Test
  void answers_the_nth_request_as_it_is_told_and_no_other() throws Exception {
    kube.cluster()
        .fail(
            "POST", "/jobs$", 2, Fault.answer(409, "Conflict", "resourcequotas \"q\": try again"));

    int first = kube.post(JOBS, HELD).status();
    Reply second = kube.post(JOBS, HELD.replace("\"a\"", "\"b\""));
    int third = kube.post(JOBS, HELD.replace("\"a\"", "\"b\"")).status();

    assertThat(first).isEqualTo(201);
    assertThat(second.status()).isEqualTo(409);
    assertThat(second.text("/reason")).isEqualTo("Conflict");
    assertThat(third).isEqualTo(201);
  }

  @Test
  void drops_a_request_without_executing_it() throws Exception {
    kube.cluster().fail("PATCH", "/jobs/a$", 1, new Fault.Drop());
    kube.create(HELD);

    assertThatThrownBy(
            () ->
                kube.jsonPatch(
                    JOBS + "/a",
                    "[{\"op\": \"replace\", \"path\": \"/spec/suspend\", \"value\": false}]"))
        .isInstanceOf(IOException.class);

    assertThat(kube.get(JOBS + "/a").body().at("/spec/suspend").asBoolean()).isTrue();
  }

  @Test
  void loses_the_answer_to_a_request_that_it_has_executed() throws Exception {
    kube.cluster().fail("POST", "/jobs$", 1, new Fault.LoseAnswer());

    assertThatThrownBy(() -> kube.post(JOBS, HELD)).isInstanceOf(IOException.class);

    assertThat(kube.get(JOBS + "/a").status()).isEqualTo(200);
  }

  @Test
  void executes_a_delayed_request_late() throws Exception {
    kube.cluster().fail("POST", "/jobs$", 1, new Fault.Delay(Duration.ofMillis(300)));

    assertThatThrownBy(
            () ->
                kube.send(
                    kube.request(JOBS)
                        .timeout(Duration.ofMillis(100))
                        .POST(BodyPublishers.ofString(HELD))))
        .isInstanceOf(HttpTimeoutException.class);

    kube.awaitCondition("a", "Suspended");
  }

  @Test
  void forgets_faults_that_have_not_struck() throws Exception {
    kube.cluster().fail("GET", ".*", 1, Fault.answer(500, "InternalError", "no"));

    kube.cluster().clearFaults();

    assertThat(kube.get(JOBS).status()).isEqualTo(200);
  }

  @Test
  void counts_the_requests() throws Exception {
    kube.create(HELD);
    kube.get(JOBS + "?limit=5");
    kube.get(JOBS + "/none");

    assertThat(kube.cluster().requests())
        .containsExactly(
            new Request("POST", JOBS, "", 201),
            new Request("GET", JOBS, "limit=5", 200),
            new Request("GET", JOBS + "/none", "", 404));
    kube.cluster().clearRequests();
    assertThat(kube.cluster().requests()).isEmpty();
  }

  @Test
  void another_incarnation_is_empty_and_has_another_identity() throws Exception {
    kube.create(Kube.job("a", "sleep 60"));
    kube.awaitRunning("a");
    String uid = kube.cluster().uid();

    kube.cluster().recreate();

    assertThat(kube.get("/api/v1/namespaces/kube-system").text("/metadata/uid"))
        .isEqualTo(kube.cluster().uid())
        .isNotEqualTo(uid);
    assertThat(kube.get(JOBS).body().path("items")).isEmpty();
    assertThat(kube.cluster().podsStarted("a")).isEqualTo(1);
    kube.create(Kube.job("a", "true"));
    kube.awaitCondition("a", "Complete");
  }

  @Test
  void has_a_kubeconfig_with_one_context_of_its_name() throws Exception {
    String kubeconfig = kube.cluster().kubeconfig();

    assertThat(kubeconfig)
        .contains("current-context: \"blue\"", kube.cluster().url(), kube.cluster().token());
  }

  @Test
  void lets_readers_in_without_a_token_if_so_configured(@TempDir Path directory) throws Exception {
    LocalClusterOptions open =
        LocalClusterOptions.of("open", directory, Map.of())
            .withAccess(LocalClusterOptions.Access.TOKEN_OR_ANONYMOUS_READS);
    try (LocalCluster cluster = LocalCluster.start(open)) {
      URI jobs = URI.create(cluster.url() + JOBS);

      Reply read = kube.send(HttpRequest.newBuilder(jobs));
      Reply write = kube.send(HttpRequest.newBuilder(jobs).POST(BodyPublishers.ofString(HELD)));

      assertThat(read.status()).isEqualTo(200);
      assertThat(write.status()).isEqualTo(401);
    }
  }

  @Test
  void applies_an_object_twice_to_the_same_effect() throws Exception {
    JsonNode cronJob =
        Kube.json(
            """
            {"apiVersion": "batch/v1", "kind": "CronJob",
             "metadata": {"name": "nightly", "namespace": "reports"},
             "spec": {"schedule": "0 0 * * *", "suspend": true, "jobTemplate": {"spec":
               {"template": {"spec": {"restartPolicy": "Never", "containers": [%s]}}}}}}
            """
                .formatted(Kube.container("main", "true")));

    JsonNode first = kube.cluster().apply(cronJob);
    JsonNode second = kube.cluster().apply(cronJob);

    assertThat(second).isEqualTo(first);
    assertThat(kube.get("/api/v1/namespaces/reports").status()).isEqualTo(200);
    assertThat(kube.get("/apis/batch/v1/namespaces/reports/cronjobs/nightly").status())
        .isEqualTo(200);
  }
}
