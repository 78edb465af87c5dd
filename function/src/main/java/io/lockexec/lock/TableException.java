package io.lockexec.lock;

/**
 * A DynamoDB table could not be read or written: missing, of another shape, forbidden, throttled or
 * unreachable beyond what retries bridge. Whether a write took effect is not known; whoever comes
 * next finds out from the record.
 */
public final class TableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says in one line for a person which table, what was wanted, what came back and what to do. */
  public TableException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Says in one line for a person which table, what is wrong and what to do. */
  public TableException(String message) {
    super(message);
  }
}
