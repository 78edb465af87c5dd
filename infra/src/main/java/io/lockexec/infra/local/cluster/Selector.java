package io.lockexec.infra.local.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Label and field selectors of list and watch requests, as predicates over objects. */
final class Selector {
  private static final Pattern COMMA_OUTSIDE_PARENTHESES = Pattern.compile(",(?![^(]*\\))");
  private static final Pattern SET = Pattern.compile("(\\S+)\\s+(in|notin)\\s*\\(([^()]*)\\)");
  private static final Pattern EQUALITY = Pattern.compile("([^\\s!=]+)\\s*(==|=|!=)\\s*(\\S*)");
  private static final Pattern EXISTENCE = Pattern.compile("(!?)\\s*([^\\s!=(),]+)");

  private Selector() {}

  /**
   * Parses a label selector: {@code a=b}, {@code a==b}, {@code a!=b}, {@code a in (b,c)}, {@code a
   * notin (b,c)}, {@code a} and {@code !a}, joined by commas. As in Kubernetes, {@code !=} and
   * {@code notin} also select objects that lack the label.
   */
  static Predicate<JsonNode> labels(String selector) {
    return requirements(selector).stream()
        .map(Selector::labelRequirement)
        .reduce(object -> true, Predicate::and);
  }

  /** Parses a field selector on the few fields that the API server indexes for our resources. */
  static Predicate<JsonNode> fields(String selector) {
    return requirements(selector).stream()
        .map(Selector::fieldRequirement)
        .reduce(object -> true, Predicate::and);
  }

  private static List<String> requirements(String selector) {
    List<String> requirements = new ArrayList<>();
    for (String part : COMMA_OUTSIDE_PARENTHESES.split(selector, -1)) {
      if (!part.isBlank()) {
        requirements.add(part.strip());
      }
    }
    return requirements;
  }

  private static Predicate<JsonNode> labelRequirement(String requirement) {
    Matcher set = SET.matcher(requirement);
    if (set.matches()) {
      Set<String> values =
          Arrays.stream(set.group(3).split(",", -1)).map(String::strip).collect(Collectors.toSet());
      Predicate<JsonNode> in =
          object -> label(object, set.group(1)).filter(values::contains).isPresent();
      return set.group(2).equals("in") ? in : in.negate();
    }
    Matcher equality = EQUALITY.matcher(requirement);
    if (equality.matches()) {
      Predicate<JsonNode> equal =
          object -> label(object, equality.group(1)).filter(equality.group(3)::equals).isPresent();
      return equality.group(2).equals("!=") ? equal.negate() : equal;
    }
    Matcher existence = EXISTENCE.matcher(requirement);
    if (existence.matches()) {
      Predicate<JsonNode> exists = object -> label(object, existence.group(2)).isPresent();
      return existence.group(1).isEmpty() ? exists : exists.negate();
    }
    throw ApiError.badRequest(
        "unable to parse requirement: found '%s', expected: a selector".formatted(requirement));
  }

  private static Predicate<JsonNode> fieldRequirement(String requirement) {
    Matcher equality = EQUALITY.matcher(requirement);
    if (!equality.matches()) {
      throw ApiError.badRequest("invalid field selector: " + requirement);
    }
    String pointer =
        switch (equality.group(1)) {
          case "metadata.name" -> "/metadata/name";
          case "metadata.namespace" -> "/metadata/namespace";
          case "status.phase" -> "/status/phase";
          case "spec.nodeName" -> "/spec/nodeName";
          default -> throw ApiError.badRequest("field label not supported: " + equality.group(1));
        };
    Predicate<JsonNode> equal = object -> Trees.text(object, pointer).equals(equality.group(3));
    return equality.group(2).equals("!=") ? equal.negate() : equal;
  }

  private static Optional<String> label(JsonNode object, String key) {
    return object.path("metadata").path("labels").path(key).stringValueOpt();
  }
}
