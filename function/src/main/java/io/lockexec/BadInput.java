package io.lockexec;

import tools.jackson.databind.JsonNode;

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
  private final String problem;

  /**
   * Refuses a value.
   *
   * @param field where the value stands, as the person wrote it: {@code job.image}
   * @param value the offending value; quoted, and cut when it is long
   * @param mend what is wrong and what to write instead, without a full stop
   */
  public BadInput(String field, Object value, String mend) {
    this(field, quote(value) + " " + mend);
  }

  /**
   * Refuses the absence of a value.
   *
   * @param field the field that is missing
   * @param mend what to write, without a full stop
   */
  public BadInput(String field, String mend) {
    // No stack trace: where in our code the input was refused helps nobody to mend it.
    super(field + ": " + mend, null, false, false);
    this.field = field;
    this.problem = mend;
  }

  /** Returns the field that is to be mended. */
  public String field() {
    return field;
  }

  /** Returns the whole line. */
  @Override
  public String getMessage() {
    return field + ": " + problem;
  }

  /** Returns the same refusal of a value that stands elsewhere: {@code job.namespace}. */
  public BadInput in(String path) {
    return new BadInput(path, problem);
  }

  private static String quote(Object value) {
    String shown =
        value instanceof JsonNode node && node.isString() ? node.stringValue() : value.toString();
    String text = shown.replaceAll("\\s*\\R\\s*", " ");
    return '"'
        + (text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text)
        + '"';
  }
}
