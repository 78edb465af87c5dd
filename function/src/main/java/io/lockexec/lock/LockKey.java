package io.lockexec.lock;

import io.lockexec.BadInput;
import java.nio.charset.StandardCharsets;

/**
 * What is locked. Runs and processes that name the same key exclude each other.
 *
 * @param value any text of 1 to 1024 bytes in UTF-8, not blank
 */
public record LockKey(String value) {
  /** The greatest length of a key, in bytes of UTF-8; DynamoDB would allow 2048. */
  public static final int MAX_BYTES = 1024;

  /**
   * Checks the key.
   *
   * @throws BadInput if the key is blank or too long
   */
  public LockKey {
    if (value.isBlank()) {
      throw new BadInput("key", value, "is blank: name what is to be locked");
    }
    int bytes = value.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      throw new BadInput("key", value, "has " + bytes + " bytes: use at most " + MAX_BYTES);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
