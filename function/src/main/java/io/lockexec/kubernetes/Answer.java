package io.lockexec.kubernetes;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * What an API server answered.
 *
 * @param code the HTTP status
 * @param retryAfter the header, if there is one
 * @param body the JSON, or a missing node if it was none
 * @param text the body as it came
 */
record Answer(int code, Optional<String> retryAfter, JsonNode body, String text) {
  private static final JsonMapper JSON = JsonMapper.shared();

  static Answer of(int code, Optional<String> retryAfter, String text) {
    return new Answer(code, retryAfter, parse(text), text);
  }

  static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }

  boolean isSuccess() {
    return code >= 200 && code < 300;
  }

  /** Returns the machine-readable reason of a refusal, empty if there is none. */
  String reason() {
    return body.path("reason").asString("");
  }

  /**
   * Tells whether the API server itself says that the object is not there, and not a proxy on the
   * way that does not know the path.
   */
  boolean isNotFound() {
    return code == 404 && reason().equals("NotFound");
  }
}
