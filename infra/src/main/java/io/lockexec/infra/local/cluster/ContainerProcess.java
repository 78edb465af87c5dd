package io.lockexec.infra.local.cluster;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One operating-system process of a container, its log included.
 *
 * <p>SIGTERM goes to the process alone, as it goes to a container's first process alone. With the
 * end of a process that was told to end, everything that it had started is killed. A process that
 * ends by itself may leave others behind, which no one finds any more: a container would end with
 * it, a process of this machine does not.
 */
final class ContainerProcess {
  private static final Path SETSID = Path.of("/usr/bin/setsid");
  private static final int LOG_LIMIT = 4 << 20;
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final Process process;
  private final Instant started;
  private final Set<ProcessHandle> descendants = ConcurrentHashMap.newKeySet();
  private volatile Optional<Instant> ended = Optional.empty();

  private ContainerProcess(Process process, Instant started) {
    this.process = process;
    this.started = started;
  }

  /**
   * Starts a process, never by way of a shell.
   *
   * @param log the file that its output is appended to
   * @param onEnd called when the process has ended and its log is written
   * @throws IOException the program or the directory does not exist, or may not be used
   */
  static ContainerProcess start(
      ContainerSetup.Ready setup, Path scratch, Path log, InstantSource clock, Runnable onEnd)
      throws IOException {
    Files.createDirectories(scratch);
    Files.createDirectories(log.toAbsolutePath().getParent());
    Path directory = setup.directory().map(Path::of).orElse(scratch);
    ProcessBuilder builder = new ProcessBuilder(inItsOwnSession(setup, directory));
    builder.environment().clear();
    builder.environment().putAll(setup.environment());
    builder.directory(directory.toFile());
    builder.redirectErrorStream(true);
    Process process = builder.start();
    process.getOutputStream().close();
    ContainerProcess container = new ContainerProcess(process, clock.instant());
    Thread pump =
        Thread.ofPlatform()
            .daemon()
            .name("log-" + process.pid())
            .start(() -> pump(process.getInputStream(), log));
    Thread.ofVirtual().start(() -> container.awaitEnd(pump, clock, onEnd));
    return container;
  }

  /**
   * Ctrl-C goes to every process of the terminal's session, and a container hears nothing of it. So
   * its process gets a session of its own, where the machine can do that.
   */
  private static List<String> inItsOwnSession(ContainerSetup.Ready setup, Path directory) {
    List<String> command = new ArrayList<>(setup.command());
    // What cannot be started must be seen to fail as such, and not as a setsid that has failed.
    if (Files.isExecutable(SETSID) && canBeStarted(command.getFirst(), setup, directory)) {
      command.addFirst(SETSID.toString());
    }
    return command;
  }

  private static boolean canBeStarted(String program, ContainerSetup.Ready setup, Path directory) {
    List<String> folders =
        program.contains("/")
            ? List.of("")
            : List.of(setup.environment().getOrDefault("PATH", "").split(File.pathSeparator, -1));
    return folders.stream()
        .map(folder -> directory.resolve(folder).resolve(program))
        .anyMatch(file -> Files.isRegularFile(file) && Files.isExecutable(file));
  }

  long pid() {
    return process.pid();
  }

  Instant started() {
    return started;
  }

  /** When the process ended; empty while it runs or while its last output is being written. */
  Optional<Instant> ended() {
    return ended;
  }

  /** The exit code of a process that has ended; 128 and the signal's number if it was killed. */
  int exitCode() {
    return process.exitValue();
  }

  /** Sends SIGTERM. */
  void terminate() {
    rememberDescendants();
    process.destroy();
  }

  /** Sends SIGKILL, to all that the process has started as well. */
  void kill() {
    rememberDescendants();
    process.destroyForcibly();
    killDescendants();
  }

  private void awaitEnd(Thread pump, InstantSource clock, Runnable onEnd) {
    try {
      process.waitFor();
      killDescendants();
      pump.join(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ended = Optional.of(clock.instant());
    onEnd.run();
  }

  /** A child is found by its parent only, so it must be looked up before the parent is gone. */
  private void rememberDescendants() {
    process.descendants().forEach(descendants::add);
  }

  private void killDescendants() {
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  private static void pump(InputStream output, Path log) {
    try (output;
        OutputStream file =
            Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      byte[] buffer = new byte[8192];
      long room = LOG_LIMIT - Files.size(log);
      for (int read = output.read(buffer); read >= 0; read = output.read(buffer)) {
        if (room > 0) {
          file.write(buffer, 0, (int) Math.min(read, room));
        }
        if (room > 0 && read >= room) {
          file.write("\n[log cut here]\n".getBytes(StandardCharsets.UTF_8));
        }
        room -= read;
      }
    } catch (IOException e) {
      // The pipe is closed under the reader when its process is killed: the log ends here.
    }
  }
}
