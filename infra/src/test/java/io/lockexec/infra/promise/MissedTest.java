package io.lockexec.infra.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.run.Expected;
import io.lockexec.run.Reason;
import io.lockexec.run.RunRequest;
import io.lockexec.run.Stage;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Recurrence;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.json.JsonMapper;

/** What never came, and what cannot be read, is told and stops nothing. */
final class MissedTest {
  @Test
  void an_expected_firing_that_never_came_is_recorded_as_missed() throws Exception {
    try (World world = new World().expecting(every("hourly", "0 * * * *"))) {
      Instant enrolled = world.now();
      world.sweep();

      world.forward(Duration.ofHours(3));
      Map<String, String> swept = world.sweep();

      Instant until = world.now().minus(Duration.ofMinutes(80));
      List<Instant> expected =
          Recurrence.parse("0 * * * *", Optional.empty()).firings(enrolled, until);
      assertThat(expected).isNotEmpty();
      assertThat(swept).containsEntry("missed", String.valueOf(expected.size()));
      for (Instant time : expected) {
        Stage.Ended ended = world.ended(new Firing(new ScheduleName("hourly"), time));
        assertThat(ended.reason()).isEqualTo(Reason.MISS_SCHEDULE);
      }
      assertThat(world.sweep()).containsEntry("missed", "0");
    }
  }

  @Test
  void a_missed_firing_that_is_delivered_after_all_is_a_duplicate() throws Exception {
    try (World world = new World().expecting(every("hourly", "0 * * * *"))) {
      world.sweep();
      world.forward(Duration.ofHours(3));
      world.sweep();
      Instant time =
          world
              .ledger()
              .recorded(new ScheduleName("hourly"), Instant.EPOCH, world.now())
              .iterator()
              .next();

      Map<String, String> answer =
          world.deliver(world.wiring(), time, Details.shell("hourly", "exit 0"));

      assertThat(answer).containsEntry("state", "SKIPPED");
      assertThat(world.started(new Firing(new ScheduleName("hourly"), time))).isZero();
    }
  }

  @Test
  void a_schedule_is_not_blamed_for_what_was_due_before_it_was_deployed() throws Exception {
    try (World world = new World()) {
      world.sweep();
      world.forward(Duration.ofHours(3));
      world.expecting(every("new", "* * * * *"));

      assertThat(world.sweep()).containsEntry("missed", "0");
    }
  }

  @Test
  void a_schedule_is_not_blamed_for_what_another_time_zone_would_have_made_due() throws Exception {
    try (World world = new World().expecting(every("report", "30 * * * *"))) {
      world.sweep();
      world.forward(Duration.ofHours(3));
      world.redeploy(every("report", "30 * * * *", ZoneId.of("Asia/Kolkata")));

      assertThat(world.sweep()).containsEntry("missed", "0");
    }
  }

  @Test
  void a_record_that_cannot_be_read_does_not_keep_the_sweep_from_the_others() throws Exception {
    try (World world = new World().watching(Duration.ZERO)) {
      world
          .client()
          .putItem(
              each ->
                  each.tableName(world.tables().runTable())
                      .item(
                          Map.of(
                              "schedule", AttributeValue.fromS("poisoned"),
                              "scheduled_time", AttributeValue.fromS("2026-11-23T13:00:00Z"),
                              "state", AttributeValue.fromS("DANCING"),
                              "open", AttributeValue.fromS("open-0"))));
      Firing firing = world.firing("report");
      world.deliver(Details.shell("report", "exit 0"));
      world.awaitQuiet(firing);

      Map<String, String> swept = world.sweep();

      assertThat(swept).containsEntry("failures", "1");
      assertThat(world.ended(firing).state().name()).isEqualTo("SUCCEEDED");
    }
  }

  private static Expected every(String schedule, String cron) {
    return every(schedule, cron, ZoneOffset.UTC);
  }

  private static Expected every(String schedule, String cron, ZoneId zone) {
    return new Expected(
        Recurrence.parse(cron, Optional.of(zone)),
        RunRequest.parse(
            JsonMapper.shared().readTree(Details.shell(schedule, "exit 0")), List.of()));
  }
}
