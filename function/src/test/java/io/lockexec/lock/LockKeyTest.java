package io.lockexec.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lockexec.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LockKeyTest {
  @ParameterizedTest
  @ValueSource(strings = {"reports", "Reports / EU", "schlüssel", "a\tb"})
  void takes_any_text(String value) {
    LockKey key = new LockKey(value);

    assertThat(key.value()).isEqualTo(value);
    assertThat(key).hasToString(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n", "\u2003"})
  void refuses_a_blank_key(String value) {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> new LockKey(value))
        .withMessageContaining("is blank");
  }

  @Test
  void counts_bytes_and_not_characters() {
    String longest = "ü".repeat(LockKey.MAX_BYTES / 2);

    assertThat(new LockKey(longest).value()).hasSize(512);
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> new LockKey(longest + "a"))
        .withMessageContaining("has 1025 bytes: use at most 1024");
  }
}
