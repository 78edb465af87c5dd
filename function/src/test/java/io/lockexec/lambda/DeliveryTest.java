package io.lockexec.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import io.lockexec.BadInput;
import io.lockexec.cluster.ClusterName;
import io.lockexec.lock.LockKey;
import io.lockexec.run.RunRequest;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.joda.time.DateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** The event contract. */
final class DeliveryTest {
  private static final Instant NOW = Instant.parse("2026-11-23T13:00:42Z");
  private static final List<ClusterName> CLUSTERS =
      List.of(new ClusterName("blue"), new ClusterName("green"));
  private static final String JOB = "{\"image\": \"busybox\", \"command\": [\"date\"]}";

  @Test
  void the_events_time_floored_to_the_minute_is_the_firing_and_its_id_is_not_looked_at() {
    ScheduledEvent event = event("2026-11-23T13:00:37Z", detail("nightly", ""));
    event.setId("whatever");

    Delivery delivery = Delivery.of(event, CLUSTERS, NOW);

    assertThat(delivery.firing())
        .isEqualTo(new Firing(new ScheduleName("nightly"), Instant.parse("2026-11-23T13:00:00Z")));
  }

  @Test
  void what_the_detail_leaves_out_has_its_default() {
    Delivery delivery =
        Delivery.of(event("2026-11-23T13:00:00Z", detail("nightly", "")), CLUSTERS, NOW);

    assertThat(delivery.request().key()).isEqualTo(new LockKey("nightly"));
    assertThat(delivery.request().startingDeadline()).isEqualTo(Duration.ofHours(1));
    assertThat(delivery.request().placement().name()).isEqualTo("Ordered");
    assertThat(delivery.request().clusters()).isEqualTo(CLUSTERS);
    assertThat(delivery.request().job().namespace().value()).isEqualTo("default");
  }

  @Test
  void a_request_reads_back_as_it_was_written() {
    Delivery delivery =
        Delivery.of(
            event(
                "2026-11-23T13:00:00Z",
                detail(
                    "nightly",
                    """
                    , "key": "reports", "startingDeadlineSeconds": 60, "placement": "Ordered",
                    "clusters": ["green"]
                    """)),
            CLUSTERS,
            NOW);

    assertThat(RunRequest.parse(delivery.request().toJson(), List.of()))
        .isEqualTo(delivery.request());
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        argumentSet(
            "misspelt field",
            detail("nightly", ", \"clustres\": [\"blue\"]"),
            "detail.clustres: is no field here: did you mean \"clusters\"?"),
        argumentSet(
            "unknown cluster",
            detail("nightly", ", \"clusters\": [\"bleu\"]"),
            "detail.clusters: \"bleu\" is not configured: did you mean \"blue\"?"),
        argumentSet(
            "no DNS label",
            detail("Nightly", ""),
            "detail.schedule: \"Nightly\" is no DNS label: use lower-case letters, digits and inner"
                + " hyphens"),
        argumentSet(
            "name too long",
            detail("a".repeat(53), ""),
            "detail.schedule: \"" + "a".repeat(53) + "\" has 53 characters: use at most 52"),
        argumentSet(
            "unknown placement",
            detail("nightly", ", \"placement\": \"ordered\""),
            "detail.placement: \"ordered\" is no placement: did you mean \"Ordered\"?"),
        argumentSet(
            "deadline of the wrong type",
            detail("nightly", ", \"startingDeadlineSeconds\": \"soon\""),
            "detail.startingDeadlineSeconds: \"soon\" is no whole number of seconds"),
        argumentSet(
            "deadline too short",
            detail("nightly", ", \"startingDeadlineSeconds\": 0"),
            "detail.startingDeadlineSeconds: \"0\" is too short: use at least 1"),
        argumentSet(
            "a cluster twice",
            detail("nightly", ", \"clusters\": [\"blue\", \"blue\"]"),
            "clusters: \"[blue, blue]\" names a cluster twice"),
        argumentSet(
            "misspelt field of the job",
            job("{\"image\": \"busybox\", \"comand\": [\"date\"]}"),
            "detail.job.comand: is no field here: did you mean \"command\"?"),
        argumentSet(
            "empty command",
            job("{\"image\": \"busybox\", \"command\": []}"),
            "detail.job.command: \"[]\" is empty: name a program, or leave it out to run the"
                + " image's own"),
        argumentSet(
            "both from and inline",
            job("{\"from\": \"cronjob/nightly\", \"image\": \"busybox\"}"),
            "detail.job.image: stands beside from, which says what to run: take one of the two"
                + " out"),
        argumentSet(
            "a namespace that can be none",
            job("{\"namespace\": \"Reports\", \"image\": \"busybox\"}"),
            "detail.job.namespace: \"Reports\" is no DNS label: use at most 63 lower-case letters,"
                + " digits and inner hyphens"),
        argumentSet(
            "no job", "{\"schedule\": \"nightly\"}", "detail.job: is missing: say what to run"),
        argumentSet(
            "no schedule",
            "{\"job\": " + JOB + "}",
            "detail.schedule: is missing and has no default"));
  }

  @ParameterizedTest
  @MethodSource
  void malformed(String detail, String message) {
    ScheduledEvent event = event("2026-11-23T13:00:00Z", detail);

    assertThatThrownBy(() -> Delivery.of(event, CLUSTERS, NOW))
        .isInstanceOf(BadInput.class)
        .hasMessage(message);
  }

  @Test
  void an_event_without_a_time_is_refused() {
    ScheduledEvent event = event("2026-11-23T13:00:00Z", detail("nightly", ""));
    event.setTime(null);

    assertThatThrownBy(() -> Delivery.of(event, CLUSTERS, NOW))
        .hasMessage("time: is missing: it is the scheduled time, as 2026-11-23T13:00:00Z");
  }

  @Test
  void an_event_without_a_detail_is_refused() {
    ScheduledEvent event = event("2026-11-23T13:00:00Z", "{}");

    assertThatThrownBy(() -> Delivery.of(event, CLUSTERS, NOW))
        .hasMessage("detail: is missing or empty: it is the run request");
  }

  @Test
  void an_event_from_the_future_is_refused_but_for_a_minute_of_skew() {
    String detail = detail("nightly", "");

    assertThat(Delivery.of(event("2026-11-23T13:01:42Z", detail), CLUSTERS, NOW)).isNotNull();
    assertThatThrownBy(() -> Delivery.of(event("2026-11-23T13:01:43Z", detail), CLUSTERS, NOW))
        .hasMessage("time: \"2026-11-23T13:01:43Z\" lies in the future");
  }

  private static String job(String job) {
    return "{\"schedule\": \"nightly\", \"job\": %s}".formatted(job);
  }

  private static String detail(String schedule, String more) {
    return "{\"schedule\": \"%s\", \"job\": %s%s}".formatted(schedule, JOB, more);
  }

  @SuppressWarnings("unchecked") // A JSON object is a map of texts to anything.
  private static ScheduledEvent event(String time, String detail) {
    ScheduledEvent event = new ScheduledEvent();
    event.setTime(DateTime.parse(time));
    event.setDetail(JsonMapper.shared().readValue(detail, Map.class));
    return event;
  }
}
