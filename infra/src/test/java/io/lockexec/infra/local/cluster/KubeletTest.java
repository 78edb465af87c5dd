package io.lockexec.infra.local.cluster;

import static io.lockexec.infra.local.cluster.Kube.PODS;
import static io.lockexec.infra.local.cluster.Kube.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.infra.local.cluster.Kube.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Containers run as processes, with the environment and the end that they would have in a pod. */
final class KubeletTest {
  private static final String ONCE = "\"backoffLimit\": 0";

  private Kube kube;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    kube = Kube.start(directory);
  }

  @AfterEach
  void stop() {
    kube.close();
  }

  private static String withField(String container, String field) {
    return container.replace("\"image\"", field + ", \"image\"");
  }

  private JsonNode terminated(String job) {
    return kube.onlyPodOf(job).at("/status/containerStatuses/0/state/terminated");
  }

  private JsonNode awaitPod(String job, String pointer, String value) throws Exception {
    kube.cluster().awaitJob("default", job, _ -> !kube.podsOf(job).isEmpty(), SOON);
    return kube.cluster()
        .awaitPod(
            "default",
            Kube.name(kube.onlyPodOf(job)),
            pod -> pod.at(pointer).asString("").equals(value),
            SOON);
  }

  @Test
  void a_command_is_never_split_or_expanded_by_a_shell() throws Exception {
    kube.create(
        Kube.job("a", ONCE, "", Kube.container("main", "printf", "<%s>", "a b", "$HOME", "*")));
    kube.awaitCondition("a", "Complete");

    assertThat(kube.logOf("a")).isEqualTo("<a b><$HOME><*>");
  }

  @Test
  void a_command_gets_its_own_environment_and_nothing_else() throws Exception {
    kube.create(Kube.job("a", ONCE, "", Kube.container("main", "env")));
    kube.awaitCondition("a", "Complete");

    assertThat(kube.logOf("a").lines().map(line -> line.replaceAll("=.*", "")))
        .containsExactlyInAnyOrder("PATH", "HOME", "HOSTNAME");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void a_command_is_not_in_the_session_of_a_terminal_so_that_it_hears_no_ctrl_c() throws Exception {
    String script = "echo $$$$; cut -d ' ' -f 6 /proc/$$$$/stat";
    kube.create(Kube.job("a", ONCE, "", Kube.container("main", "sh", "-c", script)));
    kube.awaitCondition("a", "Complete");

    List<String> processAndSession = kube.logOf("a").lines().toList();
    assertThat(processAndSession).hasSize(2);
    assertThat(processAndSession.getLast()).isEqualTo(processAndSession.getFirst());
  }

  @Test
  void references_in_variables_and_arguments_are_expanded_as_kubernetes_does() throws Exception {
    String container =
        withField(
            Kube.container("main", "printf", "%s|", "$(GREETING)", "$$(NAME)", "$(UNKNOWN)"),
            """
            "args": ["$(NAME)"],
            "env": [{"name": "NAME", "value": "world"},
                    {"name": "GREETING", "value": "hello $(NAME)"}]
            """);
    kube.create(Kube.job("a", ONCE, "", container));
    kube.awaitCondition("a", "Complete");

    assertThat(kube.logOf("a")).isEqualTo("hello world|$(NAME)|$(UNKNOWN)|world|");
  }

  @Test
  void variables_can_come_from_fields_of_the_pod() throws Exception {
    String container =
        withField(
            Kube.container("main", "printf", "%s|", "$(POD)", "$(NS)", "$(JOB)"),
            """
            "env": [{"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                    {"name": "NS", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
                    {"name": "JOB", "valueFrom": {"fieldRef":
                        {"fieldPath": "metadata.labels['job-name']"}}}]
            """);
    kube.create(Kube.job("a", ONCE, "", container));
    kube.awaitCondition("a", "Complete");

    assertThat(kube.logOf("a")).isEqualTo(Kube.name(kube.onlyPodOf("a")) + "|default|a|");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"env\": [{\"name\": \"A\", \"valueFrom\": {\"secretKeyRef\":"
            + " {\"name\": \"s\", \"key\": \"k\"}}}]",
        "\"envFrom\": [{\"configMapRef\": {\"name\": \"c\"}}]"
      })
  void a_container_waits_for_a_secret_or_config_map_until_the_deadline(String field)
      throws Exception {
    kube.create(
        Kube.job(
            "a",
            ONCE + ", \"activeDeadlineSeconds\": 60",
            "",
            withField(Kube.container("main", "true"), field)));

    JsonNode waiting =
        awaitPod(
            "a", "/status/containerStatuses/0/state/waiting/reason", "CreateContainerConfigError");
    kube.advance(Duration.ofSeconds(60));
    JsonNode job = kube.awaitCondition("a", "Failed");

    assertThat(waiting.at("/status/phase").asString()).isEqualTo("Pending");
    assertThat(Kube.conditions(job)).contains("Failed/DeadlineExceeded");
    assertThat(kube.cluster().processes()).isEmpty();
  }

  @Test
  void an_optional_secret_may_be_missing() throws Exception {
    kube.create(
        Kube.job(
            "a",
            ONCE,
            "",
            withField(
                Kube.container("main", "true"),
                "\"envFrom\": [{\"secretRef\": {\"name\": \"s\", \"optional\": true}}]")));

    kube.awaitCondition("a", "Complete");
  }

  @Test
  void a_container_without_a_command_fails_with_a_reason() throws Exception {
    kube.create(Kube.job("a", ONCE, "", "{\"name\": \"main\", \"image\": \"busybox:1\"}"));
    kube.awaitCondition("a", "Failed");

    assertThat(terminated("a").path("exitCode").asInt()).isEqualTo(128);
    assertThat(terminated("a").path("reason").asString()).isEqualTo("StartError");
    assertThat(terminated("a").path("message").asString())
        .contains("\"main\" has no command", "busybox:1");
  }

  @Test
  void a_program_that_does_not_exist_is_a_start_error() throws Exception {
    kube.create(Kube.job("a", ONCE, "", Kube.container("main", "/no/such/program")));
    kube.awaitCondition("a", "Failed");

    assertThat(terminated("a").path("reason").asString()).isEqualTo("StartError");
    assertThat(terminated("a").path("message").asString()).contains("/no/such/program");
  }

  @Test
  void init_containers_run_one_after_the_other_and_first(@TempDir Path shared) throws Exception {
    String file = shared.resolve("order").toString();
    String pod =
        "\"initContainers\": [%s, %s]"
            .formatted(
                Kube.container("one", "sh", "-c", "sleep 0.1; echo one >> " + file),
                Kube.container("two", "sh", "-c", "echo two >> " + file));
    kube.create(Kube.job("a", ONCE, pod, Kube.container("main", "cat", file)));
    kube.awaitCondition("a", "Complete");

    assertThat(kube.logOf("a").lines()).containsExactly("one", "two");
  }

  @Test
  void a_failed_init_container_fails_the_pod_before_its_main_container() throws Exception {
    String pod = "\"initContainers\": [%s]".formatted(Kube.container("init", "false"));
    kube.create(Kube.job("a", ONCE, pod, Kube.container("main", "true")));
    kube.awaitCondition("a", "Failed");

    assertThat(kube.cluster().processes())
        .extracting(PodProcess::container)
        .containsExactly("init");
  }

  @Test
  void a_sidecar_starts_before_the_main_container_and_ends_after_it() throws Exception {
    String sidecar =
        withField(
            Kube.container("side", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"),
            "\"restartPolicy\": \"Always\"");
    kube.create(
        Kube.job(
            "a",
            ONCE,
            "\"initContainers\": [%s]".formatted(sidecar),
            Kube.container("main", "sleep", "0.2")));
    kube.awaitCondition("a", "Complete");

    assertThat(kube.cluster().processes())
        .extracting(PodProcess::container)
        .containsExactly("side", "main");
    assertThat(kube.cluster().processes()).allMatch(process -> process.ended().isPresent());
  }

  @Test
  void a_pod_has_failed_when_one_of_its_containers_has() throws Exception {
    kube.create(
        Kube.job("a", ONCE, "", Kube.container("good", "true"), Kube.container("bad", "false")));

    kube.awaitCondition("a", "Failed");

    Reply ambiguous = kube.get(PODS + "/" + Kube.name(kube.onlyPodOf("a")) + "/log");
    assertThat(ambiguous.status()).isEqualTo(400);
    assertThat(ambiguous.text("/message")).contains("choose one of: good bad");
  }

  @Test
  void a_failed_container_is_restarted_in_its_pod_on_failure() throws Exception {
    String job =
        Kube.job("a", "\"backoffLimit\": 2", "exit 1").replace("\"Never\"", "\"OnFailure\"");
    kube.create(job);
    awaitPod("a", "/status/containerStatuses/0/state/waiting/reason", "CrashLoopBackOff");

    kube.advance(Duration.ofSeconds(10));
    kube.cluster().awaitJob("default", "a", _ -> kube.cluster().processes().size() == 2, SOON);

    assertThat(kube.podsOf("a")).hasSize(1);
    assertThat(kube.cluster().podsStarted("a")).isEqualTo(1);
  }

  @Test
  void a_pod_ends_by_its_own_deadline() throws Exception {
    kube.create(
        Kube.job(
            "a", ONCE, "\"activeDeadlineSeconds\": 60", Kube.container("main", "sleep", "60")));
    kube.awaitRunning("a");

    kube.advance(Duration.ofSeconds(60));
    JsonNode job = kube.awaitCondition("a", "Failed");

    assertThat(Kube.conditions(job)).contains("Failed/BackoffLimitExceeded");
    assertThat(kube.onlyPodOf("a").at("/status/reason").asString()).isEqualTo("DeadlineExceeded");
    assertThat(terminated("a").path("exitCode").asInt()).isEqualTo(143);
  }

  @Test
  void a_process_that_is_deaf_to_sigterm_is_killed_with_its_children_after_the_grace_period()
      throws Exception {
    kube.create(
        Kube.job("a", ONCE, "trap '' TERM; sleep 300 & echo $!; while :; do sleep 0.05; done"));
    kube.awaitRunning("a");
    String pod = Kube.name(kube.onlyPodOf("a"));
    long child = Long.parseLong(kube.awaitLine("a"));

    kube.delete(PODS + "/" + pod, "{\"gracePeriodSeconds\": 5}");
    kube.cluster()
        .awaitPod("default", pod, found -> found.path("metadata").has("deletionTimestamp"), SOON);
    boolean aliveBefore = ProcessHandle.of(child).isPresent();
    kube.advance(Duration.ofSeconds(5));
    kube.cluster().awaitPod("default", pod, JsonNode::isMissingNode, SOON);

    assertThat(aliveBefore).isTrue();
    assertThat(
            ProcessHandle.of(child)
                .map(ProcessHandle::onExit)
                .map(exit -> exit.orTimeout(5, TimeUnit.SECONDS).join()))
        .satisfiesAnyOf(
            gone -> assertThat(gone).isEmpty(),
            gone -> assertThat(gone.orElseThrow().isAlive()).isFalse());
  }

  @Test
  void a_log_is_served_whole_or_its_last_lines() throws Exception {
    kube.create(Kube.job("a", ONCE, "echo one; echo two >&2; echo three"));
    kube.awaitCondition("a", "Complete");
    String log = PODS + "/" + Kube.name(kube.onlyPodOf("a")) + "/log";

    assertThat(kube.get(log).body().asString()).isEqualTo("one\ntwo\nthree\n");
    assertThat(kube.get(log + "?tailLines=1").body().asString()).isEqualTo("three\n");
    assertThat(kube.get(log + "?limitBytes=3&container=main").body().asString()).isEqualTo("one");
    assertThat(kube.get(log + "?container=other").status()).isEqualTo(400);
  }

  @Test
  void a_log_is_cut_before_it_fills_the_disk() throws Exception {
    kube.create(Kube.job("a", ONCE, "head -c 5000000 /dev/zero"));
    kube.awaitCondition("a", "Complete");

    assertThat(kube.logOf("a"))
        .hasSizeBetween(4 << 20, (4 << 20) + 100)
        .endsWith("[log cut here]\n");
  }

  @Test
  void closing_the_cluster_kills_every_process() throws Exception {
    kube.create(Kube.job("a", ONCE, "sleep 300"));
    kube.awaitRunning("a");
    List<Long> pids = kube.cluster().processes().stream().map(PodProcess::pid).toList();

    kube.cluster().close();

    for (long pid : pids) {
      ProcessHandle.of(pid)
          .ifPresent(process -> process.onExit().orTimeout(5, TimeUnit.SECONDS).join());
    }
    assertThat(pids).isNotEmpty().allMatch(pid -> ProcessHandle.of(pid).isEmpty());
  }
}
