package io.lockexec.run;

import static io.lockexec.run.Runs.BLUE;
import static io.lockexec.run.Runs.GREEN;
import static io.lockexec.run.Runs.LONGEST;
import static io.lockexec.run.Runs.TIME;
import static io.lockexec.run.Runs.UID;
import static io.lockexec.run.Runs.claimed;
import static io.lockexec.run.Runs.committed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.lockexec.cluster.ClusterName;
import io.lockexec.job.JobView;
import io.lockexec.job.Outcome;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class TidyingTest {
  private static final JobView.Held HELD = new JobView.Held("orphan", "5", LONGEST);
  private static final JobView.Started STARTED = new JobView.Started("orphan", "6", LONGEST);
  private static final JobView.Suspended SUSPENDED =
      new JobView.Suspended("orphan", "7", LONGEST, false);
  private static final JobView.Finished FINISHED =
      new JobView.Finished(
          "orphan",
          "8",
          LONGEST,
          new Outcome(
              true, "Completed", "", OptionalInt.empty(), Optional.empty(), Optional.empty()));
  private static final Run SKIPPED = claimed().skipped(Reason.TOO_LATE, "late", TIME);

  static Stream<Arguments> the_table() {
    String elsewhere = "its run is committed to another Job, on blue";
    String ended = "its run has ended: SKIPPED (TooLate)";
    return Stream.of(
        row("claimed here: kept", claimed(), BLUE, HELD, new Tidying.Keep()),
        row("claimed elsewhere: kept", claimed(), GREEN, HELD, new Tidying.Keep()),
        row(
            "committed to it: kept",
            committed(),
            BLUE,
            new JobView.Held(UID, "5", LONGEST),
            new Tidying.Keep()),
        row(
            "committed on another cluster, held: deleted",
            committed(),
            GREEN,
            HELD,
            new Tidying.Delete(HELD)),
        row(
            "the committed uid, but on another cluster: deleted",
            committed(),
            GREEN,
            new JobView.Held(UID, "5", LONGEST),
            new Tidying.Delete(new JobView.Held(UID, "5", LONGEST))),
        row(
            "committed here to another uid, held: deleted",
            committed(),
            BLUE,
            HELD,
            new Tidying.Delete(HELD)),
        row(
            "committed elsewhere, started by hand: reported",
            committed(),
            GREEN,
            STARTED,
            new Tidying.Report(STARTED, elsewhere)),
        row("ended, held: deleted", SKIPPED, BLUE, HELD, new Tidying.Delete(HELD)),
        row("ended, finished: marked", SKIPPED, BLUE, FINISHED, new Tidying.MarkSettled(FINISHED)),
        row("ended, started: reported", SKIPPED, BLUE, STARTED, new Tidying.Report(STARTED, ended)),
        row(
            "ended, suspended: reported",
            SKIPPED,
            BLUE,
            SUSPENDED,
            new Tidying.Report(SUSPENDED, ended)));
  }

  @ParameterizedTest
  @MethodSource("the_table")
  void decides(Run run, ClusterName at, JobView.Present job, Tidying expected) {
    assertThat(Tidying.decide(Optional.of(run), at, job)).isEqualTo(expected);
  }

  private static Arguments row(
      String name, Run run, ClusterName at, JobView.Present job, Tidying expected) {
    return argumentSet(name, run, at, job, expected);
  }
}
