package io.lockexec.lock;

import java.time.Instant;

/**
 * The fencing token of an acquisition: it rises with every acquisition of a key, so that whatever
 * the workload writes to can refuse the writes of an earlier holder.
 *
 * @param value milliseconds since the epoch at the acquisition, or one more than the token before
 *     it if that is greater; at least 0
 */
public record Token(long value) implements Comparable<Token> {

  /** Checks the range. */
  public Token {
    if (value < 0) {
      throw new IllegalArgumentException("a token is not negative: " + value);
    }
  }

  /** Returns the token of an acquisition at that time, if the key has none yet. */
  public static Token at(Instant now) {
    return new Token(now.toEpochMilli());
  }

  /** Returns the token for an acquisition now that must exceed this one, the key's last. */
  public Token next(Instant now) {
    return new Token(Math.max(now.toEpochMilli(), value + 1));
  }

  @Override
  public int compareTo(Token other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
