package io.lockexec.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.lockexec.cluster.ClusterName;
import io.lockexec.lock.LockKey;
import io.lockexec.run.Journal;
import io.lockexec.run.Reason;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.ScheduleName;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log as CloudWatch gets it: what stands on standard output. */
final class LogJournalTest {
  private static final Firing FIRING =
      new Firing(new ScheduleName("nightly"), Instant.parse("2026-11-23T13:00:00Z"));

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream standardOutput = System.out;

  @BeforeEach
  void catchStandardOutput() {
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void giveItBack() {
    System.setOut(standardOutput);
  }

  @Test
  void a_transition_is_one_json_line_with_a_field_for_each_thing_to_filter_by() {
    LoggerContext context = context();

    new LogJournal(context.getLogger("io.lockexec"))
        .record(
            new Journal.Entry(
                FIRING.time(),
                Journal.Level.WARN,
                FIRING,
                new LockKey("reports"),
                Optional.of(new ClusterName("blue")),
                Reason.MOVED,
                "green was passed over:\nforbidden"));

    String text = bytes.toString(StandardCharsets.UTF_8);
    assertThat(text.lines()).hasSize(1);
    JsonNode line = JsonMapper.shared().readTree(text);
    assertThat(line.path("level").asString()).isEqualTo("WARN");
    assertThat(line.path("message").asString()).isEqualTo("green was passed over:\nforbidden");
    assertThat(line.path("reason").asString()).isEqualTo("Moved");
    assertThat(line.path("schedule").asString()).isEqualTo("nightly");
    assertThat(line.path("key").asString()).isEqualTo("reports");
    assertThat(line.path("run").asString()).isEqualTo("nightly-29923980");
    assertThat(line.path("cluster").asString()).isEqualTo("blue");
    assertThat(line.path("scheduledTime").asString()).isEqualTo("2026-11-23T13:00:00Z");
    assertThat(line.has("timestamp")).isTrue();
  }

  @Test
  void what_libraries_say_below_a_warning_is_left_out() {
    LoggerContext context = context();

    context.getLogger("software.amazon.awssdk").info("not this");
    context.getLogger("io.lockexec").debug("nor this");
    context.getLogger("software.amazon.awssdk").warn("but this");

    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .contains("but this");
  }

  private static LoggerContext context() {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    assertThat(new JsonLines().configure(context))
        .isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
    return context;
  }
}
