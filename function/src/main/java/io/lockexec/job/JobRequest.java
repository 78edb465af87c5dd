package io.lockexec.job;

import io.lockexec.BadInput;
import io.lockexec.Fields;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run is to do: the {@code job} of a run request. Either the job template of a suspended
 * CronJob, or the Job itself under Kubernetes' own field names.
 */
public sealed interface JobRequest {

  /** Returns the namespace in which the Job runs. */
  Namespace namespace();

  /** Returns the request as JSON; {@link #parse} makes an equal one of it. */
  ObjectNode toJson();

  /**
   * The job template of a CronJob that lives in every one of the clusters, in the same namespace.
   *
   * @param namespace the namespace of the CronJob and of the Job
   * @param cronJob the name of the CronJob: a DNS subdomain of at most 52 characters
   */
  record FromCronJob(Namespace namespace, String cronJob) implements JobRequest {
    private static final int LONGEST_NAME = 52;
    private static final Pattern DNS_SUBDOMAIN =
        Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    /**
     * Checks the name.
     *
     * @throws BadInput if no CronJob can bear it
     */
    public FromCronJob {
      if (cronJob.length() > LONGEST_NAME || !DNS_SUBDOMAIN.matcher(cronJob).matches()) {
        throw new BadInput(
            "job.from",
            cronJob,
            "is no name of a CronJob: at most 52 lower-case letters, digits, inner hyphens and"
                + " dots");
      }
    }

    @Override
    public ObjectNode toJson() {
      return JsonNodeFactory.instance
          .objectNode()
          .put("namespace", namespace.value())
          .put("from", "cronjob/" + cronJob);
    }
  }

  /**
   * A Job that the request itself describes, in one of two forms. The short form has the fields of
   * one container, of its pod and of the Job side by side, and the labels and annotations of the
   * pod. Where a name is both a container's and a pod's (securityContext, resources) it is the
   * container's; activeDeadlineSeconds is the Job's. The long form has the pod, whole, as {@code
   * template} in place of the container's and the pod's fields, beside the fields of the Job.
   *
   * <p>A field that would have the command started more than once, or by others, is refused. One
   * that says what hardening does anyway ({@code backoffLimit: 0}) is taken. Inside {@code
   * template}, as in a CronJob, it is hardened, and the change reported.
   *
   * @param namespace the namespace of the Job
   * @param fields all fields but the namespace
   */
  record Inline(Namespace namespace, ObjectNode fields) implements JobRequest {

    /**
     * Copies the fields and checks them.
     *
     * @throws BadInput if a field is unknown, missing, or cannot be what it says
     */
    public Inline {
      fields = InlineForm.checked(fields, "job");
    }

    /** Returns a copy of the fields. */
    @Override
    public ObjectNode fields() {
      return fields.deepCopy();
    }

    /** Returns the template of the Job that the fields describe. */
    public JobTemplate template() {
      return InlineForm.template(fields);
    }

    @Override
    public ObjectNode toJson() {
      ObjectNode json = JsonNodeFactory.instance.objectNode().put("namespace", namespace.value());
      json.setAll(fields.deepCopy());
      return json;
    }
  }

  /**
   * Reads the {@code job} of a run request.
   *
   * @param job the object, as it stands in the event or in the configuration
   * @param path where it stands, for messages: {@code job}
   * @throws BadInput if it says nothing, two things at once, or something impossible
   */
  static JobRequest parse(JsonNode job, String path) {
    Fields fields = Fields.of(job, path);
    ObjectNode object = ((ObjectNode) job).deepCopy();
    object.remove("namespace");
    Namespace namespace =
        fields.parsed("namespace", Namespace::new).orElseGet(() -> new Namespace("default"));
    return fields
        .text("from")
        .<JobRequest>map(from -> from(namespace, from, object, path))
        .orElseGet(() -> new Inline(namespace, InlineForm.checked(object, path)));
  }

  private static JobRequest from(Namespace namespace, String from, ObjectNode job, String path) {
    String at = path.isEmpty() ? "from" : path + ".from";
    for (String name : job.propertyNames()) {
      if (!name.equals("from") && !job.path(name).isNull()) {
        InlineForm.refuseBesideFrom(name, path);
      }
    }
    Matcher matcher = CronJobReference.PATTERN.matcher(from);
    if (!matcher.matches()) {
      String mend =
          CronJobReference.BARE_NAME.matcher(from).matches()
              ? "does not say what it names: write \"cronjob/" + from.toLowerCase(Locale.ROOT) + '"'
              : "names no CronJob: write \"cronjob/\" and the name of a suspended CronJob";
      throw new BadInput(at, from, mend);
    }
    try {
      return new FromCronJob(namespace, matcher.group("name"));
    } catch (BadInput e) {
      throw e.in(at);
    }
  }
}
