package io.lockexec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

final class BadInputTest {
  @Test
  void names_the_field_quotes_the_value_and_says_what_to_write() {
    BadInput refusal = new BadInput("placement", "Randomly", "is unknown: use Ordered");

    assertThat(refusal).hasMessage("placement: \"Randomly\" is unknown: use Ordered");
    assertThat(refusal.field()).isEqualTo("placement");
  }

  @Test
  void quotes_nothing_where_the_value_is_missing() {
    BadInput refusal = new BadInput("job.image", "name the image to run");

    assertThat(refusal).hasMessage("job.image: name the image to run");
    assertThat(refusal.field()).isEqualTo("job.image");
  }

  @Test
  void quotes_a_text_of_JSON_once() {
    BadInput refusal =
        new BadInput("clusters", JsonNodeFactory.instance.stringNode("blue"), "is no list");

    assertThat(refusal).hasMessage("clusters: \"blue\" is no list");
  }

  @Test
  void stays_on_one_line_whatever_the_value() {
    BadInput refusal = new BadInput("job.command", "first\n  second\r\nthird", "is odd");

    assertThat(refusal).hasMessage("job.command: \"first second third\" is odd");
  }

  @Test
  void cuts_a_long_value_after_120_characters() {
    BadInput whole = new BadInput("key", "k".repeat(120), "is odd");
    BadInput cut = new BadInput("key", "k".repeat(121), "is odd");

    assertThat(whole).hasMessage("key: \"" + "k".repeat(120) + "\" is odd");
    assertThat(cut).hasMessage("key: \"" + "k".repeat(120) + "…\" is odd");
  }

  @Test
  void says_the_same_of_the_same_input_each_time() {
    BadInput first = new BadInput("key", 7, "is a number");
    BadInput second = new BadInput("key", 7, "is a number");

    assertThat(first).hasMessage(second.getMessage());
  }
}
