package io.lockexec.infra.local;

import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Map;
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

  Console console(PrintWriter out, Map<String, String> environment, InstantSource clock) {
    boolean plain = noColor || "dumb".equals(environment.get("TERM"));
    return switch (form) {
      case text -> new TextConsole(out, plain ? Ansi.OFF : Ansi.AUTO, clock);
      case json -> new JsonConsole(out);
    };
  }
}
