package io.lockexec.schedule;

import io.lockexec.BadInput;
import java.util.regex.Pattern;

/**
 * Which deployment of lock-exec this is. Several installations (staging, production) may share
 * clusters and the lock table; none adopts, settles or deletes another's Jobs.
 *
 * @param value a DNS label of at most 63 characters, because it becomes a label value
 */
public record Installation(String value) {
  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  /**
   * Checks the name.
   *
   * @throws BadInput if it is no DNS label
   */
  public Installation {
    if (!DNS_LABEL.matcher(value).matches()) {
      throw new BadInput(
          "installation",
          value,
          "is no DNS label: use at most 63 lower-case letters, digits and inner hyphens");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
