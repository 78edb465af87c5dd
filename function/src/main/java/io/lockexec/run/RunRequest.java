package io.lockexec.run;

import io.lockexec.BadInput;
import io.lockexec.Fields;
import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.Placement;
import io.lockexec.job.JobRequest;
import io.lockexec.lock.LockKey;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run is to do. It is fixed when the run is claimed: whoever carries the run on uses the
 * request on record, never one that is delivered later.
 *
 * @param schedule whose firings these are
 * @param key what is locked; by default the schedule's name
 * @param startingDeadline how late after the scheduled time the Job may still be started; 1 s to 7
 *     days, by default 1 h
 * @param placement in which order the clusters are tried
 * @param clusters the candidates, at least one, none twice
 * @param job what is to run
 */
public record RunRequest(
    ScheduleName schedule,
    LockKey key,
    Duration startingDeadline,
    Placement placement,
    List<ClusterName> clusters,
    JobRequest job) {

  /** The starting deadline of a request that names none. */
  public static final Duration DEFAULT_STARTING_DEADLINE = Duration.ofHours(1);

  /** The longest starting deadline; the ledger keeps what has ended for longer than that. */
  public static final Duration MAX_STARTING_DEADLINE = Duration.ofDays(7);

  /** Copies and checks. */
  public RunRequest {
    clusters = List.copyOf(clusters);
    if (clusters.isEmpty()) {
      throw new BadInput("clusters", "is empty: name at least one cluster");
    }
    if (new HashSet<>(clusters).size() < clusters.size()) {
      throw new BadInput("clusters", clusters, "names a cluster twice");
    }
    if (startingDeadline.compareTo(MAX_STARTING_DEADLINE) > 0) {
      throw new BadInput(
          "startingDeadlineSeconds",
          startingDeadline.toSeconds(),
          "is too long: use at most " + MAX_STARTING_DEADLINE.toSeconds());
    }
  }

  /**
   * Reads the detail of an event, or the request on record.
   *
   * @param detail the object of the event contract
   * @param allClusters the candidates of a request that names none: all that are configured
   * @throws BadInput if a field is missing, unknown, misspelt or impossible
   */
  public static RunRequest parse(JsonNode detail, List<ClusterName> allClusters) {
    Fields fields = Fields.of(detail, "detail");
    ScheduleName schedule = fields.required("schedule", ScheduleName::new);
    LockKey key = fields.parsed("key", LockKey::new).orElseGet(() -> new LockKey(schedule.value()));
    Duration startingDeadline =
        fields.seconds("startingDeadlineSeconds", 1).orElse(DEFAULT_STARTING_DEADLINE);
    Placement placement =
        fields.parsed("placement", Placement::named).orElseGet(() -> Placement.named("Ordered"));
    List<ClusterName> clusters = fields.list("clusters", ClusterName::new);
    JsonNode job =
        fields
            .node("job")
            .orElseThrow(() -> new BadInput(fields.path("job"), "is missing: say what to run"));
    fields.done();
    return new RunRequest(
        schedule,
        key,
        startingDeadline,
        placement,
        clusters.isEmpty() ? allClusters : clusters,
        JobRequest.parse(job, fields.path("job")));
  }

  /** Writes the request, with every default made explicit, as {@link #parse} reads it. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("schedule", schedule.value());
    json.put("key", key.value());
    json.put("startingDeadlineSeconds", startingDeadline.toSeconds());
    json.put("placement", placement.name());
    var names = json.putArray("clusters");
    clusters.forEach(cluster -> names.add(cluster.value()));
    json.set("job", job.toJson());
    return json;
  }
}
