package io.lockexec.kubernetes;

import io.fabric8.kubernetes.client.http.HttpStatusMessage;
import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.ClusterUnavailableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Says in one line for a person what was asked of a cluster, what came back, and what to do. It
 * never quotes a header, an address with a user in it or the text of an exception that may.
 *
 * @param cluster which is asked
 * @param server its API server's address
 * @param timeouts that hold for it
 */
record Explanation(ClusterName cluster, URI server, Timeouts timeouts) {
  private static final int LONGEST_QUOTE = 500;

  /** Explains an answer that is no success. */
  ClusterUnavailableException of(Ask ask, Answer answer) {
    return of(ask, answer, mend(ask, answer));
  }

  /** Explains an answer that is no success, where the caller knows what to do. */
  ClusterUnavailableException of(Ask ask, Answer answer, String mend) {
    String told = answer.body().path("message").asString(answer.text());
    String wait = answer.retryAfter().map(after -> "Retry-After: " + after).orElse("");
    return unavailable(
        ask,
        joined(
            "; ",
            joined(": ", answer.code() + " " + name(answer), oneLine(told)),
            oneLine(wait),
            mend));
  }

  /** Explains an answer that is a success and yet makes no sense. */
  ClusterUnavailableException nonsense(Ask ask, Answer answer) {
    return unavailable(
        ask,
        joined(
            ": ", answer.code() + " with what is no object of Kubernetes", oneLine(answer.text())));
  }

  /** Explains why there was no answer. */
  ClusterUnavailableException of(Ask ask, Throwable failure) {
    // "Invalid header value" quotes the value, and that is the token.
    if (failure instanceof IllegalArgumentException) {
      return unavailable(
          ask, "the request cannot be sent: its credentials are no text that fits a header");
    }
    return new ClusterUnavailableException(line(ask, why(failure)), failure);
  }

  /** Says something about a request that only the caller knows. */
  ClusterUnavailableException unavailable(Ask ask, String what) {
    return new ClusterUnavailableException(line(ask, what));
  }

  private String line(Ask ask, String what) {
    return "cluster " + cluster + ": " + ask + ": " + what;
  }

  private String why(Throwable failure) {
    Optional<CertificateException> certificate = cause(failure, CertificateException.class);
    return switch (failure) {
      case HttpConnectTimeoutException e ->
          "no connection to %s within %s: see that it can be reached from here"
              .formatted(address(), seconds(timeouts.connect()));
      case HttpTimeoutException _ -> noAnswer();
      case TimeoutException _ -> noAnswer();
      case ConnectException e when cause(e, UnresolvedAddressException.class).isPresent() ->
          "the host name " + server.getHost() + " cannot be resolved";
      case ConnectException e -> "no connection to " + address() + ": " + message(e);
      case SSLException e when certificate.isPresent() -> certificate(certificate.get());
      case SSLException e -> "no TLS connection to " + address() + ": " + message(e);
      case IOException e -> "the connection to " + address() + " broke: " + message(e);
      default -> "it cannot be asked: " + message(failure);
    };
  }

  private String certificate(CertificateException e) {
    String message = message(e);
    return message.contains("subject alternative") || message.contains("No name matching")
        ? "the certificate of %s is for another host: %s".formatted(address(), message)
        : "the certificate of %s is not from the certificate authority that is configured: %s"
            .formatted(address(), message);
  }

  private String noAnswer() {
    return "no whole answer from %s within %s".formatted(address(), seconds(timeouts.request()));
  }

  private String address() {
    return server.getPort() < 0 ? server.getHost() : server.getHost() + ":" + server.getPort();
  }

  private static String mend(Ask ask, Answer answer) {
    String message = answer.body().path("message").asString("");
    boolean creates = ask.verb().equals("create");
    return switch (answer.code()) {
      case 401 -> "its credentials were refused: renew them, or make the cluster know them";
      case 403 -> {
        if (message.contains("exceeded quota")) {
          yield "raise the quota or remove what uses it up";
        }
        yield message.contains("cannot " + ask.verb())
            ? "let RBAC allow that user to %s %s".formatted(ask.verb(), ask.target().permission())
            : "";
      }
      case 404 -> creates ? "create the namespace, or name another one" : "";
      case 409 -> creates ? "nothing was created" : "";
      case 400, 422 -> creates ? "nothing was created: mend the Job's template" : "";
      case 410 -> "what was read has changed meanwhile; it has to be read anew";
      case 413 -> creates ? "nothing was created: make the Job smaller" : "";
      default ->
          answer.code() >= 300 && answer.code() < 400
              ? "redirects are not followed: configure the address of the API server itself"
              : "";
    };
  }

  private static String name(Answer answer) {
    if (!answer.reason().isEmpty()) {
      return oneLine(answer.reason());
    }
    return Optional.ofNullable(HttpStatusMessage.getMessageForStatus(answer.code())).orElse("");
  }

  private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return Optional.of(type.cast(each));
      }
    }
    return Optional.empty();
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return oneLine(message == null ? failure.getClass().getSimpleName() : message);
  }

  private static String oneLine(String text) {
    String line = text.strip().replaceAll("\\s*\\R\\s*", " ");
    return line.length() > LONGEST_QUOTE ? line.substring(0, LONGEST_QUOTE) + "…" : line;
  }

  private static String joined(String separator, String... parts) {
    return String.join(separator, Arrays.stream(parts).filter(part -> !part.isBlank()).toList());
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
