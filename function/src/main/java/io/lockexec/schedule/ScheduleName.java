package io.lockexec.schedule;

import io.lockexec.BadInput;
import java.util.regex.Pattern;

/**
 * The name of a schedule: a DNS label of at most 52 characters, the limit that Kubernetes sets for
 * the name of a CronJob, because 11 more characters are appended to name its Jobs.
 *
 * @param value lower-case letters, digits and inner hyphens; 1 to 52 characters
 */
public record ScheduleName(String value) implements Comparable<ScheduleName> {
  /** The greatest length of a name, in characters. */
  public static final int MAX_LENGTH = 52;

  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");

  /**
   * Checks the name.
   *
   * @throws BadInput if the name is no DNS label or too long
   */
  public ScheduleName {
    if (value.length() > MAX_LENGTH) {
      throw new BadInput(
          "schedule", value, "has " + value.length() + " characters: use at most " + MAX_LENGTH);
    }
    if (!DNS_LABEL.matcher(value).matches()) {
      throw new BadInput(
          "schedule", value, "is no DNS label: use lower-case letters, digits and inner hyphens");
    }
  }

  @Override
  public int compareTo(ScheduleName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
