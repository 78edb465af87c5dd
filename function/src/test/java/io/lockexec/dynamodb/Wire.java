package io.lockexec.dynamodb;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/** The wire to DynamoDB: counts what is sent over it, and breaks where a test says so. */
final class Wire implements SdkHttpClient {
  private static final Pattern TOKEN = Pattern.compile("\"ClientRequestToken\":\"([^\"]*)\"");
  private static final String TYPES = "com.amazonaws.dynamodb.v20120810#";

  private final SdkHttpClient real = UrlConnectionHttpClient.create();
  private final List<String> sent = Collections.synchronizedList(new ArrayList<>());
  private final List<String> tokens = Collections.synchronizedList(new ArrayList<>());
  private final List<String> consistent = Collections.synchronizedList(new ArrayList<>());
  private final Queue<Fault> faults = new ArrayDeque<>();

  /** What happens to one request instead of the usual. */
  @FunctionalInterface
  interface Fault {
    HttpExecuteResponse answer(ExecutableHttpRequest request) throws IOException;
  }

  /** Returns the actions that were sent since the last call, each as often as it was sent. */
  List<String> sent() {
    List<String> all = List.copyOf(sent);
    sent.clear();
    return all;
  }

  /** Returns the request tokens that were sent, in order, each as often as it was sent. */
  List<String> requestTokens() {
    return List.copyOf(tokens);
  }

  /** Returns the actions that asked for the newest state, in order. */
  List<String> consistentReads() {
    return List.copyOf(consistent);
  }

  /** The next requests meet these faults, one each. */
  void breaks(Fault... next) {
    faults.addAll(List.of(next));
  }

  /** The request takes effect, and its answer is lost with the connection. */
  static Fault answerLost() {
    return request -> {
      request.call();
      throw new IOException("Connection reset");
    };
  }

  /** The request takes effect, and the answer says that something is wrong with the server. */
  static Fault servedButError() {
    return request -> {
      request.call();
      return json(500, error("InternalServerError", "Internal server error"));
    };
  }

  /** The request is not sent. */
  static Fault unreachable() {
    return _ -> {
      throw new IOException("Connection refused");
    };
  }

  /** The request has no effect, and this is the answer. */
  static Fault refused(String code, String message) {
    return _ -> json(400, error(code, message));
  }

  /** The request is sent, and no answer comes before the SDK has lost its patience. */
  static Fault silence() {
    return request -> {
      request.call();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("nobody is waiting any more");
    };
  }

  /** A transaction has no effect, for these reasons: each a code, or a code: a message. */
  static Fault cancelled(String... reasons) {
    String all =
        String.join(
            ",",
            List.of(reasons).stream()
                .map(reason -> (reason + ": because").split(": ", 2))
                .map(
                    reason ->
                        "{\"Code\":\"%s\",\"Message\":\"%s\"}".formatted(reason[0], reason[1]))
                .toList());
    return _ ->
        json(
            400,
            "{\"__type\":\"%sTransactionCanceledException\",\"Message\":\"Transaction cancelled\","
                    .formatted(TYPES)
                + "\"CancellationReasons\":["
                + all
                + "]}");
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    ExecutableHttpRequest prepared = real.prepareRequest(request);
    String target = request.httpRequest().firstMatchingHeader("X-Amz-Target").orElse("?");
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        String action = target.substring(target.indexOf('.') + 1);
        sent.add(action);
        String body = body(request);
        if (body.contains("\"ConsistentRead\":true")) {
          consistent.add(action);
        }
        Matcher token = TOKEN.matcher(body);
        if (token.find()) {
          tokens.add(token.group(1));
        }
        Fault fault;
        synchronized (faults) {
          fault = faults.poll();
        }
        return fault == null ? prepared.call() : fault.answer(prepared);
      }

      @Override
      public void abort() {
        prepared.abort();
      }
    };
  }

  @Override
  public void close() {
    real.close();
  }

  private static String body(HttpExecuteRequest request) throws IOException {
    if (request.contentStreamProvider().isEmpty()) {
      return "";
    }
    try (InputStream body = request.contentStreamProvider().orElseThrow().newStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String error(String code, String message) {
    return "{\"__type\":\"" + TYPES + code + "\",\"message\":\"" + message + "\"}";
  }

  private static HttpExecuteResponse json(int status, String body) {
    return HttpExecuteResponse.builder()
        .response(
            SdkHttpResponse.builder()
                .statusCode(status)
                .putHeader("Content-Type", "application/x-amz-json-1.0")
                .build())
        .responseBody(
            AbortableInputStream.create(
                new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
        .build();
  }

  /** Lets the SDK have it as one of its own. */
  static final class Builder implements SdkHttpClient.Builder<Builder> {
    private final Wire wire;

    Builder(Wire wire) {
      this.wire = wire;
    }

    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
      return wire;
    }
  }
}
