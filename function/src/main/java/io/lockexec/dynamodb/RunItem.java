package io.lockexec.dynamodb;

import io.lockexec.cluster.ClusterName;
import io.lockexec.lock.TableException;
import io.lockexec.lock.Token;
import io.lockexec.run.Commitment;
import io.lockexec.run.Reason;
import io.lockexec.run.Run;
import io.lockexec.run.RunRequest;
import io.lockexec.run.Stage;
import io.lockexec.run.State;
import io.lockexec.run.Tried;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.json.JsonMapper;

/** Writes a run as an item and reads it back; {@link DynamoDbLedger} says what stands in one. */
final class RunItem {
  static final String SCHEDULE = "schedule";
  static final String SCHEDULED_TIME = "scheduled_time";
  static final String OPEN = "open";
  static final String VERSION = "version";
  static final String STATE = "state";

  private static final String INSTALLATION = "installation";
  private static final String KEY = "key";
  private static final String TOKEN = "token";
  private static final String REQUEST = "request";
  private static final String NAMESPACE = "namespace";
  private static final String JOB = "job";
  private static final String CLUSTER = "cluster";
  private static final String INCARNATION = "incarnation";
  private static final String JOB_UID = "job_uid";
  private static final String START_BY = "start_by";
  private static final String LONGEST = "longest";
  private static final String TRIED = "tried";
  private static final String WHY = "why";
  private static final String REASON = "reason";
  private static final String MESSAGE = "message";
  private static final String EXIT_CODE = "exit_code";
  private static final String CLAIMED_AT = "claimed_at";
  private static final String COMMITTED_AT = "committed_at";
  private static final String STARTED_AT = "started_at";
  private static final String FINISHED_AT = "finished_at";
  private static final String ENDED_AT = "ended_at";

  private static final List<String> SHARDS = List.of("open-0", "open-1");

  private final String table;
  private final Installation installation;
  private final Duration retention;

  RunItem(String table, Installation installation, Duration retention) {
    this.table = table;
    this.installation = installation;
    this.retention = retention;
  }

  /** Returns the values of {@link #OPEN}: what the sweep has to ask for. */
  static List<String> shards() {
    return SHARDS;
  }

  static Map<String, AttributeValue> key(Firing firing) {
    return Map.of(
        SCHEDULE, Item.of(firing.schedule().value()), SCHEDULED_TIME, Item.of(firing.time()));
  }

  Map<String, AttributeValue> write(Run run) {
    RunRequest request = run.request();
    Map<String, AttributeValue> item = new HashMap<>(key(run.firing()));
    item.put(VERSION, Item.of(run.version()));
    item.put(INSTALLATION, Item.of(installation.value()));
    item.put(STATE, Item.of(run.stage().state().name()));
    item.put(KEY, Item.of(request.key().value()));
    item.put(REQUEST, Item.of(request.toJson().toString()));
    item.put(NAMESPACE, Item.of(request.job().namespace().value()));
    item.put(JOB, Item.of(run.id()));
    item.put(TRIED, AttributeValue.fromL(run.tried().stream().map(RunItem::write).toList()));
    run.token().ifPresent(token -> item.put(TOKEN, Item.of(token.value())));
    run.cluster().ifPresent(cluster -> item.put(CLUSTER, Item.of(cluster.value())));
    run.commitment().ifPresent(commitment -> write(commitment, item));
    if (run.open()) {
      item.put(OPEN, Item.of(shard(run.firing().schedule())));
    }
    if (run.stage() instanceof Stage.Ended ended) {
      write(ended, item);
    }
    if (!endedAsItBegan(run)) {
      item.put(CLAIMED_AT, Item.of(run.since()));
    }
    return item;
  }

  /**
   * Reads a run back.
   *
   * @throws TableException if the item is not what {@link #write} makes
   */
  Run read(Map<String, AttributeValue> attributes) {
    Item item = new Item(attributes);
    try {
      return run(item);
    } catch (RuntimeException e) {
      throw new TableException(
          "the run of %s at %s in table %s cannot be read: %s"
              .formatted(
                  text(attributes, SCHEDULE), text(attributes, SCHEDULED_TIME), table, oneLine(e)),
          e);
    }
  }

  private Run run(Item item) {
    Installation whose = new Installation(item.requiredText(INSTALLATION));
    if (!whose.equals(installation)) {
      throw new IllegalArgumentException(
          "it belongs to installation %s, and this is %s; give each a run table of its own"
              .formatted(whose, installation));
    }
    Firing firing =
        new Firing(
            new ScheduleName(item.requiredText(SCHEDULE)), item.requiredTime(SCHEDULED_TIME));
    RunRequest request =
        RunRequest.parse(JsonMapper.shared().readTree(item.requiredText(REQUEST)), List.of());
    if (!firing.time().toString().equals(item.requiredText(SCHEDULED_TIME))
        || !firing.schedule().equals(request.schedule())) {
      throw new IllegalArgumentException("its keys are not those of its request's firing");
    }
    Stage stage = stage(item);
    Instant since =
        item.time(CLAIMED_AT)
            .orElseGet(() -> item.time(ENDED_AT).orElseThrow(() -> Item.missing(CLAIMED_AT)));
    return new Run(
        firing,
        request,
        item.number(TOKEN).map(number -> new Token(number.longValueExact())),
        stage,
        item.requiredItems(TRIED).stream().map(RunItem::tried).toList(),
        since,
        item.requiredNumber(VERSION).longValueExact());
  }

  private static Stage stage(Item item) {
    State state = State.valueOf(item.requiredText(STATE));
    return switch (state) {
      case CLAIMED -> new Stage.Claimed(new ClusterName(item.requiredText(CLUSTER)));
      case COMMITTED ->
          new Stage.Committed(
              new ClusterName(item.requiredText(CLUSTER)),
              commitment(item).orElseThrow(() -> Item.missing(COMMITTED_AT)));
      case SUCCEEDED, FAILED, LOST, SKIPPED ->
          new Stage.Ended(
              state,
              new Reason(item.requiredText(REASON)),
              item.requiredText(MESSAGE),
              item.number(EXIT_CODE)
                  .map(code -> OptionalInt.of(code.intValueExact()))
                  .orElseGet(OptionalInt::empty),
              item.requiredTime(ENDED_AT),
              item.text(CLUSTER).map(ClusterName::new),
              commitment(item),
              item.time(STARTED_AT),
              item.time(FINISHED_AT),
              !item.has(OPEN));
    };
  }

  private void write(Stage.Ended ended, Map<String, AttributeValue> item) {
    item.put(REASON, Item.of(ended.reason().name()));
    item.put(MESSAGE, Item.of(ended.message()));
    item.put(ENDED_AT, Item.of(ended.at()));
    item.put(Tables.TTL, Item.of(ended.at().plus(retention).getEpochSecond()));
    ended.exitCode().ifPresent(code -> item.put(EXIT_CODE, Item.of(code)));
    ended.startTime().ifPresent(time -> item.put(STARTED_AT, Item.of(time)));
    ended.endTime().ifPresent(time -> item.put(FINISHED_AT, Item.of(time)));
  }

  private static void write(Commitment commitment, Map<String, AttributeValue> item) {
    item.put(INCARNATION, Item.of(commitment.incarnation()));
    item.put(JOB_UID, Item.of(commitment.uid()));
    item.put(START_BY, Item.of(commitment.startBy()));
    item.put(LONGEST, Item.of(commitment.longest()));
    item.put(COMMITTED_AT, Item.of(commitment.at()));
  }

  private static Optional<Commitment> commitment(Item item) {
    return item.time(COMMITTED_AT)
        .map(
            at ->
                new Commitment(
                    item.requiredText(INCARNATION),
                    item.requiredText(JOB_UID),
                    item.requiredTime(START_BY),
                    Item.duration(item.requiredNumber(LONGEST)),
                    at));
  }

  private static AttributeValue write(Tried tried) {
    return AttributeValue.fromM(
        Map.of(CLUSTER, Item.of(tried.cluster().value()), WHY, Item.of(tried.why())));
  }

  private static Tried tried(Item item) {
    return new Tried(new ClusterName(item.requiredText(CLUSTER)), item.requiredText(WHY));
  }

  /** Tells whether the run was never claimed, so that its only time is that of its end. */
  private static boolean endedAsItBegan(Run run) {
    return run.token().isEmpty()
        && run.stage() instanceof Stage.Ended ended
        && ended.at().equals(run.since());
  }

  private static String shard(ScheduleName schedule) {
    return SHARDS.get(Math.floorMod(schedule.value().hashCode(), SHARDS.size()));
  }

  private static String text(Map<String, AttributeValue> attributes, String name) {
    AttributeValue value = attributes.get(name);
    return value == null ? "(no " + name + ")" : String.valueOf(value.s());
  }

  private static String oneLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
  }
}
