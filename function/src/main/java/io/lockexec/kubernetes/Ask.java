package io.lockexec.kubernetes;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A request to an API server.
 *
 * @param method of HTTP
 * @param verb what RBAC calls it
 * @param target what it is about
 * @param location path and query, without a slash before them
 * @param content what is sent along
 */
record Ask(String method, String verb, Target target, String location, Optional<Content> content) {
  private static final String JSON = "application/json";
  private static final String JSON_PATCH = "application/json-patch+json";
  private static final String MANAGER = "fieldManager=lock-exec";

  /**
   * What is sent along.
   *
   * @param type its media type
   * @param text the JSON
   */
  record Content(String type, String text) {}

  static Ask get(Target target) {
    return new Ask("GET", "get", target, target.path(), Optional.empty());
  }

  static Ask list(Target target, String query) {
    return new Ask("GET", "list", target, target.path() + "?" + query, Optional.empty());
  }

  static Ask watch(Target target, String query) {
    return new Ask(
        "GET", "watch", target, target.collection() + "?watch=true&" + query, Optional.empty());
  }

  /** Creates an object strictly: a field that the server does not know is an error, no warning. */
  static Ask create(Target target, JsonNode object) {
    return new Ask(
        "POST",
        "create",
        target,
        target.collection() + "?" + MANAGER + "&fieldValidation=Strict",
        Optional.of(new Content(JSON, object.toString())));
  }

  static Ask patch(Target target, JsonNode operations) {
    return new Ask(
        "PATCH",
        "patch",
        target,
        target.path() + "?" + MANAGER,
        Optional.of(new Content(JSON_PATCH, operations.toString())));
  }

  static Ask delete(Target target, JsonNode options) {
    return new Ask(
        "DELETE",
        "delete",
        target,
        target.path(),
        Optional.of(new Content(JSON, options.toString())));
  }

  @Override
  public String toString() {
    return method + " " + target;
  }
}
