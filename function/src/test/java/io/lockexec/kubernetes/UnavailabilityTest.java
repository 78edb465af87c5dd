package io.lockexec.kubernetes;

import static io.lockexec.kubernetes.Samples.REF;
import static io.lockexec.kubernetes.Samples.REPORTS;
import static io.lockexec.kubernetes.Samples.STAGING;
import static io.lockexec.kubernetes.Samples.held;
import static io.lockexec.kubernetes.Samples.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.lockexec.cluster.Cluster;
import io.lockexec.cluster.ClusterUnavailableException;
import io.lockexec.kubernetes.ScriptedServer.Part;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of a cluster that refuses or is silent, and that nothing is sent twice. */
final class UnavailabilityTest {
  private static final String TOKEN = "s3cr3t-t0ken";
  private static final String CREATE = "cluster blue: POST jobs reports/nightly-29923320: ";

  private ScriptedServer server;
  private KubernetesCluster cluster;

  @BeforeEach
  void open() throws IOException {
    server = ScriptedServer.plain();
    cluster = withToken(Samples.PATIENT);
  }

  @AfterEach
  void close() throws IOException {
    cluster.close();
    assertThat(server.unscripted()).isEmpty();
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 | BadRequest            | strict decoding error: unknown field "spec.foo" | nothing was created: mend the Job's template
          401 | Unauthorized          | Unauthorized                        | its credentials were refused: renew them, or make the cluster know them
          403 | Forbidden             | User "x" cannot create resource "jobs" | let RBAC allow that user to create jobs.batch in the namespace reports
          403 | Forbidden             | exceeded quota: jobs, limited: 5    | raise the quota or remove what uses it up
          403 | Forbidden             | admission webhook "p" denied it     | -
          404 | NotFound              | namespaces "reports" not found      | create the namespace, or name another one
          409 | Conflict              | Operation cannot be fulfilled on resourcequotas "q" | nothing was created
          413 | RequestEntityTooLarge | limit is 3145728                    | nothing was created: make the Job smaller
          422 | Invalid               | spec.template: Required value       | nothing was created: mend the Job's template
          429 | TooManyRequests       | please try again later              | -
          500 | InternalError         | etcdserver: leader changed          | -
          503 | ServiceUnavailable    | apiserver is shutting down          | -
          504 | Timeout               | the server was unable to finish     | -
          """)
  void says_what_a_refused_creation_means(int code, String reason, String message, String mend) {
    server.then(code, status(code, reason, message));

    ClusterUnavailableException e = refused(() -> cluster.create(REF, Samples.hardened()));

    assertThat(e)
        .hasMessage(
            CREATE + code + " " + reason + ": " + message + (mend.equals("-") ? "" : "; " + mend));
    assertThat(server.seen()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"429,TooManyRequests", "503,ServiceUnavailable"})
  void hands_on_when_the_server_wants_to_be_asked_again(int code, String reason) {
    server.then(code, status(code, reason, "slow down"), "Retry-After: 7");

    ClusterUnavailableException e = refused(() -> cluster.create(REF, Samples.hardened()));

    assertThat(e).hasMessage(CREATE + code + " " + reason + ": slow down; Retry-After: 7");
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void says_what_a_proxy_says_in_one_line() {
    server.then(502, "<html>\n  <h1>Bad Gateway</h1>\n" + "x".repeat(1000));

    ClusterUnavailableException e = refused(() -> cluster.create(REF, Samples.hardened()));

    assertThat(e)
        .hasMessageStartingWith(CREATE + "502 Bad Gateway: <html> <h1>Bad Gateway</h1> xxx")
        .hasMessageEndingWith("x…");
    assertThat(e.getMessage()).hasSizeLessThan(650);
  }

  @Test
  void follows_no_redirect() {
    server.then(307, "", "Location: " + server.url() + "/elsewhere");

    ClusterUnavailableException e = refused(() -> cluster.create(REF, Samples.hardened()));

    assertThat(e).hasMessageContaining("307").hasMessageContaining("redirects are not followed");
    assertThat(server.seen()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"'[1, 2'", "''", "'{\"kind\": \"Status\"}'", "<html>"})
  void takes_a_success_without_an_object_for_nothing(String body) {
    server.then(201, body);

    ClusterUnavailableException e = refused(() -> cluster.create(REF, Samples.hardened()));

    assertThat(e).hasMessageStartingWith(CREATE + "201 with what is no object of Kubernetes");
    assertThat(server.seen()).hasSize(1);
  }

  /**
   * How a connection can go wrong.
   *
   * @param when in words
   * @param requests how many the server has then read
   * @param part what the server does
   */
  record Fault(String when, int requests, Part part) {
    @Override
    public String toString() {
      return when;
    }
  }

  static Stream<Fault> faults() {
    return Stream.of(
        new Fault(
            "reset before the request was read",
            0,
            connection -> {
              connection.glance();
              connection.reset();
            }),
        new Fault(
            "reset after the request was read",
            1,
            connection -> {
              connection.read();
              connection.reset();
            }),
        new Fault("closed after the request was read", 1, connection -> connection.read()),
        new Fault(
            "reset within the answer",
            1,
            connection -> {
              connection.read();
              connection.head(201, "Content-Length: 1000");
              connection.reset();
            }),
        new Fault(
            "closed within the answer",
            1,
            connection -> {
              connection.read();
              connection.head(201, "Content-Length: 1000");
            }));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void sends_a_creation_once_though_the_connection_breaks(Fault fault) {
    server.then(fault.part());

    ClusterUnavailableException e = refused(() -> cluster.create(REF, Samples.hardened()));

    assertThat(e)
        .hasMessageStartingWith(CREATE + "the connection to 127.0.0.1:" + server.port() + " broke");
    assertThat(server.seen()).hasSize(fault.requests());
  }

  @ParameterizedTest
  @MethodSource("faults")
  void sends_a_start_once_though_the_connection_breaks(Fault fault) {
    server.then(fault.part());

    ClusterUnavailableException e = refused(() -> cluster.start(REF, "u-1"));

    assertThat(e).hasMessageContaining(" broke: ");
    assertThat(server.seen()).hasSize(fault.requests());
  }

  @ParameterizedTest
  @MethodSource("faults")
  void sends_a_deletion_once_though_the_connection_breaks(Fault fault) {
    server.then(fault.part());

    ClusterUnavailableException e = refused(() -> cluster.delete(REF, "u-1", "77"));

    assertThat(e).hasMessageContaining(" broke: ");
    assertThat(server.seen()).hasSize(fault.requests());
  }

  @Test
  void waits_for_an_answer_as_long_as_it_may() throws Exception {
    server.then(
        connection -> {
          connection.read();
          connection.hang();
        });
    try (KubernetesCluster hasty = withToken(Samples.HASTY)) {

      ClusterUnavailableException e = refused(() -> hasty.create(REF, Samples.hardened()));

      assertThat(e)
          .hasMessage(
              CREATE + "no whole answer from 127.0.0.1:" + server.port() + " within 400 ms");
      assertThat(server.clientHungUp()).isTrue();
    }
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void waits_for_the_rest_of_an_answer_as_long_as_it_may() throws Exception {
    server.then(
        connection -> {
          connection.read();
          connection.head(201, "Content-Length: 1000");
          connection.send(new byte[] {'{'});
          connection.hang();
        });
    try (KubernetesCluster hasty = withToken(Samples.HASTY)) {

      ClusterUnavailableException e = refused(() -> hasty.create(REF, Samples.hardened()));

      assertThat(e).hasMessageContaining("no whole answer");
      assertThat(server.clientHungUp()).isTrue();
    }
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void says_that_nobody_listens() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    try (KubernetesCluster nobody = Samples.cluster("http://127.0.0.1:" + port, Samples.PATIENT)) {

      ClusterUnavailableException e = refused(nobody::incarnation);

      assertThat(e)
          .hasMessageStartingWith("cluster blue: GET namespaces kube-system: no connection to")
          .hasMessageContaining("127.0.0.1:" + port);
    }
  }

  @Test
  void gives_up_a_connection_whose_handshake_gets_no_answer() throws Exception {
    Timeouts shortConnect =
        new Timeouts(
            Duration.ofMillis(400),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30));
    try (ServerSocket mute = new ServerSocket(0);
        KubernetesCluster nobody =
            Samples.cluster("https://127.0.0.1:" + mute.getLocalPort(), shortConnect)) {

      ClusterUnavailableException e = refused(nobody::incarnation);

      assertThat(e)
          .hasMessageContaining(
              "no connection to 127.0.0.1:" + mute.getLocalPort() + " within 400 ms");
    }
  }

  @Test
  void says_that_a_host_has_no_address() {
    try (KubernetesCluster nowhere = Samples.cluster("http://no.invalid:1", Samples.PATIENT)) {

      ClusterUnavailableException e = refused(nowhere::incarnation);

      assertThat(e).hasMessageContaining("the host name no.invalid cannot be resolved");
    }
  }

  static Stream<Arguments> everything() {
    return Stream.of(
        operation("incarnation", Cluster::incarnation),
        operation("cronJob", cluster -> cluster.cronJob(REPORTS, "nightly")),
        operation("create", cluster -> cluster.create(REF, Samples.hardened())),
        operation("look", cluster -> cluster.look(REF, Optional.of("i-1"))),
        operation("start", cluster -> cluster.start(REF, "u-1")),
        operation("watch", cluster -> cluster.watch(REF, "78", Duration.ofSeconds(1))),
        operation("unsettled", cluster -> cluster.unsettled(STAGING, REPORTS)),
        operation("delete", cluster -> cluster.delete(REF, "u-1", "77")),
        operation("settled", cluster -> settled(cluster)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("everything")
  void every_operation_asks_once_and_gives_up(String name, Operation operation) {
    server.then(503, status(503, "ServiceUnavailable", "not now"));

    ClusterUnavailableException e = refused(() -> operation.on(cluster));

    assertThat(e).hasMessageContaining("503 ServiceUnavailable: not now");
    assertThat(server.seen()).as(name).hasSize(1);
  }

  @Test
  void sends_a_request_once_more_with_newer_credentials_after_a_401() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    server.then(401, status(401, "Unauthorized", "Unauthorized")).then(201, held().toString());
    try (KubernetesCluster renewing =
        new KubernetesCluster(
            Samples.BLUE,
            new ConfigBuilder(Samples.config(server.url()))
                .withOauthTokenProvider(() -> "token-" + asked.incrementAndGet())
                .build(),
            Samples.PATIENT)) {

      renewing.create(REF, Samples.hardened());
    }

    assertThat(server.seen())
        .extracting(seen -> seen.headers().get("authorization"))
        .containsExactly("Bearer token-1", "Bearer token-2");
  }

  @Test
  void never_tells_a_credential() throws Exception {
    server.then(500, status(500, "InternalError", "etcd"));
    ClusterUnavailableException refused = refused(() -> cluster.create(REF, Samples.hardened()));
    ClusterUnavailableException unsendable;
    try (KubernetesCluster broken =
        new KubernetesCluster(
            Samples.BLUE,
            new ConfigBuilder(Samples.config(server.url()))
                .withOauthToken(TOKEN + "\nsecond line")
                .build(),
            Samples.PATIENT)) {
      unsendable = refused(() -> broken.create(REF, Samples.hardened()));
    }

    assertThat(server.seen().getFirst().headers())
        .containsEntry("authorization", "Bearer " + TOKEN);
    assertThat(unsendable)
        .hasMessage(
            CREATE + "the request cannot be sent: its credentials are no text that fits a header");
    for (Throwable each : List.of(refused, unsendable)) {
      assertThat(each).hasMessageNotContaining(TOKEN);
      assertThat(each.getCause()).isNull();
    }
    assertThat(cluster).hasToString("blue");
  }

  @Test
  void gives_up_when_it_is_told_to_stop() {
    server.then(
        connection -> {
          connection.read();
          connection.hang();
        });
    Thread.currentThread().interrupt();

    ClusterUnavailableException e = refused(() -> cluster.create(REF, Samples.hardened()));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(e).hasMessageContaining("told to stop");
  }

  /** An operation of the port. */
  @FunctionalInterface
  interface Operation {
    Object on(Cluster cluster) throws ClusterUnavailableException;
  }

  /** Something that is refused. */
  @FunctionalInterface
  private interface Refused {
    Object call() throws ClusterUnavailableException;
  }

  private static Arguments operation(String name, Operation operation) {
    return Arguments.of(name, operation);
  }

  private static Object settled(Cluster cluster) throws ClusterUnavailableException {
    cluster.settled(REF, "u-1", Duration.ofDays(1));
    return "done";
  }

  private KubernetesCluster withToken(Timeouts timeouts) {
    return new KubernetesCluster(
        Samples.BLUE,
        new ConfigBuilder(Samples.config(server.url())).withOauthToken(TOKEN).build(),
        timeouts);
  }

  private static ClusterUnavailableException refused(Refused call) {
    return catchThrowableOfType(ClusterUnavailableException.class, call::call);
  }
}
