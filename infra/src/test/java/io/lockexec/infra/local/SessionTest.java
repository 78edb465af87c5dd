package io.lockexec.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.infra.config.LockExecFile;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.ScheduleName;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class SessionTest {
  private static final ScheduleName HELLO = new ScheduleName("hello");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final InstantSource clock = InstantSource.system();
  private final StringWriter out = new StringWriter();

  @Test
  void a_malformed_event_is_tried_three_times_and_then_shown_as_a_dead_letter() throws Exception {
    try (Session session = session(new TextConsole(new PrintWriter(out), Ansi.OFF, 200, clock))) {
      Instant now = clock.instant();
      String misspelt = session.cloud().event(HELLO, now).replace("\"command\"", "\"comand\"");

      session.deliver(new Firing(HELLO, now), misspelt);
      session.awaitEnds(PATIENCE);

      Report report = session.report();
      new TextConsole(new PrintWriter(out), Ansi.OFF, 200, clock).report(report);
      assertThat(report.deadLetters())
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.attempts()).isEqualTo(3);
                assertThat(letter.event()).isEqualTo(misspelt);
              });
      assertThat(report.rows()).singleElement().matches(row -> row.podsStarted() == 0);
      assertThat(out.toString())
          .containsPattern("DeadLetter +given up after 3 attempts: BadInput: detail.job.comand: ")
          .containsPattern("\\| DEAD LETTER +\\|")
          .contains("1 dead letter");
    }
  }

  @Test
  void a_dead_letter_is_told_to_machines_with_its_event() throws Exception {
    try (Session session = session(new JsonConsole(new PrintWriter(out)))) {
      session.deliver(
          new Firing(HELLO, clock.instant()), "{\"detail\": {\"schedule\": \"hello\"}}");
      session.awaitEnds(PATIENCE);

      JsonNode line = JsonMapper.shared().readTree(out.toString());
      assertThat(line.path("type").asString()).isEqualTo("dead-letter");
      assertThat(line.path("reason").asString()).contains("time: is missing");
      assertThat(line.path("event").asString()).contains("hello");
    }
  }

  @Test
  void twenty_deliveries_at_once_start_one_pod() throws Exception {
    try (Session session = session(new JsonConsole(new PrintWriter(out)))) {
      Instant now = clock.instant();

      session.fire(session.cloud().schedule(HELLO), now, 20);
      session.awaitEnds(PATIENCE);

      Report report = session.report();
      assertThat(report.rows())
          .singleElement()
          .satisfies(
              row -> {
                assertThat(row.outcome()).isEqualTo("SUCCEEDED");
                assertThat(row.podsStarted()).isEqualTo(1);
                assertThat(row.count().duplicates()).isEqualTo(19);
              });
      assertThat(report.held()).isEmpty();
    }
  }

  private Session session(Console console) {
    LockExecFile file =
        LockExecFile.parse(
            "lock-exec.yaml",
            """
            clusters:
              - name: blue
                local: true
            schedules:
              hello:
                schedule: "@daily"
                job:
                  image: busybox
                  command: [sh, -c, exit 0]
            """,
            clock.instant());
    LocalCloudOptions options =
        LocalCloudOptions.of(FrontDoor.environment(), clock)
            .withRetryDelays(List.of(Duration.ZERO, Duration.ZERO));
    return Session.start(
        new Session.Pace(1, Duration.ofSeconds(1)),
        console,
        clock,
        journal -> LocalCloud.start(file, options.withJournal(journal)));
  }
}
