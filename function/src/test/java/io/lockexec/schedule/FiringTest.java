package io.lockexec.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class FiringTest {
  private static final ScheduleName NIGHTLY = new ScheduleName("nightly");

  @Test
  void is_the_same_firing_at_any_second_of_its_minute() {
    Firing first = new Firing(NIGHTLY, Instant.parse("2026-11-23T02:00:00Z"));
    Firing last = new Firing(NIGHTLY, Instant.parse("2026-11-23T02:00:59.999999999Z"));

    assertThat(last).isEqualTo(first);
    assertThat(last.time()).isEqualTo(Instant.parse("2026-11-23T02:00:00Z"));
  }

  @Test
  void is_another_firing_a_minute_later_or_of_another_schedule() {
    Instant time = Instant.parse("2026-11-23T02:00:00Z");
    Firing firing = new Firing(NIGHTLY, time);

    assertThat(new Firing(NIGHTLY, time.plusSeconds(60))).isNotEqualTo(firing);
    assertThat(new Firing(new ScheduleName("weekly"), time)).isNotEqualTo(firing);
  }

  @Test
  void names_its_run_as_the_cronjob_controller_names_its_job() {
    Firing firing = new Firing(NIGHTLY, Instant.parse("2026-11-23T02:00:42Z"));

    assertThat(firing.runId()).isEqualTo("nightly-29923320");
  }

  @Test
  void names_a_run_that_fits_a_label_even_for_the_longest_schedule() {
    ScheduleName longest = new ScheduleName("a".repeat(ScheduleName.MAX_LENGTH));
    Firing firing = new Firing(longest, Instant.parse("2100-01-01T00:00:00Z"));

    assertThat(firing.runId()).hasSizeLessThanOrEqualTo(63);
  }

  @Test
  void shows_schedule_and_time() {
    Firing firing = new Firing(NIGHTLY, Instant.parse("2026-11-23T02:00:42Z"));

    assertThat(firing).hasToString("nightly@2026-11-23T02:00:00Z");
  }
}
