package io.lockexec.infra.local.cluster;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Quantity;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields that a resource has, taken from the Kubernetes models: what an object says beyond them
 * is found and dropped, as kube-apiserver does, and so are nulls, empty lists and empty maps.
 */
final class Schema {
  private final Resource resource;
  private final List<String> unknown = new ArrayList<>();

  private Schema(Resource resource) {
    this.resource = resource;
  }

  /**
   * An object with only the fields of its schema.
   *
   * @param object the object without what is unknown
   * @param unknown the paths of what was dropped, as kube-apiserver writes them
   */
  record Pruned(ObjectNode object, List<String> unknown) {}

  /**
   * Reads an object as its resource.
   *
   * @throws ApiError a field holds a value of the wrong type: 400 BadRequest
   */
  static Pruned prune(Resource resource, ObjectNode object) {
    Schema schema = new Schema(resource);
    JsonNode pruned = schema.walk(object, resource.model(), "");
    return new Pruned((ObjectNode) pruned, List.copyOf(schema.unknown));
  }

  private JsonNode walk(JsonNode node, Type type, String path) {
    if (type instanceof ParameterizedType generic) {
      Type element = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
      return generic.getRawType() == List.class
          ? list(node, element, path)
          : map(node, element, path);
    }
    if (type == String.class) {
      return expect(node.isString(), node, path, "string");
    }
    if (type == Integer.class || type == Long.class) {
      return expect(node.isIntegralNumber(), node, path, "int64");
    }
    if (type == Boolean.class) {
      return expect(node.isBoolean(), node, path, "bool");
    }
    if (type == Quantity.class || type == IntOrString.class) {
      return expect(node.isString() || node.isNumber(), node, path, "string");
    }
    if (type instanceof Class<?> model && KubernetesResource.class.isAssignableFrom(model)) {
      Map<String, Type> fields = fields(model);
      return fields.isEmpty() ? node : struct(node, fields, path);
    }
    return node;
  }

  private JsonNode list(JsonNode node, Type element, String path) {
    expect(node.isArray(), node, path, "slice");
    ArrayNode pruned = Trees.MAPPER.createArrayNode();
    for (int i = 0; i < node.size(); i++) {
      pruned.add(walk(node.path(i), element, path + "[" + i + "]"));
    }
    return pruned;
  }

  private JsonNode map(JsonNode node, Type element, String path) {
    expect(node.isObject(), node, path, "map");
    ObjectNode pruned = Trees.object();
    node.properties()
        .forEach(
            entry ->
                pruned.set(
                    entry.getKey(), walk(entry.getValue(), element, join(path, entry.getKey()))));
    return pruned;
  }

  private JsonNode struct(JsonNode node, Map<String, Type> fields, String path) {
    expect(node.isObject(), node, path, "struct");
    ObjectNode pruned = Trees.object();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String at = join(path, entry.getKey());
      Optional<Type> type = Optional.ofNullable(fields.get(entry.getKey()));
      if (type.isEmpty()) {
        unknown.add(at);
      } else if (!entry.getValue().isNull()) {
        JsonNode value = walk(entry.getValue(), type.get(), at);
        if (!(type.get() instanceof ParameterizedType && value.isEmpty())) {
          pruned.set(entry.getKey(), value);
        }
      }
    }
    return pruned;
  }

  private JsonNode expect(boolean fits, JsonNode node, String path, String type) {
    if (!fits) {
      throw ApiError.badRequest(
          ("%s in version \"v1\" cannot be handled as a %s: json: cannot unmarshal %s into Go"
                  + " struct field %s.%s of type %s")
              .formatted(
                  resource.kind(),
                  resource.kind(),
                  node.getNodeType().name().toLowerCase(Locale.ROOT),
                  resource.kind(),
                  path,
                  type));
    }
    return node;
  }

  private static String join(String path, String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  private static Map<String, Type> fields(Class<?> model) {
    Map<String, Type> fields = new HashMap<>();
    for (Class<?> level = model;
        level != Object.class && level != null;
        level = level.getSuperclass()) {
      for (Field field : level.getDeclaredFields()) {
        JsonProperty property = field.getAnnotation(JsonProperty.class);
        if (property != null) {
          fields.put(property.value(), field.getGenericType());
        }
      }
    }
    return fields;
  }
}
