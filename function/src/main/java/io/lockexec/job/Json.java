package io.lockexec.job;

import tools.jackson.databind.JsonNode;

/** How values of Kubernetes' JSON compare. */
final class Json {
  private Json() {}

  /**
   * Tells whether both say the same: absent and null are the same, and so are whole numbers of
   * different width, which come about when a manifest has been through a model class.
   */
  static boolean same(JsonNode one, JsonNode other) {
    if (absent(one) || absent(other)) {
      return absent(one) && absent(other);
    }
    if (one.isIntegralNumber() && other.isIntegralNumber()) {
      return one.bigIntegerValue().equals(other.bigIntegerValue());
    }
    return one.equals(other);
  }

  static boolean absent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }
}
