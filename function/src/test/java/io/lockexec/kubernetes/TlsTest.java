package io.lockexec.kubernetes;

import static io.lockexec.kubernetes.Samples.namespace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.lockexec.cluster.ClusterUnavailableException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is trusted. */
final class TlsTest {
  private static Identity here;
  private static Identity elsewhere;

  @BeforeAll
  static void make(@TempDir Path directory) throws Exception {
    here = Identity.of(directory, "ip:127.0.0.1");
    elsewhere = Identity.of(directory, "dns:elsewhere.example");
  }

  @Test
  void asks_a_server_that_the_authority_vouches_for() throws Exception {
    try (ScriptedServer server = ScriptedServer.tls(here.context());
        KubernetesCluster cluster = trusting(here, server)) {
      server.then(200, namespace("i-1"));

      assertThat(cluster.incarnation()).isEqualTo("i-1");
      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void tells_nothing_to_a_server_with_another_certificate() throws Exception {
    try (ScriptedServer server = ScriptedServer.tls(here.context());
        KubernetesCluster cluster = trusting(elsewhere, server)) {
      server.then(200, namespace("i-1"));

      assertThatThrownBy(cluster::incarnation)
          .isInstanceOf(ClusterUnavailableException.class)
          .hasMessageContaining("the certificate of 127.0.0.1:" + server.port() + " is not from")
          .hasMessageContaining("the certificate authority that is configured");
      assertThat(server.seen()).isEmpty();
    }
  }

  @Test
  void tells_nothing_to_a_server_with_a_certificate_for_another_host() throws Exception {
    try (ScriptedServer server = ScriptedServer.tls(elsewhere.context());
        KubernetesCluster cluster = trusting(elsewhere, server)) {
      server.then(200, namespace("i-1"));

      assertThatThrownBy(cluster::incarnation)
          .isInstanceOf(ClusterUnavailableException.class)
          .hasMessageContaining("is for another host");
      assertThat(server.seen()).isEmpty();
    }
  }

  @Test
  void says_that_a_server_speaks_no_tls() throws Exception {
    try (ScriptedServer server = ScriptedServer.plain();
        KubernetesCluster cluster =
            Samples.cluster(server.url().replace("http:", "https:"), Samples.PATIENT)) {
      server.then(
          connection -> {
            connection.send(new byte[] {'n', 'o', ' ', 't', 'l', 's', '\n'});
            connection.hang();
          });

      assertThatThrownBy(cluster::incarnation)
          .isInstanceOf(ClusterUnavailableException.class)
          .hasMessageContaining("no TLS connection to 127.0.0.1:" + server.port());
    }
  }

  private static KubernetesCluster trusting(Identity identity, ScriptedServer server) {
    return new KubernetesCluster(
        Samples.BLUE,
        new ConfigBuilder(Samples.config(server.url()))
            .withCaCertData(identity.certificate())
            .build(),
        Samples.PATIENT);
  }
}
