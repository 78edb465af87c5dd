package io.lockexec.kubernetes;

import static io.lockexec.kubernetes.Samples.JOB;
import static io.lockexec.kubernetes.Samples.JOBS;
import static io.lockexec.kubernetes.Samples.KUBE_SYSTEM;
import static io.lockexec.kubernetes.Samples.LONGEST;
import static io.lockexec.kubernetes.Samples.PATCH;
import static io.lockexec.kubernetes.Samples.PODS;
import static io.lockexec.kubernetes.Samples.POST;
import static io.lockexec.kubernetes.Samples.REF;
import static io.lockexec.kubernetes.Samples.REPORTS;
import static io.lockexec.kubernetes.Samples.STAGING;
import static io.lockexec.kubernetes.Samples.alreadyExists;
import static io.lockexec.kubernetes.Samples.complete;
import static io.lockexec.kubernetes.Samples.failed;
import static io.lockexec.kubernetes.Samples.foreign;
import static io.lockexec.kubernetes.Samples.held;
import static io.lockexec.kubernetes.Samples.list;
import static io.lockexec.kubernetes.Samples.manifest;
import static io.lockexec.kubernetes.Samples.metadata;
import static io.lockexec.kubernetes.Samples.namespace;
import static io.lockexec.kubernetes.Samples.notFound;
import static io.lockexec.kubernetes.Samples.object;
import static io.lockexec.kubernetes.Samples.pod;
import static io.lockexec.kubernetes.Samples.started;
import static io.lockexec.kubernetes.Samples.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockexec.cluster.Cluster.Listed;
import io.lockexec.cluster.ClusterUnavailableException;
import io.lockexec.job.JobView;
import io.lockexec.job.Outcome;
import io.lockexec.schedule.Firing;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** What each operation sends, and what it makes of what it is told. */
final class KubernetesClusterTest {
  private static final JobView.Held HELD = new JobView.Held("u-1", "77", LONGEST);
  private static final String GET = "GET " + JOB;

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

  // create

  @Test
  void creates_a_job_strictly_and_whole() throws Exception {
    server.then(201, held().toString());

    JobView view = cluster.create(REF, Samples.hardened());

    assertThat(view).isEqualTo(HELD);
    assertThat(server.lines()).containsExactly(POST);
    assertThat(server.seen().getFirst().json()).isEqualTo(manifest());
    assertThat(server.seen().getFirst().headers())
        .containsEntry("content-type", "application/json")
        .containsEntry("user-agent", "lock-exec");
  }

  @Test
  void finds_its_own_job_where_the_name_is_taken() throws Exception {
    server.then(409, alreadyExists()).then(200, held().toString());

    JobView view = cluster.create(REF, Samples.hardened());

    assertThat(view).isEqualTo(HELD);
    assertThat(server.lines()).containsExactly(POST, GET);
  }

  @Test
  void finds_its_own_job_started_where_the_name_is_taken() throws Exception {
    server.then(409, alreadyExists()).then(200, started("78").toString());

    JobView view = cluster.create(REF, Samples.hardened());

    assertThat(view).isEqualTo(new JobView.Started("u-1", "78", LONGEST));
  }

  @Test
  void finds_a_job_of_somebody_else_where_the_name_is_taken() throws Exception {
    server.then(409, alreadyExists()).then(200, foreign().toString());

    JobView view = cluster.create(REF, Samples.hardened());

    assertThat(view).isEqualTo(new JobView.Foreign("it belongs to the CronJob nightly"));
    assertThat(server.lines()).containsExactly(POST, GET);
  }

  @Test
  void concludes_nothing_where_the_name_was_taken_and_is_free_again() {
    server.then(409, alreadyExists()).then(404, notFound());

    assertThatThrownBy(() -> cluster.create(REF, Samples.hardened()))
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessageContaining("now it is gone: look again");
    assertThat(server.lines()).containsExactly(POST, GET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"podReplacementPolicy", "backoffLimit", "activeDeadlineSeconds"})
  void deletes_a_held_job_that_lost_what_guards_it(String guard) {
    ObjectNode echo = held();
    ((ObjectNode) echo.get("spec")).remove(guard);
    server.then(201, echo.toString()).then(200, "{\"kind\": \"Status\", \"metadata\": {}}");

    assertThatThrownBy(() -> cluster.create(REF, Samples.hardened()))
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessageContaining(guard)
        .hasMessageContaining("Kubernetes 1.29 or newer")
        .hasMessageEndingWith("The held Job was deleted");
    assertThat(server.lines()).containsExactly(POST, "DELETE " + JOB);
    assertThat(server.seen().getLast().json())
        .isEqualTo(
            object(
                """
                {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background",
                 "preconditions": {"uid": "u-1", "resourceVersion": "77"}}
                """));
  }

  @ParameterizedTest
  @ValueSource(strings = {"labels", "annotations"})
  void deletes_a_held_job_that_lost_the_marks_by_which_it_is_known(String marks) {
    ObjectNode echo = held();
    ((ObjectNode) echo.get("metadata")).remove(marks);
    server.then(201, echo.toString()).then(200, "{\"kind\": \"Status\", \"metadata\": {}}");

    assertThatThrownBy(() -> cluster.create(REF, Samples.hardened()))
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessageContaining("metadata." + marks)
        .hasMessageEndingWith("The held Job was deleted");
    assertThat(server.lines()).containsExactly(POST, "DELETE " + JOB);
  }

  @Test
  void keeps_a_held_job_that_it_finds_made_of_the_template_as_it_was_before() throws Exception {
    ObjectNode before = held();
    ((ObjectNode) before.get("spec")).put("activeDeadlineSeconds", 60).put("parallelism", 2);
    server.then(409, alreadyExists()).then(200, before.toString());

    JobView view = cluster.create(REF, Samples.hardened());

    assertThat(view).isEqualTo(new JobView.Held("u-1", "77", Duration.ofSeconds(90)));
    assertThat(server.lines()).containsExactly(POST, GET);
  }

  @ParameterizedTest
  @ValueSource(strings = {"podReplacementPolicy", "backoffLimit", "activeDeadlineSeconds"})
  void deletes_a_held_job_that_it_finds_without_what_guards_it(String guard) {
    ObjectNode unguarded = held();
    ((ObjectNode) unguarded.get("spec")).remove(guard);
    server
        .then(409, alreadyExists())
        .then(200, unguarded.toString())
        .then(200, "{\"kind\": \"Status\", \"metadata\": {}}");

    assertThatThrownBy(() -> cluster.create(REF, Samples.hardened()))
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessageContaining(guard)
        .hasMessageEndingWith("The held Job was deleted");
    assertThat(server.lines()).containsExactly(POST, GET, "DELETE " + JOB);
  }

  @Test
  void shows_a_job_as_started_if_the_server_did_not_hold_it_so_that_it_is_not_made_elsewhere()
      throws Exception {
    ObjectNode echo = held();
    ((ObjectNode) echo.get("spec")).remove("suspend");
    server.then(201, echo.toString());

    JobView view = cluster.create(REF, Samples.hardened());

    assertThat(view).isInstanceOf(JobView.Started.class);
    assertThat(server.lines()).containsExactly(POST);
  }

  @Test
  void says_so_if_a_job_that_lost_what_guards_it_cannot_be_deleted() {
    ObjectNode echo = held();
    ((ObjectNode) echo.get("spec")).remove("podReplacementPolicy");
    server.then(201, echo.toString()).then(500, status(500, "InternalError", "etcd"));

    assertThatThrownBy(() -> cluster.create(REF, Samples.hardened()))
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessageEndingWith("The held Job could not be deleted");
  }

  // look

  @Test
  void looks_without_a_resource_version() throws Exception {
    server.then(200, held().toString());

    assertThat(cluster.look(REF, Optional.of("i-1"))).isEqualTo(HELD);
    assertThat(server.lines()).containsExactly(GET);
  }

  @Test
  void tells_the_exit_code_of_a_failed_job() throws Exception {
    server
        .then(200, failed("80").toString())
        .then(200, list("", pod("u-9", "Failed", 1), pod("u-1", "Failed", 42)));

    JobView view = cluster.look(REF, Optional.empty());

    assertThat(exitCode(view)).isEqualTo(OptionalInt.of(42));
    assertThat(server.lines()).containsExactly(GET, PODS);
  }

  @Test
  void tells_a_failure_even_if_the_exit_code_cannot_be_learnt() throws Exception {
    server
        .then(200, failed("80").toString())
        .then(403, status(403, "Forbidden", "pods is forbidden"));

    JobView view = cluster.look(REF, Optional.empty());

    assertThat(exitCode(view)).isEmpty();
  }

  @Test
  void asks_for_no_exit_code_of_a_success() throws Exception {
    server.then(200, complete("80").toString());

    assertThat(cluster.look(REF, Optional.empty())).isInstanceOf(JobView.Finished.class);
    assertThat(server.lines()).containsExactly(GET);
  }

  @Test
  void asks_once_where_an_absence_proves_nothing() throws Exception {
    server.then(404, notFound());

    assertThat(cluster.look(REF, Optional.empty())).isEqualTo(new JobView.Gone(true));
    assertThat(server.lines()).containsExactly(GET);
  }

  @ParameterizedTest
  @CsvSource({"Running,true", "Pending,true", "Unknown,true", "Failed,false", "Succeeded,false"})
  void takes_a_job_for_gone_in_the_incarnation_that_is_expected(String phase, boolean podsLeft)
      throws Exception {
    server
        .then(404, notFound())
        .then(200, list("", pod("u-1", phase, 0)))
        .then(200, namespace("i-1"));

    JobView view = cluster.look(REF, Optional.of("i-1"));

    assertThat(view).isEqualTo(new JobView.Gone(podsLeft));
    assertThat(server.lines()).containsExactly(GET, PODS, KUBE_SYSTEM);
  }

  @Test
  void takes_absence_in_another_incarnation_for_nothing() throws Exception {
    server
        .then(200, namespace("i-1"))
        .then(404, notFound())
        .then(200, list(""))
        .then(200, namespace("i-2"));
    assertThat(cluster.incarnation()).isEqualTo("i-1");

    assertThatThrownBy(() -> cluster.look(REF, Optional.of("i-1")))
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessageContaining("another incarnation of the cluster answers (i-2 instead of i-1)");
    assertThat(cluster.incarnation()).isEqualTo("i-2");
  }

  @Test
  void takes_a_404_that_is_not_the_api_servers_for_nothing() {
    server.then(404, "<html>no such page</html>");

    assertThatThrownBy(() -> cluster.look(REF, Optional.empty()))
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessageContaining("404 Not Found: <html>no such page</html>");
  }

  @Test
  void does_not_take_a_job_for_gone_while_its_pods_cannot_be_listed() {
    server.then(404, notFound()).then(500, status(500, "InternalError", "etcd"));

    assertThatThrownBy(() -> cluster.look(REF, Optional.of("i-1")))
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessageContaining("GET pods reports");
  }

  // start

  @Test
  void starts_exactly_the_job_that_it_saw_held() throws Exception {
    server.then(200, started("78").toString());

    JobView view = cluster.start(REF, "u-1");

    assertThat(view).isEqualTo(new JobView.Started("u-1", "78", LONGEST));
    assertThat(server.lines()).containsExactly(PATCH);
    ScriptedServer.Seen patch = server.seen().getFirst();
    assertThat(patch.headers()).containsEntry("content-type", "application/json-patch+json");
    assertThat(patch.body())
        .isEqualToIgnoringWhitespace(
            """
            [{"op": "test", "path": "/metadata/uid", "value": "u-1"},
             {"op": "test", "path": "/metadata/annotations/lock-exec.io~1launch", "value": "held"},
             {"op": "test", "path": "/metadata/generation", "value": 1},
             {"op": "replace", "path": "/metadata/annotations/lock-exec.io~1launch",
              "value": "started"},
             {"op": "replace", "path": "/spec/suspend", "value": false}]
            """);
  }

  @ParameterizedTest
  @CsvSource({"422,Invalid", "409,Conflict", "404,NotFound"})
  void looks_where_the_tests_of_the_start_fail(int code, String reason) throws Exception {
    server.then(code, status(code, reason, "no")).then(200, complete("90").toString());

    JobView view = cluster.start(REF, "u-1");

    assertThat(view).isInstanceOf(JobView.Finished.class);
    assertThat(server.lines()).containsExactly(PATCH, GET);
  }

  // unsettled

  @Test
  void lists_all_pages_of_what_is_unsettled() throws Exception {
    String selector = "?labelSelector=lock-exec.io%2Finstallation%3Dstaging%2C%21";
    String query = "GET " + JOBS + selector + "lock-exec.io%2Fsettled&limit=500";
    server
        .then(200, list("a+b/c", held().toString()))
        .then(200, list("", named(started("91"), "nightly-29923321").toString()));

    List<Listed> listed = cluster.unsettled(STAGING, REPORTS);

    assertThat(listed)
        .containsExactly(
            new Listed(REF.firing(), HELD),
            new Listed(
                Firing.ofRunId("nightly-29923321").orElseThrow(),
                new JobView.Started("u-1", "91", LONGEST)));
    assertThat(server.lines()).containsExactly(query, query + "&continue=a%2Bb%2Fc");
  }

  @Test
  void concludes_nothing_from_a_list_that_expired_between_its_pages() {
    server
        .then(200, list("next", held().toString()))
        .then(410, status(410, "Expired", "The provided continue parameter is too old"));

    assertThatThrownBy(() -> cluster.unsettled(STAGING, REPORTS))
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessageContaining("410 Expired")
        .hasMessageContaining("read anew");
  }

  @Test
  void leaves_out_jobs_with_copied_labels() throws Exception {
    ObjectNode copy = held();
    metadata(copy).put("name", "nightly-by-hand");
    ObjectNode nonsense = named(held(), "no-run");
    server.then(200, list("", copy.toString(), nonsense.toString(), held().toString()));

    assertThat(cluster.unsettled(STAGING, REPORTS)).containsExactly(new Listed(REF.firing(), HELD));
  }

  @Test
  void asks_once_for_exit_codes_that_cannot_be_learnt() throws Exception {
    server.then(200, list("", failed("1").toString(), failed("2").toString())).then(503, "not now");

    assertThat(cluster.unsettled(STAGING, REPORTS)).hasSize(2);
    assertThat(server.seen()).hasSize(2);
  }

  @Test
  void tells_the_exit_codes_of_failed_jobs_in_a_list() throws Exception {
    server.then(200, list("", failed("1").toString())).then(200, list("", pod("u-1", "Failed", 7)));

    List<Listed> listed = cluster.unsettled(STAGING, REPORTS);

    assertThat(exitCode(listed.getFirst().view())).isEqualTo(OptionalInt.of(7));
  }

  // delete

  @ParameterizedTest
  @CsvSource({"200,Success,true", "202,Success,true", "404,NotFound,false", "409,Conflict,false"})
  void deletes_one_job_in_one_version(int code, String reason, boolean deleted) throws Exception {
    server.then(code, status(code, reason, ""));

    assertThat(cluster.delete(REF, "u-1", "77")).isEqualTo(deleted);
    assertThat(server.lines()).containsExactly("DELETE " + JOB);
    assertThat(server.seen().getFirst().json().path("preconditions"))
        .isEqualTo(object("{\"uid\": \"u-1\", \"resourceVersion\": \"77\"}"));
  }

  // settled

  @ParameterizedTest
  @CsvSource({"200", "404", "422"})
  void marks_a_job_as_settled_if_it_is_still_that_job(int code) throws Exception {
    server.then(code, complete("95").toString());

    cluster.settled(REF, "u-1", Duration.ofDays(1));

    assertThat(server.lines()).containsExactly(PATCH);
    assertThat(server.seen().getFirst().body())
        .isEqualToIgnoringWhitespace(
            """
            [{"op": "test", "path": "/metadata/uid", "value": "u-1"},
             {"op": "add", "path": "/spec/ttlSecondsAfterFinished", "value": 86400},
             {"op": "add", "path": "/metadata/labels/lock-exec.io~1settled", "value": "true"}]
            """);
  }

  // incarnation, cronJob

  @Test
  void remembers_the_incarnation() throws Exception {
    server.then(200, namespace("i-1"));

    assertThat(cluster.incarnation()).isEqualTo("i-1");
    assertThat(cluster.incarnation()).isEqualTo("i-1");
    assertThat(server.lines()).containsExactly(KUBE_SYSTEM);
  }

  @Test
  void reads_a_cron_job_as_it_is() throws Exception {
    ObjectNode cronJob = object("{\"metadata\": {\"name\": \"n\"}, \"spec\": {\"odd\": [1]}}");
    server.then(200, cronJob.toString());

    assertThat(cluster.cronJob(REPORTS, "nightly.report")).isEqualTo(cronJob);
    assertThat(server.lines())
        .containsExactly("GET /apis/batch/v1/namespaces/reports/cronjobs/nightly.report");
  }

  @Test
  void says_what_to_do_about_a_cron_job_that_is_not_there() {
    server.then(404, status(404, "NotFound", "cronjobs.batch \"nightly\" not found"));

    assertThatThrownBy(() -> cluster.cronJob(REPORTS, "nightly"))
        .isInstanceOf(ClusterUnavailableException.class)
        .hasMessage(
            "cluster blue: GET cronjobs reports/nightly: 404 NotFound: cronjobs.batch \"nightly\""
                + " not found; create the CronJob there, suspended, or name another one");
  }

  private static ObjectNode named(ObjectNode job, String run) {
    metadata(job).put("name", run);
    ((ObjectNode) job.at("/metadata/labels")).put("lock-exec.io/run", run);
    return job;
  }

  private static OptionalInt exitCode(JobView view) {
    assertThat(view).isInstanceOf(JobView.Finished.class);
    Outcome outcome = ((JobView.Finished) view).outcome();
    return outcome.exitCode();
  }
}
