package io.lockexec.lambda;

import io.lockexec.BadInput;
import io.lockexec.Fields;
import io.lockexec.dynamodb.Tables;
import io.lockexec.run.Bounds;
import io.lockexec.run.RunRequest;
import io.lockexec.schedule.Installation;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the environment variables of a function say, read once.
 *
 * @param installation {@code LOCK_EXEC_INSTALLATION}, required
 * @param tables {@code LOCK_EXEC_LOCK_TABLE}, {@code LOCK_EXEC_KEY_ATTRIBUTE}, {@code
 *     LOCK_EXEC_RUN_TABLE}; by default those of {@link Tables#DEFAULT}
 * @param deployment {@code LOCK_EXEC_DEPLOYMENT}: the file of clusters and schedules; by default
 *     {@code lock-exec.json} beside the code
 * @param kubeconfigs {@code KUBECONFIG}: the files in which the contexts of clusters are defined;
 *     by default {@code ~/.kube/config}, as for kubectl
 * @param watch {@code LOCK_EXEC_WATCH_SECONDS}: for how long a dispatcher waits for the end of a
 *     Job that it has started, 0 to 840, by default 30
 * @param retention {@code LOCK_EXEC_RETENTION_DAYS}: how long the ledger keeps a run that has
 *     ended; 10 to 3650, by default 30. It outlives the latest possible start (7 days) and the
 *     latest possible delivery (30 hours)
 * @param jobTtl {@code LOCK_EXEC_JOB_TTL_SECONDS}: how long Kubernetes keeps a Job after it was
 *     settled; at least 3600, by default a day
 * @param bounds with the lag of the job controller from {@code LOCK_EXEC_CONTROLLER_LAG_SECONDS};
 *     60 to 21600, by default 900
 */
public record Configuration(
    Installation installation,
    Tables tables,
    Path deployment,
    List<Path> kubeconfigs,
    Duration watch,
    Duration retention,
    Duration jobTtl,
    Bounds bounds) {

  static final String PREFIX = "LOCK_EXEC_";

  private static final List<String> NAMES =
      List.of(
          "LOCK_EXEC_INSTALLATION",
          "LOCK_EXEC_LOCK_TABLE",
          "LOCK_EXEC_KEY_ATTRIBUTE",
          "LOCK_EXEC_RUN_TABLE",
          "LOCK_EXEC_DEPLOYMENT",
          "LOCK_EXEC_WATCH_SECONDS",
          "LOCK_EXEC_RETENTION_DAYS",
          "LOCK_EXEC_JOB_TTL_SECONDS",
          "LOCK_EXEC_CONTROLLER_LAG_SECONDS");

  /**
   * Reads the environment.
   *
   * @throws Misconfigured listing all that is wrong at once
   */
  public static Configuration of(Map<String, String> environment) {
    Reading reading = new Reading(environment);
    Optional<Installation> installation =
        reading.parsed("LOCK_EXEC_INSTALLATION", Installation::new);
    if (installation.isEmpty() && !environment.containsKey("LOCK_EXEC_INSTALLATION")) {
      reading.mistakes.add(
          new BadInput("LOCK_EXEC_INSTALLATION", "is not set: name this deployment of lock-exec"));
    }
    Optional<Tables> tables = reading.attempt(() -> tables(environment));
    Duration watch = reading.number("LOCK_EXEC_WATCH_SECONDS", 0, 840, 30, Duration::ofSeconds);
    Duration retention =
        reading.number(
            "LOCK_EXEC_RETENTION_DAYS",
            RunRequest.MAX_STARTING_DEADLINE.toDays() + 3,
            3650,
            30,
            Duration::ofDays);
    Duration jobTtl =
        reading.number(
            "LOCK_EXEC_JOB_TTL_SECONDS",
            Duration.ofHours(1).toSeconds(),
            Integer.MAX_VALUE,
            Duration.ofDays(1).toSeconds(),
            Duration::ofSeconds);
    Duration lag =
        reading.number("LOCK_EXEC_CONTROLLER_LAG_SECONDS", 60, 21_600, 900, Duration::ofSeconds);
    reading.refuseUnknown();
    if (!reading.mistakes.isEmpty()) {
      throw new Misconfigured(reading.mistakes);
    }
    return new Configuration(
        installation.orElseThrow(),
        tables.orElseThrow(),
        Path.of(environment.getOrDefault("LOCK_EXEC_DEPLOYMENT", besideTheCode(environment))),
        kubeconfigs(environment),
        watch,
        retention,
        jobTtl,
        new Bounds(
            Bounds.DEFAULT.startWithin(), Bounds.DEFAULT.frozen(), Bounds.DEFAULT.inFlight(), lag));
  }

  private static Tables tables(Map<String, String> environment) {
    return new Tables(
        environment.getOrDefault("LOCK_EXEC_LOCK_TABLE", Tables.DEFAULT.lockTable()),
        environment.getOrDefault("LOCK_EXEC_KEY_ATTRIBUTE", Tables.DEFAULT.lockKey()),
        environment.getOrDefault("LOCK_EXEC_RUN_TABLE", Tables.DEFAULT.runTable()));
  }

  private static List<Path> kubeconfigs(Map<String, String> environment) {
    String standard = Path.of(environment.getOrDefault("HOME", "."), ".kube", "config").toString();
    return Arrays.stream(
            environment.getOrDefault("KUBECONFIG", standard).split(File.pathSeparator, -1))
        .filter(each -> !each.isBlank())
        .map(Path::of)
        .toList();
  }

  private static String besideTheCode(Map<String, String> environment) {
    return Path.of(environment.getOrDefault("LAMBDA_TASK_ROOT", "."), "lock-exec.json").toString();
  }

  /** Reads one variable after the other, and collects what is wrong. */
  private static final class Reading {
    private final Map<String, String> environment;
    private final List<BadInput> mistakes = new ArrayList<>();

    Reading(Map<String, String> environment) {
      this.environment = environment;
    }

    <T> Optional<T> attempt(Supplier<T> parse) {
      try {
        return Optional.of(parse.get());
      } catch (BadInput e) {
        mistakes.add(e);
        return Optional.empty();
      }
    }

    <T> Optional<T> parsed(String name, Function<String, T> parse) {
      Optional<String> text = Optional.ofNullable(environment.get(name));
      try {
        return text.map(parse);
      } catch (BadInput e) {
        mistakes.add(e.in(name));
        return Optional.empty();
      }
    }

    Duration number(
        String name, long least, long most, long standard, Function<Long, Duration> unit) {
      return parsed(name, text -> number(name, text, least, most))
          .map(unit)
          .orElseGet(() -> unit.apply(standard));
    }

    private static long number(String name, String text, long least, long most) {
      try {
        long number = Long.parseLong(text.strip());
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Said below, as for a number out of range.
      }
      throw new BadInput(name, text, "is no whole number from %d to %d".formatted(least, most));
    }

    void refuseUnknown() {
      for (String name : new TreeSet<>(environment.keySet())) {
        if (name.startsWith(PREFIX) && !NAMES.contains(name)) {
          mistakes.add(
              new BadInput(name, "is no variable of lock-exec" + Fields.instead(name, NAMES)));
        }
      }
    }
  }
}
