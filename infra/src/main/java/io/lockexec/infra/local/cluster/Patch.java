package io.lockexec.infra.local.cluster;

import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The kinds of patch that the API takes. */
final class Patch {
  private Patch() {}

  /**
   * Reads the patch of a request. A strategic merge patch is applied as a merge patch, so a list in
   * it replaces the list in the object.
   *
   * @throws ApiError the content type is none of the three: 415
   */
  static Api.Edit of(ApiCall call) {
    return switch (call.contentType()) {
      case "application/json-patch+json" -> jsonPatch(call.json());
      case "application/merge-patch+json", "application/strategic-merge-patch+json" -> {
        ObjectNode patch = call.object();
        yield old -> merge(old.deepCopy(), patch);
      }
      default ->
          throw new ApiError(
              415,
              "UnsupportedMediaType",
              "the body of the request was in an unknown format - accepted media types include:"
                  + " application/json-patch+json, application/merge-patch+json,"
                  + " application/strategic-merge-patch+json");
    };
  }

  private static Api.Edit jsonPatch(JsonNode operations) {
    if (!operations.isArray()) {
      throw ApiError.badRequest("a JSON Patch is an array of operations");
    }
    return old -> {
      try {
        return JsonPatch.apply(operations, old);
      } catch (JsonPatchException e) {
        throw ApiError.patchRefused();
      }
    };
  }

  private static JsonNode merge(ObjectNode target, ObjectNode patch) {
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      JsonNode value = field.getValue();
      if (value.isNull()) {
        target.remove(field.getKey());
      } else if (value instanceof ObjectNode inner) {
        ObjectNode old =
            target.path(field.getKey()) instanceof ObjectNode present ? present : Trees.object();
        target.set(field.getKey(), merge(old, inner));
      } else {
        target.set(field.getKey(), value);
      }
    }
    return target;
  }
}
