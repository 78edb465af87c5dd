package io.lockexec.infra.local.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/** What the API answers. */
sealed interface Answer {
  /**
   * One JSON document.
   *
   * @param warnings what the caller should know, for the {@code Warning} header
   */
  record Json(int status, JsonNode body, List<String> warnings) implements Answer {}

  /** Plain text. */
  record Text(String body) implements Answer {}

  /** A body that is written bit by bit. */
  record Streamed(String contentType, Body body) implements Answer {}

  /** Writes a streamed body. */
  interface Body {
    /**
     * Writes until the body is complete, or the connection is not open any more.
     *
     * @throws IOException the reader is gone
     * @throws InterruptedException the server is being closed
     */
    void write(OutputStream out, BooleanSupplier open) throws IOException, InterruptedException;
  }

  static Answer ok(JsonNode body) {
    return new Json(200, body, List.of());
  }
}
