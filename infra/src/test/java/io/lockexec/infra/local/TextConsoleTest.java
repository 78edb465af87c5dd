package io.lockexec.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.cluster.ClusterName;
import io.lockexec.lock.LockKey;
import io.lockexec.run.Journal;
import io.lockexec.run.Reason;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.ScheduleName;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

/** What a transition looks like to a person. */
final class TextConsoleTest {
  private static final Instant NOW = Instant.parse("2026-11-23T13:00:42.123Z");

  private final StringWriter out = new StringWriter();

  @Test
  void a_transition_is_one_plain_line_where_there_is_room() {
    console(Ansi.OFF, Integer.MAX_VALUE)
        .record(entry(Journal.Level.WARN, Reason.MOVED, "blue was passed over: no connection"));

    assertThat(out.toString())
        .isEqualTo(
            "13:00:42.123  nightly-29923980     blue   Moved              blue was passed over: no"
                + " connection\n");
  }

  @Test
  void a_long_message_goes_on_below_itself_on_a_terminal() {
    console(Ansi.OFF, 100)
        .record(
            entry(
                Journal.Level.WARN,
                Reason.MOVED,
                "blue was passed over: cluster blue: POST jobs: no connection to 127.0.0.1:1"));

    String indent = " ".repeat(61);
    assertThat(out.toString())
        .isEqualTo(
            "13:00:42.123  nightly-29923980     blue   Moved              blue was passed over:"
                + " cluster blue:\n"
                + indent
                + "POST jobs: no connection to 127.0.0.1:1\n");
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void colours_tell_what_is_good_from_what_is_to_be_looked_at_and_from_what_is_wrong() {
    TextConsole console = console(Ansi.ON, 120);

    console.record(entry(Journal.Level.INFO, Reason.STARTED, "the Job was started"));
    console.record(entry(Journal.Level.WARN, Reason.TOO_LATE, "skipped"));
    console.record(entry(Journal.Level.ERROR, Reason.MISSING_JOB, "lost"));

    assertThat(out.toString().lines())
        .satisfiesExactly(
            good -> assertThat(good).contains("\u001b[32mStarted "),
            warning -> assertThat(warning).contains("\u001b[33mTooLate "),
            wrong -> assertThat(wrong).contains("\u001b[31mMissingJob "));
  }

  private TextConsole console(Ansi ansi, int width) {
    return new TextConsole(new PrintWriter(out), ansi, width, () -> NOW);
  }

  private static Journal.Entry entry(Journal.Level level, Reason reason, String message) {
    Firing firing = new Firing(new ScheduleName("nightly"), NOW);
    return new Journal.Entry(
        NOW,
        level,
        firing,
        new LockKey("nightly"),
        Optional.of(new ClusterName("blue")),
        reason,
        message);
  }
}
