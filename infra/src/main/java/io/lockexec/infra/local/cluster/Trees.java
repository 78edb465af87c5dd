package io.lockexec.infra.local.cluster;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads what every Kubernetes object has from its JSON tree. */
final class Trees {
  static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Trees() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static JsonNode missing() {
    return MAPPER.missingNode();
  }

  static String name(JsonNode object) {
    return text(object, "/metadata/name");
  }

  static String namespace(JsonNode object) {
    return text(object, "/metadata/namespace");
  }

  static String uid(JsonNode object) {
    return text(object, "/metadata/uid");
  }

  static boolean deleting(JsonNode object) {
    return object.at("/metadata").has("deletionTimestamp");
  }

  /** The text at a JSON pointer, or an empty string. */
  static String text(JsonNode tree, String pointer) {
    return tree.at(pointer).asString("");
  }

  static Optional<Instant> instant(JsonNode tree, String pointer) {
    return tree.at(pointer).stringValueOpt().map(Instant::parse);
  }

  static Optional<Long> number(JsonNode tree, String pointer) {
    JsonNode node = tree.at(pointer);
    return node.isIntegralNumber() ? Optional.of(node.asLong()) : Optional.empty();
  }

  static List<JsonNode> elements(JsonNode tree, String pointer) {
    return StreamSupport.stream(tree.at(pointer).spliterator(), false).toList();
  }

  static boolean contains(JsonNode tree, String pointer, String element) {
    return elements(tree, pointer).stream().anyMatch(node -> node.asString("").equals(element));
  }

  /** Kubernetes writes times in whole seconds. */
  static String timestamp(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static void addFinalizer(ObjectNode object, String finalizer) {
    if (!contains(object, "/metadata/finalizers", finalizer)) {
      object.withObject("metadata").withArray("finalizers").add(finalizer);
    }
  }

  static void removeFinalizer(ObjectNode object, String finalizer) {
    List<JsonNode> kept =
        elements(object, "/metadata/finalizers").stream()
            .filter(node -> !node.asString("").equals(finalizer))
            .toList();
    ObjectNode metadata = object.withObject("metadata");
    metadata.remove("finalizers");
    if (!kept.isEmpty()) {
      metadata.putArray("finalizers").addAll(kept);
    }
  }
}
