package io.lockexec.job;

import io.lockexec.BadInput;
import java.util.regex.Pattern;

/**
 * A Kubernetes namespace.
 *
 * @param value a DNS label of at most 63 characters
 */
public record Namespace(String value) implements Comparable<Namespace> {
  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  /**
   * Checks the name.
   *
   * @throws BadInput if it is no DNS label
   */
  public Namespace {
    if (!DNS_LABEL.matcher(value).matches()) {
      throw new BadInput(
          "namespace",
          value,
          "is no DNS label: use at most 63 lower-case letters, digits and inner hyphens");
    }
  }

  @Override
  public int compareTo(Namespace other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
