package io.lockexec.infra.local;

import io.lockexec.cluster.ClusterName;
import io.lockexec.infra.local.LambdaFunction.Invocation.DeadLetter;
import io.lockexec.lock.Lock;
import io.lockexec.run.Run;
import io.lockexec.run.Stage;
import io.lockexec.run.State;
import io.lockexec.schedule.Firing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What became of the firings of a session.
 *
 * @param rows the firings, in the order in which they were delivered first
 * @param held locks that are held at the end
 * @param open runs that have not ended
 * @param local the clusters that end with the stand-in
 */
record Report(List<Row> rows, List<Lock> held, List<Run> open, Set<ClusterName> local) {
  Report {
    rows = List.copyOf(rows);
    held = List.copyOf(held);
    open = List.copyOf(open);
    local = Set.copyOf(local);
  }

  /**
   * A firing.
   *
   * @param run its record; empty if no delivery got that far
   * @param count what was seen of it
   * @param podsStarted how many pods of its Job have had a process on local clusters
   */
  record Row(Firing firing, Optional<Run> run, Tally.Count count, long podsStarted) {
    Optional<Stage.Ended> ended() {
      return run.map(Run::stage).filter(Stage.Ended.class::isInstance).map(Stage.Ended.class::cast);
    }

    /** Returns the state of the run, or what happened instead of one. */
    String outcome() {
      return run.map(each -> each.stage().state().name())
          .orElse(count.deadLetters().isEmpty() ? "NO RECORD" : "DEAD LETTER");
    }

    String cluster() {
      return run.flatMap(Run::cluster).map(Object::toString).orElse("");
    }

    String reason() {
      return ended().map(each -> each.reason().name()).orElse("");
    }

    String exitCode() {
      return ended()
          .filter(each -> each.exitCode().isPresent())
          .map(each -> String.valueOf(each.exitCode().getAsInt()))
          .orElse("");
    }

    /** Returns the time from the claim to the recorded end; empty before it, or without a claim. */
    Optional<Duration> took() {
      return ended()
          .filter(each -> each.cluster().isPresent())
          .map(each -> Duration.between(run.orElseThrow().since(), each.at()));
    }
  }

  List<DeadLetter> deadLetters() {
    return rows.stream().flatMap(row -> row.count().deadLetters().stream()).toList();
  }

  int duplicates() {
    return rows.stream().mapToInt(row -> row.count().duplicates()).sum();
  }

  long count(State state) {
    return rows.stream().filter(row -> row.outcome().equals(state.name())).count();
  }
}
