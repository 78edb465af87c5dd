package io.lockexec.infra.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C, in a process of its own. */
final class InterruptionTest {
  @TempDir private Path folder = Path.of("given by JUnit");

  @Test
  void an_interrupted_session_says_what_was_left_and_ends_its_jobs() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("lock-exec.yaml"),
            """
            clusters:
              - name: blue
                local: true
            schedules:
              long:
                schedule: "@daily"
                job:
                  image: busybox
                  command: [sh, -c, 'echo $$$$ > %s; exec sleep 300']
            """
                .formatted(folder.resolve("pid")));

    Process process = Processes.start(List.of(), Map.of(), "run", file.toString(), "--once");
    try (BufferedReader out = process.inputReader(UTF_8)) {
      String line = out.readLine();
      while (line != null && !line.contains(" Started ")) {
        line = out.readLine();
      }
      // Not Process.destroy(), which closes the streams as well.
      process.toHandle().destroy();
      String rest = out.lines().collect(Collectors.joining("\n"));

      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
      assertThat(rest)
          .containsPattern("\\| long +\\| .* \\| blue +\\| COMMITTED")
          .containsPattern("lock held: long by run long-\\d+ \\(blue/default/long-\\d+\\)")
          .containsPattern("open run: long-\\d+ is COMMITTED; .* ends with the stand-in")
          .contains("1 run left open");
      assertThat(ended(folder.resolve("pid"))).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void what_a_terminal_sends_to_all_its_processes_does_not_reach_the_jobs() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("lock-exec.yaml"),
            """
            clusters:
              - name: blue
                local: true
            schedules:
              long:
                schedule: "@daily"
                job:
                  image: busybox
                  command: [sh, -c, 'trap "echo heard > %s; exit 1" INT TERM; sleep 300 & wait']
                  terminationGracePeriodSeconds: 1
            """
                .formatted(folder.resolve("signal")));

    // A group of its own, as a shell gives to each command.
    Process process =
        Processes.start(List.of("setsid"), Map.of(), "run", file.toString(), "--once");
    try (BufferedReader out = process.inputReader(UTF_8)) {
      String line = out.readLine();
      while (line != null && !line.contains(" Started ")) {
        line = out.readLine();
      }
      new ProcessBuilder("sh", "-c", "kill -TERM -" + process.pid()).start().waitFor();
      String rest = out.lines().collect(Collectors.joining("\n"));

      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(rest).containsPattern("\\| long +\\| .* \\| blue +\\| COMMITTED");
      assertThat(folder.resolve("signal")).doesNotExist();
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean ended(Path pidFile) throws IOException {
    if (!Files.exists(pidFile)) {
      return true;
    }
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
  }
}
