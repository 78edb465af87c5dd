package io.lockexec.cluster;

import io.lockexec.BadInput;
import java.util.regex.Pattern;

/**
 * What we call a cluster. It is not the cluster's identity: a cluster that is made anew under the
 * same name is another incarnation, and its answers say nothing about the Jobs of the old one.
 *
 * @param value 1 to 100 letters, digits, dots, hyphens and underscores, as Amazon EKS names
 *     clusters
 */
public record ClusterName(String value) implements Comparable<ClusterName> {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /**
   * Checks the name.
   *
   * @throws BadInput if it has other characters or is too long
   */
  public ClusterName {
    if (!NAME.matcher(value).matches()) {
      throw new BadInput(
          "cluster",
          value,
          "is no cluster name: use 1 to 100 letters, digits, dots, hyphens and underscores");
    }
  }

  @Override
  public int compareTo(ClusterName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
