package io.lockexec.cli;

import io.lockexec.BadInput;
import io.lockexec.lock.TableException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The command line: what a person does by hand. */
@Command(
    name = "lock-exec",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    description = "At-most-once scheduled commands across several identical Kubernetes clusters.",
    subcommands = Unlock.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:a table could not be read or written",
      "2:the command line or the environment is wrong",
      "3:an open run holds the key, and --force was not given"
    })
final class LockExec {
  /** A table could not be read or written. */
  static final int TABLE = 1;

  /** The command line or the environment is wrong. */
  static final int USAGE = 2;

  /** An open run holds the key, and --force was not given. */
  static final int HELD = 3;

  /** Runs a command line, and ends this JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new LockExec()).setExecutionExceptionHandler(LockExec::explain);
  }

  /** What a person can mend is one line; anything else is a bug and shows its stack. */
  private static int explain(Exception e, CommandLine line, ParseResult parsed) throws Exception {
    int code =
        switch (e) {
          case BadInput _ -> USAGE;
          case TableException _ -> TABLE;
          default -> throw e;
        };
    line.getErr().println(line.getColorScheme().errorText("lock-exec: " + e.getMessage()));
    return code;
  }
}
