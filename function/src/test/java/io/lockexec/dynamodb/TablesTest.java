package io.lockexec.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockexec.BadInput;
import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.Ordered;
import io.lockexec.job.JobRequest;
import io.lockexec.job.Namespace;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Token;
import io.lockexec.run.Commitment;
import io.lockexec.run.Ledger.LockEffect;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;

/** What the tables look like to those who do not ask by way of us: operators and other tools. */
final class TablesTest {
  @RegisterExtension static final LocalDynamoDb LOCAL = new LocalDynamoDb();

  private static final Instant NOW = Instant.parse("2100-01-04T12:00:07.123456789Z");
  private static final Instant EXPIRE = NOW.plusSeconds(600);
  private static final ClusterName BLUE = new ClusterName("blue");
  private static final ClusterName GREEN = new ClusterName("green");
  private static final Firing FIRING = new Firing(new ScheduleName("nightly"), NOW);

  private final Tables tables = LocalDynamoDb.tables();
  private final DynamoDbClient client = LOCAL.builder().build();
  private final DynamoDbLedger ledger =
      new DynamoDbLedger(
          client,
          tables,
          new Installation("production"),
          Duration.ofHours(30),
          LocalDynamoDb.noPauses());

  @BeforeEach
  void create() {
    tables.create(client);
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void the_lock_of_a_run_is_written_for_the_original_tool_and_for_people() {
    ledger.claim(claimed(), NOW, EXPIRE);

    assertThat(lockItem())
        .isEqualTo(
            Map.of(
                "id", AttributeValue.fromS("reports"),
                "expire", AttributeValue.fromN("4102747807123456789"),
                "owner", AttributeValue.fromS("run:production/nightly-68379120"),
                "holder", AttributeValue.fromS("blue/reporting/nightly-68379120"),
                "token", AttributeValue.fromN("4102747207123"),
                "ttl", AttributeValue.fromN("4105339807")));
  }

  @Test
  void a_released_lock_keeps_its_token() {
    Run run = claimed();
    ledger.claim(run, NOW, EXPIRE);
    ledger.advance(run, with(run, ended(), 2), new LockEffect.Release());

    assertThat(lockItem())
        .isEqualTo(
            Map.of(
                "id", AttributeValue.fromS("reports"),
                "expire", AttributeValue.fromN("0"),
                "token", AttributeValue.fromN("4102747207123"),
                "ttl", AttributeValue.fromN("4105339807")));
  }

  @Test
  void an_open_run_is_written_with_its_shard_and_without_an_end() {
    ledger.claim(claimed(), NOW, EXPIRE);

    Map<String, AttributeValue> item = runItem();

    assertThat(item)
        .containsOnlyKeys(
            "schedule",
            "scheduled_time",
            "version",
            "installation",
            "state",
            "key",
            "token",
            "request",
            "namespace",
            "job",
            "cluster",
            "tried",
            "claimed_at",
            "open")
        .containsEntry("schedule", AttributeValue.fromS("nightly"))
        .containsEntry("scheduled_time", AttributeValue.fromS("2100-01-04T12:00:00Z"))
        .containsEntry("state", AttributeValue.fromS("CLAIMED"))
        .containsEntry("job", AttributeValue.fromS("nightly-68379120"))
        .containsEntry("claimed_at", AttributeValue.fromS("2100-01-04T12:00:07.123456789Z"));
    Item read = new Item(item);
    assertThat(read.requiredText("open")).isIn("open-0", "open-1");
    assertThat(read.requiredText("request")).startsWith("{\"schedule\":\"nightly\"");
  }

  @Test
  void an_ended_run_is_written_with_each_steps_time_and_is_cleaned_up_after_the_retention() {
    Run run = claimed();
    ledger.claim(run, NOW, EXPIRE);
    ledger.advance(run, with(run, ended(), 2), new LockEffect.Release());

    assertThat(runItem())
        .doesNotContainKey("open")
        .containsEntry("version", AttributeValue.fromN("2"))
        .containsEntry("state", AttributeValue.fromS("FAILED"))
        .containsEntry("reason", AttributeValue.fromS("BackoffLimitExceeded"))
        .containsEntry("exit_code", AttributeValue.fromN("3"))
        .containsEntry("incarnation", AttributeValue.fromS("incarnation-1"))
        .containsEntry("job_uid", AttributeValue.fromS("uid-1"))
        .containsEntry("start_by", AttributeValue.fromS("2100-01-04T12:02:07.123456789Z"))
        .containsEntry("longest", AttributeValue.fromN("3600"))
        .containsEntry("committed_at", AttributeValue.fromS("2100-01-04T12:00:07.123456789Z"))
        .containsEntry("started_at", AttributeValue.fromS("2100-01-04T12:00:08.123456789Z"))
        .containsEntry("finished_at", AttributeValue.fromS("2100-01-04T12:00:09.123456789Z"))
        .containsEntry("ended_at", AttributeValue.fromS("2100-01-04T12:00:10.123456789Z"))
        .containsEntry("ttl", AttributeValue.fromN("4102855210"));
  }

  @Test
  void tables_that_are_there_are_left_as_they_are() {
    ledger.claim(claimed(), NOW, EXPIRE);

    tables.create(client);

    assertThat(ledger.find(FIRING)).contains(claimed());
  }

  @Test
  void the_run_table_has_its_index_and_both_clean_up() {
    TableDescription runs =
        client.describeTable(table -> table.tableName(tables.runTable())).table();

    assertThat(runs.globalSecondaryIndexes())
        .singleElement()
        .satisfies(
            index -> {
              assertThat(index.indexName()).isEqualTo("open");
              assertThat(index.projection().projectionTypeAsString()).isEqualTo("ALL");
            });
    for (String name : List.of(tables.lockTable(), tables.runTable())) {
      assertThat(
              client
                  .describeTimeToLive(ttl -> ttl.tableName(name))
                  .timeToLiveDescription()
                  .attributeName())
          .isEqualTo("ttl");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ab", "with space", "slash/ed"})
  void a_name_that_no_table_can_have_is_refused(String name) {
    assertThatThrownBy(() -> new Tables(name, "id", "runs"))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("lockTable:");
    assertThatThrownBy(() -> new Tables("locks", "id", name))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("runTable:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "expire", "owner", "token", "ttl"})
  void a_key_attribute_that_means_something_else_is_refused(String name) {
    assertThatThrownBy(() -> new Tables("locks", name, "runs"))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("lockKey:");
  }

  @Test
  void one_table_for_both_is_refused() {
    assertThatThrownBy(() -> new Tables("same", "id", "same")).isInstanceOf(BadInput.class);
  }

  private Map<String, AttributeValue> lockItem() {
    return client
        .getItem(
            get ->
                get.tableName(tables.lockTable())
                    .key(LockWrite.itemKey(tables, new LockKey("reports"))))
        .item();
  }

  private Map<String, AttributeValue> runItem() {
    return client.getItem(get -> get.tableName(tables.runTable()).key(RunItem.key(FIRING))).item();
  }

  private static Run claimed() {
    return new Run(
        FIRING,
        new RunRequest(
            FIRING.schedule(),
            new LockKey("reports"),
            Duration.ofHours(1),
            new Ordered(),
            List.of(BLUE, GREEN),
            new JobRequest.FromCronJob(new Namespace("reporting"), "report")),
        Optional.of(Token.at(NOW)),
        new Stage.Claimed(BLUE),
        List.of(new Tried(BLUE, "")),
        NOW,
        1);
  }

  private static Stage ended() {
    return new Stage.Ended(
        State.FAILED,
        new Reason("BackoffLimitExceeded"),
        "it failed",
        OptionalInt.of(3),
        NOW.plusSeconds(3),
        Optional.of(BLUE),
        Optional.of(
            new Commitment(
                "incarnation-1", "uid-1", NOW.plusSeconds(120), Duration.ofHours(1), NOW)),
        Optional.of(NOW.plusSeconds(1)),
        Optional.of(NOW.plusSeconds(2)),
        true);
  }

  private static Run with(Run run, Stage stage, long version) {
    return new Run(
        run.firing(), run.request(), run.token(), stage, run.tried(), run.since(), version);
  }
}
