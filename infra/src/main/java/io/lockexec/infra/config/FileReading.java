package io.lockexec.infra.config;

import io.lockexec.BadInput;
import io.lockexec.Fields;
import io.lockexec.job.JobRequest;
import io.lockexec.job.Namespace;
import io.lockexec.lock.LockKey;
import io.lockexec.schedule.Every;
import io.lockexec.schedule.Recurrence;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One reading of a configuration file: applies the defaults and checks what a schema cannot. It
 * reads on past each error, so that all are found; whoever calls it throws the result away if there
 * is any.
 */
final class FileReading {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Duration WINDOW = Duration.ofDays(400);
  private static final String DEFAULT_INSTALLATION = "lock-exec";
  private static final Duration DEFAULT_STARTING_DEADLINE = Duration.ofHours(1);
  private static final String ORDERED = "Ordered";
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern TABLE = Pattern.compile("[A-Za-z0-9_.-]{3,255}");

  private final Instant now;
  private final Findings findings = new Findings();

  FileReading(Instant now) {
    this.now = now;
  }

  /** What schedules inherit. */
  private record Defaults(
      Optional<ZoneId> zone,
      Duration startingDeadline,
      String placement,
      List<String> clusters,
      Namespace namespace) {}

  Findings findings() {
    return findings;
  }

  LockExecFile read(JsonNode root) {
    ObjectNode file = object(root);
    Fields fields = Fields.of(file, "");
    String installation =
        findings
            .attempt(() -> fields.parsed("installation", FileReading::installation))
            .flatMap(given -> given)
            .orElse(DEFAULT_INSTALLATION);
    List<ClusterEntry> clusters = clusters(file);
    List<String> names = clusterNames(file.path("clusters"));
    Defaults defaults = defaults(object(file.path("defaults")), names);
    List<ScheduleEntry> schedules = new ArrayList<>();
    object(file.path("schedules"))
        .forEachEntry(
            (name, schedule) ->
                schedule(name, schedule, defaults, names).ifPresent(schedules::add));
    warnOfSharedMinutes(schedules);
    return new LockExecFile(installation, tables(file), clusters, schedules, List.of());
  }

  private Tables tables(ObjectNode file) {
    Fields fields = Fields.of(object(file.path("tables")), "tables");
    return new Tables(
        table(fields, "locks").orElse("lock-exec"),
        table(fields, "runs").orElse("lock-exec-runs"),
        findings.attempt(() -> fields.text("keyAttribute")).flatMap(given -> given).orElse("id"));
  }

  private Optional<String> table(Fields fields, String field) {
    return findings.attempt(() -> fields.parsed(field, FileReading::table)).flatMap(name -> name);
  }

  private List<ClusterEntry> clusters(ObjectNode file) {
    List<ClusterEntry> clusters = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Set<String> contexts = new HashSet<>();
    JsonNode list = file.path("clusters");
    for (int i = 0; i < (list.isArray() ? list.size() : 0); i++) {
      String path = "clusters[" + i + "]";
      JsonNode entry = list.path(i);
      findings
          .attempt(() -> cluster(entry, path))
          .ifPresent(
              cluster -> {
                clusters.add(cluster);
                if (!names.add(cluster.name())) {
                  findings.error(
                      new BadInput(
                          path, cluster.name(), "is the name of two clusters: rename one"));
                }
                if (cluster instanceof ClusterEntry.Context(_, String context)
                    && !contexts.add(context)) {
                  findings.error(
                      new BadInput(
                          path + ".context", context, "is the context of two clusters: drop one"));
                }
              });
    }
    return clusters;
  }

  /** Returns all names, also of clusters in which something else is wrong. */
  private static List<String> clusterNames(JsonNode list) {
    return list.valueStream()
        .map(entry -> entry.hasNonNull("name") ? entry.path("name") : entry.path("context"))
        .filter(JsonNode::isString)
        .map(JsonNode::stringValue)
        .toList();
  }

  private static ClusterEntry cluster(JsonNode entry, String path) {
    Fields fields = Fields.of(entry, path);
    Optional<String> name = fields.text("name");
    Optional<String> context = fields.text("context");
    Optional<JsonNode> local = fields.node("local");
    if (context.isPresent() == local.isPresent()) {
      throw new BadInput(
          path, "needs either context, the name of a kubeconfig context, or local: true");
    }
    if (local.isEmpty()) {
      String known = context.orElseThrow();
      return new ClusterEntry.Context(name.orElse(known), known);
    }
    JsonNode settings = local.get();
    if (settings.isBoolean() ? !settings.booleanValue() : !settings.isObject()) {
      throw new BadInput(
          path + ".local", settings, "makes no cluster: write true, or its settings, or a context");
    }
    return new ClusterEntry.Local(
        fields.required("name", FileReading::localName),
        settings.isBoolean()
            ? Duration.ZERO
            : Fields.of(settings, path + ".local")
                .seconds("downForSeconds", 0)
                .orElse(Duration.ZERO));
  }

  private Defaults defaults(ObjectNode object, List<String> names) {
    Fields fields = Fields.of(object, "defaults");
    Fields job = Fields.of(object(object.path("job")), "defaults.job");
    return new Defaults(
        zone(fields),
        startingDeadline(fields).orElse(DEFAULT_STARTING_DEADLINE),
        placement(fields).orElse(ORDERED),
        chosen(fields, names).orElse(names),
        findings
            .attempt(() -> job.parsed("namespace", Namespace::new))
            .flatMap(given -> given)
            .orElseGet(() -> new Namespace("default")));
  }

  private Optional<ScheduleEntry> schedule(
      String text, JsonNode node, Defaults defaults, List<String> names) {
    String path = YamlText.path("schedules", text);
    Optional<ScheduleName> name = findings.attempt(() -> name(text, path));
    if (!(node instanceof ObjectNode object)) {
      findings.error(new BadInput(path, node, "is no object: write at least schedule and job"));
      return Optional.empty();
    }
    Fields fields = Fields.of(object, path);
    Optional<ZoneId> ownZone = zone(fields);
    Optional<Recurrence> recurrence =
        findings.attempt(
            () ->
                fields.required(
                    "schedule", each -> Recurrence.parse(each, ownZone.or(defaults::zone))));
    boolean enabled =
        findings.attempt(() -> fields.bool("enabled")).flatMap(given -> given).orElse(true);
    Optional<LockKey> key =
        findings
            .attempt(() -> fields.parsed("key", LockKey::new))
            .flatMap(given -> given)
            .or(() -> name.map(own -> new LockKey(own.value())));
    Duration startingDeadline = startingDeadline(fields).orElse(defaults.startingDeadline());
    String placement = placement(fields).orElse(defaults.placement());
    List<String> clusters = chosen(fields, names).orElse(defaults.clusters());
    Optional<ObjectNode> job = job(object.path("job"), path + ".job", defaults.namespace());
    if (name.isEmpty() || recurrence.isEmpty() || key.isEmpty() || job.isEmpty()) {
      return Optional.empty();
    }
    warnOfTimes(path, fields, recurrence.get());
    ObjectNode detail =
        JSON.objectNode()
            .put("schedule", name.get().value())
            .put("key", key.get().value())
            .put("startingDeadlineSeconds", Math.toIntExact(startingDeadline.toSeconds()))
            .put("placement", placement);
    ArrayNode list = detail.putArray("clusters");
    clusters.forEach(list::add);
    detail.set("job", job.get());
    return Optional.of(new ScheduleEntry(name.get(), recurrence.get(), enabled, detail));
  }

  /**
   * Reads a job by the very reader of the function. That one stops at the first error, so what is
   * wrong is taken out and the rest read again.
   */
  private Optional<ObjectNode> job(JsonNode node, String path, Namespace namespace) {
    if (!(node instanceof ObjectNode given)) {
      return Optional.empty();
    }
    ObjectNode job = JSON.objectNode();
    job.put("namespace", namespace.value());
    job.setAll(given.deepCopy());
    boolean whole = true;
    while (true) {
      try {
        ObjectNode read = JobRequest.parse(job, path).toJson();
        return whole ? Optional.of(read) : Optional.empty();
      } catch (BadInput e) {
        Optional<String> wrong =
            job.propertyNames().stream()
                .filter(name -> isWithin(e.field(), YamlText.path(path, name)))
                .findFirst();
        if (whole || wrong.isPresent()) {
          findings.error(e);
        }
        if (wrong.isEmpty()) {
          return Optional.empty();
        }
        whole = false;
        job.remove(wrong.get());
      }
    }
  }

  private static boolean isWithin(String field, String path) {
    return field.equals(path) || field.startsWith(path + ".") || field.startsWith(path + "[");
  }

  private Optional<ZoneId> zone(Fields fields) {
    return findings
        .attempt(() -> fields.parsed("timeZone", Recurrence::timeZone))
        .flatMap(given -> given);
  }

  private Optional<Duration> startingDeadline(Fields fields) {
    return findings
        .attempt(() -> fields.seconds("startingDeadlineSeconds", 1))
        .flatMap(given -> given);
  }

  private Optional<String> placement(Fields fields) {
    return findings
        .attempt(() -> fields.parsed("placement", FileReading::placement))
        .flatMap(given -> given);
  }

  /** Returns the clusters that are chosen here; empty if the choice is left to others. */
  private Optional<List<String>> chosen(Fields fields, List<String> names) {
    return findings
        .attempt(
            () -> {
              Set<String> seen = new HashSet<>();
              return fields.list("clusters", name -> clusterName(name, names, seen));
            })
        .filter(list -> !list.isEmpty());
  }

  private void warnOfTimes(String path, Fields fields, Recurrence recurrence) {
    boolean rate = recurrence.toString().startsWith("rate(");
    if (rate && fields.node("timeZone").isPresent()) {
      findings.warn(
          path + ".timeZone", "has no meaning for a rate, which counts in UTC: leave it out");
    }
    if (recurrence.isExact() && recurrence.next(now).isEmpty()) {
      findings.warn(path + ".schedule", "\"" + recurrence + "\" never comes: it will not fire");
    }
  }

  private void warnOfSharedMinutes(List<ScheduleEntry> schedules) {
    List<ScheduleEntry> before = new ArrayList<>();
    for (ScheduleEntry schedule : schedules) {
      if (schedule.enabled()) {
        before.stream()
            .filter(other -> other.key().equals(schedule.key()))
            .forEach(other -> warnOfSharedMinutes(other, schedule));
        before.add(schedule);
      }
    }
  }

  private void warnOfSharedMinutes(ScheduleEntry one, ScheduleEntry other) {
    String path = YamlText.path("schedules", other.name().value());
    String pair = "has the key \"" + other.key() + "\" of " + one.name() + " and ";
    if (one.recurrence() instanceof Every || other.recurrence() instanceof Every) {
      findings.warn(
          path, pair + "may fire in the same minute: one of the two would be skipped then");
      return;
    }
    one.recurrence()
        .firstTogether(other.recurrence(), now, now.plus(WINDOW))
        .ifPresent(
            time ->
                findings.warn(
                    path,
                    pair
                        + "fires in the same minute, first at "
                        + time
                        + ": one of the two is skipped each time"));
  }

  private static ObjectNode object(JsonNode node) {
    return node instanceof ObjectNode object ? object : JSON.objectNode();
  }

  private static ScheduleName name(String text, String path) {
    try {
      return new ScheduleName(text);
    } catch (BadInput e) {
      throw e.in(path);
    }
  }

  private static String installation(String value) {
    return label("installation", value);
  }

  private static String localName(String value) {
    return label("name", value);
  }

  private static String label(String field, String value) {
    if (!LABEL.matcher(value).matches()) {
      throw new BadInput(
          field,
          value,
          "is no DNS label: use at most 63 lower-case letters, digits and inner hyphens");
    }
    return value;
  }

  private static String table(String value) {
    if (!TABLE.matcher(value).matches()) {
      throw new BadInput(
          "table", value, "is no name of a table: use 3 to 255 letters, digits, _ . and -");
    }
    return value;
  }

  private static String placement(String value) {
    if (!value.equals(ORDERED)) {
      throw new BadInput(
          "placement", value, "is not known here" + Fields.instead(value, List.of(ORDERED)));
    }
    return value;
  }

  private static String clusterName(String value, List<String> names, Set<String> seen) {
    if (!names.isEmpty() && !names.contains(value)) {
      throw new BadInput(
          "clusters", value, "is no cluster of this file" + Fields.instead(value, names));
    }
    if (!seen.add(value)) {
      throw new BadInput("clusters", value, "stands twice: a cluster is tried once per run");
    }
    return value;
  }
}
