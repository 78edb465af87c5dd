package io.lockexec.cluster;

/**
 * A cluster could not be asked, refused, or answered in a way that settles nothing: unreachable,
 * timed out, forbidden, throttled, another incarnation. What was asked for may or may not have
 * happened; nothing may be concluded from it but that somebody has to look again.
 */
public final class ClusterUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says in one line for a person what was asked, and what came back. */
  public ClusterUnavailableException(String message) {
    super(message);
  }

  /** Says in one line for a person what was asked, and what came back. */
  public ClusterUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
