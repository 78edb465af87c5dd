package io.lockexec.infra.local.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request to the API, taken apart.
 *
 * @param method the HTTP method
 * @param path the path, decoded, its segments without slashes
 * @param parameters the query parameters; of a repeated one the last
 * @param contentType the media type of the body, without its parameters
 * @param body the body; empty if there is none
 */
record ApiCall(
    String method,
    List<String> path,
    Map<String, String> parameters,
    String contentType,
    String body) {
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * What a path addresses.
   *
   * @param namespace empty for cluster-wide objects, and for a list over all namespaces
   * @param name empty for a collection
   * @param subresource empty for the object itself
   */
  record Target(Resource resource, String namespace, String name, String subresource) {
    ObjectKey key() {
      return new ObjectKey(resource, namespace, name);
    }
  }

  /** What the path addresses, if it is a path of objects. */
  Optional<Target> target() {
    boolean core = path.size() >= 3 && path.subList(0, 2).equals(List.of("api", "v1"));
    boolean batch = path.size() >= 4 && path.subList(0, 3).equals(List.of("apis", "batch", "v1"));
    if (!core && !batch) {
      return Optional.empty();
    }
    String group = core ? "" : "batch";
    List<String> rest = path.subList(core ? 2 : 3, path.size());
    boolean within = rest.size() >= 3 && rest.getFirst().equals("namespaces");
    String namespace = within ? rest.get(1) : "";
    List<String> words = within ? rest.subList(2, rest.size()) : rest;
    if (words.size() > 3) {
      return Optional.empty();
    }
    return Resource.of(group, words.getFirst())
        .filter(resource -> within || words.size() == 1 || !resource.namespaced())
        .map(resource -> new Target(resource, namespace, word(words, 1), word(words, 2)));
  }

  private static String word(List<String> words, int index) {
    return index < words.size() ? words.get(index) : "";
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }

  boolean flag(String name) {
    return parameter(name).equals("true") || parameter(name).equals("1");
  }

  /** A numeric parameter. */
  Optional<Long> number(String name) {
    try {
      return parameter(name).isEmpty()
          ? Optional.empty()
          : Optional.of(Long.valueOf(parameter(name)));
    } catch (NumberFormatException e) {
      throw ApiError.badRequest(
          "strconv: parsing \"%s\": invalid syntax".formatted(parameter(name)));
    }
  }

  boolean dryRun() {
    return !parameter("dryRun").isEmpty();
  }

  boolean strict() {
    return parameter("fieldValidation").equals("Strict");
  }

  boolean warns() {
    return !strict() && !parameter("fieldValidation").equals("Ignore");
  }

  /** The body as JSON. */
  JsonNode json() {
    try {
      return strict() ? STRICT.readTree(body) : Trees.MAPPER.readTree(body);
    } catch (StreamReadException e) {
      if (String.valueOf(e.getOriginalMessage()).startsWith("Duplicate")) {
        throw ApiError.badRequest("strict decoding error: " + e.getOriginalMessage());
      }
      throw ApiError.badRequest("the body is no JSON: " + e.getOriginalMessage());
    } catch (JacksonException e) {
      throw ApiError.badRequest("the body is no JSON: " + e.getOriginalMessage());
    }
  }

  /** The body as a JSON object; an empty body is an empty object. */
  ObjectNode object() {
    if (body.isBlank()) {
      return Trees.object();
    }
    if (json() instanceof ObjectNode object) {
      return object;
    }
    throw ApiError.badRequest("the body is no JSON object");
  }
}
