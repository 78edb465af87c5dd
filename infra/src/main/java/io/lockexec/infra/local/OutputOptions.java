package io.lockexec.infra.local;

import java.time.InstantSource;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** In which form a session is shown. */
final class OutputOptions {
  @Option(
      names = "--output",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "Lines for a person, or a JSON object a line. Default: ${DEFAULT-VALUE}.")
  private Form form = Form.text;

  @Option(
      names = "--no-color",
      description = "No colours. NO_COLOR in the environment says the same.")
  private boolean noColor;

  /** The forms, named as they are written. */
  enum Form {
    /** For a person. */
    text,
    /** For a machine. */
    json
  }

  Console console(CommandLine line, Map<String, String> environment, InstantSource clock) {
    boolean plain = noColor || "dumb".equals(environment.get("TERM"));
    return switch (form) {
      case text -> new TextConsole(line.getOut(), plain ? Ansi.OFF : Ansi.AUTO, width(line), clock);
      case json -> new JsonConsole(line.getOut());
    };
  }

  /** The width of the terminal. Lines that go to a file are left whole, for grep. */
  @SuppressWarnings("SystemConsoleNull") // JDK 25 gives null again without a terminal.
  private static int width(CommandLine line) {
    java.io.Console terminal = System.console();
    return terminal != null && terminal.isTerminal()
        ? line.getCommandSpec().usageMessage().autoWidth(true).width()
        : Integer.MAX_VALUE;
  }
}
