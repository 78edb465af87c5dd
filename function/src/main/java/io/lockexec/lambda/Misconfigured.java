package io.lockexec.lambda;

import io.lockexec.BadInput;
import java.util.List;
import java.util.stream.Collectors;

/** A function's environment is wrong; the message lists everything that is, a line each. */
public final class Misconfigured extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<BadInput> mistakes;

  /** Lists the mistakes. */
  public Misconfigured(List<BadInput> mistakes) {
    super(
        mistakes.stream().map(BadInput::getMessage).collect(Collectors.joining("\n")),
        null,
        false,
        false);
    this.mistakes = List.copyOf(mistakes);
  }

  /** Returns each mistake. */
  public List<BadInput> mistakes() {
    return mistakes;
  }
}
