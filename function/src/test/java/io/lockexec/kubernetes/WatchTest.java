package io.lockexec.kubernetes;

import static io.lockexec.kubernetes.Samples.JOB;
import static io.lockexec.kubernetes.Samples.JOBS;
import static io.lockexec.kubernetes.Samples.LONGEST;
import static io.lockexec.kubernetes.Samples.PODS;
import static io.lockexec.kubernetes.Samples.REF;
import static io.lockexec.kubernetes.Samples.RUN;
import static io.lockexec.kubernetes.Samples.complete;
import static io.lockexec.kubernetes.Samples.failed;
import static io.lockexec.kubernetes.Samples.list;
import static io.lockexec.kubernetes.Samples.notFound;
import static io.lockexec.kubernetes.Samples.object;
import static io.lockexec.kubernetes.Samples.pod;
import static io.lockexec.kubernetes.Samples.started;
import static io.lockexec.kubernetes.Samples.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockexec.cluster.ClusterUnavailableException;
import io.lockexec.job.JobView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** How a watch goes on, and how it ends. */
final class WatchTest {
  private static final String GET = "GET " + JOB;
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final JobView STARTED = new JobView.Started("u-1", "79", LONGEST);

  private ScriptedServer server;
  private KubernetesCluster cluster;

  @BeforeEach
  void open() throws IOException {
    server = ScriptedServer.plain();
    cluster = Samples.cluster(server.url(), Samples.PATIENT);
  }

  @AfterEach
  void close() throws IOException {
    cluster.close();
    assertThat(server.unscripted()).isEmpty();
    server.close();
  }

  @Test
  void ends_with_the_job_and_hangs_up() throws Exception {
    server.then(
        connection -> {
          connection.read();
          connection.chunked();
          connection.chunk(event("MODIFIED", started("79")));
          connection.chunk(event("MODIFIED", complete("80")));
          connection.hang();
        });

    JobView view = cluster.watch(REF, "78", LONG);

    assertThat(view).isInstanceOf(JobView.Finished.class);
    assertThat(server.clientHungUp()).isTrue();
    assertThat(server.lines()).containsExactly(watch(60));
  }

  @Test
  void reads_events_whose_pieces_come_as_they_like() throws Exception {
    ObjectNode done = complete("80");
    ((ObjectNode) done.at("/metadata/annotations")).put("team", "Ünïcødé ✓");
    byte[] events =
        (event("MODIFIED", started("79"))
                + event("BOOKMARK", object("{}"))
                + event("MODIFIED", done))
            .getBytes(StandardCharsets.UTF_8);
    server.then(
        connection -> {
          connection.read();
          connection.chunked();
          for (int from = 0; from < events.length; from += 7) {
            connection.chunk(Arrays.copyOfRange(events, from, Math.min(from + 7, events.length)));
          }
          connection.hang();
        });

    assertThat(cluster.watch(REF, "78", LONG)).isInstanceOf(JobView.Finished.class);
  }

  @Test
  void tells_the_exit_code_of_a_failure() throws Exception {
    server
        .then(
            connection -> {
              connection.read();
              connection.chunked();
              connection.chunk(event("MODIFIED", failed("80")));
              connection.hang();
            })
        .then(200, list("", pod("u-1", "Failed", 3)));

    JobView view = cluster.watch(REF, "78", LONG);

    assertThat(view)
        .isInstanceOfSatisfying(
            JobView.Finished.class,
            finished -> assertThat(finished.outcome().exitCode()).isEqualTo(OptionalInt.of(3)));
    assertThat(server.lines()).containsExactly(watch(60), PODS);
  }

  @Test
  void ends_when_somebody_suspends_the_job() throws Exception {
    ObjectNode suspended = started("80");
    ((ObjectNode) suspended.get("spec")).put("suspend", true);
    server.then(
        connection -> {
          connection.read();
          connection.chunked();
          connection.chunk(event("MODIFIED", suspended));
          connection.hang();
        });

    assertThat(cluster.watch(REF, "78", LONG))
        .isEqualTo(new JobView.Suspended("u-1", "80", LONGEST, false));
  }

  @Test
  void looks_when_the_job_was_deleted() throws Exception {
    server
        .then(
            connection -> {
              connection.read();
              connection.chunked();
              connection.chunk(event("DELETED", started("80")));
              connection.hang();
            })
        .then(404, notFound());

    assertThat(cluster.watch(REF, "78", LONG)).isEqualTo(new JobView.Gone(true));
    assertThat(server.lines()).containsExactly(watch(60), GET);
  }

  @Test
  void looks_once_when_its_version_is_too_old() throws Exception {
    server.then(410, status(410, "Expired", "too old")).then(200, started("79").toString());

    assertThat(cluster.watch(REF, "1", LONG)).isEqualTo(STARTED);
    assertThat(server.seen()).hasSize(2);
  }

  @Test
  void looks_once_when_its_version_becomes_too_old() throws Exception {
    server
        .then(
            connection -> {
              connection.read();
              connection.chunked();
              connection.chunk(event("MODIFIED", started("78")));
              connection.chunk(event("ERROR", object(status(410, "Expired", "too old"))));
              connection.hang();
            })
        .then(200, started("79").toString());

    assertThat(cluster.watch(REF, "78", LONG)).isEqualTo(STARTED);
    assertThat(server.lines()).containsExactly(watch(60), GET);
  }

  @Test
  void looks_once_when_the_stream_breaks() throws Exception {
    server
        .then(
            connection -> {
              connection.read();
              connection.chunked();
              connection.chunk(event("MODIFIED", started("78")));
              connection.reset();
            })
        .then(200, started("79").toString());

    assertThat(cluster.watch(REF, "78", LONG)).isEqualTo(STARTED);
    assertThat(server.lines()).containsExactly(watch(60), GET);
  }

  @Test
  void tells_the_last_view_when_the_server_ends_the_watch() throws Exception {
    server.then(
        connection -> {
          connection.read();
          connection.chunked();
          connection.chunk(event("MODIFIED", started("79")));
          connection.end();
        });

    assertThat(cluster.watch(REF, "78", Duration.ofMillis(1))).isEqualTo(STARTED);
    assertThat(server.lines()).containsExactly(watch(1));
  }

  @Test
  void looks_when_nothing_happened_while_it_watched() throws Exception {
    server
        .then(
            connection -> {
              connection.read();
              connection.chunked();
              connection.end();
            })
        .then(200, started("79").toString());

    assertThat(cluster.watch(REF, "78", Duration.ofSeconds(1))).isEqualTo(STARTED);
    assertThat(server.lines()).containsExactly(watch(1), GET);
  }

  @Test
  void hangs_up_itself_on_a_server_that_does_not_end_the_watch() throws Exception {
    server
        .then(
            connection -> {
              connection.read();
              connection.chunked();
              connection.chunk(event("MODIFIED", started("78")));
              connection.hang();
            })
        .then(200, started("79").toString());
    try (KubernetesCluster hasty = Samples.cluster(server.url(), Samples.HASTY)) {

      assertThat(hasty.watch(REF, "78", Duration.ofSeconds(1))).isEqualTo(STARTED);
    }

    assertThat(server.clientHungUp()).isTrue();
    assertThat(server.lines()).containsExactly(watch(1), GET);
  }

  @Test
  void concludes_nothing_from_a_watch_that_is_forbidden() {
    server.then(
        403,
        status(
            403, "Forbidden", "User \"x\" cannot watch resource \"jobs\" in API group \"batch\""));

    assertThatThrownBy(() -> cluster.watch(REF, "78", LONG))
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessageContaining(
            "let RBAC allow that user to watch jobs.batch in the namespace reports");
    assertThat(server.seen()).hasSize(1);
  }

  private static String watch(int seconds) {
    return "GET "
        + JOBS
        + "?watch=true&fieldSelector=metadata.name%3D"
        + RUN
        + "&timeoutSeconds="
        + seconds
        + "&resourceVersion="
        + "78";
  }

  private static String event(String type, ObjectNode object) {
    return "{\"type\":\"" + type + "\",\"object\":" + object + "}\n";
  }
}
