package io.lockexec.run;

import java.time.Duration;
import java.time.Instant;

/**
 * What a run is bound to.
 *
 * @param incarnation of the cluster on which the Job stands
 * @param uid of the Job
 * @param startBy until when it may be started under this commitment
 * @param longest the longest time that a pod of it can run, once started
 * @param at when the run was first committed
 */
public record Commitment(
    String incarnation, String uid, Instant startBy, Duration longest, Instant at) {

  /** Returns the same commitment with a later time to start by. */
  Commitment until(Instant later) {
    return new Commitment(incarnation, uid, later, longest, at);
  }
}
