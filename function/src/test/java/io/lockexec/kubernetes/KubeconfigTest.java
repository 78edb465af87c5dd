package io.lockexec.kubernetes;

import static io.lockexec.kubernetes.Samples.BLUE;
import static io.lockexec.kubernetes.Samples.namespace;
import static io.lockexec.kubernetes.Samples.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockexec.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KubeconfigTest {
  @TempDir private Path directory;

  @Test
  void asks_the_cluster_of_the_context_with_its_credentials() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain()) {
      Path file = write("config", server.url(), "token: first");
      server.then(200, namespace("i-1"));
      try (KubernetesCluster cluster =
          KubernetesCluster.ofContext(BLUE, List.of(file), "kind-blue", Samples.PATIENT)) {

        assertThat(cluster.incarnation()).isEqualTo("i-1");
      }

      assertThat(server.seen().getFirst().headers()).containsEntry("authorization", "Bearer first");
    }
  }

  @Test
  void reads_credentials_anew_when_they_are_refused() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain()) {
      Path file = write("config", server.url(), "token: first");
      server.then(401, status(401, "Unauthorized", "expired")).then(200, namespace("i-1"));
      try (KubernetesCluster cluster =
          KubernetesCluster.ofContext(BLUE, List.of(file), "kind-blue", Samples.PATIENT)) {
        write("config", server.url(), "token: second");

        assertThat(cluster.incarnation()).isEqualTo("i-1");
      }

      assertThat(server.seen())
          .extracting(seen -> seen.headers().get("authorization"))
          .containsExactly("Bearer first", "Bearer second");
    }
  }

  @Test
  void gets_its_token_from_a_credential_plugin() throws Exception {
    Path credential =
        Files.writeString(
            directory.resolve("credential.json"),
            """
            {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
             "status": {"token": "from-plugin"}}
            """);
    try (ScriptedServer server = ScriptedServer.plain()) {
      Path file =
          write(
              "config",
              server.url(),
              "exec: {apiVersion: client.authentication.k8s.io/v1, command: cat, args: ["
                  + credential
                  + "]}");
      server.then(200, namespace("i-1"));
      try (KubernetesCluster cluster =
          KubernetesCluster.ofContext(BLUE, List.of(file), "kind-blue", Samples.PATIENT)) {
        assertThat(cluster.incarnation()).isEqualTo("i-1");
      }

      assertThat(server.seen().getFirst().headers())
          .containsEntry("authorization", "Bearer from-plugin");
    }
  }

  @Test
  void looks_for_the_context_in_all_files_there_are() throws Exception {
    Path missing = directory.resolve("missing");
    Path other = Files.writeString(directory.resolve("other"), "contexts: []\n");
    Path file = write("config", "http://127.0.0.1:1", "token: t");

    try (KubernetesCluster cluster =
        KubernetesCluster.ofContext(BLUE, List.of(missing, other, file), "kind-blue")) {
      assertThat(cluster.name()).isEqualTo(BLUE);
    }
  }

  @Test
  void names_the_contexts_there_are_instead_of_a_missing_one() throws Exception {
    Path file = write("config", "http://127.0.0.1:1", "token: t");

    assertThatThrownBy(() -> KubernetesCluster.ofContext(BLUE, List.of(file), "kind-blu"))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "context: \"kind-blu\" is no context of the kubeconfig: use one of broken, kind-blue");
  }

  @Test
  void names_the_files_that_it_looked_for_if_there_is_no_context() {
    Path missing = directory.resolve("missing");

    assertThatThrownBy(() -> KubernetesCluster.ofContext(BLUE, List.of(missing), "kind-blue"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("there is none in " + missing);
  }

  @Test
  void wants_context_cluster_and_user_in_one_file() throws Exception {
    Path file = write("config", "http://127.0.0.1:1", "token: t");

    assertThatThrownBy(() -> KubernetesCluster.ofContext(BLUE, List.of(file), "broken"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("kubectl config view --flatten --minify --context broken");
  }

  @Test
  void quotes_nothing_of_a_file_that_it_cannot_read() throws Exception {
    Path file = Files.writeString(directory.resolve("config"), "token: s3cr3t\n  : [\n");

    assertThatThrownBy(() -> KubernetesCluster.ofContext(BLUE, List.of(file), "kind-blue"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("is no kubeconfig")
        .hasMessageNotContaining("s3cr3t")
        .hasNoCause();
  }

  @ParameterizedTest
  @CsvSource({
    "'tls-server-name: other',tls-server-name",
    "'proxy-url: socks5://127.0.0.1:1080',SOCKS",
    "'certificate-authority: missing.crt',cannot be used"
  })
  void refuses_what_it_cannot_do(String setting, String expected) throws Exception {
    Path file = write("config", "https://127.0.0.1:1\", " + setting + ", x: \"", "token: s3cr3t");

    assertThatThrownBy(() -> KubernetesCluster.ofContext(BLUE, List.of(file), "kind-blue"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(expected)
        .hasMessageNotContaining("s3cr3t");
  }

  private Path write(String name, String server, String user) throws IOException {
    return Files.writeString(
        directory.resolve(name),
        """
        apiVersion: v1
        kind: Config
        current-context: broken
        clusters: [{name: c, cluster: {server: "%s"}}]
        users: [{name: u, user: {%s}}]
        contexts:
        - {name: kind-blue, context: {cluster: c, user: u}}
        - {name: broken, context: {cluster: elsewhere, user: u}}
        """
            .formatted(server, user));
  }
}
