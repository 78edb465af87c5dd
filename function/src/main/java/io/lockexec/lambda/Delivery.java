package io.lockexec.lambda;

import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import io.lockexec.BadInput;
import io.lockexec.Fields;
import io.lockexec.cluster.ClusterName;
import io.lockexec.run.RunRequest;
import io.lockexec.schedule.Firing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an event says: which firing is delivered, and what its run is to do. The event's time,
 * floored to the minute, is the firing; its id is not looked at, because one firing can come under
 * two.
 *
 * @param firing which firing
 * @param request the run request, with its defaults
 */
public record Delivery(Firing firing, RunRequest request) {
  /** How far our clock may be behind the one that fired. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * Reads an event.
   *
   * @param event as Lambda hands it over
   * @param clusters that are configured
   * @param now the time by our clock
   * @throws BadInput if it is malformed: the same event is refused with the same words each time
   */
  public static Delivery of(ScheduledEvent event, List<ClusterName> clusters, Instant now) {
    if (event.getTime() == null) {
      throw new BadInput("time", "is missing: it is the scheduled time, as 2026-11-23T13:00:00Z");
    }
    if (event.getDetail() == null || event.getDetail().isEmpty()) {
      throw new BadInput("detail", "is missing or empty: it is the run request");
    }
    Instant time = Instant.ofEpochMilli(event.getTime().getMillis());
    if (time.isAfter(now.plus(SKEW))) {
      throw new BadInput("time", time, "lies in the future");
    }
    JsonNode detail = JSON.valueToTree(event.getDetail());
    RunRequest request = RunRequest.parse(detail, clusters);
    for (ClusterName name : request.clusters()) {
      if (!clusters.contains(name)) {
        List<String> names = clusters.stream().map(ClusterName::value).toList();
        throw new BadInput(
            "detail.clusters", name, "is not configured" + Fields.instead(name.value(), names));
      }
    }
    return new Delivery(new Firing(request.schedule(), time), request);
  }
}
