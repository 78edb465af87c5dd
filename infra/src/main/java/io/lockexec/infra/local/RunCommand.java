package io.lockexec.infra.local;

import io.lockexec.BadInput;
import io.lockexec.infra.config.LockExecFile;
import io.lockexec.infra.local.Session.Pace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Plays a configuration file. */
@Command(
    name = "run",
    description = {
      "Fires the schedules of a file when they are due, until Ctrl-C.",
      "The functions are the deployed ones. The tables are in this process, unless"
          + " AWS_ENDPOINT_URL_DYNAMODB or AWS_ENDPOINT_URL names an endpoint. Clusters with"
          + " \"local: true\" run commands as processes of this machine; the others are reached"
          + " through the kubeconfig."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  run                             plays lock-exec.yaml until Ctrl-C",
      "  run my.yaml --once              fires each schedule once, now",
      "  run my.yaml --for 10m --deliver 3 --sweep-every 10s",
      "  run my.yaml --once --output json"
    })
final class RunCommand implements Callable<Integer> {
  /** For how long runs that are open may go on when the time of --for is over. */
  private static final Duration LAST_CALL = Duration.ofSeconds(30);

  @ParentCommand private @Nullable StandIn standIn;
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "lock-exec.yaml",
      description = "The file that is deployed. Default: ${DEFAULT-VALUE}.")
  private Path file = Path.of("lock-exec.yaml");

  @Option(
      names = "--for",
      paramLabel = "TIME",
      converter = Seconds.class,
      description = "Stop after this time (30s, 10m, 2h); open runs get 30s more to end.")
  private Optional<Duration> atMost = Optional.empty();

  @Option(
      names = "--once",
      description = "Fire each enabled schedule once, now, and stop when all runs have ended.")
  private boolean once;

  @Option(
      names = "--deliver",
      paramLabel = "N",
      defaultValue = "1",
      description = "Deliver each firing that often, at once. Default: ${DEFAULT-VALUE}.")
  private int deliver = 1;

  @Option(
      names = "--sweep-every",
      paramLabel = "TIME",
      converter = Seconds.class,
      defaultValue = "60s",
      description = "The pause between two sweeps. Default: ${DEFAULT-VALUE}.")
  private Duration sweepEvery = Duration.ofMinutes(1);

  @Option(
      names = "--manifests",
      paramLabel = "FILE",
      description = "Kubernetes objects for the local clusters: CronJobs that job.from names.")
  private List<Path> manifests = new ArrayList<>();

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws InterruptedException {
    StandIn host = StandIn.of(standIn);
    CommandLine line = StandIn.of(spec).commandLine();
    if (deliver < 1) {
      throw new CommandLine.ParameterException(line, "--deliver: use at least 1");
    }
    PrintWriter err = line.getErr();
    LockExecFile loaded = LockExecFile.load(file, host.clock().instant());
    loaded.warnings().forEach(warning -> err.println("warning: " + warning));
    LocalCloudOptions options =
        LocalCloudOptions.of(host.environment(), host.clock())
            .withManifests(manifests.stream().flatMap(each -> read(each).stream()).toList());
    Console console = output.console(line, host.environment(), host.clock());
    try (Interruption interruption = Interruption.listen();
        Session session =
            Session.start(
                new Pace(deliver, sweepEvery),
                console,
                host.clock(),
                journal -> LocalCloud.start(loaded, options.withJournal(journal)))) {
      interruption.then(session::stop);
      play(session, console);
      console.report(session.report());
    }
    return CommandLine.ExitCode.OK;
  }

  private void play(Session session, Console console) throws InterruptedException {
    Duration ever = Duration.ofDays(3650);
    if (once) {
      session.fireNow();
      session.awaitEnds(atMost.orElse(ever));
      return;
    }
    console.note(
        "%d enabled; each fires when it is due; %s"
            .formatted(
                session.enabled().size(),
                atMost
                    .map(time -> "this ends after " + time.toSeconds() + " s")
                    .orElse("Ctrl-C ends it")));
    session.fireWhenDue();
    session.awaitStop(atMost.orElse(ever));
    session.fireNoMore();
    session.awaitEnds(LAST_CALL);
  }

  private static List<JsonNode> read(Path file) {
    try {
      return Yaml.documents(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new BadInput("--manifests", file, "does not exist");
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}
