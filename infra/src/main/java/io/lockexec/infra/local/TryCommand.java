package io.lockexec.infra.local;

import io.lockexec.infra.config.LockExecFile;
import io.lockexec.infra.local.Session.Pace;
import io.lockexec.schedule.Firing;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Plays an example and checks that everything became of it that had to. */
@Command(
    name = "try",
    description = {
      "Plays an example that ends by itself, and checks what became of it.",
      "Exit code 0 if all of it is as the example says, 1 if not."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  try                     the example that comes with lock-exec",
      "  try my-folder           your own lock-exec.yaml and scenario.yaml"
    })
final class TryCommand implements Callable<Integer> {
  private static final String FILE = "lock-exec.yaml";
  private static final String SCENARIO = "scenario.yaml";

  @ParentCommand private @Nullable StandIn standIn;
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FOLDER",
      description = "Another example: a folder with lock-exec.yaml and scenario.yaml.")
  private Optional<Path> folder = Optional.empty();

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws InterruptedException {
    StandIn host = StandIn.of(standIn);
    CommandLine line = StandIn.of(spec).commandLine();
    LockExecFile file = LockExecFile.parse(FILE, text(FILE), host.clock().instant());
    Scenario scenario = Scenario.parse(SCENARIO, text(SCENARIO));
    LocalCloudOptions options =
        LocalCloudOptions.of(alone(host.environment()), host.clock())
            .withManifests(scenario.manifests());
    Console console = output.console(line, host.environment(), host.clock());
    console.heading(scenario.heading());
    try (Interruption interruption = Interruption.listen();
        Session session =
            Session.start(
                new Pace(scenario.deliveries(), scenario.sweepEvery()),
                console,
                host.clock(),
                journal -> LocalCloud.start(file, options.withJournal(journal)))) {
      interruption.then(session::stop);
      play(scenario, session, console, host.clock().instant());
      Report report = session.report();
      console.report(report);
      if (interruption.came()) {
        return CommandLine.ExitCode.SOFTWARE;
      }
      List<Scenario.Finding> findings = scenario.judge(report);
      console.findings(findings);
      return findings.stream().allMatch(each -> each.wrong().isEmpty())
          ? CommandLine.ExitCode.OK
          : CommandLine.ExitCode.SOFTWARE;
    }
  }

  private static void play(Scenario scenario, Session session, Console console, Instant now)
      throws InterruptedException {
    LocalCloud cloud = session.cloud();
    scenario.down().forEach(each -> cloud.cluster(each.cluster()).goDown());
    for (Scenario.Act act : scenario.firings()) {
      if (reached(act.after().stream().toList(), scenario, session, now)) {
        session.fire(cloud.schedule(act.schedule()), now, scenario.deliveries());
      }
    }
    for (Scenario.Outage each : scenario.down()) {
      if (reached(each.until(), scenario, session, now)) {
        LocalClusters.comeUp(cloud.cluster(each.cluster()));
        console.note("cluster " + each.cluster() + " is up now");
      }
    }
    session.awaitEnds(scenario.patience());
  }

  private static boolean reached(
      List<Scenario.Moment> moments, Scenario scenario, Session session, Instant now)
      throws InterruptedException {
    for (Scenario.Moment each : moments) {
      Firing firing = new Firing(each.schedule(), now);
      if (!session.awaitTold(firing, each.told(), scenario.patience())) {
        return false;
      }
    }
    return true;
  }

  /** An example touches nothing but this machine, whatever the environment points at. */
  private static Map<String, String> alone(Map<String, String> environment) {
    Map<String, String> few = new HashMap<>(environment);
    few.keySet().retainAll(Set.of("PATH", "HOME"));
    return few;
  }

  private String text(String name) {
    try {
      if (folder.isPresent()) {
        return Files.readString(folder.get().resolve(name));
      }
      try (InputStream in =
          Objects.requireNonNull(
              TryCommand.class.getResourceAsStream("/io/lockexec/infra/example/" + name))) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be read", e);
    }
  }
}
