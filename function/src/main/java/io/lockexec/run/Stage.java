package io.lockexec.run;

import io.lockexec.cluster.ClusterName;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** How far a run has come: what its record says, and so what anybody who carries it on may do. */
public sealed interface Stage {

  /** Returns the state's name, as it stands in the ledger. */
  State state();

  /**
   * The run owns its firing, and at that time its key. Nothing was started, nothing can start.
   *
   * @param cluster where it is to be placed next
   */
  record Claimed(ClusterName cluster) implements Stage {
    @Override
    public State state() {
      return State.CLAIMED;
    }
  }

  /**
   * The run can start on this cluster only, ever, and only the Job of this commitment.
   *
   * @param cluster where
   * @param commitment to which Job, until when
   */
  record Committed(ClusterName cluster, Commitment commitment) implements Stage {
    @Override
    public State state() {
      return State.COMMITTED;
    }
  }

  /**
   * The run has ended.
   *
   * @param state one of the end states
   * @param reason stable name of the reason
   * @param message the reason in words for a person
   * @param exitCode of a Job that failed, where its pod told
   * @param at when it was recorded
   * @param cluster the last one it was placed on, if it was placed at all
   * @param commitment if it got that far
   * @param startTime when the Job was started, if its status told
   * @param endTime when the Job ended, if its status told
   * @param tidy whether nothing of it can be left on any cluster
   */
  record Ended(
      State state,
      Reason reason,
      String message,
      OptionalInt exitCode,
      Instant at,
      Optional<ClusterName> cluster,
      Optional<Commitment> commitment,
      Optional<Instant> startTime,
      Optional<Instant> endTime,
      boolean tidy)
      implements Stage {

    /** Checks that the state is an end state. */
    public Ended {
      if (!state.ended()) {
        throw new IllegalArgumentException(state + " is no end state");
      }
    }

    /** Returns the same end, with nothing left to tidy up. */
    Ended tidied() {
      return new Ended(
          state, reason, message, exitCode, at, cluster, commitment, startTime, endTime, true);
    }
  }
}
