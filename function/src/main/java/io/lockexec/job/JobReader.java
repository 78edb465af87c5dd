package io.lockexec.job;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Reads from a Job, as a Kubernetes API server shows it, what a decision depends on. */
public final class JobReader {
  /**
   * How long a Job of ours may run that has no activeDeadlineSeconds any more, because somebody
   * edited it: as long as the default deadline of a Job, so that a run is not given up early.
   */
  static final Duration WITHOUT_DEADLINE = Duration.ofHours(24);

  private static final String CRON_JOB = "CronJob";
  private static final int FIRST_GENERATION = 1;
  private static final Set<String> TRACES =
      Set.of("startTime", "active", "terminating", "succeeded", "failed");
  private static final List<String> UNCOUNTED = List.of("succeeded", "failed");

  private JobReader() {}

  /**
   * Reads a Job.
   *
   * <ol>
   *   <li>It is ours if its labels name the installation and the run; nothing else counts.
   *   <li>It has ended if its condition Complete or Failed is true and none of its pods is active
   *       or terminating. The interim conditions SuccessCriteriaMet and FailureTarget say that it
   *       will end; and up to Kubernetes 1.30 even the final ones came before the last pod was
   *       gone.
   *   <li>It is held if it is marked held, suspended, in its first generation and without a trace
   *       of a start in its status. The generation rises with every change of the spec. It is what
   *       tells a Job that was never started from one that was resumed and suspended again by hand:
   *       from Kubernetes 1.36 on a suspension clears the start time, and no other trace is left.
   *   <li>Otherwise it was started, and if it is suspended, then by somebody else.
   * </ol>
   *
   * @param ref which Job is meant
   * @param job as the server shows it
   * @return a {@link JobView.Present} or {@link JobView.Foreign}
   */
  public static JobView read(JobRef ref, JsonNode job) {
    JsonNode metadata = job.path("metadata");
    if (!isOurs(ref, metadata.path("labels"))) {
      return new JobView.Foreign(whose(metadata));
    }
    JsonNode spec = job.path("spec");
    JsonNode status = job.path("status");
    String uid = text(metadata, "uid");
    String version = text(metadata, "resourceVersion");
    Duration longest = longest(job);
    Optional<Outcome> outcome = outcome(status);
    boolean podsLeft = count(status, "active") > 0 || count(status, "terminating") > 0;

    if (outcome.isPresent() && !podsLeft) {
      return new JobView.Finished(uid, version, longest, outcome.get());
    }
    if (!spec.path("suspend").asBoolean(false)) {
      return new JobView.Started(uid, version, longest);
    }
    if (isUntouched(metadata) && !hasRun(status)) {
      return new JobView.Held(uid, version, longest);
    }
    return new JobView.Suspended(uid, version, longest, podsLeft);
  }

  private static boolean isOurs(JobRef ref, JsonNode labels) {
    return text(labels, Marks.INSTALLATION).equals(ref.installation().value())
        && text(labels, Marks.RUN).equals(ref.name());
  }

  private static String whose(JsonNode metadata) {
    for (JsonNode owner : metadata.path("ownerReferences")) {
      if (text(owner, "kind").equals(CRON_JOB)) {
        return "it belongs to the CronJob " + text(owner, "name");
      }
    }
    JsonNode labels = metadata.path("labels");
    String installation = text(labels, Marks.INSTALLATION);
    String run = text(labels, Marks.RUN);
    if (!installation.isEmpty() || !run.isEmpty()) {
      return "its labels name the installation \"%s\" and the run \"%s\""
          .formatted(installation, run);
    }
    return "it was created by hand or by another tool: it has no label of lock-exec";
  }

  private static boolean isUntouched(JsonNode metadata) {
    JsonNode annotations = metadata.path("annotations");
    return text(annotations, Marks.LAUNCH).equals(Marks.HELD)
        && metadata.path("generation").asLong(FIRST_GENERATION) == FIRST_GENERATION;
  }

  private static boolean hasRun(JsonNode status) {
    for (String trace : TRACES) {
      JsonNode value = status.path(trace);
      if (value.isString() || value.asLong(0) > 0) {
        return true;
      }
    }
    JsonNode uncounted = status.path("uncountedTerminatedPods");
    return UNCOUNTED.stream().anyMatch(list -> !uncounted.path(list).isEmpty());
  }

  private static Optional<Outcome> outcome(JsonNode status) {
    for (JsonNode condition : status.path("conditions")) {
      String type = text(condition, "type");
      boolean succeeded = type.equals("Complete");
      if ((succeeded || type.equals("Failed")) && text(condition, "status").equals("True")) {
        String reason = text(condition, "reason");
        return Optional.of(
            new Outcome(
                succeeded,
                reason.isEmpty() ? succeeded ? "Completed" : "Failed" : reason,
                text(condition, "message"),
                OptionalInt.empty(),
                time(status, "startTime"),
                time(condition, "lastTransitionTime").or(() -> time(status, "completionTime"))));
      }
    }
    return Optional.empty();
  }

  private static Duration longest(JsonNode job) {
    boolean bounded = job.path("spec").path("activeDeadlineSeconds").isIntegralNumber();
    Duration longest = HardenedJob.longest(job);
    return bounded ? longest : longest.plus(WITHOUT_DEADLINE);
  }

  private static Optional<Instant> time(JsonNode object, String field) {
    try {
      return Optional.of(Instant.parse(text(object, field)));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static long count(JsonNode status, String field) {
    return status.path(field).asLong(0);
  }

  static String text(JsonNode object, String field) {
    return object.path(field).asString("");
  }
}
