package io.lockexec.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An object of a manifest that is being hardened. Whatever is edited through it is noted as a
 * {@link Change}; a field that is null counts as absent, as it does for Kubernetes.
 *
 * @param object the object, edited in place
 * @param path where it stands
 * @param changes the notes, shared by all objects of the manifest
 */
record Draft(ObjectNode object, String path, List<Change> changes) {

  /** Returns the field's value, if it has one. */
  Optional<JsonNode> get(String field) {
    return Optional.ofNullable(object.get(field)).filter(value -> !value.isNull());
  }

  /** Returns the object in that field, an empty one if there is none yet. */
  Draft child(String field) {
    ObjectNode child =
        object.get(field) instanceof ObjectNode there ? there : object.putObject(field);
    return new Draft(child, path(field), changes);
  }

  /** Returns the objects of the list in that field. */
  List<Draft> each(String field) {
    List<Draft> all = new ArrayList<>();
    if (object.get(field) instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        if (list.get(i) instanceof ObjectNode element) {
          all.add(new Draft(element, path(field) + "[" + i + "]", changes));
        }
      }
    }
    return all;
  }

  /** Has the field say this, and notes it if it said something else or nothing. */
  void set(String field, JsonNode value, String why) {
    if (!Json.same(object.path(field), value)) {
      note(path(field), get(field), Optional.of(value), why);
      object.set(field, value);
    }
  }

  /** Has the field say this, and notes it only if it said something else. */
  void claim(String field, JsonNode value, String why) {
    if (get(field).isPresent()) {
      set(field, value, why);
    } else {
      object.set(field, value);
    }
  }

  /** Takes the field out, and notes it if it said something. */
  void remove(String field, String why) {
    if (get(field).isPresent()) {
      note(path(field), get(field), Optional.empty(), why);
    }
    object.remove(field);
  }

  /** Notes that this object, an element of a list, gives way to another, if that is different. */
  void replace(ObjectNode other, String why) {
    if (!object.equals(other)) {
      note(path, Optional.of(object), Optional.of(other), why);
    }
  }

  /** Notes that this object, an element of a list, is left out. */
  void remove(String why) {
    note(path, Optional.of(object), Optional.empty(), why);
  }

  /** Returns where a field of this object stands. */
  String path(String field) {
    return field.indexOf('.') < 0 && field.indexOf('/') < 0
        ? path + "." + field
        : path + "[\"" + field + "\"]";
  }

  private void note(String at, Optional<JsonNode> before, Optional<JsonNode> after, String why) {
    changes.add(new Change(at, before.map(JsonNode::toString), after.map(JsonNode::toString), why));
  }
}
