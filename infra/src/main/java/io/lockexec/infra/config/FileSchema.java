package io.lockexec.infra.config;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import io.lockexec.BadInput;
import io.lockexec.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON Schema of the configuration file, which editors complete from and the loader validates
 * against. What it finds is said in the words of {@link BadInput}.
 */
final class FileSchema {
  private static final String RESOURCE = "/io/lockexec/infra/lock-exec.schema.json";

  private final JsonNode json;
  private final Schema schema;

  /** Reads the schema from the class path. */
  FileSchema() {
    try (InputStream resource =
        Objects.requireNonNull(FileSchema.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      json = JsonMapper.shared().readTree(resource);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(json);
  }

  JsonNode json() {
    return json;
  }

  /** Returns what the schema has against a document. */
  Findings check(JsonNode document) {
    Findings findings = new Findings();
    schema.validate(document).stream()
        // Why each alternative fails is noise beside the fact that none fits.
        .filter(error -> !error.getEvaluationPath().toString().contains("/oneOf/"))
        .forEach(error -> findings.error(said(error)));
    return findings;
  }

  private BadInput said(Error error) {
    String path = path(error.getInstanceLocation());
    JsonNode value = error.getInstanceNode();
    return switch (error.getKeyword()) {
      case "additionalProperties" -> {
        String name = error.getProperty();
        yield new BadInput(
            YamlText.path(path, name), "is no field here" + Fields.instead(name, names(error)));
      }
      case "required" ->
          new BadInput(YamlText.path(path, error.getProperty()), "is missing and has no default");
      case "type" ->
          value.isNull()
              ? new BadInput(named(path), "has no value: write one, or leave the field out")
              : new BadInput(named(path), value, "is no " + type(error.getSchemaNode()));
      case "enum", "const" ->
          new BadInput(
              named(path), value, "is not known here" + choice(error.getSchemaNode(), value));
      case "minItems", "minProperties", "minLength" ->
          new BadInput(named(path), "is empty: write at least one");
      default -> new BadInput(named(path), value, "is wrong: " + error.getMessage());
    };
  }

  /** Returns the names of the fields beside which another stands. */
  private List<String> names(Error error) {
    String pointer = error.getSchemaLocation().getFragment().toString();
    String parent = pointer.substring(0, pointer.lastIndexOf('/'));
    return List.copyOf(json.at(parent + "/properties").propertyNames());
  }

  private static String path(NodePath location) {
    String path = "";
    for (int i = 0; i < location.getNameCount(); i++) {
      path =
          location.getElement(i) instanceof Integer index
              ? path + "[" + index + "]"
              : YamlText.path(path, location.getName(i));
    }
    return path;
  }

  private static String named(String path) {
    return path.isEmpty() ? "(root)" : path;
  }

  private static String type(JsonNode type) {
    List<String> types =
        type.isArray()
            ? type.valueStream().map(JsonNode::asString).toList()
            : List.of(type.asString());
    return String.join(" or ", types.stream().map(FileSchema::typeName).toList());
  }

  private static String typeName(String type) {
    return switch (type) {
      case "string" -> "text";
      case "array" -> "list";
      case "integer" -> "whole number";
      case "boolean" -> "true or false";
      default -> type;
    };
  }

  private static String choice(JsonNode allowed, JsonNode value) {
    if (!allowed.isArray()) {
      return ": use " + allowed;
    }
    List<String> texts = allowed.valueStream().map(JsonNode::asString).toList();
    return Optional.of(value)
        .filter(JsonNode::isString)
        .map(text -> Fields.instead(text.stringValue(), texts))
        .orElse(": use one of " + String.join(", ", texts));
  }
}
