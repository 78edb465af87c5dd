package io.lockexec.job;

import java.util.List;
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
    String name = named(cronJob);
    JsonNode template = cronJob.path("spec").path("jobTemplate");
    if (!cronJob.path("kind").asString("").equals("CronJob")
        || !cronJob.path("apiVersion").asString("").startsWith("batch/")
        || !(template.path("spec") instanceof ObjectNode spec)
        || spec.path("template").path("spec").path("containers").isEmpty()) {
      return new TemplateRefused(
          TemplateRefused.NOT_A_CRON_JOB,
          "%s is no CronJob of batch/v1 with a pod to run".formatted(name));
    }
    return refusal(cronJob, name)
        .<TemplateReading>map(refused -> refused)
        .orElseGet(
            () ->
                new JobTemplate(
                    template.path("metadata") instanceof ObjectNode metadata
                        ? metadata
                        : JsonNodeFactory.instance.objectNode(),
                    spec));
  }

  private static Optional<TemplateRefused> refusal(JsonNode cronJob, String name) {
    JsonNode metadata = cronJob.path("metadata");
    JsonNode template = cronJob.path("spec").path("jobTemplate");
    JsonNode job = template.path("spec");
    if (!metadata.path("deletionTimestamp").asString("").isEmpty()) {
      return refused(TemplateRefused.CRON_JOB_TERMINATING, "%s is being deleted", name);
    }
    Optional<String> queue =
        Stream.of(metadata, template.path("metadata"), job.path("template").path("metadata"))
            .flatMap(marked -> Queues.ownerOf(marked).stream())
            .findFirst()
            .or(() -> managedBy(job).filter(Queues::owns));
    if (queue.isPresent()) {
      return refused(
          TemplateRefused.QUEUE_OWNED,
          "%s belongs to a queue (%s), which would start its Jobs by itself: take that out",
          name,
          queue.get());
    }
    if (!cronJob.path("spec").path("suspend").asBoolean(false)) {
      return refused(
          TemplateRefused.CRON_JOB_NOT_SUSPENDED,
          "%s is not suspended and runs by itself in every cluster: set spec.suspend where its"
              + " manifest is kept, or kubectl patch cronjob %s -n %s -p"
              + " '{\"spec\":{\"suspend\":true}}'",
          name,
          metadata.path("name").asString("<name>"),
          metadata.path("namespace").asString("default"));
    }
    if (job.path("suspend").asBoolean(false)) {
      return refused(
          TemplateRefused.HELD_BY_OTHER,
          "%s has spec.jobTemplate.spec.suspend: true, so that somebody else is meant to start its"
              + " Jobs: take that out, only spec.suspend belongs there",
          name);
    }
    return List.of("parallelism", "completions", "activeDeadlineSeconds").stream()
        .filter(field -> job.path(field).isNumber() && job.path(field).longValue() < 1)
        .findFirst()
        .flatMap(
            field ->
                refused(
                    TemplateRefused.NOTHING_TO_RUN,
                    "%s has spec.jobTemplate.spec.%s: %s, with which nothing runs: use at least 1",
                    name,
                    field,
                    job.path(field)));
  }

  private static Optional<String> managedBy(JsonNode job) {
    return Optional.of(job.path("managedBy").asString("")).filter(by -> !by.isEmpty());
  }

  private static Optional<TemplateRefused> refused(String reason, String message, Object... with) {
    return Optional.of(new TemplateRefused(reason, message.formatted(with)));
  }

  private static String named(JsonNode cronJob) {
    JsonNode metadata = cronJob.path("metadata");
    return "CronJob %s/%s"
        .formatted(
            metadata.path("namespace").asString("default"), metadata.path("name").asString("?"));
  }
}
