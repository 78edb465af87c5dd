package io.lockexec.job;

import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a Job is made of, before it is hardened: the {@code jobTemplate} of a CronJob, or an inline
 * Job brought into that shape. Fields that no version of lock-exec knows are in it as they came.
 *
 * @param metadata labels and annotations of the Job, and whatever else was written there
 * @param spec the spec of the Job, with its pod template
 */
public record JobTemplate(ObjectNode metadata, ObjectNode spec) implements TemplateReading {

  /** Copies both, so that nobody can change them afterwards. */
  public JobTemplate {
    metadata = metadata.deepCopy();
    spec = spec.deepCopy();
  }

  /** Returns a copy of the metadata. */
  @Override
  public ObjectNode metadata() {
    return metadata.deepCopy();
  }

  /** Returns a copy of the spec. */
  @Override
  public ObjectNode spec() {
    return spec.deepCopy();
  }

  /**
   * Takes the job template of a CronJob.
   *
   * @param cronJob the CronJob as the API server shows it
   * @return the template, or why it must not be used
   */
  public static TemplateReading ofCronJob(JsonNode cronJob) {
    JsonNode template = cronJob.path("spec").path("jobTemplate");
    if (!(template.path("spec") instanceof ObjectNode spec) || !isCronJob(cronJob)) {
      return new TemplateRefused(
          TemplateRefused.NOT_A_CRON_JOB,
          "%s is no CronJob of batch/v1 with a pod to run".formatted(named(cronJob)));
    }
    return terminating(cronJob)
        .or(() -> queueOwned(cronJob))
        .or(() -> notSuspended(cronJob))
        .or(() -> heldByOther(cronJob))
        .or(() -> nothingToRun(cronJob))
        .orElseGet(() -> new JobTemplate(objectOrEmpty(template.path("metadata")), spec));
  }

  private static boolean isCronJob(JsonNode cronJob) {
    return cronJob.path("kind").asString("").equals("CronJob")
        && cronJob.path("apiVersion").asString("").startsWith("batch/")
        && !job(cronJob).path("template").path("spec").path("containers").isEmpty();
  }

  private static Optional<TemplateReading> terminating(JsonNode cronJob) {
    return Json.absent(cronJob.path("metadata").path("deletionTimestamp"))
        ? Optional.empty()
        : refused(
            TemplateRefused.CRON_JOB_TERMINATING, "%s is being deleted".formatted(named(cronJob)));
  }

  private static Optional<TemplateReading> queueOwned(JsonNode cronJob) {
    JsonNode template = cronJob.path("spec").path("jobTemplate");
    JsonNode job = job(cronJob);
    return Stream.of(
            cronJob.path("metadata"),
            template.path("metadata"),
            job.path("template").path("metadata"))
        .flatMap(metadata -> Queues.ownerOf(metadata).stream())
        .findFirst()
        .or(() -> Optional.of(job.path("managedBy").asString("")).filter(Queues::owns))
        .flatMap(
            queue ->
                refused(
                    TemplateRefused.QUEUE_OWNED,
                    "%s belongs to a queue (%s), which would start its Jobs by itself: take that out"
                        .formatted(named(cronJob), queue)));
  }

  private static Optional<TemplateReading> notSuspended(JsonNode cronJob) {
    String name = cronJob.path("metadata").path("name").asString("");
    String patch =
        "kubectl patch cronjob %s -n %s -p '{\"spec\":{\"suspend\":true}}'"
            .formatted(name, namespace(cronJob));
    return cronJob.path("spec").path("suspend").asBoolean(false)
        ? Optional.empty()
        : refused(
            TemplateRefused.CRON_JOB_NOT_SUSPENDED,
            "%s is not suspended and runs by itself in every cluster: %s (and suspend it where its"
                    .formatted(named(cronJob), patch)
                + " manifest is kept)");
  }

  private static Optional<TemplateReading> heldByOther(JsonNode cronJob) {
    return job(cronJob).path("suspend").asBoolean(false)
        ? refused(
            TemplateRefused.HELD_BY_OTHER,
            "%s has spec.jobTemplate.spec.suspend: true, so that somebody else is meant to start"
                    .formatted(named(cronJob))
                + " its Jobs: take that out, it is spec.suspend that must be true")
        : Optional.empty();
  }

  private static Optional<TemplateReading> nothingToRun(JsonNode cronJob) {
    JsonNode job = job(cronJob);
    return Stream.of("parallelism", "completions", "activeDeadlineSeconds")
        .filter(field -> job.path(field).isNumber() && job.path(field).longValue() < 1)
        .findFirst()
        .flatMap(
            field ->
                refused(
                    TemplateRefused.NOTHING_TO_RUN,
                    "%s has spec.jobTemplate.spec.%s: %s, with which nothing runs: use at least 1"
                        .formatted(named(cronJob), field, job.path(field))));
  }

  private static Optional<TemplateReading> refused(String reason, String message) {
    return Optional.of(new TemplateRefused(reason, message));
  }

  private static JsonNode job(JsonNode cronJob) {
    return cronJob.path("spec").path("jobTemplate").path("spec");
  }

  private static ObjectNode objectOrEmpty(JsonNode node) {
    return node instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
  }

  private static String named(JsonNode cronJob) {
    String name = cronJob.path("metadata").path("name").asString("");
    return "CronJob %s/%s".formatted(namespace(cronJob), name);
  }

  private static String namespace(JsonNode cronJob) {
    return cronJob.path("metadata").path("namespace").asString("default");
  }
}
