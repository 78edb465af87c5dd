package io.lockexec.infra.local;

import io.lockexec.infra.local.LambdaFunction.Invocation.DeadLetter;
import io.lockexec.run.Journal;
import io.lockexec.schedule.Firing;
import java.util.List;

/** What a person, or a machine, is shown; each method may be called by several threads at once. */
sealed interface Console extends Journal permits TextConsole, JsonConsole {
  /** Says what is about to be shown. */
  void heading(List<String> lines);

  /** Says something beside the runs. */
  void note(String line);

  /** Tells of a delivery that failed for good. */
  void deadLetter(Firing firing, DeadLetter letter);

  /** Shows what became of everything. */
  void report(Report report);

  /** Shows what had to happen and whether it did. */
  void findings(List<Scenario.Finding> findings);

  /** From here on transitions are no longer told: what goes on beside only ends. */
  void mute();
}
