package io.lockexec.infra.local;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import io.lockexec.cluster.Place;
import io.lockexec.infra.local.LambdaFunction.Invocation.DeadLetter;
import io.lockexec.run.Reason;
import io.lockexec.run.Run;
import io.lockexec.run.State;
import io.lockexec.schedule.Firing;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** Plain lines for a person, in colour if the terminal has any, and a table in the end. */
final class TextConsole implements Console {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("HH:mm'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY_AND_MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Set<Reason> GOOD = Set.of(Reason.STARTED, Reason.SAW_COMPLETED_JOB);
  private static final Pattern FRACTION = Pattern.compile("(T\\d\\d:\\d\\d:\\d\\d)\\.\\d+Z");
  private static final int RUN_WIDTH = 20;
  private static final int CLUSTER_WIDTH = 6;
  private static final int REASON_WIDTH = 18;
  private static final int BRIEF = 80;
  private static final int NARROWEST = 30;

  private final PrintWriter out;
  private final Ansi ansi;
  private final int width;
  private final InstantSource clock;
  private boolean muted;

  /**
   * Writes to a terminal, or to a file.
   *
   * @param width in columns; longer lines are broken
   */
  TextConsole(PrintWriter out, Ansi ansi, int width, InstantSource clock) {
    this.out = out;
    this.ansi = ansi;
    this.width = width;
    this.clock = clock;
  }

  @Override
  public synchronized void heading(List<String> lines) {
    lines.forEach(line -> print(line.isBlank() ? "" : styled("bold", line)));
    print("");
  }

  @Override
  public synchronized void note(String line) {
    print(styled("faint", time(clock.instant()) + "  " + line));
  }

  @Override
  public synchronized void record(Entry entry) {
    if (!muted) {
      line(
          style(entry),
          entry.at(),
          entry.firing(),
          entry.cluster().map(Object::toString).orElse("-"),
          entry.reason().name(),
          entry.level() == Level.INFO ? brief(entry.message()) : entry.message());
    }
  }

  @Override
  public synchronized void deadLetter(Firing firing, DeadLetter letter) {
    if (!muted) {
      String message =
          "given up after %d attempts: %s".formatted(letter.attempts(), letter.reason());
      line("red", clock.instant(), firing, "-", "DeadLetter", message);
    }
  }

  @Override
  public synchronized void mute() {
    muted = true;
  }

  @Override
  public synchronized void report(Report report) {
    print("");
    if (!report.rows().isEmpty()) {
      print(
          AsciiTable.builder()
              .border(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS)
              .lineSeparator("\n")
              .data(report.rows(), columns(report))
              .asString());
    }
    report
        .held()
        .forEach(
            lock ->
                print(
                    broken("lock held: %s by %s".formatted(lock.key(), oneLine(lock.describe())))));
    report.open().forEach(run -> print(broken("open run: " + open(run, report))));
    report
        .deadLetters()
        .forEach(
            letter -> print(broken("dead letter: " + letter.reason()) + "\n  " + letter.event()));
    print(styled("bold", broken(summary(report))));
  }

  @Override
  public synchronized void findings(List<Scenario.Finding> findings) {
    print("");
    print("What had to happen:");
    for (Scenario.Finding finding : findings) {
      print(
          finding.wrong().isEmpty()
              ? styled("green", "  ✓ ") + finding.what()
              : styled("red", "  ✗ ") + finding.what());
      finding.wrong().forEach(each -> print(styled("red", "      " + each)));
    }
  }

  private static String style(Entry entry) {
    return switch (entry.level()) {
      case INFO -> GOOD.contains(entry.reason()) ? "green" : "";
      case WARN -> "yellow";
      case ERROR -> "red";
    };
  }

  private void line(
      String style, Instant at, Firing firing, String cluster, String reason, String message) {
    String run = padded(firing.runId(), RUN_WIDTH);
    String place = padded(cluster, CLUSTER_WIDTH);
    String why = padded(reason, REASON_WIDTH);
    int before = time(at).length() + run.length() + place.length() + why.length() + 5;
    print(
        "%s  %s %s %s %s"
            .formatted(
                styled("faint", time(at)),
                run,
                place,
                styled(style, why),
                broken(oneLine(message), before)));
  }

  private static List<ColumnData<Report.Row>> columns(Report report) {
    boolean oneDay =
        report.rows().stream()
                .map(row -> LocalDate.ofInstant(row.firing().time(), ZoneOffset.UTC))
                .distinct()
                .count()
            == 1;
    DateTimeFormatter due = oneDay ? MINUTE : DAY_AND_MINUTE;
    return List.of(
        left("schedule", row -> row.firing().schedule().value()),
        left("due", row -> due.format(row.firing().time())),
        left("cluster", Report.Row::cluster),
        left("outcome", Report.Row::outcome),
        left("reason", Report.Row::reason),
        right("exit", Report.Row::exitCode),
        right("took", row -> row.took().map(TextConsole::seconds).orElse("")),
        right(
            "duplicates",
            row -> "%d of %d".formatted(row.count().duplicates(), row.count().deliveries())));
  }

  private static ColumnData<Report.Row> left(
      String header, Function<Report.Row, @Nullable String> value) {
    return new Column().header(header).dataAlign(HorizontalAlign.LEFT).with(value);
  }

  private static ColumnData<Report.Row> right(
      String header, Function<Report.Row, @Nullable String> value) {
    return new Column().header(header).dataAlign(HorizontalAlign.RIGHT).with(value);
  }

  /** What is as it should be is said in one clause; the rest is in the other form of output. */
  private static String brief(String message) {
    int end = message.indexOf("; ");
    return message.length() > BRIEF && end > 0 ? message.substring(0, end) : message;
  }

  /** On one line, and with times to the second. */
  private static String oneLine(String message) {
    return FRACTION.matcher(message.replaceAll("\\s*\\R\\s*", " ")).replaceAll("$1Z");
  }

  private String broken(String text) {
    return broken(text, 0, 4);
  }

  /** What stands right of a column, and goes on below itself; or, in a narrow place, below all. */
  private String broken(String text, int column) {
    return broken(text, column, width - column < NARROWEST ? 4 : column);
  }

  /** Breaks a text between words, as far as it can, so that no line is wider than the terminal. */
  private String broken(String text, int column, int indent) {
    StringBuilder all = new StringBuilder();
    int at = column;
    for (String word : text.split(" ", -1)) {
      if (!all.isEmpty() && at + 1 + word.length() > width) {
        all.append('\n').append(" ".repeat(indent));
        at = indent;
      } else if (!all.isEmpty()) {
        all.append(' ');
        at++;
      }
      all.append(word);
      at += word.length();
    }
    return all.toString();
  }

  private static String seconds(Duration took) {
    return String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
  }

  private static String open(Run run, Report report) {
    Place place = run.place().orElseThrow();
    return "%s is %s; its Job, %s, %s"
        .formatted(
            run.id(),
            run.stage().state(),
            place.holder(run.firing()),
            report.local().contains(place.cluster()) ? "ends with the stand-in" : "goes on there");
  }

  private static String summary(Report report) {
    List<String> parts = new ArrayList<>();
    for (State state : State.values()) {
      if (report.count(state) > 0) {
        parts.add(report.count(state) + " " + state.name().toLowerCase(Locale.ROOT));
      }
    }
    return Stream.of(
            counted(report.rows().size(), "firing")
                + (parts.isEmpty() ? "" : ": " + String.join(", ", parts)),
            counted(report.duplicates(), "duplicate delivery", "duplicate deliveries")
                + " recognised",
            counted(report.held().size(), "lock") + " still held",
            counted(report.open().size(), "run") + " left open",
            counted(report.deadLetters().size(), "dead letter"))
        .collect(Collectors.joining("; "));
  }

  private static String counted(int number, String noun) {
    return counted(number, noun, noun + "s");
  }

  private static String counted(int number, String one, String several) {
    return (number == 0 ? "no" : String.valueOf(number)) + " " + (number == 1 ? one : several);
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String time(Instant at) {
    return TIME.format(at);
  }

  private String styled(String style, String text) {
    return style.isEmpty() || !ansi.enabled()
        ? text
        : Ansi.Style.on(Ansi.Style.parse(style)) + text + Ansi.Style.reset.on();
  }

  private void print(String line) {
    out.print(line + "\n");
    out.flush();
  }
}
