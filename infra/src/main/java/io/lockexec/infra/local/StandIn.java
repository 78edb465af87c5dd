package io.lockexec.infra.local;

import io.lockexec.BadInput;
import io.lockexec.infra.config.InvalidFile;
import io.lockexec.lambda.Misconfigured;
import io.lockexec.lock.TableException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import software.amazon.awssdk.core.exception.SdkException;

/** The local stand-in's command line. */
@Command(
    name = "stand-in",
    description =
        "lock-exec on one machine: the deployed functions between a DynamoDB and clusters.",
    subcommands = {RunCommand.class, TryCommand.class, CheckCommand.class},
    synopsisSubcommandLabel = "COMMAND")
public final class StandIn {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("unused") // Picocli acts on it.
  private boolean help;

  private final Map<String, String> environment;
  private final InstantSource clock;

  StandIn(Map<String, String> environment, InstantSource clock) {
    this.environment = Map.copyOf(environment);
    this.clock = clock;
  }

  /** Runs the command, and exits with its code. */
  public static void main(String[] args) {
    System.exit(commandLine(System.getenv(), InstantSource.system()).execute(args));
  }

  /** Returns the command line, with the given environment and clock. */
  static CommandLine commandLine(Map<String, String> environment, InstantSource clock) {
    return new CommandLine(new StandIn(environment, clock))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(new Explanation());
  }

  Map<String, String> environment() {
    return environment;
  }

  InstantSource clock() {
    return clock;
  }

  /** Returns what picocli has injected before it calls a command. */
  static <T> T of(@Nullable T injected) {
    return Objects.requireNonNull(injected);
  }

  /** What a person can mend is said in lines, without a stack trace; the rest is a bug. */
  private static final class Explanation implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed)
        throws Exception {
      PrintWriter err = line.getErr();
      return switch (e) {
        case InvalidFile invalid -> {
          invalid.lines().forEach(err::println);
          yield CommandLine.ExitCode.USAGE;
        }
        case BadInput bad -> {
          err.println(bad.getMessage());
          yield CommandLine.ExitCode.USAGE;
        }
        case Misconfigured wrong -> {
          wrong.mistakes().forEach(each -> err.println(each.getMessage()));
          yield CommandLine.ExitCode.USAGE;
        }
        case TableException table -> failed(err, table);
        case SdkException aws -> failed(err, aws);
        case UncheckedIOException io -> {
          err.println(io.getMessage() + ": " + io.getCause());
          yield CommandLine.ExitCode.SOFTWARE;
        }
        default -> throw e;
      };
    }

    private static int failed(PrintWriter err, Exception e) {
      err.println(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      return CommandLine.ExitCode.SOFTWARE;
    }
  }
}
