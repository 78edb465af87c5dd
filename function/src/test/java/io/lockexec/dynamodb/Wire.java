package io.lockexec.dynamodb;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
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
  private static final String TYPES = "com.amazonaws.dynamodb.v20120810#";

  private final SdkHttpClient real = UrlConnectionHttpClient.create();
  private final List<String> sent = Collections.synchronizedList(new ArrayList<>());
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

  /** A transaction has no effect, for these reasons. */
  static Fault cancelled(String... reasons) {
    String all =
        String.join(
            ",",
            List.of(reasons).stream()
                .map(reason -> "{\"Code\":\"" + reason + "\",\"Message\":\"because\"}")
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
        sent.add(target.substring(target.indexOf('.') + 1));
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
