package io.lockexec.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import io.lockexec.schedule.ScheduleName;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OwnerTest {
  @Test
  void a_run_reads_back_as_it_was_written() {
    Owner run =
        new Owner.OfRun(
            new Installation("staging"),
            new Firing(new ScheduleName("nightly-report"), Instant.parse("2026-11-23T13:00:00Z")));

    assertThat(run.text()).isEqualTo("run:staging/nightly-report-29923980");
    assertThat(Owner.parse(run.text())).isEqualTo(run);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host-1/4711",
        "run:staging",
        "run:/nightly-29923980",
        "run:staging/nightly",
        "run:Not A Label/nightly-29923980"
      })
  void whatever_is_no_run_is_a_process(String text) {
    assertThat(Owner.parse(text)).isEqualTo(new Owner.OfProcess(text));
  }
}
