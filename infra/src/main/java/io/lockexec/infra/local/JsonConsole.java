package io.lockexec.infra.local;

import io.lockexec.infra.local.LambdaFunction.Invocation.DeadLetter;
import io.lockexec.lock.Lock;
import io.lockexec.run.Run;
import io.lockexec.schedule.Firing;
import java.io.PrintWriter;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON object a line, for machines; {@code type} is {@code transition}, {@code dead-letter},
 * {@code summary} or {@code expectations}.
 */
final class JsonConsole implements Console {
  private final PrintWriter out;
  private boolean muted;

  JsonConsole(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void heading(List<String> lines) {
    // A machine knows what it has asked for.
  }

  @Override
  public void note(String line) {
    // Nothing that is not in the summary too.
  }

  @Override
  public synchronized void record(Entry entry) {
    if (!muted) {
      ObjectNode line =
          of("transition", entry.firing())
              .put("at", entry.at().toString())
              .put("level", entry.level().name())
              .put("key", entry.key().value());
      entry.cluster().ifPresent(cluster -> line.put("cluster", cluster.value()));
      print(line.put("reason", entry.reason().name()).put("message", entry.message()));
    }
  }

  @Override
  public synchronized void deadLetter(Firing firing, DeadLetter letter) {
    if (!muted) {
      print(put(of("dead-letter", firing), letter));
    }
  }

  @Override
  public synchronized void mute() {
    muted = true;
  }

  @Override
  public synchronized void report(Report report) {
    ObjectNode summary = JsonNodeFactory.instance.objectNode().put("type", "summary");
    var firings = summary.putArray("firings");
    report.rows().forEach(row -> put(firings.addObject(), row));
    var held = summary.putArray("locksHeld");
    report.held().forEach(lock -> put(held.addObject(), lock));
    var open = summary.putArray("openRuns");
    report.open().forEach(run -> put(open.addObject(), run));
    var letters = summary.putArray("deadLetters");
    report.deadLetters().forEach(letter -> put(letters.addObject(), letter));
    print(summary);
  }

  @Override
  public synchronized void findings(List<Scenario.Finding> findings) {
    ObjectNode line = JsonNodeFactory.instance.objectNode().put("type", "expectations");
    line.put("met", findings.stream().allMatch(each -> each.wrong().isEmpty()));
    var all = line.putArray("expectations");
    for (Scenario.Finding finding : findings) {
      var wrong = all.addObject().put("what", finding.what()).putArray("wrong");
      finding.wrong().forEach(wrong::add);
    }
    print(line);
  }

  private static ObjectNode of(String type, Firing firing) {
    return put(JsonNodeFactory.instance.objectNode().put("type", type), firing);
  }

  private static ObjectNode put(ObjectNode json, Firing firing) {
    return json.put("schedule", firing.schedule().value())
        .put("scheduledTime", firing.time().toString())
        .put("run", firing.runId());
  }

  private static ObjectNode put(ObjectNode json, DeadLetter letter) {
    return json.put("attempts", letter.attempts())
        .put("reason", letter.reason())
        .put("event", letter.event());
  }

  private static void put(ObjectNode json, Report.Row row) {
    put(json, row.firing()).put("outcome", row.outcome());
    row.run().flatMap(Run::cluster).ifPresent(cluster -> json.put("cluster", cluster.value()));
    row.ended()
        .ifPresent(
            ended -> {
              json.put("reason", ended.reason().name()).put("message", ended.message());
              ended.exitCode().ifPresent(code -> json.put("exitCode", code));
            });
    row.took().ifPresent(took -> json.put("tookMillis", took.toMillis()));
    json.put("deliveries", row.count().deliveries())
        .put("duplicates", row.count().duplicates())
        .put("podsStarted", row.podsStarted());
  }

  private static void put(ObjectNode json, Lock lock) {
    json.put("key", lock.key().value()).put("expire", lock.expire().toString());
    lock.owner().ifPresent(owner -> json.put("owner", owner.text()));
    lock.holder().ifPresent(holder -> json.put("holder", holder));
  }

  private static void put(ObjectNode json, Run run) {
    put(json, run.firing()).put("state", run.stage().state().name());
    run.place().ifPresent(place -> json.put("job", place.holder(run.firing())));
  }

  private void print(ObjectNode json) {
    out.print(json + "\n");
    out.flush();
  }
}
