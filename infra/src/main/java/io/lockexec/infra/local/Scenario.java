package io.lockexec.infra.local;

import io.lockexec.BadInput;
import io.lockexec.Fields;
import io.lockexec.run.Reason;
import io.lockexec.run.State;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A story to be played: which schedules fire, in which order, and what must become of each firing.
 *
 * @param heading what a person is told before it begins
 * @param deliveries how often each firing is delivered
 * @param sweepEvery the pause between two sweeps
 * @param patience after which it is given up
 * @param manifests Kubernetes objects that stand in every local cluster from the beginning
 * @param down clusters that are down at first
 * @param firings in the order in which they are fired
 */
record Scenario(
    List<String> heading,
    int deliveries,
    Duration sweepEvery,
    Duration patience,
    List<JsonNode> manifests,
    List<Outage> down,
    List<Act> firings) {
  private static final Set<State> STARTED = Set.of(State.SUCCEEDED, State.FAILED);

  Scenario {
    heading = List.copyOf(heading);
    manifests = List.copyOf(manifests);
    down = List.copyOf(down);
    firings = List.copyOf(firings);
  }

  /**
   * A moment of the story, written as {@code backup Started}.
   *
   * @param schedule of whose firing something is told
   * @param told what
   */
  record Moment(ScheduleName schedule, Reason told) {
    static Moment parse(String text) {
      String[] words = text.strip().split("\\s+", -1);
      if (words.length != 2) {
        throw new BadInput("moment", text, "is no schedule and a reason, as in: backup Started");
      }
      return new Moment(new ScheduleName(words[0]), new Reason(words[1]));
    }
  }

  /**
   * A cluster that is down at first.
   *
   * @param cluster a local one
   * @param until it comes up after all of these
   */
  record Outage(String cluster, List<Moment> until) {
    Outage {
      until = List.copyOf(until);
    }
  }

  /**
   * A firing, and what must become of it.
   *
   * @param schedule which schedule fires
   * @param after what must have happened before
   * @param shows what a person can see by it
   * @param outcome the state in which its run must end
   * @param cluster where it must have been placed
   * @param reason with which it must have ended
   * @param exitCode with which its command must have failed
   * @param told reasons that must have been told on the way
   */
  record Act(
      ScheduleName schedule,
      Optional<Moment> after,
      String shows,
      State outcome,
      Optional<String> cluster,
      Optional<String> reason,
      OptionalInt exitCode,
      List<Reason> told) {
    Act {
      told = List.copyOf(told);
    }
  }

  /**
   * What had to happen, and what of it did not.
   *
   * @param what in words for a person
   * @param wrong what was otherwise; empty if it did happen
   */
  record Finding(String what, List<String> wrong) {
    Finding {
      wrong = List.copyOf(wrong);
    }
  }

  /**
   * Reads a scenario.
   *
   * @throws BadInput if something is missing, unknown or impossible
   */
  static Scenario parse(String name, String text) {
    List<JsonNode> documents = Yaml.documents(name, text);
    if (documents.size() != 1) {
      throw new BadInput(name, "has %d documents: write one".formatted(documents.size()));
    }
    Fields fields = Fields.of(documents.getFirst(), "");
    Scenario scenario =
        new Scenario(
            fields.text("heading").stream().flatMap(String::lines).toList(),
            number(fields, "deliveries").orElse(1),
            fields.seconds("sweepEverySeconds", 1).orElse(Duration.ofSeconds(2)),
            fields.seconds("patienceSeconds", 1).orElse(Duration.ofMinutes(1)),
            nodes(fields, "manifests"),
            outages(nodes(fields, "down")),
            acts(nodes(fields, "firings")));
    fields.done();
    return scenario;
  }

  /** Compares what had to happen with what did. */
  List<Finding> judge(Report report) {
    List<Finding> findings = new ArrayList<>();
    for (Act act : firings) {
      List<String> wrong =
          report.rows().stream()
              .filter(row -> row.firing().schedule().equals(act.schedule()))
              .findFirst()
              .map(row -> wrong(act, row))
              .orElseGet(() -> List.of("it was not fired"));
      findings.add(new Finding(act.schedule() + ": " + act.shows(), wrong));
    }
    findings.add(witness(report));
    findings.add(nothingLeft(report));
    return findings;
  }

  private List<String> wrong(Act act, Report.Row row) {
    List<String> wrong = new ArrayList<>();
    differ(wrong, "outcome", act.outcome().name(), row.outcome());
    act.cluster().ifPresent(want -> differ(wrong, "cluster", want, row.cluster()));
    act.reason().ifPresent(want -> differ(wrong, "reason", want, row.reason()));
    act.exitCode()
        .ifPresent(want -> differ(wrong, "exit code", String.valueOf(want), row.exitCode()));
    for (Reason reason : act.told()) {
      if (!row.count().told().contains(reason)) {
        wrong.add(reason + " was never told");
      }
    }
    differ(
        wrong,
        "duplicates recognised",
        String.valueOf(deliveries - 1),
        String.valueOf(row.count().duplicates()));
    return wrong;
  }

  private static Finding witness(Report report) {
    List<String> wrong = new ArrayList<>();
    long pods = 0;
    for (Report.Row row : report.rows()) {
      long want = row.ended().filter(end -> STARTED.contains(end.state())).isPresent() ? 1 : 0;
      pods += row.podsStarted();
      differ(
          wrong,
          "number of pods that " + row.firing().runId() + " has started",
          String.valueOf(want),
          String.valueOf(row.podsStarted()));
    }
    return new Finding(
        "the clusters bear witness: %d pods were started, one for each run that had to run"
            .formatted(pods),
        wrong);
  }

  private static Finding nothingLeft(Report report) {
    List<String> wrong = new ArrayList<>();
    report.held().forEach(lock -> wrong.add("key " + lock.key() + " is held"));
    report.open().forEach(run -> wrong.add(run.id() + " is open"));
    report.deadLetters().forEach(letter -> wrong.add("dead letter: " + letter.reason()));
    return new Finding("every lock was released, and no run was left open", wrong);
  }

  private static void differ(List<String> wrong, String what, String want, String is) {
    if (!want.equals(is)) {
      wrong.add("the %s is %s, not %s".formatted(what, is.isEmpty() ? "empty" : is, want));
    }
  }

  private static List<Outage> outages(List<JsonNode> nodes) {
    List<Outage> outages = new ArrayList<>();
    for (JsonNode node : nodes) {
      Fields fields = Fields.of(node, "down[" + outages.size() + "]");
      outages.add(
          new Outage(
              fields.required("cluster", String::strip), fields.list("until", Moment::parse)));
      fields.done();
    }
    return outages;
  }

  private static List<Act> acts(List<JsonNode> nodes) {
    List<Act> acts = new ArrayList<>();
    for (JsonNode node : nodes) {
      Fields fields = Fields.of(node, "firings[" + acts.size() + "]");
      ScheduleName schedule = fields.required("schedule", ScheduleName::new);
      Optional<Moment> after = fields.parsed("after", Moment::parse);
      String shows = fields.required("shows", String::strip);
      Fields expect =
          Fields.of(
              fields
                  .node("expect")
                  .orElseThrow(() -> new BadInput(fields.path("expect"), "is missing")),
              fields.path("expect"));
      acts.add(
          new Act(
              schedule,
              after,
              shows,
              expect.required("outcome", Scenario::state),
              expect.text("cluster"),
              expect.text("reason"),
              number(expect, "exitCode"),
              expect.list("told", Reason::new)));
      expect.done();
      fields.done();
    }
    return acts;
  }

  private static State state(String name) {
    List<String> names = List.of(State.values()).stream().map(State::name).toList();
    if (!names.contains(name)) {
      throw new BadInput("outcome", name, "is no state" + Fields.instead(name, names));
    }
    return State.valueOf(name);
  }

  private static OptionalInt number(Fields fields, String field) {
    Optional<JsonNode> node = fields.node(field);
    if (node.isPresent() && !node.get().isInt()) {
      throw new BadInput(fields.path(field), node.get(), "is no whole number");
    }
    return node.isPresent() ? OptionalInt.of(node.get().intValue()) : OptionalInt.empty();
  }

  private static List<JsonNode> nodes(Fields fields, String field) {
    List<JsonNode> all = new ArrayList<>();
    fields.node(field).ifPresent(node -> node.forEach(all::add));
    return all;
  }
}
