package io.lockexec.infra.promise;

import static io.lockexec.infra.promise.World.BLUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockexec.BadInput;
import io.lockexec.lambda.Wiring;
import io.lockexec.run.Reason;
import io.lockexec.run.Stage;
import io.lockexec.run.State;
import io.lockexec.schedule.Firing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One firing starts at most one Job, however often and however late it is delivered. */
final class OnceTest {
  @Test
  void a_firing_runs_on_the_first_cluster_and_frees_its_key() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");

      Map<String, String> answer = world.deliver(Details.shell("report", "exit 0"));

      assertThat(answer)
          .containsEntry("run", firing.runId())
          .containsEntry("state", "SUCCEEDED")
          .containsEntry("cluster", "blue");
      assertThat(world.cluster(BLUE).podsStarted(firing.runId())).isEqualTo(1);
      assertThat(world.started(firing)).isEqualTo(1);
      assertThat(world.free("report")).isTrue();
    }
  }

  @Test
  void a_command_that_fails_is_not_started_again_and_leaves_its_exit_code() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");

      world.deliver(Details.shell("report", "exit 3"));

      Stage.Ended ended = world.ended(firing);
      assertThat(ended.state()).isEqualTo(State.FAILED);
      assertThat(ended.reason()).isEqualTo(new Reason("BackoffLimitExceeded"));
      assertThat(ended.exitCode()).hasValue(3);
      assertThat(world.started(firing)).isEqualTo(1);
      assertThat(world.free("report")).isTrue();
    }
  }

  @Test
  void a_hundred_copies_of_one_event_delivered_at_once_start_one_job() throws Exception {
    try (World world = new World();
        ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      Wiring wiring = world.wiring();
      Instant time = world.now();
      Firing firing = world.firing("report");
      String detail = Details.shell("report", "exit 0");
      CountDownLatch go = new CountDownLatch(1);

      List<Future<Map<String, String>>> answers = new ArrayList<>();
      IntStream.range(0, 100)
          .forEach(
              _ ->
                  answers.add(
                      senders.submit(
                          () -> {
                            go.await();
                            return world.deliver(wiring, time, detail);
                          })));
      go.countDown();
      for (Future<Map<String, String>> answer : answers) {
        assertThat(answer.get()).containsEntry("run", firing.runId());
      }

      assertThat(world.sweepUntilEnded(firing).state()).isEqualTo(State.SUCCEEDED);
      assertThat(world.started(firing)).isEqualTo(1);
      assertThat(world.told(Reason.CLAIMED)).isEqualTo(1);
      assertThat(world.told(Reason.DUPLICATE)).isEqualTo(99);
      assertThat(world.free("report")).isTrue();
    }
  }

  @Test
  void a_second_delivery_thirty_hours_later_is_ignored() throws Exception {
    try (World world = new World()) {
      Instant time = world.now();
      Firing firing = world.firing("report");
      world.deliver(Details.shell("report", "exit 0"));

      world.forward(Duration.ofHours(30));
      Map<String, String> answer =
          world.deliver(world.wiring(), time, Details.shell("report", "exit 0"));

      assertThat(answer).containsEntry("state", "SUCCEEDED");
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }

  @Test
  void a_first_delivery_thirty_hours_late_is_skipped_and_says_so() throws Exception {
    try (World world = new World()) {
      Instant time = world.now();
      Firing firing = world.firing("report");

      world.forward(Duration.ofHours(30));
      Map<String, String> answer =
          world.deliver(world.wiring(), time, Details.shell("report", "exit 0"));

      assertThat(answer).containsEntry("state", "SKIPPED").containsEntry("reason", "TooLate");
      assertThat(world.started(firing)).isZero();
      assertThat(world.free("report")).isTrue();
    }
  }

  @Test
  void an_event_from_the_future_is_refused_and_nothing_is_recorded() throws Exception {
    try (World world = new World()) {
      Instant later = world.now().plus(Duration.ofMinutes(5));

      assertThatThrownBy(
              () -> world.deliver(world.wiring(), later, Details.shell("report", "exit 0")))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("time")
          .hasMessageContaining("lies in the future");

      assertThat(world.ledger().open().runs()).isEmpty();
    }
  }

  @Test
  void later_deliveries_run_the_request_on_record_and_not_their_own() throws Exception {
    try (World world = new World()) {
      Firing firing = world.firing("report");
      Wiring wiring = world.wiring();
      Instant time = world.now();
      world.deliver(wiring, time, Details.shell("report", "exit 4"));

      world.deliver(wiring, time, Details.shell("report", "exit 5"));

      assertThat(world.ended(firing).exitCode()).hasValue(4);
      assertThat(world.started(firing)).isEqualTo(1);
    }
  }
}
