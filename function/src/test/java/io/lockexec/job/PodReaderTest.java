package io.lockexec.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class PodReaderTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @ParameterizedTest
  @CsvSource({"Pending,true", "Running,true", "Unknown,true", "Succeeded,false", "Failed,false"})
  void takes_only_an_end_for_an_end(String phase, boolean left) {
    JsonNode pod = JSON.readTree("{\"status\": {\"phase\": \"%s\"}}".formatted(phase));

    assertThat(PodReader.isLeft(pod)).isEqualTo(left);
  }

  @Test
  void a_pod_without_a_status_is_left() {
    assertThat(PodReader.isLeft(JSON.readTree("{}"))).isTrue();
  }

  @Test
  void tells_the_code_of_the_container_that_failed_first() {
    List<JsonNode> pods =
        List.of(
            pod("job-1", ended(0, "02:00:01") + "," + ended(143, "02:00:09"), ""),
            pod("job-1", ended(3, "02:00:05"), ""));

    assertThat(PodReader.exitCode(pods, "job-1")).isEqualTo(OptionalInt.of(3));
  }

  @Test
  void prefers_a_main_container_to_an_init_container() {
    List<JsonNode> pods = List.of(pod("job-1", ended(7, "02:00:05"), ended(137, "02:00:01")));

    assertThat(PodReader.exitCode(pods, "job-1")).isEqualTo(OptionalInt.of(7));
  }

  @Test
  void tells_the_code_of_an_init_container_that_let_nothing_start() {
    String waiting = "{\"state\": {\"waiting\": {\"reason\": \"PodInitializing\"}}}";

    assertThat(PodReader.exitCode(List.of(pod("job-1", waiting, ended(9, "02:00:01"))), "job-1"))
        .isEqualTo(OptionalInt.of(9));
  }

  @Test
  void leaves_out_the_pods_of_another_job_and_those_that_tell_nothing() {
    List<JsonNode> pods =
        List.of(pod("job-2", ended(3, "02:00:05"), ""), pod("job-1", ended(0, "02:00:05"), ""));

    assertThat(PodReader.exitCode(pods, "job-1")).isEmpty();
  }

  private static String ended(int code, String time) {
    return "{\"state\": {\"terminated\": {\"exitCode\": %d, \"finishedAt\": \"2026-11-23T%sZ\"}}}"
        .formatted(code, time);
  }

  private static JsonNode pod(String jobUid, String containers, String initContainers) {
    return JSON.readTree(
        """
        {"metadata": {"ownerReferences": [{"kind": "Job", "uid": "%s"}]},
         "status": {"phase": "Failed", "containerStatuses": [%s], "initContainerStatuses": [%s]}}
        """
            .formatted(jobUid, containers, initContainers));
  }
}
