package io.lockexec.infra.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A YAML 1.2 text as a JSON tree that remembers where each field stands.
 *
 * <p>Refused, with their place: text that is no YAML, a key that stands twice, a key that is no
 * text, merge keys, and numbers that YAML 1.1, and so kubectl, would read as octal.
 */
final class YamlText {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Pattern OCTAL = Pattern.compile("0[0-7]+");
  private static final int DEEPEST = 100;
  private static final int MOST_NODES = 100_000;

  private final String file;
  private final Map<String, Position> positions = new HashMap<>();
  private final List<String> problems = new ArrayList<>();
  private int nodes;
  private JsonNode root = JSON.nullNode();

  /**
   * A place in the file.
   *
   * @param line from 1
   * @param column from 1
   */
  record Position(int line, int column) implements Comparable<Position> {
    private static final Position START = new Position(1, 1);

    private static Position of(Optional<Mark> mark) {
      return mark.map(at -> new Position(at.getLine() + 1, at.getColumn() + 1)).orElse(START);
    }

    @Override
    public int compareTo(Position other) {
      return Comparator.comparingInt(Position::line)
          .thenComparingInt(Position::column)
          .compare(this, other);
    }
  }

  private YamlText(String file) {
    this.file = file;
  }

  /**
   * Reads a text.
   *
   * @param file what the file is called in messages
   * @throws InvalidFile if the text is no YAML that has one meaning
   */
  static YamlText parse(String file, String text) {
    YamlText document = new YamlText(file);
    document.read(text);
    if (!document.problems.isEmpty()) {
      throw new InvalidFile(document.problems);
    }
    return document;
  }

  JsonNode root() {
    return root;
  }

  /** Returns where a field stands; where it is missing, the field around it. */
  Position positionOf(String path) {
    String known = path;
    while (!positions.containsKey(known) && !known.isEmpty()) {
      known =
          known.substring(0, Math.max(0, Math.max(known.lastIndexOf('.'), known.lastIndexOf('['))));
    }
    return positions.getOrDefault(known, Position.START);
  }

  /** Returns file, line and column of a field. */
  String at(String path) {
    return at(positionOf(path));
  }

  /** Returns the path of a field, as messages write it. */
  static String path(String parent, String key) {
    if (!PLAIN_KEY.matcher(key).matches()) {
      return parent + "[\"" + key + "\"]";
    }
    return parent.isEmpty() ? key : parent + "." + key;
  }

  private String at(Position position) {
    return file + ":" + position.line() + ":" + position.column();
  }

  private void read(String text) {
    try {
      Compose compose =
          new Compose(LoadSettings.builder().setLabel(file).setAllowNonScalarKeys(true).build());
      compose
          .composeString(text)
          .ifPresentOrElse(
              node -> root = tree(node, "", 0),
              () -> problem(Position.START, "is empty: write at least clusters and schedules"));
    } catch (MarkedYamlEngineException e) {
      Position position = Position.of(e.getProblemMark().or(e::getContextMark));
      problem(position, "is no YAML: " + oneLine(e.getProblem()));
    } catch (YamlEngineException e) {
      problem(Position.START, "is no YAML: " + oneLine(String.valueOf(e.getMessage())));
    }
  }

  private JsonNode tree(Node node, String path, int depth) {
    positions.putIfAbsent(path, Position.of(node.getStartMark()));
    nodes++;
    if (depth > DEEPEST || nodes > MOST_NODES) {
      throw new YamlEngineException("too deep or too large; does an alias contain itself?");
    }
    return switch (node) {
      case MappingNode mapping -> object(mapping, path, depth);
      case SequenceNode sequence -> array(sequence, path, depth);
      case ScalarNode scalar -> value(scalar, path);
      default -> throw new YamlEngineException("unexpected " + node.getNodeType());
    };
  }

  private ObjectNode object(MappingNode mapping, String path, int depth) {
    ObjectNode object = JSON.objectNode();
    Map<String, Position> firsts = new HashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Position position = Position.of(tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
        problem(position, (path.isEmpty() ? "" : path + ": ") + "a key must be a text");
        continue;
      }
      String key = scalar.getValue();
      String at = path(path, key);
      if (key.equals("<<")) {
        problem(position, at + ": YAML 1.2 has no merge keys: write the fields out");
        continue;
      }
      Position first = firsts.putIfAbsent(key, position);
      if (first != null) {
        problem(position, at + ": stands twice, first in line " + first.line());
        continue;
      }
      positions.put(at, position);
      object.set(key, tree(tuple.getValueNode(), at, depth + 1));
    }
    return object;
  }

  private ArrayNode array(SequenceNode sequence, String path, int depth) {
    ArrayNode array = JSON.arrayNode();
    for (Node node : sequence.getValue()) {
      array.add(tree(node, path + "[" + array.size() + "]", depth + 1));
    }
    return array;
  }

  private JsonNode value(ScalarNode scalar, String path) {
    String text = scalar.getValue();
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.STR)) {
      if (scalar.isPlain() && OCTAL.matcher(text).matches()) {
        problem(
            positionOf(path),
            "%s: \"%s\" is octal to kubectl, but text here: write %s, or put it in quotes"
                .formatted(path, text, new BigInteger(text, 8)));
      }
      return JSON.stringNode(text);
    }
    if (tag.equals(Tag.NULL)) {
      return JSON.nullNode();
    }
    if (tag.equals(Tag.BOOL)) {
      return JSON.booleanNode(Boolean.parseBoolean(text));
    }
    if (tag.equals(Tag.INT)) {
      return integer(new BigInteger(text));
    }
    if (tag.equals(Tag.FLOAT) && !text.contains(".inf") && !text.contains(".nan")) {
      return JSON.numberNode(new BigDecimal(text));
    }
    problem(positionOf(path), path + ": \"" + text + "\" is no text, number, true, false or null");
    return JSON.nullNode();
  }

  private static JsonNode integer(BigInteger number) {
    if (number.bitLength() < Integer.SIZE) {
      return JSON.numberNode(number.intValueExact());
    }
    return number.bitLength() < Long.SIZE
        ? JSON.numberNode(number.longValueExact())
        : JSON.numberNode(number);
  }

  private void problem(Position position, String text) {
    problems.add(at(position) + ": " + text);
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ").strip();
  }
}
