package io.lockexec.infra.promise;

import static io.lockexec.infra.promise.World.BLUE;
import static io.lockexec.infra.promise.World.GREEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.run.Reason;
import io.lockexec.run.State;
import io.lockexec.schedule.Firing;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Requests that only the cluster can tell to be wrong. */
final class BadTemplatesTest {
  @Test
  void a_namespace_that_exists_nowhere_is_waited_for_and_each_line_says_what_to_create()
      throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      String detail =
          Details.shell("report", "exit 0")
              .replace("\"job\": {", "\"job\": {\"namespace\": \"reports\",");

      assertThat(world.deliver(detail)).containsEntry("state", "CLAIMED");
      assertThat(world.story())
          .contains("namespaces \"reports\" not found; create the namespace, or name another one");

      world.forward(Duration.ofHours(1));
      world.sweep();
      assertThat(world.ended(firing).state()).isEqualTo(State.SKIPPED);
      assertThat(world.ended(firing).reason()).isEqualTo(Reason.NO_CLUSTER);
      assertThat(world.ended(firing).message())
          .contains("cluster blue: ")
          .contains("namespaces \"reports\" not found");
      assertThat(world.started(firing)).isZero();
      assertThat(world.free("report")).isTrue();
    }
  }

  @Test
  void a_template_that_a_queue_owns_is_refused_and_nothing_is_created() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      String owned =
          Details.cronJob("nightly", true)
              .replace(
                  "\"jobTemplate\": {",
                  "\"jobTemplate\": {\"metadata\": {\"labels\":"
                      + " {\"kueue.x-k8s.io/queue-name\": \"team\"}}, ");
      world.cluster(BLUE).apply(JsonMapper.shared().readTree(owned));
      world.cluster(GREEN).apply(JsonMapper.shared().readTree(owned));

      world.deliver(Details.from("report", "nightly"));

      assertThat(world.ended(firing).state()).isEqualTo(State.SKIPPED);
      assertThat(world.ended(firing).reason()).isEqualTo(new Reason("QueueOwned"));
      assertThat(world.ended(firing).message())
          .contains("CronJob default/nightly")
          .contains("kueue.x-k8s.io/queue-name");
      assertThat(world.cluster(BLUE).jobs()).isEmpty();
      assertThat(world.free("report")).isTrue();
    }
  }
}
