package io.lockexec.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lockexec.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScheduleNameTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "7", "nightly-report", "a--b", "2-4"})
  void takes_a_dns_label(String value) {
    ScheduleName name = new ScheduleName(value);

    assertThat(name.value()).isEqualTo(value);
    assertThat(name).hasToString(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "a-", "Nightly", "a.b", "a_b", "a b", "ä", "a\n"})
  void refuses_what_is_no_dns_label(String value) {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> new ScheduleName(value))
        .withMessageStartingWith("schedule: \"")
        .withMessageContaining("is no DNS label");
  }

  @Test
  void takes_52_characters_and_refuses_53() {
    String longest = "a".repeat(52);

    assertThat(new ScheduleName(longest).value()).hasSize(52);
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> new ScheduleName(longest + "a"))
        .withMessageContaining("has 53 characters: use at most 52");
  }

  @Test
  void sorts_by_its_letters() {
    assertThat(new ScheduleName("b")).isGreaterThan(new ScheduleName("a"));
    assertThat(new ScheduleName("a")).isEqualByComparingTo(new ScheduleName("a"));
  }
}
