package io.lockexec.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.Ordered;
import io.lockexec.job.JobRequest;
import io.lockexec.job.Namespace;
import io.lockexec.lock.Acquisition;
import io.lockexec.lock.Lock;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Owner;
import io.lockexec.lock.TableException;
import io.lockexec.lock.Token;
import io.lockexec.run.Commitment;
import io.lockexec.run.Ledger;
import io.lockexec.run.Ledger.Change;
import io.lockexec.run.Ledger.Claim;
import io.lockexec.run.Ledger.LockEffect;
import io.lockexec.run.Ledger.Skip;
import io.lockexec.run.Reason;
import io.lockexec.run.RollCall;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** How many requests are sent, which of them are sent again, and what is said when none works. */
final class RequestsTest {
  @RegisterExtension static final LocalDynamoDb LOCAL = new LocalDynamoDb();

  private static final Instant NOW = Instant.parse("2100-01-04T12:00:07.123456789Z");
  private static final Instant EXPIRE = NOW.plusSeconds(600);
  private static final LockKey KEY = new LockKey("reports");
  private static final Installation OURS = new Installation("production");
  private static final ClusterName BLUE = new ClusterName("blue");
  private static final Firing NIGHTLY = new Firing(new ScheduleName("nightly"), NOW);
  private static final Firing WEEKLY = new Firing(new ScheduleName("weekly"), NOW);
  private static final LockEffect NONE = new LockEffect.None();
  private static final LockEffect RELEASE = new LockEffect.Release();
  private static final LockEffect EXTEND = new LockEffect.Extend(EXPIRE.plusSeconds(9), "there");

  private final Tables tables = LocalDynamoDb.tables();
  private final Wire wire = new Wire();
  private final DynamoDbClient client = LOCAL.client(wire);
  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  private final Backoff backoff = new Backoff(new Random(), pauses::add);
  private final DynamoDbLocks locks = new DynamoDbLocks(client, tables, backoff);
  private final DynamoDbLedger ledger =
      new DynamoDbLedger(client, tables, OURS, Duration.ofHours(30), backoff);

  @BeforeEach
  void create() {
    tables.create(client);
    wire.sent();
  }

  @AfterEach
  void close() {
    client.close();
  }

  // How many requests

  @Test
  void a_run_that_succeeds_costs_three_writes_and_no_read() {
    Run run = claimed(NIGHTLY);
    Run committed = recorded(run, committed(run), EXTEND);
    recorded(committed, ended(committed), RELEASE);

    assertThat(wire.sent())
        .containsExactly("TransactWriteItems", "TransactWriteItems", "TransactWriteItems");
  }

  @Test
  void a_duplicate_delivery_costs_one_request() {
    claimed(NIGHTLY);
    wire.sent();

    assertThat(ledger.claim(claimable(NIGHTLY), NOW, EXPIRE)).isInstanceOf(Claim.Known.class);

    assertThat(wire.sent()).containsExactly("TransactWriteItems");
  }

  @Test
  void a_skip_costs_one_request() {
    ledger.skip(skipped(NIGHTLY), Optional.empty());
    assertThat(wire.sent()).containsExactly("PutItem");

    claimed(WEEKLY);
    Firing next = new Firing(NIGHTLY.schedule(), NOW.plusSeconds(60));
    assertThat(ledger.claim(claimable(next), NOW, EXPIRE)).isInstanceOf(Claim.KeyHeld.class);
    ledger.skip(skipped(next), Optional.of(new Owner.OfRun(OURS, WEEKLY)));
    assertThat(wire.sent())
        .containsExactly("TransactWriteItems", "TransactWriteItems", "TransactWriteItems");
  }

  @Test
  void a_change_costs_one_request_and_two_if_the_lock_was_unlocked() {
    Run run = claimed(NIGHTLY);
    wire.sent();
    Run committed = recorded(run, committed(run), NONE);
    assertThat(wire.sent()).containsExactly("PutItem");

    ledger.advance(run, committed(run), EXTEND);
    assertThat(wire.sent()).containsExactly("TransactWriteItems");

    locks.release(locks.find(KEY).orElseThrow());
    wire.sent();
    recorded(committed, ended(committed), RELEASE);
    assertThat(wire.sent()).containsExactly("TransactWriteItems", "PutItem");
  }

  @Test
  void what_is_decided_on_is_read_consistently() {
    ledger.find(NIGHTLY);
    locks.find(KEY);
    ledger.recorded(NIGHTLY.schedule(), NOW, NOW.plusSeconds(3600));

    assertThat(wire.consistentReads()).containsExactly("GetItem", "GetItem", "Query");
  }

  @Test
  void a_sweep_that_finds_nothing_open_costs_one_query_for_each_shard() {
    ledger.open();

    assertThat(wire.sent()).containsExactly("Query", "Query");
  }

  @Test
  void each_step_of_a_lock_costs_one_request() {
    Lock lock = acquired("a");
    locks.acquire(KEY, new Owner.OfProcess("b"), "host-b", NOW, EXPIRE);
    locks.renew(lock, EXPIRE.plusSeconds(60));
    locks.find(KEY);
    locks.release(lock);

    assertThat(wire.sent())
        .containsExactly("UpdateItem", "UpdateItem", "UpdateItem", "GetItem", "UpdateItem");
  }

  @Test
  void more_open_runs_than_fit_one_page_are_shown() {
    List<Run> runs = new ArrayList<>();
    for (int minute = 0; minute < 12; minute++) {
      Run run = skipped(new Firing(NIGHTLY.schedule(), NOW.plusSeconds(60L * minute)));
      Stage.Ended stage = (Stage.Ended) run.stage();
      runs.add(
          with(
              run,
              new Stage.Ended(
                  State.SKIPPED,
                  stage.reason(),
                  "x".repeat(100_000),
                  OptionalInt.empty(),
                  NOW,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  false),
              1));
    }
    runs.forEach(run -> ledger.skip(run, Optional.empty()));
    wire.sent();

    assertThat(ledger.open().runs()).containsExactlyElementsOf(runs);
    assertThat(wire.sent()).hasSizeGreaterThan(2);
  }

  // What is sent again, because nobody knows whether it took effect

  @Test
  void a_refusal_that_was_our_own_retried_write_is_an_acquisition() {
    for (Wire.Fault fault : List.of(Wire.answerLost(), Wire.servedButError())) {
      LockKey key = new LockKey(fault.toString());
      wire.breaks(fault);

      Acquisition acquisition = locks.acquire(key, new Owner.OfProcess("a"), "host-a", NOW, EXPIRE);

      assertThat(wire.sent()).containsExactly("UpdateItem", "UpdateItem");
      assertThat(acquisition).isEqualTo(new Acquisition.Acquired(locks.find(key).orElseThrow()));
      wire.sent();
    }
  }

  @Test
  void a_renewal_that_was_sent_twice_is_a_renewal() {
    Lock lock = acquired("a");
    wire.breaks(Wire.answerLost());

    assertThat(locks.renew(lock, EXPIRE.plusSeconds(60))).isEqualTo(locks.find(KEY)).isPresent();
  }

  @Test
  void a_release_that_was_sent_twice_is_a_release() {
    Lock lock = acquired("a");
    wire.breaks(Wire.answerLost());

    assertThat(locks.release(lock)).isTrue();
    assertThat(locks.find(KEY).orElseThrow().owner()).isEmpty();
  }

  @Test
  void a_release_that_was_sent_twice_and_found_another_holder_is_none() {
    Lock lock = acquired("a");
    locks.release(lock);
    Lock next = acquired("b");
    wire.breaks(Wire.answerLost());

    assertThat(locks.release(lock)).isFalse();
    assertThat(locks.find(KEY)).contains(next);
  }

  @Test
  void a_claim_that_was_sent_twice_is_a_claim_under_one_request_token() {
    wire.breaks(Wire.answerLost());

    claimed(NIGHTLY);

    assertThat(wire.sent()).containsExactly("TransactWriteItems", "TransactWriteItems");
    assertThat(wire.requestTokens()).hasSize(2).containsOnly(wire.requestTokens().getFirst());
  }

  @Test
  void a_skip_that_was_sent_twice_is_recorded() {
    wire.breaks(Wire.answerLost());
    Run skipped = skipped(NIGHTLY);
    assertThat(ledger.skip(skipped, Optional.empty())).isEqualTo(new Skip.Recorded(skipped));

    claimed(WEEKLY);
    Run next = skipped(new Firing(NIGHTLY.schedule(), NOW.plusSeconds(60)));
    wire.breaks(Wire.servedButError());
    assertThat(ledger.skip(next, Optional.of(new Owner.OfRun(OURS, WEEKLY))))
        .isEqualTo(new Skip.Recorded(next));
  }

  @Test
  void a_change_that_was_sent_twice_is_recorded() {
    Run run = claimed(NIGHTLY);
    wire.breaks(Wire.answerLost());
    Run committed = recorded(run, committed(run), NONE);
    wire.breaks(Wire.answerLost());
    Run renewed = recorded(committed, with(committed, committed.stage(), 3), EXTEND);
    wire.breaks(Wire.servedButError());
    recorded(renewed, ended(renewed), RELEASE);

    assertThat(locks.find(KEY).orElseThrow().owner()).isEmpty();
  }

  @Test
  void a_claim_whose_answers_were_all_lost_is_known_to_the_next_delivery() {
    wire.breaks(Wire.answerLost(), Wire.answerLost(), Wire.answerLost(), Wire.answerLost());

    assertThatThrownBy(() -> ledger.claim(claimable(NIGHTLY), NOW, EXPIRE))
        .isInstanceOf(TableException.class)
        .hasMessageContaining("gave no answer, after 4 attempts");
    assertThat(ledger.claim(claimable(NIGHTLY), NOW, EXPIRE))
        .isEqualTo(new Claim.Known(claimable(NIGHTLY)));
  }

  // What is made again, because it met another write

  @Test
  void a_transaction_that_met_other_writes_is_made_again_as_a_new_request() {
    wire.breaks(
        Wire.cancelled("None", "TransactionConflict"),
        Wire.cancelled("TransactionConflict", "ConditionalCheckFailed"),
        Wire.cancelled("ThrottlingError", "None"));

    claimed(NIGHTLY);

    assertThat(wire.sent()).hasSize(4);
    assertThat(wire.requestTokens()).hasSize(4).doesNotHaveDuplicates();
    assertThat(pauses).hasSize(3);
  }

  @Test
  void a_plain_write_that_met_a_transaction_is_made_again() {
    wire.breaks(
        Wire.refused("TransactionConflictException", "Transaction is ongoing for the item"));
    acquired("a");

    wire.breaks(
        Wire.refused("TransactionConflictException", "Transaction is ongoing for the item"));
    ledger.skip(skipped(NIGHTLY), Optional.empty());

    assertThat(wire.sent()).containsExactly("UpdateItem", "UpdateItem", "PutItem", "PutItem");
    assertThat(pauses).hasSize(2);
  }

  @Test
  void a_write_that_meets_others_again_and_again_is_given_up() {
    for (int i = 0; i < Requests.ATTEMPTS; i++) {
      wire.breaks(Wire.cancelled("TransactionConflict", "None"));
    }

    assertThatThrownBy(() -> ledger.claim(claimable(NIGHTLY), NOW, EXPIRE))
        .isInstanceOf(TableException.class)
        .hasMessageContainingAll(tables.runTable(), "met other writes 8 times");
    assertThat(pauses)
        .hasSize(Requests.ATTEMPTS - 1)
        .allMatch(pause -> pause.compareTo(Duration.ofSeconds(1)) <= 0);
    assertThat(ledger.find(NIGHTLY)).isEmpty();
  }

  // What is said when it does not work

  @Test
  void throttling_beyond_the_retries_is_told() {
    Wire.Fault throttled =
        Wire.refused("ProvisionedThroughputExceededException", "Rate of requests exceeds the key");
    wire.breaks(throttled, throttled, throttled, throttled);

    assertThatThrownBy(() -> acquired("a"))
        .isInstanceOf(TableException.class)
        .hasMessageContainingAll(
            "table " + tables.lockTable() + " in eu-central-1 is throttled, after 4 attempts");
  }

  @Test
  void short_throttling_is_bridged() {
    wire.breaks(Wire.refused("ThrottlingException", "slow down"));

    acquired("a");

    assertThat(wire.sent()).hasSize(2);
  }

  @Test
  void an_unreachable_table_is_told() {
    wire.breaks(Wire.unreachable(), Wire.unreachable(), Wire.unreachable(), Wire.unreachable());

    assertThatThrownBy(() -> locks.find(KEY))
        .isInstanceOf(TableException.class)
        .hasMessageContainingAll(
            "table " + tables.lockTable() + " in eu-central-1 gave no answer, after 4 attempts",
            "Connection refused");
  }

  @Test
  void a_table_that_does_not_answer_is_told() {
    DynamoDbClientBuilder impatient = LOCAL.builder().httpClientBuilder(new Wire.Builder(wire));
    impatient.overrideConfiguration(
        impatient.overrideConfiguration().toBuilder()
            .apiCallAttemptTimeout(Duration.ofMillis(50))
            .apiCallTimeout(Duration.ofMillis(500))
            .build());
    wire.breaks(Wire.silence(), Wire.silence(), Wire.silence(), Wire.silence());

    try (DynamoDbClient client = impatient.build()) {
      assertFails(
          "table " + tables.lockTable() + " in eu-central-1 gave no answer",
          () -> new DynamoDbLocks(client, tables, backoff).find(KEY));
    }
    assertThat(wire.sent()).hasSizeGreaterThan(1);
  }

  @Test
  void an_action_that_is_denied_is_told_by_its_name() {
    Wire.Fault denied =
        Wire.refused("AccessDeniedException", "User: x is not authorized, no policy allows it");
    wire.breaks(denied, denied);

    assertThatThrownBy(() -> acquired("a"))
        .isInstanceOf(TableException.class)
        .hasMessageContainingAll(tables.lockTable(), "allow dynamodb:UpdateItem", "User: x");
    assertThatThrownBy(() -> ledger.claim(claimable(NIGHTLY), NOW, EXPIRE))
        .isInstanceOf(TableException.class)
        .hasMessageContainingAll(
            tables.runTable(), "allow dynamodb:PutItem, UpdateItem and ConditionCheckItem");
  }

  @Test
  void credentials_that_are_refused_are_told() {
    wire.breaks(Wire.refused("ExpiredTokenException", "The security token included is expired"));

    assertThatThrownBy(() -> ledger.open())
        .isInstanceOf(TableException.class)
        .hasMessageContainingAll("the AWS credentials were refused", "is expired");
  }

  @Test
  void credentials_that_are_missing_are_told_in_one_line() {
    try (DynamoDbClient anonymous =
        LOCAL
            .builder()
            .credentialsProvider(
                AwsCredentialsProviderChain.of(
                    SystemPropertyCredentialsProvider.create(),
                    ProfileCredentialsProvider.create("nobody-has-this-profile")))
            .build()) {
      assertThatThrownBy(() -> new DynamoDbLocks(anonymous, tables, backoff).find(KEY))
          .isInstanceOf(TableException.class)
          .hasMessage(
              "table "
                  + tables.lockTable()
                  + " in eu-central-1: no AWS credentials were found: set AWS_PROFILE, or"
                  + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role gives them");
    }
  }

  @Test
  void a_table_that_is_missing_is_told_by_every_action() {
    Tables missing = LocalDynamoDb.tables();
    DynamoDbLocks noLocks = new DynamoDbLocks(client, missing, backoff);
    Ledger noRuns = new DynamoDbLedger(client, missing, OURS, Duration.ofHours(30), backoff);
    Lock lock = acquired("a");
    Run run = claimable(NIGHTLY);

    String lockTable = "table " + missing.lockTable() + " in eu-central-1 does not exist";
    String runTable = "table " + missing.runTable() + " in eu-central-1 does not exist";
    String both =
        "table %s or %s in eu-central-1 does not exist"
            .formatted(missing.runTable(), missing.lockTable());
    assertFails(lockTable, () -> noLocks.find(KEY));
    assertFails(lockTable, () -> noLocks.release(lock));
    assertFails(lockTable, () -> noLocks.renew(lock, EXPIRE));
    assertFails(
        lockTable, () -> noLocks.acquire(KEY, new Owner.OfProcess("b"), "host", NOW, EXPIRE));
    assertFails(runTable, () -> noRuns.find(NIGHTLY));
    assertFails(runTable, noRuns::open);
    assertFails(runTable, () -> noRuns.recorded(NIGHTLY.schedule(), NOW, EXPIRE));
    assertFails(runTable, () -> noRuns.keep(new RollCall(NOW, Map.of())));
    assertFails(runTable, () -> noRuns.skip(skipped(NIGHTLY), Optional.empty()));
    assertFails(runTable, () -> noRuns.advance(run, committed(run), NONE));
    assertFails(both, () -> noRuns.claim(run, NOW, EXPIRE));
    assertFails(both, () -> noRuns.advance(run, committed(run), EXTEND));
  }

  @Test
  void a_lock_table_with_another_key_is_told() {
    Tables wrong = new Tables(tables.lockTable(), "key", tables.runTable());
    DynamoDbLocks wrongLocks = new DynamoDbLocks(client, wrong, backoff);
    Ledger wrongLedger = new DynamoDbLedger(client, wrong, OURS, Duration.ofHours(30), backoff);
    String told =
        "table "
            + tables.lockTable()
            + " in eu-central-1 has another key than expected,"
            + " which is key (";

    assertFails(told, () -> wrongLocks.find(KEY));
    assertFails(told, () -> wrongLocks.acquire(KEY, new Owner.OfProcess("b"), "host", NOW, EXPIRE));
    assertFails(
        "%s in eu-central-1 has another key than expected, which is %s (key key)"
            .formatted(tables.lockTable(), tables.lockTable()),
        () -> wrongLedger.claim(claimable(NIGHTLY), NOW, EXPIRE));
    wire.breaks(
        Wire.cancelled(
            "None", "ValidationError: The provided key element does not match the schema"));
    assertFails(
        "has another key than expected", () -> ledger.claim(claimable(NIGHTLY), NOW, EXPIRE));
  }

  @Test
  void a_run_table_with_another_key_or_without_its_index_is_told() {
    String notLocks = tables.runTable();
    String notRuns = tables.lockTable();
    Tables swapped = new Tables(notLocks, "id", notRuns);
    Ledger wrong = new DynamoDbLedger(client, swapped, OURS, Duration.ofHours(30), backoff);
    String told = "has another key than expected, which is schedule with scheduled_time (";

    assertFails(told, () -> wrong.find(NIGHTLY));
    assertFails(told, () -> wrong.skip(skipped(NIGHTLY), Optional.empty()));
    assertFails("has no index \"open\"", wrong::open);
  }

  @Test
  void a_lock_that_cannot_be_read_is_told() {
    client.putItem(
        put ->
            put.tableName(tables.lockTable())
                .item(
                    Map.of(
                        "id", AttributeValue.fromS(KEY.value()),
                        "expire", AttributeValue.fromS("tomorrow"))));

    assertFails(
        "the lock \"reports\" in table %s cannot be read: its attribute \"expire\" is of type S"
            .formatted(tables.lockTable()),
        () -> locks.acquire(KEY, new Owner.OfProcess("b"), "host", NOW, EXPIRE));
    assertFails("cannot be read", () -> ledger.claim(claimable(NIGHTLY), NOW, EXPIRE));
  }

  @Test
  void a_run_table_that_two_installations_share_is_told() {
    claimed(NIGHTLY);
    Ledger others =
        new DynamoDbLedger(
            client, tables, new Installation("staging"), Duration.ofHours(30), backoff);

    assertFails(
        "it belongs to installation production, and this is staging", () -> others.find(NIGHTLY));
    assertThat(others.open().unreadable()).hasSize(1);
  }

  private static void assertFails(String told, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOf(TableException.class)
        .hasMessageContaining(told)
        .message()
        .doesNotContain("\n");
  }

  private Lock acquired(String owner) {
    Acquisition acquisition =
        locks.acquire(KEY, new Owner.OfProcess(owner), "host-" + owner, NOW, EXPIRE);
    assertThat(acquisition).isInstanceOf(Acquisition.Acquired.class);
    return ((Acquisition.Acquired) acquisition).lock();
  }

  private Run claimed(Firing firing) {
    Run run = claimable(firing);
    assertThat(ledger.claim(run, NOW, EXPIRE)).isEqualTo(new Claim.Claimed(run));
    return run;
  }

  private Run recorded(Run before, Run after, LockEffect effect) {
    assertThat(ledger.advance(before, after, effect)).isEqualTo(new Change.Recorded(after));
    return after;
  }

  private static Run claimable(Firing firing) {
    return new Run(
        firing,
        new RunRequest(
            firing.schedule(),
            KEY,
            Duration.ofHours(1),
            new Ordered(),
            List.of(BLUE),
            new JobRequest.FromCronJob(new Namespace("reporting"), "report")),
        Optional.of(Token.at(NOW)),
        new Stage.Claimed(BLUE),
        List.of(new Tried(BLUE, "")),
        NOW,
        1);
  }

  private static Run committed(Run run) {
    Commitment commitment =
        new Commitment("incarnation", "uid", NOW.plusSeconds(120), Duration.ofHours(1), NOW);
    return with(run, new Stage.Committed(BLUE, commitment), run.version() + 1);
  }

  private static Run ended(Run run) {
    return with(
        run,
        new Stage.Ended(
            State.SUCCEEDED,
            new Reason("CompletionsReached"),
            "",
            OptionalInt.empty(),
            NOW,
            run.cluster(),
            run.commitment(),
            Optional.empty(),
            Optional.empty(),
            true),
        run.version() + 1);
  }

  private static Run skipped(Firing firing) {
    Run run = claimable(firing);
    return new Run(
        firing,
        run.request(),
        Optional.empty(),
        new Stage.Ended(
            State.SKIPPED,
            Reason.JOB_ALREADY_ACTIVE,
            "",
            OptionalInt.empty(),
            NOW,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            true),
        List.of(),
        NOW,
        1);
  }

  private static Run with(Run run, Stage stage, long version) {
    return new Run(
        run.firing(), run.request(), run.token(), stage, run.tried(), run.since(), version);
  }
}
