package io.lockexec.lambda;

import io.lockexec.BadInput;
import io.lockexec.Fields;
import io.lockexec.cluster.ClusterName;
import io.lockexec.run.Expected;
import io.lockexec.run.RunRequest;
import io.lockexec.schedule.Recurrence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The clusters and schedules that were deployed with the function, in a file beside its code: they
 * may be too many for the 4 KB that a function's environment holds.
 *
 * @param contexts each cluster's context in the kubeconfig, in the order of the file
 * @param expected the enabled schedules
 */
public record Deployment(Map<ClusterName, String> contexts, List<Expected> expected) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Copies the collections. */
  public Deployment {
    contexts = Map.copyOf(contexts);
    expected = List.copyOf(expected);
  }

  /** Returns the names of all clusters, in alphabetical order. */
  public List<ClusterName> clusters() {
    return contexts.keySet().stream().sorted().toList();
  }

  /**
   * Reads the file.
   *
   * @throws BadInput if it cannot be read or says something impossible
   */
  public static Deployment read(Path file) {
    try {
      return parse(JSON.readTree(Files.readString(file)));
    } catch (IOException e) {
      throw new BadInput("LOCK_EXEC_DEPLOYMENT", file, "cannot be read: " + e);
    } catch (JacksonException e) {
      throw new BadInput("LOCK_EXEC_DEPLOYMENT", file, "is no JSON: " + e.getOriginalMessage());
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws BadInput if it says something impossible
   */
  public static Deployment parse(JsonNode json) {
    Fields fields = Fields.of(json, "");
    Map<ClusterName, String> contexts = new LinkedHashMap<>();
    for (JsonNode each : array(fields, "clusters")) {
      Fields cluster = Fields.of(each, "clusters[" + contexts.size() + "]");
      contexts.put(
          cluster.required("name", ClusterName::new), cluster.required("context", text -> text));
      cluster.done();
    }
    List<ClusterName> names = contexts.keySet().stream().sorted().toList();
    List<Expected> expected = new ArrayList<>();
    for (JsonNode each : array(fields, "schedules")) {
      Fields schedule = Fields.of(each, "schedules[" + expected.size() + "]");
      Optional<ZoneId> zone = schedule.parsed("timeZone", Recurrence::timeZone);
      expected.add(
          new Expected(
              schedule.required("schedule", text -> Recurrence.parse(text, zone)),
              RunRequest.parse(
                  schedule
                      .node("request")
                      .orElseThrow(() -> new BadInput(schedule.path("request"), "is missing")),
                  names)));
      schedule.done();
    }
    fields.done();
    return new Deployment(contexts, expected);
  }

  /** Writes the deployment as {@link #parse} reads it. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    var clusters = json.putArray("clusters");
    clusters()
        .forEach(
            name ->
                clusters.addObject().put("name", name.value()).put("context", contexts.get(name)));
    var schedules = json.putArray("schedules");
    for (Expected each : expected) {
      ObjectNode schedule =
          schedules
              .addObject()
              .put("schedule", each.recurrence().toString())
              .put("timeZone", timeZone(each.recurrence().zone()));
      schedule.set("request", each.request().toJson());
    }
    return json;
  }

  /** Java's own name for UTC, Z, is no IANA name. */
  private static String timeZone(ZoneId zone) {
    return zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
  }

  private static List<JsonNode> array(Fields fields, String name) {
    List<JsonNode> all = new ArrayList<>();
    fields.node(name).ifPresent(node -> node.forEach(all::add));
    return all;
  }
}
