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
    JobView.Finished itsOwn = new JobView.Finished(UID, "8", LONGEST, FINISHED.outcome());
    return Stream.of(
        row("claimed, held: kept", claimed(), HELD, new Tidying.Keep()),
        row(
            "claimed here, started by hand: left to its run",
            claimed(),
            STARTED,
            new Tidying.Keep()),
        row(
            "claimed elsewhere, held: kept",
            claimed().moved(GREEN, "why not"),
            HELD,
            new Tidying.Keep()),
        row(
            "claimed elsewhere, started by hand: its run comes back",
            claimed().moved(GREEN, "why not"),
            STARTED,
            new Tidying.Return(STARTED)),
        row(
            "claimed elsewhere, run to its end by hand: its run comes back",
            claimed().moved(GREEN, "why not"),
            FINISHED,
            new Tidying.Return(FINISHED)),
        row(
            "committed to it, whatever its cluster is called: kept",
            committed(),
            new JobView.Held(UID, "5", LONGEST),
            new Tidying.Keep()),
        row("committed to another, held: deleted", committed(), HELD, new Tidying.Delete(HELD)),
        row(
            "committed to another, started by hand: reported",
            committed(),
            STARTED,
            new Tidying.Report(STARTED, elsewhere)),
        row("ended, held: deleted", SKIPPED, HELD, new Tidying.Delete(HELD)),
        row(
            "skipped, finished: marked, and told",
            SKIPPED,
            FINISHED,
            new Tidying.MarkSettled(FINISHED, Optional.of(ended))),
        row(
            "lost, finished at last: marked",
            committed().lost(Reason.UNREACHABLE, "late", TIME),
            itsOwn,
            new Tidying.MarkSettled(itsOwn, Optional.empty())),
        row("ended, started: reported", SKIPPED, STARTED, new Tidying.Report(STARTED, ended)),
        row(
            "ended, suspended: reported",
            SKIPPED,
            SUSPENDED,
            new Tidying.Report(SUSPENDED, ended)));
  }

  @ParameterizedTest
  @MethodSource("the_table")
  void decides(Run run, JobView.Present job, Tidying expected) {
    assertThat(Tidying.decide(Optional.of(run), BLUE, job)).isEqualTo(expected);
  }

  private static Arguments row(String name, Run run, JobView.Present job, Tidying expected) {
    return argumentSet(name, run, job, expected);
  }
}
