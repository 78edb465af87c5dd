package io.lockexec.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.lockexec.cluster.ClusterName;
import io.lockexec.job.HardenedJob;
import io.lockexec.job.JobRef;
import io.lockexec.job.Namespace;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The Job that the tests of this package are about, as it is sent, and as servers show it. */
final class Samples {
  static final ClusterName BLUE = new ClusterName("blue");
  static final Installation STAGING = new Installation("staging");
  static final Namespace REPORTS = new Namespace("reports");
  static final String RUN = "nightly-29923320";
  static final JobRef REF =
      new JobRef(
          STAGING,
          REPORTS,
          new Firing(new ScheduleName("nightly"), Instant.parse("2026-11-23T02:00:00Z")));
  static final String JOBS = "/apis/batch/v1/namespaces/reports/jobs";
  static final String JOB = JOBS + "/" + RUN;
  static final String POST = "POST " + JOBS + "?fieldManager=lock-exec&fieldValidation=Strict";
  static final String PATCH = "PATCH " + JOB + "?fieldManager=lock-exec";
  static final String KUBE_SYSTEM = "GET /api/v1/namespaces/kube-system";
  static final String PODS =
      "GET /api/v1/namespaces/reports/pods?labelSelector=lock-exec.io%2Frun%3D"
          + RUN
          + "%2Clock-exec.io%2Finstallation%3Dstaging&limit=500";
  static final Duration LONGEST = Duration.ofSeconds(630);
  static final Timeouts PATIENT =
      new Timeouts(
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30));
  static final Timeouts HASTY =
      new Timeouts(
          Duration.ofSeconds(5),
          Duration.ofMillis(400),
          Duration.ofSeconds(5),
          Duration.ofMillis(100));

  private static final JsonMapper JSON = JsonMapper.shared();

  private Samples() {}

  static HardenedJob hardened() {
    return new HardenedJob(manifest(), List.of());
  }

  static ObjectNode manifest() {
    return object(
        """
        {"apiVersion": "batch/v1", "kind": "Job",
         "metadata": {
           "name": "nightly-29923320", "namespace": "reports",
           "labels": {"lock-exec.io/installation": "staging",
                      "lock-exec.io/run": "nightly-29923320"},
           "annotations": {"lock-exec.io/launch": "held", "team": "reports"}},
         "spec": {
           "suspend": true, "backoffLimit": 0, "completions": 1, "parallelism": 1,
           "podReplacementPolicy": "Failed", "activeDeadlineSeconds": 600,
           "template": {
             "spec": {"restartPolicy": "Never", "activeDeadlineSeconds": 600,
                      "containers": [{"name": "report", "image": "report:1",
                                      "fieldOfTomorrow": {"x": [1, 2.5]},
                                      "env": [
                                        {"name": "LOCK_EXEC_SCHEDULE", "value": "nightly"},
                                        {"name": "LOCK_EXEC_KEY", "value": "nightly"},
                                        {"name": "LOCK_EXEC_RUN", "value": "nightly-29923320"},
                                        {"name": "LOCK_EXEC_SCHEDULED_TIME",
                                         "value": "2026-11-23T02:00:00Z"},
                                        {"name": "LOCK_EXEC_TOKEN", "value": "1"}]}]}}}}
        """);
  }

  /** Shows the Job as a server does that created it just now. */
  static ObjectNode held() {
    ObjectNode job = manifest();
    metadata(job).put("uid", "u-1").put("resourceVersion", "77").put("generation", 1);
    job.putObject("status");
    return job;
  }

  static ObjectNode started(String resourceVersion) {
    ObjectNode job = held();
    metadata(job).put("resourceVersion", resourceVersion).put("generation", 2);
    ((ObjectNode) job.at("/metadata/annotations")).put("lock-exec.io/launch", "started");
    ((ObjectNode) job.get("spec")).put("suspend", false);
    return job;
  }

  static ObjectNode complete(String resourceVersion) {
    return with(
        started(resourceVersion),
        status ->
            status
                .putArray("conditions")
                .addObject()
                .put("type", "Complete")
                .put("status", "True"));
  }

  static ObjectNode failed(String resourceVersion) {
    return with(
        started(resourceVersion),
        status ->
            status
                .putArray("conditions")
                .addObject()
                .put("type", "Failed")
                .put("status", "True")
                .put("reason", "BackoffLimitExceeded"));
  }

  static ObjectNode foreign() {
    return object(
        """
        {"metadata": {"name": "nightly-29923320", "uid": "u-9",
                      "ownerReferences": [{"kind": "CronJob", "name": "nightly"}]}, "spec": {}}
        """);
  }

  static ObjectNode metadata(ObjectNode job) {
    return (ObjectNode) job.get("metadata");
  }

  private static ObjectNode with(ObjectNode job, Consumer<ObjectNode> change) {
    change.accept((ObjectNode) job.get("status"));
    return job;
  }

  static ObjectNode object(String json) {
    return (ObjectNode) JSON.readTree(json);
  }

  /** A refusal, as API servers put it. */
  static String status(int code, String reason, String message) {
    return object("{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Failure\"}")
        .put("code", code)
        .put("reason", reason)
        .put("message", message)
        .toString();
  }

  static String notFound() {
    return status(404, "NotFound", "jobs.batch \"nightly-29923320\" not found");
  }

  static String alreadyExists() {
    return status(409, "AlreadyExists", "jobs.batch \"nightly-29923320\" already exists");
  }

  static String namespace(String uid) {
    return object("{\"kind\": \"Namespace\"}")
        .set("metadata", object("{\"uid\": \"" + uid + "\"}"))
        .toString();
  }

  static String list(String more, String... items) {
    return "{\"metadata\": {\"continue\": \"%s\"}, \"items\": [%s]}"
        .formatted(more, String.join(",", items));
  }

  static String pod(String jobUid, String phase, int exitCode) {
    return """
    {"metadata": {"ownerReferences": [{"kind": "Job", "uid": "%s"}]},
     "status": {"phase": "%s",
                "containerStatuses": [{"state": {"terminated": {"exitCode": %d}}}]}}
    """
        .formatted(jobUid, phase, exitCode);
  }

  static KubernetesCluster cluster(String url, Timeouts timeouts) {
    return new KubernetesCluster(BLUE, config(url), timeouts);
  }

  static Config config(String url) {
    return new ConfigBuilder(Config.empty()).withMasterUrl(url).build();
  }
}
