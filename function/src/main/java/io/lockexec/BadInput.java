package io.lockexec;

import java.util.Objects;

/**
 * Input that a person can mend: an event, a configuration file, an environment variable, a command
 * line or a Kubernetes template that says something impossible.
 *
 * <p>The message is one line that names the field, quotes the value and says what to write instead.
 * It is deterministic: the same input is refused with the same words, however often it is
 * delivered.
 */
public final class BadInput extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST_QUOTE = 120;

  private final String field;

  /**
   * Refuses a value.
   *
   * @param field where the value stands, as the person wrote it: {@code job.image}
   * @param value the offending value; quoted, and cut when it is long
   * @param mend what is wrong and what to write instead, without a full stop
   */
  public BadInput(String field, Object value, String mend) {
    super(field + ": " + quote(value) + " " + mend);
    this.field = Objects.requireNonNull(field, "field");
  }

  /**
   * Refuses the absence of a value.
   *
   * @param field the field that is missing
   * @param mend what to write, without a full stop
   */
  public BadInput(String field, String mend) {
    super(field + ": " + mend);
    this.field = Objects.requireNonNull(field, "field");
  }

  /** Returns the field that is to be mended. */
  public String field() {
    return field;
  }

  private static String quote(Object value) {
    String text = value.toString().replaceAll("\\s*\\R\\s*", " ");
    return '"'
        + (text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text)
        + '"';
  }
}
