package io.lockexec.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

final class EchoTest {
  private static final String POD = "/spec/template/spec";

  private final ObjectNode sent =
      Manifests.hardened(Manifests.template(Manifests.example("mesh-report"))).manifest();

  @ParameterizedTest
  @ValueSource(strings = {"mesh-report", "indexed-export", "disrupted-import", "longest-name"})
  void nothing_is_dropped_by_a_server_that_only_fills_in(String name) {
    ObjectNode job = Manifests.hardened(Manifests.template(Manifests.example(name))).manifest();

    assertThat(Hardening.dropped(job, filledIn(job))).isEmpty();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/metadata/name | other | metadata.name: sent \"nightly-report-29923320\", got \"other\"",
        "/spec/suspend | - | spec.suspend: sent true, got nothing",
        "/spec/suspend | false | spec.suspend: sent true, got false",
        "/spec/backoffLimit | - | spec.backoffLimit: sent 0, got nothing",
        "/spec/backoffLimit | 6 | spec.backoffLimit: sent 0, got 6",
        "/spec/podReplacementPolicy | - | spec.podReplacementPolicy: sent \"Failed\", got nothing",
        "/spec/podReplacementPolicy | TerminatingOrFailed | spec.podReplacementPolicy: sent",
        "/spec/activeDeadlineSeconds | - | spec.activeDeadlineSeconds: sent 1800, got nothing",
        "/spec/activeDeadlineSeconds | 7200 | spec.activeDeadlineSeconds: sent 1800, got 7200",
        "/spec/parallelism | 2 | spec.parallelism: sent 1, got 2",
        "/spec/completions | 2 | spec.completions: sent 1, got 2",
        "/spec/completionMode | Indexed | spec.completionMode: sent nothing, got \"Indexed\"",
        "/spec/managedBy | x | spec.managedBy: sent nothing, got \"x\"",
        "/spec/ttlSecondsAfterFinished | 60 | spec.ttlSecondsAfterFinished: sent nothing, got 60",
        "/spec/backoffLimitPerIndex | 1 | spec.backoffLimitPerIndex: sent nothing, got 1",
        "/spec/successPolicy | {rules: []} | spec.successPolicy: sent nothing",
        "/spec/podFailurePolicy | {rules: [{action: FailJob}, {action: Ignore}]}"
            + " | spec.podFailurePolicy.rules[1]: got {\"action\":\"Ignore\"}",
        "/spec/template/spec/restartPolicy | OnFailure | spec.template.spec.restartPolicy: sent",
        "/spec/template/spec/activeDeadlineSeconds | - | spec.template.spec.activeDeadlineSeconds:",
        "/spec/template/spec/terminationGracePeriodSeconds | 3600"
            + " | spec.template.spec.terminationGracePeriodSeconds: sent 45, got 3600",
        "/metadata/annotations/lock-exec.io~1launch | -"
            + " | metadata.annotations[\"lock-exec.io/launch\"]: sent \"held\", got nothing",
        "/metadata/annotations/lock-exec.io~1launch | started"
            + " | metadata.annotations[\"lock-exec.io/launch\"]: sent \"held\", got \"started\"",
        "/metadata/labels/lock-exec.io~1installation | production"
            + " | metadata.labels[\"lock-exec.io/installation\"]: sent \"staging\"",
        "/metadata/labels/lock-exec.io~1run | -"
            + " | metadata.labels[\"lock-exec.io/run\"]: sent \"nightly-report-29923320\"",
        "/spec/template/metadata/labels/lock-exec.io~1run | -"
            + " | spec.template.metadata.labels[\"lock-exec.io/run\"]: sent",
        "/metadata/labels/kueue.x-k8s.io~1queue-name | q"
            + " | metadata: got kueue.x-k8s.io/queue-name, by which a queue would start it",
        "/spec/template/spec/containers/0/restartPolicy | Always"
            + " | spec.template.spec.containers[report].restartPolicy: got \"Always\"",
        "/spec/template/spec/containers/0/restartPolicyRules | [{action: Restart}]"
            + " | spec.template.spec.containers[report].restartPolicyRules: got",
        "/spec/template/spec/initContainers/2/restartPolicy | OnFailure"
            + " | spec.template.spec.initContainers[migrate].restartPolicy: got \"OnFailure\"",
        "/spec/template/spec/initContainers/2/restartPolicy | Always"
            + " | spec.template.spec.initContainers[migrate].restartPolicy: sent nothing",
        "/spec/template/spec/initContainers/0/restartPolicy | -"
            + " | spec.template.spec.initContainers[proxy].restartPolicy: sent \"Always\"",
        "/spec/template/spec/initContainers/1/env | -"
            + " | spec.template.spec.initContainers[logs].env[LOCK_EXEC_TOKEN]: sent",
        "/spec/template/spec/containers/0/env/4/value | '7'"
            + " | spec.template.spec.containers[report].env[LOCK_EXEC_TOKEN]: sent"
            + " \"1795399200123\", got \"7\"",
        "/spec/template/spec/containers/0/name | other"
            + " | spec.template.spec.containers[report]: sent, and gone",
      })
  void a_guard_that_is_dropped_or_changed_is_named(String pointer, String value, String expected) {
    ObjectNode echo = filledIn(sent);
    Manifests.set(echo, pointer, value);

    assertThat(Hardening.dropped(sent, echo))
        .isNotEmpty()
        .anySatisfy(difference -> assertThat(difference).startsWith(expected));
  }

  @Test
  void of_a_variable_named_twice_the_last_one_counts() {
    ObjectNode echo = filledIn(sent);
    ((ArrayNode) echo.at(POD + "/containers/0/env"))
        .add(Manifests.yaml("{name: LOCK_EXEC_TOKEN, value: '7'}"));

    assertThat(Hardening.dropped(sent, echo))
        .containsExactly(
            "spec.template.spec.containers[report].env[LOCK_EXEC_TOKEN]:"
                + " sent \"1795399200123\", got \"7\"");
  }

  @Test
  void a_sidecar_that_a_webhook_injects_is_all_right() {
    ObjectNode echo = filledIn(sent);
    ((ArrayNode) echo.at(POD + "/containers")).add(Manifests.yaml("{name: istio-proxy, image: p}"));
    ((ArrayNode) echo.at(POD + "/initContainers"))
        .insert(0, Manifests.yaml("{name: istio-init, image: p}"))
        .insert(0, Manifests.yaml("{name: agent, image: p, restartPolicy: Always}"));
    ((ObjectNode) echo.at(POD + "/containers/0")).put("image", "mirror.example.com/report:9");

    assertThat(Hardening.dropped(sent, echo)).isEmpty();
  }

  @Test
  void an_injected_container_that_restarts_is_not() {
    ObjectNode echo = filledIn(sent);
    ((ArrayNode) echo.at(POD + "/containers"))
        .add(Manifests.yaml("{name: agent, image: p, restartPolicy: Always}"));

    assertThat(Hardening.dropped(sent, echo))
        .containsExactly("spec.template.spec.containers[agent].restartPolicy: got \"Always\"");
  }

  @Test
  void whole_numbers_compare_by_value_whatever_model_class_they_went_through() {
    ObjectNode echo = filledIn(sent);
    ((ObjectNode) echo.path("spec")).put("backoffLimit", 0L).put("activeDeadlineSeconds", 1800L);

    assertThat(Hardening.dropped(sent, echo)).isEmpty();
  }

  @Test
  void an_answer_that_is_no_job_lacks_everything() {
    assertThat(Hardening.dropped(sent, JsonNodeFactory.instance.objectNode()))
        .hasSizeGreaterThan(20);
  }

  /** Does to a Job what a faithful API server does: defaults and server-set fields. */
  private static ObjectNode filledIn(ObjectNode job) {
    ObjectNode echo = job.deepCopy();
    ((ObjectNode) echo.path("metadata"))
        .put("uid", "9c1b")
        .put("resourceVersion", "4711")
        .put("generation", 1)
        .put("creationTimestamp", "2026-11-23T02:00:01Z");
    ObjectNode spec = (ObjectNode) echo.path("spec");
    if (!spec.has("completionMode")) {
      spec.put("completionMode", "NonIndexed");
    }
    spec.put("manualSelector", false);
    spec.putObject("selector").putObject("matchLabels").put("controller-uid", "9c1b");
    ((ObjectNode) echo.at("/spec/template/metadata/labels")).put("controller-uid", "9c1b");
    ObjectNode pod = (ObjectNode) echo.at(POD);
    pod.put("dnsPolicy", "ClusterFirst").put("schedulerName", "default-scheduler");
    if (!pod.has("terminationGracePeriodSeconds")) {
      pod.put("terminationGracePeriodSeconds", 30);
    }
    for (JsonNode container : pod.path("containers")) {
      ((ObjectNode) container).put("terminationMessagePolicy", "File");
    }
    echo.putObject("status");
    return echo;
  }
}
