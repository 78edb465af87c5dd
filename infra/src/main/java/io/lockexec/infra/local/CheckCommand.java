package io.lockexec.infra.local;

import io.lockexec.infra.config.LockExecFile;
import io.lockexec.infra.config.ScheduleEntry;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Says what is wrong with a configuration file, or when its schedules are due. */
@Command(
    name = "check",
    description = "Checks a file: what is wrong in it, or the next three firings of each schedule.",
    footerHeading = "%nExample:%n",
    footer = "  check my.yaml")
final class CheckCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE uuuu-MM-dd HH:mm xxx", Locale.ROOT);
  private static final int FIRINGS = 3;

  @ParentCommand private @Nullable StandIn standIn;
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "lock-exec.yaml",
      description = "The file that is deployed. Default: ${DEFAULT-VALUE}.")
  private Path file = Path.of("lock-exec.yaml");

  @Override
  public Integer call() {
    CommandLine line = StandIn.of(spec).commandLine();
    Instant now = StandIn.of(standIn).clock().instant();
    LockExecFile loaded = LockExecFile.load(file, now);
    loaded.warnings().forEach(warning -> line.getErr().println("warning: " + warning));
    int width =
        loaded.schedules().stream().mapToInt(each -> each.name().value().length()).max().orElse(1);
    PrintWriter out = line.getOut();
    for (ScheduleEntry each : loaded.schedules()) {
      String name = each.name().value();
      out.println(name + " ".repeat(width - name.length()) + "  " + next(each, now));
    }
    return CommandLine.ExitCode.OK;
  }

  private static String next(ScheduleEntry schedule, Instant now) {
    if (!schedule.enabled()) {
      return "is not enabled";
    }
    String times =
        schedule
            .recurrence()
            .startedAt(now)
            .firings(now)
            .limit(FIRINGS)
            .map(time -> TIME.format(ZonedDateTime.ofInstant(time, schedule.recurrence().zone())))
            .collect(Collectors.joining(", "));
    return times.isEmpty() ? "never fires again" : times;
  }
}
