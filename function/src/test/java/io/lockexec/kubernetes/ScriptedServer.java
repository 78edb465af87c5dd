package io.lockexec.kubernetes;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server on a bare socket that does what its script says, one connection per line of the script,
 * and keeps every request that reached it.
 */
final class ScriptedServer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final String scheme;
  private final ServerSocket socket;
  private final ExecutorService connections = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Part> script = new ConcurrentLinkedQueue<>();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<String> unscripted = new CopyOnWriteArrayList<>();
  private final CountDownLatch hungUp = new CountDownLatch(1);

  /** What the server does with one connection. */
  @FunctionalInterface
  interface Part {
    void play(Connection connection) throws IOException;
  }

  /** A request that reached the server whole. */
  record Seen(String method, String target, Map<String, String> headers, String body) {
    JsonNode json() {
      return JSON.readTree(body);
    }

    String line() {
      return method + " " + target;
    }
  }

  private ScriptedServer(String scheme, ServerSocket socket) {
    this.scheme = scheme;
    this.socket = socket;
    Future<?> _ = connections.submit(this::accept);
  }

  static ScriptedServer plain() throws IOException {
    return new ScriptedServer("http", new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
  }

  static ScriptedServer tls(SSLContext context) throws IOException {
    return new ScriptedServer(
        "https",
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")));
  }

  /** Adds to the script. */
  ScriptedServer then(Part part) {
    script.add(part);
    return this;
  }

  /** Answers the next request. */
  ScriptedServer then(int code, String body, String... headers) {
    return then(
        connection -> {
          connection.read();
          connection.answer(code, body, headers);
        });
  }

  String url() {
    return scheme + "://127.0.0.1:" + socket.getLocalPort();
  }

  int port() {
    return socket.getLocalPort();
  }

  /** Returns the requests that reached the server, in order. */
  List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** Returns method and target of the requests that reached the server, in order. */
  List<String> lines() {
    return seen.stream().map(Seen::line).toList();
  }

  /** Returns what reached the server after its script was at its end. */
  List<String> unscripted() {
    return List.copyOf(unscripted);
  }

  /** Waits until a client closed a connection that waited for it. */
  boolean clientHungUp() throws InterruptedException {
    return hungUp.await(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket each : open) {
      each.close();
    }
    connections.shutdownNow();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        open.add(client);
        Future<?> _ = connections.submit(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    Part part = script.poll();
    try (client) {
      Connection connection = new Connection(client);
      if (part == null) {
        unscripted.add(connection.read().line());
        return;
      }
      part.play(connection);
    } catch (IOException e) {
      // The client went away, or trusts us not: the test says what it has to see of that.
      hungUp.countDown();
    }
  }

  /** A connection of a client. */
  final class Connection {
    private final Socket client;
    private final InputStream in;
    private final OutputStream out;

    private Connection(Socket client) throws IOException {
      this.client = client;
      this.in = new BufferedInputStream(client.getInputStream());
      this.out = client.getOutputStream();
    }

    /** Reads a whole request and keeps it. */
    Seen read() throws IOException {
      String[] request = line().split(" ", 3);
      Map<String, String> headers = new HashMap<>();
      for (String header = line(); !header.isEmpty(); header = line()) {
        String[] parts = header.split(": *", 2);
        headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
      }
      int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      Seen read =
          new Seen(
              request[0],
              request[1],
              Map.copyOf(headers),
              new String(in.readNBytes(length), StandardCharsets.UTF_8));
      seen.add(read);
      return read;
    }

    /** Waits for the first byte of a request, and so until the connection stands on both sides. */
    void glance() throws IOException {
      int _ = in.read();
    }

    /** Sends a whole answer. */
    void answer(int code, String body, String... headers) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      head(code, "Content-Length: " + bytes.length, headers);
      out.write(bytes);
      out.flush();
    }

    /** Sends the head of an answer. */
    void head(int code, String length, String... headers) throws IOException {
      StringBuilder head = new StringBuilder();
      head.append("HTTP/1.1 ").append(code).append(" Whatever\r\n");
      head.append("Connection: close\r\n").append(length).append("\r\n");
      for (String header : headers) {
        head.append(header).append("\r\n");
      }
      send(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Begins a chunked answer. */
    void chunked() throws IOException {
      head(200, "Transfer-Encoding: chunked", "Content-Type: application/json");
    }

    /** Sends a chunk. */
    void chunk(byte[] bytes) throws IOException {
      send((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      send(bytes);
      send("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** Sends a chunk. */
    void chunk(String text) throws IOException {
      chunk(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends a chunked answer. */
    void end() throws IOException {
      send("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    void send(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /** Resets the connection. */
    void reset() {
      try {
        client.setSoLinger(true, 0);
        client.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Says nothing more, until the client gives up. */
    void hang() throws IOException {
      int read;
      do {
        read = in.read();
      } while (read >= 0);
      hungUp.countDown();
    }

    private String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int each = in.read(); each != '\n'; each = in.read()) {
        if (each < 0) {
          throw new IOException("the client hung up");
        }
        if (each != '\r') {
          line.write(each);
        }
      }
      return line.toString(StandardCharsets.US_ASCII);
    }
  }
}
