package io.lockexec.infra.config;

import io.lockexec.BadInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Collects what is wrong with a document, so that all of it can be said at once. */
final class Findings {
  private final List<Finding> errors = new ArrayList<>();
  private final List<Finding> warnings = new ArrayList<>();

  /**
   * Something to say about a field.
   *
   * @param path the field
   * @param text the whole sentence, which begins with the field
   */
  private record Finding(String path, String text) {

    boolean isAt(String other) {
      return path.equals(other);
    }

    boolean isWithin(String other) {
      return path.startsWith(other + ".") || path.startsWith(other + "[");
    }
  }

  void error(BadInput problem) {
    errors.add(new Finding(problem.field(), String.valueOf(problem.getMessage())));
  }

  void warn(String path, String text) {
    warnings.add(new Finding(path, path + ": " + text));
  }

  /** Tries to read something; what is wrong with it is kept, and nothing returned. */
  <T> Optional<T> attempt(Supplier<T> reading) {
    try {
      return Optional.of(reading.get());
    } catch (BadInput e) {
      error(e);
      return Optional.empty();
    }
  }

  /** Returns whether something is known to be wrong with the field, or with a part of it. */
  boolean wrongAt(String path) {
    return errors.stream().anyMatch(each -> each.isAt(path) || each.isWithin(path));
  }

  /** Adds the errors of another reading of the same document, where this one found none. */
  void addWhatIsMissing(Findings other) {
    List<Finding> missing = other.errors.stream().filter(each -> !wrongAt(each.path())).toList();
    errors.addAll(missing);
  }

  boolean hasErrors() {
    return !errors.isEmpty();
  }

  List<String> errorsIn(YamlText document) {
    return lines(errors, document);
  }

  List<String> warningsIn(YamlText document) {
    return lines(warnings, document);
  }

  private static List<String> lines(List<Finding> findings, YamlText document) {
    return findings.stream()
        .sorted(Comparator.comparing(each -> document.positionOf(each.path())))
        .map(each -> document.at(each.path()) + ": " + each.text())
        .distinct()
        .toList();
  }
}
