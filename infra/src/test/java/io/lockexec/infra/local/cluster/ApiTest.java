package io.lockexec.infra.local.cluster;

import static io.lockexec.infra.local.cluster.Kube.JOBS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockexec.infra.local.cluster.Kube.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The API of a local cluster keeps the rules of kube-apiserver. */
final class ApiTest {
  private static final String HELD = "\"suspend\": true";

  private Kube kube;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    kube = Kube.start(directory);
  }

  @AfterEach
  void stop() {
    kube.close();
  }

  private static String held(String name) {
    return Kube.job(name, HELD, "true");
  }

  private JsonNode createLabelled(String name, String labels) throws Exception {
    return kube.create(
        held(name)
            .replace(
                "{\"name\": \"" + name + "\"}",
                "{\"name\": \"" + name + "\", \"labels\": {" + labels + "}}"));
  }

  private List<String> listed(String query) throws Exception {
    Reply reply = kube.get(JOBS + query);
    assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
    return reply.body().path("items").values().stream().map(Kube::name).toList();
  }

  @Test
  void says_its_version_and_that_it_is_ready() throws Exception {
    assertThat(kube.get("/version").text("/major")).isEqualTo("1");
    assertThat(kube.get("/readyz").body().asString()).isEqualTo("ok");
    assertThat(kube.get("/livez").status()).isEqualTo(200);
  }

  @Test
  void lets_nobody_in_without_the_token() throws Exception {
    URI jobs = URI.create(kube.cluster().url() + JOBS);

    Reply none = kube.send(HttpRequest.newBuilder(jobs));
    Reply wrong = kube.send(HttpRequest.newBuilder(jobs).header("Authorization", "Bearer x"));

    assertThat(none.status()).isEqualTo(401);
    assertThat(none.text("/reason")).isEqualTo("Unauthorized");
    assertThat(wrong.status()).isEqualTo(401);
  }

  @Test
  void has_an_identity_in_the_uid_of_kube_system() throws Exception {
    Reply kubeSystem = kube.get("/api/v1/namespaces/kube-system");

    assertThat(kubeSystem.text("/metadata/uid")).isEqualTo(kube.cluster().uid()).isNotEmpty();
    assertThat(kube.get("/api/v1/namespaces").body().path("items")).hasSize(2);
  }

  @Test
  void creates_namespaces_and_knows_no_others() throws Exception {
    String elsewhere = "/apis/batch/v1/namespaces/reports/jobs";

    Reply refused = kube.post(elsewhere, held("a"));
    Reply namespace = kube.post("/api/v1/namespaces", "{\"metadata\": {\"name\": \"reports\"}}");
    Reply accepted = kube.post(elsewhere, held("a"));

    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.text("/message")).isEqualTo("namespaces \"reports\" not found");
    assertThat(namespace.status()).isEqualTo(201);
    assertThat(accepted.status()).isEqualTo(201);
  }

  @Test
  void gives_a_new_job_what_kubernetes_gives_it() throws Exception {
    JsonNode job = kube.create(held("a"));

    assertThat(job.at("/metadata/uid").asString()).isNotEmpty();
    assertThat(job.at("/metadata/resourceVersion").asString()).isNotEmpty();
    assertThat(job.at("/metadata/creationTimestamp").asString()).isEqualTo("2026-11-23T08:00:00Z");
    assertThat(job.at("/metadata/generation").asInt()).isEqualTo(1);
    assertThat(job.at("/spec/parallelism").asInt()).isEqualTo(1);
    assertThat(job.at("/spec/completions").asInt()).isEqualTo(1);
    assertThat(job.at("/spec/backoffLimit").asInt()).isEqualTo(6);
    assertThat(job.at("/spec/completionMode").asString()).isEqualTo("NonIndexed");
    assertThat(job.at("/spec/podReplacementPolicy").asString()).isEqualTo("TerminatingOrFailed");
    assertThat(job.at("/spec/template/spec/terminationGracePeriodSeconds").asInt()).isEqualTo(30);
    assertThat(job.at("/spec/template/spec/dnsPolicy").asString()).isEqualTo("ClusterFirst");
    String uid = job.at("/metadata/uid").asString();
    JsonNode labels = job.at("/spec/template/metadata/labels");
    assertThat(labels.path("batch.kubernetes.io/controller-uid").asString()).isEqualTo(uid);
    assertThat(labels.path("controller-uid").asString()).isEqualTo(uid);
    assertThat(labels.path("batch.kubernetes.io/job-name").asString()).isEqualTo("a");
    assertThat(labels.path("job-name").asString()).isEqualTo("a");
    assertThat(job.at("/spec/selector/matchLabels")).hasSize(1);
  }

  @Test
  void replaces_failed_pods_only_when_there_is_a_pod_failure_policy() throws Exception {
    String policy =
        "\"podFailurePolicy\": {\"rules\": [{\"action\": \"FailJob\", \"onExitCodes\":"
            + " {\"operator\": \"In\", \"values\": [3]}}]}";

    JsonNode job = kube.create(Kube.job("a", HELD + ", " + policy, "true"));

    assertThat(job.at("/spec/podReplacementPolicy").asString()).isEqualTo("Failed");
  }

  @Test
  void drops_the_status_of_a_new_job() throws Exception {
    JsonNode job = kube.create(held("a").replaceFirst("\\{", "{\"status\": {\"succeeded\": 1}, "));

    assertThat(job.at("/status").isEmpty()).isTrue();
  }

  @Test
  void refuses_a_second_object_of_a_name() throws Exception {
    kube.create(held("a"));

    Reply second = kube.post(JOBS, held("a"));

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.text("/reason")).isEqualTo("AlreadyExists");
    assertThat(second.text("/message")).isEqualTo("jobs.batch \"a\" already exists");
  }

  @Test
  void says_of_an_object_that_does_not_exist_that_it_is_not_found() throws Exception {
    Reply reply = kube.get(JOBS + "/a");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.text("/reason")).isEqualTo("NotFound");
    assertThat(reply.text("/message")).isEqualTo("jobs.batch \"a\" not found");
  }

  @Test
  void keeps_nothing_of_a_dry_run() throws Exception {
    assertThat(kube.post(JOBS + "?dryRun=All", held("a")).status()).isEqualTo(201);

    assertThat(kube.get(JOBS + "/a").status()).isEqualTo(404);
  }

  @Test
  void refuses_unknown_fields_when_asked_to_be_strict() throws Exception {
    String misspelt = held("a").replace("\"image\"", "\"imagee\": \"x\", \"image\"");

    Reply reply = kube.post(JOBS + "?fieldValidation=Strict", misspelt);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("/reason")).isEqualTo("BadRequest");
    assertThat(reply.text("/message"))
        .isEqualTo(
            "Job in version \"v1\" cannot be handled as a Job: strict decoding error:"
                + " unknown field \"spec.template.spec.containers[0].imagee\"");
  }

  @Test
  void refuses_duplicate_fields_when_asked_to_be_strict() throws Exception {
    String doubled = held("a").replace(HELD, HELD + ", " + HELD);

    assertThat(kube.post(JOBS + "?fieldValidation=Strict", doubled).status()).isEqualTo(400);
    assertThat(kube.post(JOBS, doubled).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?fieldValidation=Warn"})
  void drops_unknown_fields_with_a_warning(String query) throws Exception {
    Reply reply = kube.post(JOBS + query, held("a").replace(HELD, HELD + ", \"suspended\": 1"));

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.body().path("spec").has("suspended")).isFalse();
    assertThat(reply.warnings()).containsExactly("299 - \"unknown field \\\"spec.suspended\\\"\"");
  }

  @Test
  void drops_unknown_fields_in_silence_when_asked_to_ignore_them() throws Exception {
    String body = held("a").replace(HELD, HELD + ", \"suspended\": 1");

    Reply reply = kube.post(JOBS + "?fieldValidation=Ignore", body);

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.warnings()).isEmpty();
  }

  @Test
  void refuses_a_value_of_the_wrong_type() throws Exception {
    Reply reply = kube.post(JOBS, held("a").replace(HELD, "\"suspend\": \"yes\""));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("/message")).contains("spec.suspend").contains("bool");
  }

  @Test
  void refuses_what_is_no_json() throws Exception {
    assertThat(kube.post(JOBS, "{").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "name": "a"               | "name": "A_b"              | metadata.name
          "name": "a"               | "name": "%s"               | metadata.name
          "name": "a"               | "nam": "a"                 | metadata.name
          "restartPolicy": "Never"  | "restartPolicy": "Always"  | restartPolicy
          "restartPolicy": "Never"  | "dnsPolicy": "Default"     | restartPolicy
          "image": "busybox:1"      | "image": ""                | spec.containers[0].image
          "name": "main",           | "name": "",                | spec.containers[0].name
          "containers"              | "initContainers"           | spec.containers
          "suspend": true           | "backoffLimit": -1         | spec.backoffLimit
          "suspend": true           | "parallelism": 2, "completionMode": "Indexed"|spec.completions
          "name": "a"               | "name": "a", "labels": {"k": "v w"} | metadata.labels
          "name": "a"               | "name": "a", "labels": {"k": "%s"}  | metadata.labels
          "suspend": true           | "selector": {"matchLabels": {"a": "b"}} | spec.selector
          """)
  void refuses_an_invalid_job(String was, String is, String field) throws Exception {
    String job = held("a").replace(was, is.formatted("x".repeat(64)));

    Reply reply = kube.post(JOBS, job);

    assertThat(reply.status()).as(reply.body().toString()).isEqualTo(422);
    assertThat(reply.text("/reason")).isEqualTo("Invalid");
    assertThat(reply.text("/details/causes/0/field")).contains(field);
    assertThat(reply.text("/message")).startsWith("Job.batch \"").contains("is invalid: ");
  }

  @Test
  void accepts_a_name_of_63_characters() throws Exception {
    kube.create(held("x".repeat(63)));
  }

  @Test
  void makes_a_name_from_generate_name() throws Exception {
    JsonNode job =
        kube.create(held("a").replace("{\"name\": \"a\"}", "{\"generateName\": \"a-\"}"));

    assertThat(Kube.name(job)).matches("a-[a-z0-9]{5}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          app=x             | a
          app==x            | a
          app!=x            | b,c
          app in (x,y)      | a,b
          app notin (x)     | b,c
          app               | a,b
          !app              | c
          app,!settled      | a
          app in (x,y),settled=yes | b
          """)
  void selects_by_labels(String selector, String names) throws Exception {
    createLabelled("a", "\"app\": \"x\"");
    createLabelled("b", "\"app\": \"y\", \"settled\": \"yes\"");
    kube.create(held("c"));

    String query = selector.replace(" ", "%20").replace("=", "%3D").replace("!", "%21");

    assertThat(listed("?labelSelector=" + query)).containsExactly(names.split(","));
  }

  @Test
  void selects_by_name() throws Exception {
    kube.create(held("a"));
    kube.create(held("b"));

    assertThat(listed("?fieldSelector=metadata.name%3Db")).containsExactly("b");
    assertThat(kube.get(JOBS + "?fieldSelector=spec.x%3Db").status()).isEqualTo(400);
  }

  @Test
  void lists_over_one_namespace_and_over_all() throws Exception {
    kube.create(held("a"));
    kube.cluster().apply(Kube.json(held("b").replace("\"b\"", "\"b\", \"namespace\": \"n\"")));

    Reply all = kube.get("/apis/batch/v1/jobs");

    assertThat(listed("")).containsExactly("a");
    assertThat(all.body().path("items").values().stream().map(Kube::name))
        .containsExactly("a", "b");
    assertThat(all.text("/kind")).isEqualTo("JobList");
    assertThat(all.text("/metadata/resourceVersion")).isNotEmpty();
  }

  @Test
  void pages_through_a_list_as_it_was_at_first() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      kube.create(held(name));
    }

    Reply first = kube.get(JOBS + "?limit=2");
    kube.create(held("bb"));
    kube.delete(JOBS + "/c?propagationPolicy=Background", "");
    Reply second = kube.get(JOBS + "?limit=2&continue=" + first.text("/metadata/continue"));

    assertThat(first.body().path("items")).hasSize(2);
    assertThat(first.body().at("/metadata/remainingItemCount").asInt()).isEqualTo(1);
    assertThat(second.body().path("items").values().stream().map(Kube::name)).containsExactly("c");
    assertThat(second.body().path("metadata").has("continue")).isFalse();
    assertThat(second.text("/metadata/resourceVersion"))
        .isEqualTo(first.text("/metadata/resourceVersion"));
  }

  @Test
  void refuses_to_continue_a_list_that_it_never_began() throws Exception {
    assertThat(kube.get(JOBS + "?limit=2&continue=7-7").status()).isEqualTo(410);
    assertThat(kube.get(JOBS + "?limit=2&continue=x").status()).isEqualTo(400);
  }

  @Test
  void applies_a_json_patch_whose_tests_hold() throws Exception {
    String uid = kube.create(held("a")).at("/metadata/uid").asString();

    Reply reply =
        kube.jsonPatch(
            JOBS + "/a",
            """
            [{"op": "test", "path": "/metadata/uid", "value": "%s"},
             {"op": "add", "path": "/metadata/annotations", "value": {"a/b": "held"}},
             {"op": "test", "path": "/metadata/annotations/a~1b", "value": "held"},
             {"op": "replace", "path": "/metadata/annotations/a~1b", "value": "started"},
             {"op": "replace", "path": "/spec/suspend", "value": false}]
            """
                .formatted(uid));

    assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
    assertThat(reply.body().at("/metadata/annotations").path("a/b").asString())
        .isEqualTo("started");
    assertThat(reply.body().at("/spec/suspend").asBoolean()).isFalse();
    assertThat(reply.body().at("/metadata/generation").asInt()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"op\": \"test\", \"path\": \"/metadata/uid\", \"value\": \"other\"}",
        "{\"op\": \"test\", \"path\": \"/metadata/annotations/x\", \"value\": \"held\"}",
        "{\"op\": \"remove\", \"path\": \"/metadata/annotations/x\"}",
        "{\"op\": \"replace\", \"path\": \"/metadata/annotations/x\", \"value\": \"y\"}",
        "{\"op\": \"replace\", \"path\": \"/spec/nothing\", \"value\": \"y\"}",
        "{\"op\": \"add\", \"path\": \"/metadata/annotations/x\", \"value\": \"y\"}"
      })
  void refuses_a_json_patch_that_does_not_apply_and_changes_nothing(String operation)
      throws Exception {
    kube.create(held("a"));
    JsonNode before =
        kube.cluster().awaitJob("default", "a", job -> Kube.has(job, "Suspended"), Kube.SOON);

    Reply reply =
        kube.jsonPatch(
            JOBS + "/a",
            "[{\"op\": \"replace\", \"path\": \"/spec/suspend\", \"value\": false}, %s]"
                .formatted(operation));

    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.text("/reason")).isEqualTo("Invalid");
    assertThat(kube.get(JOBS + "/a").body()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/merge-patch+json", "application/strategic-merge-patch+json"})
  void applies_a_merge_patch(String type) throws Exception {
    createLabelled("a", "\"app\": \"x\"");

    Reply reply =
        kube.patch(
            JOBS + "/a",
            type,
            "{\"metadata\": {\"labels\": {\"app\": null, \"settled\": \"yes\"}}, \"spec\":"
                + " {\"ttlSecondsAfterFinished\": 60}}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().at("/metadata/labels").toString()).isEqualTo("{\"settled\":\"yes\"}");
    assertThat(reply.body().at("/spec/ttlSecondsAfterFinished").asInt()).isEqualTo(60);
  }

  @Test
  void knows_no_other_kind_of_patch() throws Exception {
    kube.create(held("a"));

    assertThat(kube.patch(JOBS + "/a", "application/json", "{}").status()).isEqualTo(415);
  }

  @Test
  void refuses_a_patch_with_an_old_resource_version() throws Exception {
    kube.create(held("a"));

    Reply reply =
        kube.patch(
            JOBS + "/a",
            "application/merge-patch+json",
            "{\"metadata\": {\"resourceVersion\": \"1\", \"labels\": {\"a\": \"b\"}}}");

    assertThat(reply.status()).isEqualTo(409);
    assertThat(reply.text("/reason")).isEqualTo("Conflict");
  }

  @Test
  void lets_nobody_patch_the_status() throws Exception {
    kube.create(held("a"));

    Reply reply =
        kube.patch(JOBS + "/a", "application/merge-patch+json", "{\"status\": {\"succeeded\": 1}}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().path("status").has("succeeded")).isFalse();
  }

  @Test
  void writes_nothing_when_a_patch_changes_nothing() throws Exception {
    kube.create(held("a"));
    JsonNode before =
        kube.cluster().awaitJob("default", "a", job -> Kube.has(job, "Suspended"), Kube.SOON);

    Reply reply =
        kube.patch(JOBS + "/a", "application/merge-patch+json", "{\"spec\": {\"suspend\": true}}");

    assertThat(reply.text("/metadata/resourceVersion"))
        .isEqualTo(before.at("/metadata/resourceVersion").asString());
  }

  @Test
  void keeps_template_selector_and_completions_as_they_are() throws Exception {
    kube.create(held("a"));

    for (String spec :
        List.of(
            "\"template\": {\"spec\": {\"hostNetwork\": true}}",
            "\"selector\": {\"matchLabels\": {\"x\": \"y\"}}",
            "\"completions\": 2")) {
      Reply reply =
          kube.patch(
              JOBS + "/a", "application/merge-patch+json", "{\"spec\": {%s}}".formatted(spec));
      assertThat(reply.status()).as(spec).isEqualTo(422);
      assertThat(reply.text("/message")).contains("field is immutable");
    }
  }

  @Test
  void lets_a_job_that_was_never_started_be_scheduled_elsewhere() throws Exception {
    String selector = "{\"spec\": {\"template\": {\"spec\": {\"nodeSelector\": {\"a\": \"b\"}}}}}";
    kube.create(held("never-started"));
    kube.create(Kube.job("started", "sleep 60"));
    kube.awaitRunning("started");

    Reply never = kube.patch(JOBS + "/never-started", "application/merge-patch+json", selector);
    Reply started = kube.patch(JOBS + "/started", "application/merge-patch+json", selector);

    assertThat(never.status()).isEqualTo(200);
    assertThat(started.status()).isEqualTo(422);
  }

  @Test
  void replaces_a_job_by_put() throws Exception {
    kube.create(held("a"));
    JsonNode current =
        kube.cluster().awaitJob("default", "a", job -> Kube.has(job, "Suspended"), Kube.SOON);

    Reply reply =
        kube.put(JOBS + "/a", current.toString().replace("\"suspend\":true", "\"suspend\":false"));
    Reply stale = kube.put(JOBS + "/a", current.toString());

    assertThat(reply.status()).isEqualTo(200);
    assertThat(stale.status()).isEqualTo(409);
  }

  @ParameterizedTest
  @CsvSource({"uid, UID", "resourceVersion, ResourceVersion"})
  void deletes_nothing_when_a_precondition_fails(String field, String name) throws Exception {
    kube.create(held("a"));

    Reply reply =
        kube.delete(JOBS + "/a", "{\"preconditions\": {\"%s\": \"other\"}}".formatted(field));

    assertThat(reply.status()).isEqualTo(409);
    assertThat(reply.text("/reason")).isEqualTo("Conflict");
    assertThat(reply.text("/message")).contains("the " + name + " in the precondition (other)");
    assertThat(kube.get(JOBS + "/a").status()).isEqualTo(200);
  }

  @Test
  void deletes_when_its_preconditions_hold() throws Exception {
    kube.create(held("a"));
    JsonNode job =
        kube.cluster().awaitJob("default", "a", found -> Kube.has(found, "Suspended"), Kube.SOON);

    Reply reply =
        kube.delete(
            JOBS + "/a",
            """
            {"propagationPolicy": "Background",
             "preconditions": {"uid": "%s", "resourceVersion": "%s"}}
            """
                .formatted(
                    job.at("/metadata/uid").asString(),
                    job.at("/metadata/resourceVersion").asString()));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text("/status")).isEqualTo("Success");
    assertThat(kube.get(JOBS + "/a").status()).isEqualTo(404);
  }

  @Test
  void keeps_cron_jobs_and_runs_none() throws Exception {
    String cronJobs = "/apis/batch/v1/namespaces/default/cronjobs";
    String cronJob =
        """
        {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "nightly"},
         "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": {"spec":
           {"restartPolicy": "Never", "containers": [%s]}}}}}}
        """
            .formatted(Kube.container("main", "true"));

    Reply created = kube.post(cronJobs, cronJob);
    Reply patched =
        kube.patch(
            cronJobs + "/nightly",
            "application/merge-patch+json",
            "{\"spec\": {\"suspend\": true}}");

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.body().at("/spec/concurrencyPolicy").asString()).isEqualTo("Allow");
    assertThat(patched.body().at("/spec/suspend").asBoolean()).isTrue();
    assertThat(kube.get(cronJobs).body().path("items")).hasSize(1);
    assertThat(kube.delete(cronJobs + "/nightly", "").status()).isEqualTo(200);
    assertThat(kube.get(cronJobs + "/nightly").status()).isEqualTo(404);
    assertThat(kube.post(cronJobs, cronJob.replace("nightly", "x".repeat(53))).status())
        .isEqualTo(422);
  }

  @Test
  void watches_what_happens_to_the_objects_selected() throws Exception {
    String from = kube.get(JOBS).text("/metadata/resourceVersion");
    List<String> seen = new ArrayList<>();

    try (var events = kube.watch(JOBS + "?watch=1&labelSelector=app&resourceVersion=" + from)) {
      kube.create(Kube.job("unlabelled", HELD, "true"));
      createLabelled("a", "\"app\": \"x\"");
      kube.cluster().awaitJob("default", "a", job -> Kube.has(job, "Suspended"), Kube.SOON);
      kube.patch(
          JOBS + "/a",
          "application/merge-patch+json",
          "{\"metadata\": {\"labels\": {\"app\": null}}}");
      for (Iterator<JsonNode> each = events.iterator(); !seen.contains("DELETED a"); ) {
        JsonNode event = each.next();
        seen.add(event.path("type").asString() + " " + Kube.name(event.path("object")));
      }
    }

    assertThat(seen).containsSubsequence("ADDED a", "MODIFIED a", "DELETED a");
    assertThat(seen).noneMatch(event -> event.contains("unlabelled"));
  }

  @Test
  void begins_a_watch_without_a_version_with_what_there_is_and_ends_it_in_time() throws Exception {
    kube.create(held("a"));

    try (var events = kube.watch(JOBS + "?watch=true&timeoutSeconds=1")) {
      assertThat(events.map(event -> event.path("type").asString()).findFirst()).contains("ADDED");
    }
  }

  @Test
  void names_the_methods_and_paths_that_it_does_not_have() throws Exception {
    assertThat(kube.post(Kube.PODS, "{}").status()).isEqualTo(405);
    assertThat(kube.delete(JOBS, "").status()).isEqualTo(405);
    assertThat(kube.get("/apis/apps/v1/deployments").status()).isEqualTo(404);
  }

  @Test
  void answers_a_web_socket_at_once_so_that_clients_watch_by_plain_http() {
    URI watch = URI.create(kube.cluster().url().replace("http", "ws") + JOBS + "?watch=true");

    assertThatThrownBy(
            () ->
                kube.http()
                    .newWebSocketBuilder()
                    .header("Authorization", "Bearer " + kube.cluster().token())
                    .buildAsync(watch, new WebSocket.Listener() {})
                    .get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(WebSocketHandshakeException.class);
  }
}
