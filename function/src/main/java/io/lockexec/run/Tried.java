package io.lockexec.run;

import io.lockexec.cluster.ClusterName;

/**
 * A cluster on which a run was, or was about to be, placed. A held Job may be left there.
 *
 * @param cluster which
 * @param why it was passed over; empty as long as it was not
 */
public record Tried(ClusterName cluster, String why) {
  private static final int LONGEST = 300;

  /** Cuts a long reason: the item of a run stays small, however many candidates fail. */
  public Tried {
    why = why.length() > LONGEST ? why.substring(0, LONGEST) + "…" : why;
  }
}
