package io.lockexec.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class TokenTest {
  private static final Instant NOW = Instant.ofEpochMilli(1_000);

  @Test
  void is_the_time_of_the_first_acquisition_in_milliseconds() {
    assertThat(Token.at(NOW)).isEqualTo(new Token(1_000));
  }

  @Test
  void follows_the_clock_while_the_clock_is_ahead() {
    Token last = new Token(998);

    assertThat(last.next(NOW)).isEqualTo(new Token(1_000));
  }

  @Test
  void rises_by_one_when_the_clock_stands_still_or_went_back() {
    assertThat(new Token(1_000).next(NOW)).isEqualTo(new Token(1_001));
    assertThat(new Token(5_000).next(NOW)).isEqualTo(new Token(5_001));
  }

  @Test
  void is_never_negative() {
    assertThat(new Token(0).value()).isZero();
    assertThatIllegalArgumentException().isThrownBy(() -> new Token(-1));
  }

  @Test
  void compares_by_number_and_shows_it() {
    assertThat(new Token(10)).isGreaterThan(new Token(9));
    assertThat(new Token(10)).hasToString("10");
  }
}
