package io.lockexec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.commons.text.similarity.LevenshteinDistance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of a JSON object strictly: each field is asked for by name and type, and what
 * nobody asked for is refused by {@link #done()}, with the nearest name that would have been right.
 * Everything wrong is a {@link BadInput} that names the whole path.
 */
public final class Fields {
  private static final int FARTHEST_TYPO = 3;

  private final ObjectNode object;
  private final String path;
  private final Set<String> known = new LinkedHashSet<>();

  private Fields(ObjectNode object, String path) {
    this.object = object;
    this.path = path;
  }

  /**
   * Starts to read an object.
   *
   * @param node what should be an object
   * @param path where it stands, empty for the root
   * @throws BadInput if it is no object
   */
  public static Fields of(JsonNode node, String path) {
    if (node instanceof ObjectNode object) {
      return new Fields(object, path);
    }
    throw new BadInput(path.isEmpty() ? "(root)" : path, node, "is no object");
  }

  /** Returns where a field of this object stands, as the person would write it. */
  public String path(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  /** Returns the field as it is, if it is there and not null. */
  public Optional<JsonNode> node(String field) {
    known.add(field);
    return Optional.ofNullable(object.get(field)).filter(node -> !node.isNull());
  }

  /** Returns a text, if it is there. */
  public Optional<String> text(String field) {
    return node(field).map(node -> text(node, path(field)));
  }

  /** Returns a text that must be there, parsed by a constructor that refuses what is wrong. */
  public <T> T required(String field, Function<String, T> parse) {
    return parsed(field, parse)
        .orElseThrow(() -> new BadInput(path(field), "is missing and has no default"));
  }

  /**
   * Returns a text if it is there, parsed by a constructor that refuses what is wrong; the refusal
   * names this field whatever the constructor calls it.
   */
  public <T> Optional<T> parsed(String field, Function<String, T> parse) {
    return text(field).map(value -> at(path(field), value, parse));
  }

  /** Returns the texts of a list, empty if it is not there, each parsed. */
  public <T> List<T> list(String field, Function<String, T> parse) {
    List<T> all = new ArrayList<>();
    node(field)
        .ifPresent(
            node -> {
              if (!node.isArray()) {
                throw new BadInput(path(field), node, "is no list");
              }
              for (JsonNode each : node) {
                String at = path(field) + "[" + all.size() + "]";
                all.add(at(at, text(each, at), parse));
              }
            });
    return List.copyOf(all);
  }

  /** Returns a whole number of seconds of at least {@code least}, if it is there. */
  public Optional<Duration> seconds(String field, long least) {
    return node(field)
        .map(
            node -> {
              if (!node.isIntegralNumber() || !node.canConvertToLong()) {
                throw new BadInput(path(field), node, "is no whole number of seconds");
              }
              if (node.longValue() < least) {
                throw new BadInput(path(field), node, "is too short: use at least " + least);
              }
              if (node.longValue() > Integer.MAX_VALUE) {
                throw new BadInput(
                    path(field), node, "is too long: use at most " + Integer.MAX_VALUE);
              }
              return Duration.ofSeconds(node.longValue());
            });
  }

  /** Returns true or false, if it is there. */
  public Optional<Boolean> bool(String field) {
    return node(field)
        .map(
            node -> {
              if (!node.isBoolean()) {
                throw new BadInput(path(field), node, "is neither true nor false");
              }
              return node.booleanValue();
            });
  }

  /**
   * Ends the reading.
   *
   * @throws BadInput if the object has a field that was not asked for
   */
  public void done() {
    for (String name : object.propertyNames()) {
      if (!known.contains(name)) {
        throw new BadInput(path(name), "is no field here" + instead(name, known));
      }
    }
  }

  /**
   * Says what to write instead of a name that is not known: the nearest one if it looks like a slip
   * of the finger, else all of them.
   *
   * @return text to append to a message: {@code : did you mean "image"?}
   */
  public static String instead(String name, Collection<String> names) {
    return nearest(name, names)
        .map(near -> ": did you mean \"" + near + "\"?")
        .orElseGet(() -> ": use one of " + String.join(", ", names));
  }

  private static Optional<String> nearest(String name, Collection<String> names) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    String best = "";
    int least = FARTHEST_TYPO + 1;
    for (String candidate : names) {
      int far = distance.apply(name, candidate);
      if (far < least && far < candidate.length()) {
        best = candidate;
        least = far;
      }
    }
    return best.isEmpty() ? Optional.empty() : Optional.of(best);
  }

  private static String text(JsonNode node, String path) {
    if (!node.isString()) {
      throw new BadInput(path, node, "is no text");
    }
    return node.stringValue();
  }

  private static <T> T at(String path, String value, Function<String, T> parse) {
    try {
      return parse.apply(value);
    } catch (BadInput e) {
      throw e.in(path);
    }
  }
}
