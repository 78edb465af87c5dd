package io.lockexec.infra.config;

import java.util.List;

/**
 * A configuration file that a person has to mend. Its message lists everything that is wrong, a
 * line each: file, line and column, field, value and mend.
 */
public final class InvalidFile extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Lists the problems. */
  InvalidFile(List<String> lines) {
    super(String.join("\n", lines));
  }

  /** Returns the problems, one line each, in the order of the file. */
  public List<String> lines() {
    return String.valueOf(getMessage()).lines().toList();
  }
}
