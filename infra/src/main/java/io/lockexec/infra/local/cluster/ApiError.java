package io.lockexec.infra.local.cluster;

import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An answer of the API that is a failure: its HTTP code and its {@code Status} body. */
final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String reason;
  private final transient ObjectNode details;

  ApiError(int code, String reason, String message, ObjectNode details) {
    super(message, null, false, false);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  ApiError(int code, String reason, String message) {
    this(code, reason, message, Trees.object());
  }

  /**
   * One thing that is wrong with an object.
   *
   * @param field its path in the object
   * @param reason {@code FieldValueInvalid}, {@code FieldValueRequired}, …
   * @param message what is wrong, as kube-apiserver words it
   */
  record Cause(String field, String reason, String message) {
    static Cause required(String field, String detail) {
      String message = "Required value" + (detail.isEmpty() ? "" : ": " + detail);
      return new Cause(field, "FieldValueRequired", message);
    }

    static Cause invalid(String field, Object value, String detail) {
      return new Cause(field, "FieldValueInvalid", "Invalid value: " + value + ": " + detail);
    }
  }

  static ApiError notFound(Resource resource, String name) {
    return new ApiError(
        404,
        "NotFound",
        "%s \"%s\" not found".formatted(resource.qualifiedPlural(), name),
        details(resource, name));
  }

  static ApiError noSuchPath() {
    return new ApiError(404, "NotFound", "the server could not find the requested resource");
  }

  static ApiError alreadyExists(Resource resource, String name) {
    return new ApiError(
        409,
        "AlreadyExists",
        "%s \"%s\" already exists".formatted(resource.qualifiedPlural(), name),
        details(resource, name));
  }

  static ApiError conflict(Resource resource, String name, String why) {
    return new ApiError(
        409,
        "Conflict",
        "Operation cannot be fulfilled on %s \"%s\": %s"
            .formatted(resource.qualifiedPlural(), name, why),
        details(resource, name));
  }

  static ApiError invalid(Resource resource, String name, List<Cause> causes) {
    String list =
        causes.stream()
            .map(cause -> cause.field() + ": " + cause.message())
            .collect(Collectors.joining(", "));
    ObjectNode details = details(resource, name);
    details.put("kind", resource.kind());
    ArrayNode array = details.putArray("causes");
    for (Cause cause : causes) {
      array
          .addObject()
          .put("reason", cause.reason())
          .put("message", cause.message())
          .put("field", cause.field());
    }
    return new ApiError(
        422,
        "Invalid",
        "%s \"%s\" is invalid: %s"
            .formatted(
                resource.qualifiedKind(), name, causes.size() == 1 ? list : "[" + list + "]"),
        details);
  }

  /** A patch that cannot be applied to the object as it is; a failed {@code test} above all. */
  static ApiError patchRefused() {
    return new ApiError(
        422, "Invalid", "the server rejected our request due to an error in our request");
  }

  static ApiError badRequest(String message) {
    return new ApiError(400, "BadRequest", message);
  }

  static ApiError unauthorized() {
    return new ApiError(401, "Unauthorized", "Unauthorized");
  }

  static ApiError methodNotAllowed() {
    return new ApiError(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  }

  static ApiError expired(String message) {
    return new ApiError(410, "Expired", message);
  }

  int code() {
    return code;
  }

  /** The body of the answer. */
  ObjectNode status() {
    ObjectNode status = Trees.object();
    status.put("kind", "Status").put("apiVersion", "v1");
    status.putObject("metadata");
    status.put("status", "Failure").put("message", getMessage()).put("reason", reason);
    status.set("details", details);
    return status.put("code", code);
  }

  private static ObjectNode details(Resource resource, String name) {
    ObjectNode details = Trees.object().put("name", name);
    if (!resource.group().isEmpty()) {
      details.put("group", resource.group());
    }
    return details.put("kind", resource.plural());
  }
}
