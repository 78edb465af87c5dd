package io.lockexec.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lockexec.BadInput;
import io.lockexec.dynamodb.Tables;
import io.lockexec.run.Bounds;
import io.lockexec.schedule.Installation;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConfigurationTest {
  @Test
  void the_installation_is_all_that_is_required() {
    Configuration configuration =
        Configuration.of(Map.of("LOCK_EXEC_INSTALLATION", "staging", "HOME", "/home/me"));

    assertThat(configuration)
        .isEqualTo(
            new Configuration(
                new Installation("staging"),
                Tables.DEFAULT,
                Path.of("./lock-exec.json"),
                List.of(Path.of("/home/me/.kube/config")),
                Duration.ofSeconds(30),
                Duration.ofDays(30),
                Duration.ofDays(1),
                Bounds.DEFAULT));
  }

  @Test
  void every_variable_is_read() {
    Configuration configuration =
        Configuration.of(
            Map.of(
                "LOCK_EXEC_INSTALLATION", "staging",
                "LOCK_EXEC_LOCK_TABLE", "locks",
                "LOCK_EXEC_KEY_ATTRIBUTE", "key",
                "LOCK_EXEC_RUN_TABLE", "runs",
                "LOCK_EXEC_DEPLOYMENT", "/etc/lock-exec.json",
                "LOCK_EXEC_WATCH_SECONDS", "0",
                "LOCK_EXEC_RETENTION_DAYS", "10",
                "LOCK_EXEC_JOB_TTL_SECONDS", "3600",
                "LOCK_EXEC_CONTROLLER_LAG_SECONDS", "60",
                "KUBECONFIG", "a" + File.pathSeparator + "b"));

    assertThat(configuration.tables()).isEqualTo(new Tables("locks", "key", "runs"));
    assertThat(configuration.deployment()).isEqualTo(Path.of("/etc/lock-exec.json"));
    assertThat(configuration.watch()).isZero();
    assertThat(configuration.retention()).isEqualTo(Duration.ofDays(10));
    assertThat(configuration.jobTtl()).isEqualTo(Duration.ofHours(1));
    assertThat(configuration.bounds().controllerLag()).isEqualTo(Duration.ofMinutes(1));
    assertThat(configuration.kubeconfigs()).containsExactly(Path.of("a"), Path.of("b"));
  }

  @Test
  void lambda_keeps_the_deployment_beside_the_code() {
    Configuration configuration =
        Configuration.of(
            Map.of("LOCK_EXEC_INSTALLATION", "staging", "LAMBDA_TASK_ROOT", "/var/task"));

    assertThat(configuration.deployment()).isEqualTo(Path.of("/var/task/lock-exec.json"));
  }

  @Test
  void all_mistakes_are_listed_at_once_each_with_its_mend() {
    Misconfigured misconfigured =
        catchThrowableOfType(
            Misconfigured.class,
            () ->
                Configuration.of(
                    Map.of(
                        "LOCK_EXEC_INSTALLATION", "Staging!",
                        "LOCK_EXEC_WATCH_SECONDS", "soon",
                        "LOCK_EXEC_RETENTION_DAYS", "2",
                        "LOCK_EXEC_RUNTABLE", "runs")));

    assertThat(misconfigured.mistakes())
        .extracting(BadInput::getMessage)
        .containsExactly(
            "LOCK_EXEC_INSTALLATION: \"Staging!\" is no DNS label: use at most 63 lower-case"
                + " letters, digits and inner hyphens",
            "LOCK_EXEC_WATCH_SECONDS: \"soon\" is no whole number from 0 to 840",
            "LOCK_EXEC_RETENTION_DAYS: \"2\" is no whole number from 10 to 3650",
            "LOCK_EXEC_RUNTABLE: is no variable of lock-exec: did you mean"
                + " \"LOCK_EXEC_RUN_TABLE\"?");
  }

  @Test
  void a_missing_installation_is_said() {
    Misconfigured misconfigured =
        catchThrowableOfType(Misconfigured.class, () -> Configuration.of(Map.of()));

    assertThat(misconfigured)
        .hasMessage("LOCK_EXEC_INSTALLATION: is not set: name this deployment of lock-exec");
  }
}
