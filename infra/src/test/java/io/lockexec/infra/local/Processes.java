package io.lockexec.infra.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The stand-in in a process of its own, for what only a process has: signals, its environment. */
final class Processes {
  private Processes() {}

  /**
   * Starts the stand-in.
   *
   * @param before what comes before it on the command line
   * @param environment variables that it has beside ours, which are none of AWS
   */
  static Process start(List<String> before, Map<String, String> environment, String... args)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-Dsqlite4java.library.path=" + System.getProperty("sqlite4java.library.path"),
            "-classpath",
            System.getProperty("java.class.path"),
            StandIn.class.getName()));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().putAll(environment);
    return builder.start();
  }
}
