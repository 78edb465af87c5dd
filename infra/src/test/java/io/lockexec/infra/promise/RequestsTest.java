package io.lockexec.infra.promise;

import static io.lockexec.infra.promise.World.BLUE;
import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.infra.local.cluster.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What a run costs in requests, once the connection is warm. */
final class RequestsTest {
  @Test
  void a_run_that_succeeds_costs_three_writes_and_four_requests_to_its_cluster() throws Exception {
    try (World world = warm()) {
      world.deliver(Details.shell("report", "exit 0"));

      assertThat(world.dynamoDbRequests())
          .containsExactly("TransactWriteItems", "TransactWriteItems", "TransactWriteItems");
      assertThat(kubernetes(world)).containsExactly("POST", "PATCH", "WATCH", "PATCH");
    }
  }

  @Test
  void a_run_from_a_cron_job_reads_its_template_once() throws Exception {
    try (World world = warm()) {
      world.cluster(BLUE).apply(JsonMapper.shared().readTree(Details.cronJob("nightly", true)));

      world.deliver(Details.from("report", "nightly"));

      assertThat(world.dynamoDbRequests()).hasSize(3);
      assertThat(kubernetes(world)).containsExactly("GET", "POST", "PATCH", "WATCH", "PATCH");
    }
  }

  @Test
  void a_run_that_fails_lists_its_pods_once_for_the_exit_code() throws Exception {
    try (World world = warm()) {
      world.deliver(Details.shell("report", "exit 3"));

      assertThat(world.dynamoDbRequests()).hasSize(3);
      assertThat(kubernetes(world)).containsExactly("POST", "PATCH", "WATCH", "LIST", "PATCH");
    }
  }

  @Test
  void a_duplicate_of_an_ended_firing_costs_one_request_to_dynamodb_and_none_to_a_cluster()
      throws Exception {
    try (World world = warm()) {
      Instant time = world.now();
      world.deliver(world.wiring(), time, Details.shell("report", "exit 0"));
      forget(world);

      world.deliver(world.wiring(), time, Details.shell("report", "exit 0"));

      assertThat(world.dynamoDbRequests()).containsExactly("TransactWriteItems");
      assertThat(kubernetes(world)).isEmpty();
    }
  }

  @Test
  void a_skip_because_of_a_running_job_costs_two_requests_and_one_look() throws Exception {
    try (World world = warm().watching(Duration.ZERO)) {
      world.deliver(Details.shell("first", "shared", "sleep 30"));
      forget(world);

      world.deliver(Details.shell("second", "shared", "exit 0"));

      assertThat(world.dynamoDbRequests()).hasSize(2);
      assertThat(kubernetes(world)).containsExactly("GET");
    }
  }

  @Test
  void a_skip_because_of_a_run_without_a_job_costs_no_more() throws Exception {
    try (World world = warm()) {
      var dying = world.wiring(each -> each, each -> Dying.dyingBefore(each, "create"));
      Dying.expected(
          () -> world.deliver(dying, world.now(), Details.shell("first", "shared", "exit 0")));
      forget(world);

      world.deliver(Details.shell("second", "shared", "exit 0"));

      assertThat(world.dynamoDbRequests()).hasSize(2);
      assertThat(kubernetes(world)).containsExactly("GET");
    }
  }

  @Test
  void a_skip_because_of_a_run_whose_cluster_is_dead_costs_no_more() throws Exception {
    try (World world = warm().watching(Duration.ZERO)) {
      world.deliver(Details.shell("first", "shared", "sleep 30"));
      forget(world);
      world.cluster(BLUE).goDown();

      world.deliver(Details.shell("second", "shared", "exit 0"));

      assertThat(world.dynamoDbRequests()).hasSize(2);
    }
  }

  @Test
  void a_sweep_with_nothing_open_costs_two_requests() throws Exception {
    try (World world = warm()) {
      world.sweep();

      assertThat(world.dynamoDbRequests()).containsExactly("Query", "Query");
      assertThat(kubernetes(world)).isEmpty();
    }
  }

  @Test
  void a_sweep_asks_nothing_about_a_run_that_did_not_change_but_one_list() throws Exception {
    try (World world = warm().watching(Duration.ZERO)) {
      world.deliver(Details.shell("report", "sleep 30"));
      forget(world);

      world.sweep();

      assertThat(world.dynamoDbRequests()).containsExactly("Query", "Query");
      assertThat(kubernetes(world)).containsExactly("LIST");
    }
  }

  private static World warm() throws Exception {
    World world = new World();
    world.deliver(Details.shell("warm-up", "exit 0"));
    world.sweep();
    forget(world);
    return world;
  }

  private static void forget(World world) {
    world.dynamoDbRequests();
    world.cluster(BLUE).clearRequests();
  }

  /** The requests that reached the cluster, in order. */
  private static List<String> kubernetes(World world) {
    return world.cluster(BLUE).requests().stream().map(RequestsTest::verb).toList();
  }

  private static String verb(Request request) {
    if (!request.method().equals("GET")) {
      return request.method();
    }
    if (request.query().contains("watch=")) {
      return "WATCH";
    }
    return request.query().contains("labelSelector") ? "LIST" : "GET";
  }
}
