package io.lockexec.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.ClusterUnavailableException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A cluster's API server, asked over HTTP. Credentials, TLS and proxies are fabric8's business;
 * what an answer means is ours, and so nothing is sent twice. The one exception is a 401: it is
 * refused before anything is done, and the request is sent once more if fabric8 finds newer
 * credentials.
 */
final class ApiServer implements AutoCloseable {
  /** Each of two requests (the second after a 401) ends by itself in time; this is the net. */
  private static final int PATIENCE = 3;

  private final HttpClient http;
  private final String address;
  private final Timeouts timeouts;
  private final Explanation explain;

  /** Connects to nothing yet. */
  ApiServer(ClusterName cluster, Config given, Timeouts timeouts) {
    Config config = strict(given, timeouts);
    this.http = new OwnFactory().newBuilder(config).build();
    this.address = config.getMasterUrl();
    this.timeouts = timeouts;
    this.explain = new Explanation(cluster, URI.create(address), timeouts);
  }

  /** Follows no redirects: fabric8 would, with the credentials and the method at hand. */
  private static final class OwnFactory extends JdkHttpClientFactory {
    @Override
    protected void additionalConfig(java.net.http.HttpClient.Builder builder) {
      builder.followRedirects(Redirect.NEVER);
    }
  }

  private static Config strict(Config given, Timeouts timeouts) {
    return new ConfigBuilder(given)
        .withRequestRetryBackoffLimit(0)
        .withWatchReconnectLimit(0)
        .withConnectionTimeout(Math.toIntExact(timeouts.connect().toMillis()))
        .withRequestTimeout(Math.toIntExact(timeouts.request().toMillis()))
        // A request that times out closes its connection. A shared HTTP/2 connection through a
        // network that went dead would stay, and every later request with it.
        .withHttp2Disable(true)
        .withUserAgent("lock-exec")
        .build();
  }

  Explanation explain() {
    return explain;
  }

  /**
   * Asks once.
   *
   * @return whatever the server answered
   * @throws ClusterUnavailableException if there was no whole answer in time
   */
  Answer ask(Ask ask) throws ClusterUnavailableException {
    Chunks chunks = new Chunks();
    HttpResponse<AsyncBody> response = open(ask, chunks);
    return answer(ask, response, chunks);
  }

  /**
   * Asks for a stream and follows it until the sink has enough, the server ends it, it breaks, or
   * the time is over.
   *
   * @return the answer if it was no stream; else how the stream ended
   */
  Streamed stream(Ask ask, Chunks.Sink sink, Duration atMost) throws ClusterUnavailableException {
    Chunks chunks = new Chunks();
    HttpResponse<AsyncBody> response = open(ask, chunks);
    if (!response.isSuccessful()) {
      return new Streamed.Refused(answer(ask, response, chunks));
    }
    chunks.to(sink);
    try {
      await(ask, response.body(), atMost);
      return new Streamed.Ended();
    } catch (CancellationException e) {
      return new Streamed.Enough();
    } catch (TimeoutException | ExecutionException e) {
      return new Streamed.Broken();
    }
  }

  /** How a stream went. */
  sealed interface Streamed {
    /** It never began. */
    record Refused(Answer answer) implements Streamed {}

    /** The sink had enough. */
    record Enough() implements Streamed {}

    /** The server ended it. */
    record Ended() implements Streamed {}

    /** It broke, or lasted longer than it should have. */
    record Broken() implements Streamed {}
  }

  @Override
  public void close() {
    http.close();
  }

  private HttpResponse<AsyncBody> open(Ask ask, Chunks chunks) throws ClusterUnavailableException {
    CompletableFuture<HttpResponse<AsyncBody>> pending;
    try {
      pending = http.consumeBytes(request(ask), chunks);
    } catch (RuntimeException e) {
      throw explain.of(ask, e);
    }
    try {
      return pending.get(PATIENCE * timeouts.request().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw explain.of(ask, e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      abandon(pending);
      throw explain.of(ask, e);
    } catch (InterruptedException e) {
      abandon(pending);
      throw interrupted(ask);
    }
  }

  private HttpRequest request(Ask ask) {
    HttpRequest.Builder request =
        http.newHttpRequestBuilder()
            .uri(address + ask.location())
            .timeout(timeouts.request().toMillis(), TimeUnit.MILLISECONDS);
    ask.content()
        .ifPresent(content -> request.method(ask.method(), content.type(), content.text()));
    request.header("Accept", "application/json");
    return request.build();
  }

  private Answer answer(Ask ask, HttpResponse<AsyncBody> response, Chunks chunks)
      throws ClusterUnavailableException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    chunks.to(
        piece -> {
          bytes.writeBytes(piece);
          return true;
        });
    try {
      await(ask, response.body(), timeouts.request());
    } catch (TimeoutException e) {
      throw explain.of(ask, e);
    } catch (ExecutionException e) {
      throw explain.of(ask, e.getCause() == null ? e : e.getCause());
    }
    return Answer.of(
        response.code(),
        Optional.ofNullable(response.header("Retry-After")),
        bytes.toString(StandardCharsets.UTF_8));
  }

  /** Whatever happens, nothing of the body comes after this returns. */
  private void await(Ask ask, AsyncBody body, Duration atMost)
      throws ClusterUnavailableException, TimeoutException, ExecutionException {
    body.consume();
    try {
      body.done().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw interrupted(ask);
    } finally {
      body.cancel();
    }
  }

  private ClusterUnavailableException interrupted(Ask ask) {
    Thread.currentThread().interrupt();
    return explain.unavailable(ask, "we were told to stop while we waited for the answer");
  }

  private static void abandon(CompletableFuture<HttpResponse<AsyncBody>> pending) {
    CompletableFuture<Void> _ = pending.thenAccept(late -> late.body().cancel());
  }
}
