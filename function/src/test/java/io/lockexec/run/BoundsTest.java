package io.lockexec.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class BoundsTest {
  private static final Instant TIME = Instant.parse("2026-11-23T13:00:00Z");

  @Test
  void the_last_moment_is_a_late_start_a_long_run_and_a_lagging_controller_after_the_time() {
    Bounds bounds =
        new Bounds(
            Duration.ofMinutes(2),
            Duration.ofMinutes(15),
            Duration.ofMinutes(1),
            Duration.ofMinutes(30));

    // 10 minutes of run, 15 frozen, 1 in flight, 30 of lag.
    assertThat(bounds.lastMoment(TIME, Duration.ofMinutes(10)))
        .isEqualTo(TIME.plus(Duration.ofMinutes(56)));
  }

  @Test
  void it_is_quiet_when_no_frozen_carriers_request_can_be_in_flight_any_more() {
    assertThat(Bounds.DEFAULT.quietAfter(TIME)).isEqualTo(TIME.plus(Duration.ofMinutes(16)));
  }

  @Test
  void a_run_without_a_deadline_of_its_own_is_over_within_a_day_of_its_commitment() {
    Instant startBy = TIME.plus(Bounds.DEFAULT.startWithin());

    assertThat(Bounds.DEFAULT.lastMoment(startBy, Bounds.DEFAULT.defaultLongest()))
        .isEqualTo(TIME.plus(Duration.ofDays(1)));
  }
}
