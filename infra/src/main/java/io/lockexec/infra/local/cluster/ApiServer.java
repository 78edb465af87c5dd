package io.lockexec.infra.local.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lockexec.infra.local.cluster.LocalClusterOptions.Access;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** The API over HTTP: sockets, authentication, faults and the record of requests. */
final class ApiServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ApiServer.class.getName());
  private static final int REQUESTS_KEPT = 10_000;
  private static final int CHUNKED = 0;
  private static final int NO_BODY = -1;

  private final String token;
  private final Access access;
  private final Supplier<Api> api;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Faults faults = new Faults();
  private final Deque<Request> requests = new ArrayDeque<>();
  private Optional<HttpServer> server = Optional.empty();
  private int port;

  /**
   * A server that does not listen yet.
   *
   * @param port where to listen; 0 takes a free port, and keeps it
   * @param token the one bearer token that is let in
   * @param access who else is let in
   * @param api the API of the current incarnation
   */
  ApiServer(int port, String token, Access access, Supplier<Api> api) {
    this.port = port;
    this.token = token;
    this.access = access;
    this.api = api;
  }

  synchronized int port() {
    return port;
  }

  Faults faults() {
    return faults;
  }

  synchronized void comeUp() throws IOException {
    if (server.isPresent()) {
      return;
    }
    HttpServer next =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
    next.createContext("/", exchange -> serve(next, exchange));
    next.setExecutor(threads);
    next.start();
    server = Optional.of(next);
    port = next.getAddress().getPort();
  }

  synchronized void goDown() {
    server.ifPresent(listening -> listening.stop(0));
    server = Optional.empty();
  }

  List<Request> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  void clearRequests() {
    synchronized (requests) {
      requests.clear();
    }
  }

  @Override
  public void close() {
    goDown();
    threads.shutdownNow();
  }

  private synchronized boolean listensAs(HttpServer one) {
    return server.equals(Optional.of(one));
  }

  private void serve(HttpServer listening, HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      if (faults.hung()) {
        record(exchange, 0);
        return;
      }
      Optional<Fault> fault =
          faults.of(exchange.getRequestMethod(), exchange.getRequestURI().getPath());
      switch (fault.orElse(new Fault.Delay(Duration.ZERO))) {
        case Fault.Answer(int status, JsonNode answer) ->
            send(listening, exchange, new Answer.Json(status, answer, List.of()));
        case Fault.Drop _ -> record(exchange, 0);
        case Fault.LoseAnswer _ -> {
          answer(exchange, body);
          record(exchange, 0);
        }
        case Fault.Delay(Duration delay) -> {
          // The lateness itself is what is played here.
          Thread.sleep(delay);
          send(listening, exchange, answer(exchange, body));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Answer answer(HttpExchange exchange, String body) {
    try {
      requireToken(exchange);
      if (asksForWebSocket(exchange)) {
        return Answer.ok(Trees.object());
      }
      return api.get().call(call(exchange, body));
    } catch (ApiError refused) {
      return new Answer.Json(refused.code(), refused.status(), List.of());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "cannot answer " + exchange.getRequestURI(), e);
      ApiError internal = new ApiError(500, "InternalError", "Internal error occurred: " + e);
      return new Answer.Json(internal.code(), internal.status(), List.of());
    }
  }

  /** An answer of 200 instead of 101 is what makes clients watch by plain HTTP. */
  private static boolean asksForWebSocket(HttpExchange exchange) {
    return "websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Upgrade"));
  }

  private void requireToken(HttpExchange exchange) {
    Optional<String> given =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
    boolean anonymousRead =
        access == Access.TOKEN_OR_ANONYMOUS_READS
            && given.isEmpty()
            && exchange.getRequestMethod().equals("GET");
    if (!anonymousRead && !given.equals(Optional.of("Bearer " + token))) {
      throw ApiError.unauthorized();
    }
  }

  private static ApiCall call(HttpExchange exchange, String body) {
    URI uri = exchange.getRequestURI();
    List<String> path =
        Arrays.stream(uri.getRawPath().split("/", -1))
            .filter(segment -> !segment.isEmpty())
            .map(ApiServer::decode)
            .toList();
    String contentType =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type")).orElse("");
    return new ApiCall(
        exchange.getRequestMethod(),
        path,
        parameters(query(uri)),
        contentType.split(";", -1)[0].strip(),
        body);
  }

  private static String query(URI uri) {
    return Optional.ofNullable(uri.getRawQuery()).orElse("");
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private void send(HttpServer listening, HttpExchange exchange, Answer answer)
      throws IOException, InterruptedException {
    switch (answer) {
      case Answer.Json(int status, JsonNode body, List<String> warnings) -> {
        for (String warning : warnings) {
          exchange
              .getResponseHeaders()
              .add("Warning", "299 - \"" + warning.replace("\"", "\\\"") + '"');
        }
        sendWhole(exchange, status, "application/json", body.toString());
      }
      case Answer.Text(String body) -> sendWhole(exchange, 200, "text/plain", body);
      case Answer.Streamed(String contentType, Answer.Body body) -> {
        record(exchange, 200);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(200, CHUNKED);
        try (OutputStream out = exchange.getResponseBody()) {
          body.write(out, () -> listensAs(listening));
        }
      }
    }
  }

  private void sendWhole(HttpExchange exchange, int status, String contentType, String body)
      throws IOException {
    record(exchange, status);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", contentType);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? NO_BODY : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private void record(HttpExchange exchange, int status) {
    URI uri = exchange.getRequestURI();
    synchronized (requests) {
      requests.addLast(new Request(exchange.getRequestMethod(), uri.getPath(), query(uri), status));
      if (requests.size() > REQUESTS_KEPT) {
        requests.removeFirst();
      }
    }
  }
}
