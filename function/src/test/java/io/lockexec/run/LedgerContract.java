package io.lockexec.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.Ordered;
import io.lockexec.job.JobRequest;
import io.lockexec.job.Namespace;
import io.lockexec.job.Outcome;
import io.lockexec.lock.Acquisition;
import io.lockexec.lock.Lock;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Locks;
import io.lockexec.lock.OriginalTool;
import io.lockexec.lock.Owner;
import io.lockexec.lock.TableException;
import io.lockexec.lock.Token;
import io.lockexec.run.Ledger.Change;
import io.lockexec.run.Ledger.Claim;
import io.lockexec.run.Ledger.LockEffect;
import io.lockexec.run.Ledger.Skip;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every ledger keeps to, together with the lock table that it shares. */
public abstract class LedgerContract {
  /** Whose ledger {@link #ledger()} is. */
  protected static final Installation OURS = new Installation("production");

  /** Whose ledger {@link #othersLedger()} is. */
  protected static final Installation OTHERS = new Installation("staging");

  /**
   * Far ahead, so that no table's own clean-up meddles; and with all the digits of a nanosecond.
   */
  private static final Instant NOW = Instant.parse("2100-01-04T12:00:07.123456789Z");

  private static final Instant EXPIRE = NOW.plusSeconds(600);
  private static final LockEffect NONE = new LockEffect.None();
  private static final LockEffect RELEASE = new LockEffect.Release();
  private static final ClusterName BLUE = new ClusterName("blue");
  private static final ClusterName GREEN = new ClusterName("green");
  private static final Firing NIGHTLY = new Firing(new ScheduleName("nightly"), NOW);
  private static final Firing WEEKLY = new Firing(new ScheduleName("weekly"), NOW);
  private static final LockKey KEY = new LockKey("reports");

  /** Returns the ledger of {@link #OURS}, empty at first. */
  protected abstract Ledger ledger();

  /** Returns the ledger of another installation: other runs, the same locks. */
  protected abstract Ledger othersLedger();

  /** Returns the locks that both share. */
  protected abstract Locks locks();

  /** Returns the original tool at work on the same lock table. */
  protected abstract OriginalTool originalTool();

  /** Makes the record of one of our runs unreadable. */
  protected abstract void spoil(Firing firing);

  @Test
  void a_claim_records_the_run_and_takes_its_lock() {
    Run run = claimable(NIGHTLY);

    Claim claim = ledger().claim(run, NOW, EXPIRE);

    assertThat(claim).isEqualTo(new Claim.Claimed(run));
    assertThat(ledger().find(NIGHTLY)).contains(run);
    assertThat(locks().find(KEY))
        .contains(
            new Lock(
                KEY,
                EXPIRE,
                Optional.of(new Owner.OfRun(OURS, NIGHTLY)),
                Optional.of("blue/reporting/" + NIGHTLY.runId()),
                Optional.of(Token.at(NOW))));
  }

  @Test
  void a_firing_is_claimed_once_ever() {
    Run first = claimed(NIGHTLY);
    Run ended = recorded(first, first.skipped(Reason.TOO_LATE, "too late", NOW), RELEASE);

    assertThat(ledger().claim(claimable(NIGHTLY), NOW.plusSeconds(60), EXPIRE.plusSeconds(60)))
        .isEqualTo(new Claim.Known(ended));
    assertThat(locks().find(KEY).orElseThrow().owner()).isEmpty();
  }

  @Test
  void of_fifty_deliveries_at_once_one_claims_the_firing() throws Exception {
    List<Claim> claims = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Claim>> futures = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        futures.add(executor.submit(() -> ledger().claim(claimable(NIGHTLY), NOW, EXPIRE)));
      }
      for (Future<Claim> future : futures) {
        claims.add(future.get());
      }
    }

    Run run = ledger().find(NIGHTLY).orElseThrow();
    assertThat(claims).filteredOn(new Claim.Claimed(run)::equals).hasSize(1);
    assertThat(claims).filteredOn(new Claim.Known(run)::equals).hasSize(49);
  }

  @Test
  void a_claim_is_refused_while_a_process_holds_the_key() {
    Lock held = processTakes(NOW, EXPIRE);

    assertThat(ledger().claim(claimable(NIGHTLY), EXPIRE, EXPIRE.plusSeconds(60)))
        .isEqualTo(new Claim.KeyHeld(held));
    assertThat(ledger().find(NIGHTLY)).isEmpty();
    assertThat(ledger().claim(claimable(NIGHTLY), EXPIRE.plusNanos(1), EXPIRE.plusSeconds(60)))
        .isInstanceOf(Claim.Claimed.class);
  }

  @Test
  void a_claim_is_refused_while_the_original_tool_holds_the_key() {
    originalTool().takes(KEY, NOW, EXPIRE);
    Lock held = locks().find(KEY).orElseThrow();

    assertThat(ledger().claim(claimable(NIGHTLY), EXPIRE, EXPIRE.plusSeconds(60)))
        .isEqualTo(new Claim.KeyHeld(held));
    assertThat(ledger().claim(claimable(NIGHTLY), EXPIRE.plusNanos(1), EXPIRE.plusSeconds(60)))
        .isInstanceOf(Claim.Claimed.class);
  }

  @Test
  void the_original_tool_takes_a_runs_lock_only_after_its_expiry() {
    claimed(NIGHTLY);

    assertThat(originalTool().takes(KEY, EXPIRE, EXPIRE.plusSeconds(60))).isFalse();
    assertThat(originalTool().takes(KEY, EXPIRE.plusNanos(1), EXPIRE.plusSeconds(60))).isTrue();
  }

  @Test
  void the_lock_of_our_own_run_is_held_whatever_its_expiry_says() {
    claimed(WEEKLY);
    Lock held = locks().find(KEY).orElseThrow();
    Instant muchLater = EXPIRE.plus(Duration.ofDays(20));

    assertThat(ledger().claim(claimable(NIGHTLY), muchLater, muchLater.plusSeconds(60)))
        .isEqualTo(new Claim.KeyHeld(held));
  }

  @Test
  void the_lock_of_a_run_is_not_free_for_a_process_whatever_its_expiry_says() {
    claimed(NIGHTLY);
    Lock held = locks().find(KEY).orElseThrow();
    Instant muchLater = EXPIRE.plus(Duration.ofDays(20));

    assertThat(
            locks()
                .acquire(
                    KEY, new Owner.OfProcess("p"), "host", muchLater, muchLater.plusSeconds(1)))
        .isEqualTo(new Acquisition.Held(held));
  }

  @Test
  void the_lock_of_another_installations_run_is_free_after_its_expiry() {
    othersLedger().claim(claimable(WEEKLY), NOW, EXPIRE);
    Lock theirs = locks().find(KEY).orElseThrow();

    assertThat(ledger().claim(claimable(NIGHTLY), EXPIRE, EXPIRE.plusSeconds(60)))
        .isEqualTo(new Claim.KeyHeld(theirs));
    assertThat(theirs.owner()).contains(new Owner.OfRun(OTHERS, WEEKLY));
    assertThat(ledger().claim(claimable(NIGHTLY), EXPIRE.plusNanos(1), EXPIRE.plusSeconds(60)))
        .isInstanceOf(Claim.Claimed.class);
  }

  @Test
  void two_installations_have_runs_of_the_same_name() {
    claimed(NIGHTLY);

    assertThat(othersLedger().find(NIGHTLY)).isEmpty();
    assertThat(othersLedger().open().runs()).isEmpty();
  }

  @Test
  void a_claim_gets_a_token_above_the_keys_last_one() {
    Instant ahead = NOW.plusSeconds(3600);
    locks().release(processTakes(ahead, ahead.plusSeconds(1)));

    Claim claim = ledger().claim(claimable(NIGHTLY), NOW, EXPIRE);

    Run expected = claimable(NIGHTLY).withToken(new Token(ahead.toEpochMilli() + 1));
    assertThat(claim).isEqualTo(new Claim.Claimed(expected));
    assertThat(ledger().find(NIGHTLY)).contains(expected);
    assertThat(locks().find(KEY).orElseThrow().token()).isEqualTo(expected.token());
  }

  @Test
  void a_lock_whose_run_has_no_record_is_held_until_it_is_released() {
    Run lost = claimable(NIGHTLY);
    othersLedger().claim(lost, NOW, EXPIRE);
    Lock seen = locks().find(KEY).orElseThrow();

    assertThat(ledger().claim(claimable(WEEKLY), NOW, EXPIRE)).isEqualTo(new Claim.KeyHeld(seen));
    assertThat(locks().release(seen)).isTrue();
    assertThat(ledger().claim(claimable(WEEKLY), NOW, EXPIRE)).isInstanceOf(Claim.Claimed.class);
  }

  @Test
  void a_skipped_run_is_recorded_once() {
    Run skipped = skipped(NIGHTLY);

    assertThat(ledger().skip(skipped, Optional.empty())).isEqualTo(new Skip.Recorded(skipped));
    assertThat(ledger().find(NIGHTLY)).contains(skipped);
    assertThat(
            ledger()
                .skip(
                    Run.skipped(NIGHTLY, request(NIGHTLY), Reason.TOO_LATE, "late", NOW),
                    Optional.empty()))
        .isEqualTo(new Skip.Known(skipped));
    assertThat(locks().find(KEY)).isEmpty();
  }

  @Test
  void a_second_delivery_in_the_same_millisecond_is_known_for_what_it_is() {
    Run skipped = skipped(NIGHTLY);
    assertThat(ledger().skip(skipped, Optional.empty())).isEqualTo(new Skip.Recorded(skipped));

    assertThat(ledger().skip(skipped, Optional.empty())).isEqualTo(new Skip.Known(skipped));
  }

  @Test
  void a_run_is_skipped_because_of_one_that_is_claimed_or_committed() {
    Run holder = claimed(WEEKLY);
    Run one = skipped(NIGHTLY);
    assertThat(ledger().skip(one, owner(WEEKLY))).isEqualTo(new Skip.Recorded(one));

    recorded(holder, holder.committed(commitment()), extend(EXPIRE.plusSeconds(60)));
    Run two = skipped(new Firing(NIGHTLY.schedule(), NOW.plusSeconds(60)));
    assertThat(ledger().skip(two, owner(WEEKLY))).isEqualTo(new Skip.Recorded(two));
    assertThat(ledger().find(two.firing())).contains(two);
  }

  @Test
  void a_run_is_not_skipped_because_of_one_that_has_ended() {
    Run holder = claimed(WEEKLY);
    recorded(holder, holder.skipped(Reason.TOO_LATE, "too late", NOW), RELEASE);

    assertThat(ledger().skip(skipped(NIGHTLY), owner(WEEKLY))).isEqualTo(new Skip.HolderEnded());
    assertThat(ledger().find(NIGHTLY)).isEmpty();
  }

  @Test
  void a_run_is_not_skipped_because_of_one_without_a_record() {
    assertThat(ledger().skip(skipped(NIGHTLY), owner(WEEKLY))).isEqualTo(new Skip.HolderEnded());
    assertThat(ledger().find(NIGHTLY)).isEmpty();
  }

  @Test
  void a_run_with_a_record_is_not_skipped_whatever_the_holder_does() {
    Run run = claimed(NIGHTLY);

    assertThat(ledger().skip(skipped(NIGHTLY), owner(WEEKLY))).isEqualTo(new Skip.Known(run));
    assertThat(ledger().skip(skipped(NIGHTLY), owner(NIGHTLY))).isEqualTo(new Skip.Known(run));
  }

  @Test
  void a_run_is_not_skipped_because_of_itself() {
    assertThat(ledger().skip(skipped(NIGHTLY), owner(NIGHTLY))).isEqualTo(new Skip.HolderEnded());
  }

  @Test
  void a_run_is_skipped_because_of_another_installations_run_unasked() {
    Run skipped = skipped(NIGHTLY);

    assertThat(ledger().skip(skipped, Optional.of(new Owner.OfRun(OTHERS, WEEKLY))))
        .isEqualTo(new Skip.Recorded(skipped));
  }

  @Test
  void a_run_moves_to_the_next_cluster_and_its_lock_stays() {
    Run run = claimed(NIGHTLY);
    Lock lock = locks().find(KEY).orElseThrow();

    Run moved = recorded(run, run.moved(GREEN, "blue did not answer"), NONE);

    assertThat(ledger().find(NIGHTLY)).contains(moved);
    assertThat(locks().find(KEY)).contains(lock);
  }

  @Test
  void who_read_an_older_version_is_overtaken() {
    Run run = claimed(NIGHTLY);
    Run moved = recorded(run, run.moved(GREEN, "blue did not answer"), NONE);
    Run late = run.committed(commitment());
    Lock lock = locks().find(KEY).orElseThrow();

    for (LockEffect effect : List.of(NONE, RELEASE, extend(EXPIRE.plusSeconds(60)))) {
      assertThat(ledger().advance(run, late, effect))
          .isEqualTo(new Change.Overtaken(Optional.of(moved)));
    }
    assertThat(ledger().find(NIGHTLY)).contains(moved);
    assertThat(locks().find(KEY)).contains(lock);
  }

  @Test
  void who_is_overtaken_by_the_very_same_change_of_another_is_overtaken() {
    Run run = claimed(NIGHTLY);
    Run moved = recorded(run, run.moved(GREEN, "blue did not answer"), NONE);

    assertThat(ledger().advance(run, moved, NONE))
        .isEqualTo(new Change.Overtaken(Optional.of(moved)));
  }

  @Test
  void a_run_without_a_record_is_not_made_by_a_change() {
    Run run = claimable(NIGHTLY);

    for (LockEffect effect : List.of(NONE, RELEASE, extend(EXPIRE))) {
      assertThat(ledger().advance(run, run.moved(GREEN, "why not"), effect))
          .isEqualTo(new Change.Overtaken(Optional.empty()));
    }
    assertThat(ledger().find(NIGHTLY)).isEmpty();
    assertThat(locks().find(KEY)).isEmpty();
  }

  @Test
  void a_commitment_extends_the_lock() {
    Run run = claimed(NIGHTLY);
    Lock lock = locks().find(KEY).orElseThrow();
    Instant later = EXPIRE.plus(Duration.ofHours(24)).plusNanos(1);

    Run committed =
        recorded(run, run.committed(commitment()), new LockEffect.Extend(later, "green/a/b"));

    assertThat(ledger().find(NIGHTLY)).contains(committed);
    assertThat(locks().find(KEY))
        .contains(new Lock(KEY, later, lock.owner(), Optional.of("green/a/b"), lock.token()));
  }

  @Test
  void a_commitment_is_refused_after_an_unlock() {
    Run run = claimed(NIGHTLY);
    locks().release(locks().find(KEY).orElseThrow());
    Optional<Lock> unlocked = locks().find(KEY);

    assertThat(ledger().advance(run, run.committed(commitment()), extend(EXPIRE)))
        .isEqualTo(new Change.LockLost(unlocked));
    assertThat(ledger().find(NIGHTLY)).contains(run);
    assertThat(locks().find(KEY)).isEqualTo(unlocked);
  }

  @Test
  void a_commitment_is_refused_when_the_original_tool_took_the_lock() {
    Run run = claimed(NIGHTLY);
    originalTool().takes(KEY, EXPIRE.plusNanos(1), EXPIRE.plusSeconds(60));
    Optional<Lock> taken = locks().find(KEY);

    assertThat(ledger().advance(run, run.committed(commitment()), extend(EXPIRE.plusSeconds(120))))
        .isEqualTo(new Change.LockLost(taken));
    assertThat(locks().find(KEY)).isEqualTo(taken);
  }

  @Test
  void a_commitment_is_refused_when_the_original_tool_deleted_the_lock() {
    Run run = claimed(NIGHTLY);
    originalTool().deletes(KEY);

    assertThat(ledger().advance(run, run.committed(commitment()), extend(EXPIRE)))
        .isEqualTo(new Change.LockLost(Optional.empty()));
    assertThat(locks().find(KEY)).isEmpty();
  }

  @Test
  void a_commitment_is_refused_to_a_run_that_never_took_the_lock() {
    Run skipped = skipped(NIGHTLY);
    ledger().skip(skipped, Optional.empty());
    Lock held = processTakes(NOW, EXPIRE);

    assertThat(ledger().advance(skipped, skipped.tidied(), extend(EXPIRE)))
        .isEqualTo(new Change.LockLost(Optional.of(held)));
  }

  @Test
  void a_settlement_releases_the_lock() {
    Run run = committed(NIGHTLY);

    Run settled = recorded(run, run.settled(succeeded(), NOW.plusSeconds(30)), RELEASE);

    assertThat(ledger().find(NIGHTLY)).contains(settled);
    assertThat(locks().find(KEY))
        .contains(new Lock(KEY, Instant.EPOCH, Optional.empty(), Optional.empty(), run.token()));
  }

  @Test
  void a_lock_that_somebody_unlocked_does_not_keep_the_run_from_settling() {
    Run run = committed(NIGHTLY);
    locks().release(locks().find(KEY).orElseThrow());
    Lock next = processTakes(NOW, EXPIRE);

    Run settled = recorded(run, run.settled(succeeded(), NOW.plusSeconds(30)), RELEASE);

    assertThat(ledger().find(NIGHTLY)).contains(settled);
    assertThat(locks().find(KEY)).contains(next);
  }

  @Test
  void a_lock_that_was_deleted_is_not_made_anew_by_the_settlement() {
    Run run = committed(NIGHTLY);
    originalTool().deletes(KEY);

    recorded(run, run.settled(succeeded(), NOW.plusSeconds(30)), RELEASE);

    assertThat(locks().find(KEY)).isEmpty();
  }

  @Test
  void a_run_that_never_took_the_lock_releases_nothing() {
    Run skipped = skipped(NIGHTLY);
    ledger().skip(skipped, Optional.empty());
    Lock held = processTakes(NOW, EXPIRE);

    recorded(skipped, skipped.tidied(), RELEASE);

    assertThat(locks().find(KEY)).contains(held);
  }

  @Test
  void whatever_a_run_says_is_read_back() {
    Run run = claimed(NIGHTLY);
    run = reread(run, run.moved(GREEN, "blue did not answer: connection refused"));
    run = reread(run, run.moved(BLUE, ""));
    run = reread(run, run.committed(commitment()));
    run = reread(run, run.committed(commitment().until(NOW.plusSeconds(121).plusNanos(1))));
    Outcome failed =
        new Outcome(
            false,
            "BackoffLimitExceeded",
            "Job has reached the specified backoff limit \"0\"",
            OptionalInt.of(137),
            Optional.of(NOW.plusSeconds(2).truncatedTo(ChronoUnit.SECONDS)),
            Optional.of(NOW.plusSeconds(60).truncatedTo(ChronoUnit.SECONDS)));
    run = reread(run, run.settled(failed, NOW.plusSeconds(61)));
    assertThat(run.open()).isTrue();
    run = reread(run, run.tidied());
    assertThat(run.open()).isFalse();
  }

  @Test
  void every_end_is_read_back() {
    Run lost = committed(NIGHTLY);
    reread(lost, lost.lost(Reason.MISSING_JOB, "nobody saw it", NOW));
    Run skipped = skipped(WEEKLY);
    ledger().skip(skipped, Optional.empty());
    assertThat(ledger().find(WEEKLY)).contains(skipped);
    Run tooLate = Run.claimed(firing(1), request(firing(1)), Token.at(NOW), BLUE, NOW);
    locks().release(locks().find(KEY).orElseThrow());
    assertThat(ledger().claim(tooLate, NOW, EXPIRE)).isInstanceOf(Claim.Claimed.class);
    Run current = ledger().find(firing(1)).orElseThrow();
    reread(current, current.skipped(Reason.NO_CLUSTER, "", NOW));
  }

  @Test
  void what_is_open_is_shown_until_it_is_tidy() {
    assertThat(ledger().open().runs()).isEmpty();
    Run run = committed(NIGHTLY);
    Run skipped = skipped(WEEKLY);
    ledger().skip(skipped, Optional.empty());
    assertThat(ledger().open().runs()).containsExactly(run);

    Run lost = recorded(run, run.lost(Reason.UNREACHABLE, "too long", NOW), RELEASE);
    assertThat(ledger().open().runs()).containsExactly(lost);

    recorded(lost, lost.tidied(), NONE);
    assertThat(ledger().open().runs()).isEmpty();
    assertThat(ledger().open().unreadable()).isEmpty();
  }

  @Test
  void the_open_runs_of_many_schedules_are_shown() {
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Firing firing = new Firing(new ScheduleName("schedule-" + i), NOW);
      RunRequest request =
          new RunRequest(
              firing.schedule(),
              new LockKey("key-" + i),
              Duration.ofHours(1),
              new Ordered(),
              List.of(BLUE),
              new JobRequest.FromCronJob(new Namespace("reporting"), "report"));
      Run run = Run.claimed(firing, request, Token.at(NOW), BLUE, NOW);
      ledger().claim(run, NOW, EXPIRE);
      runs.add(run);
    }

    assertThat(ledger().open().runs()).containsExactlyInAnyOrderElementsOf(runs);
  }

  @Test
  void a_record_that_cannot_be_read_hides_no_other() {
    Run run = claimed(NIGHTLY);
    locks().release(locks().find(KEY).orElseThrow());
    claimed(WEEKLY);
    spoil(WEEKLY);

    Ledger.Open open = ledger().open();

    assertThat(open.runs()).containsExactly(run);
    assertThat(open.unreadable()).singleElement().asString().contains("weekly", "2100-01-04T12:00");
    assertThatThrownBy(() -> ledger().find(WEEKLY))
        .isInstanceOf(TableException.class)
        .hasMessageContainingAll("weekly", "2100-01-04T12:00");
    assertThatThrownBy(() -> ledger().claim(claimable(WEEKLY), NOW, EXPIRE))
        .isInstanceOf(TableException.class)
        .hasMessageContainingAll("weekly", "2100-01-04T12:00");
  }

  @Test
  void the_recorded_firings_of_a_schedule_are_told_from_first_to_last() {
    for (int minute : List.of(0, 1, 2, 3, 70)) {
      ledger().skip(skipped(firing(minute)), Optional.empty());
    }
    ledger().skip(skipped(WEEKLY), Optional.empty());
    Instant zero = firing(0).time();

    assertThat(ledger().recorded(NIGHTLY.schedule(), minutes(zero, 1), minutes(zero, 3)))
        .containsExactlyInAnyOrder(minutes(zero, 1), minutes(zero, 2), minutes(zero, 3));
    assertThat(
            ledger()
                .recorded(
                    NIGHTLY.schedule(),
                    minutes(zero, 1).plusNanos(1),
                    minutes(zero, 3).minusNanos(1)))
        .containsExactly(minutes(zero, 2));
    assertThat(
            ledger().recorded(NIGHTLY.schedule(), minutes(zero, 3).plusNanos(1), minutes(zero, 69)))
        .isEmpty();
    assertThat(ledger().recorded(NIGHTLY.schedule(), zero.plusNanos(1), zero.plusNanos(2)))
        .isEmpty();
    assertThat(ledger().recorded(NIGHTLY.schedule(), zero, minutes(zero, 100))).hasSize(5);
  }

  @Test
  void the_latest_roll_call_is_kept_and_shown() {
    assertThat(ledger().open().rollCall()).isEmpty();
    RollCall first =
        new RollCall(
            NOW,
            Map.of(
                NIGHTLY.schedule(), new RollCall.Entry("cron(0 12 * * ? *)", NOW.minusSeconds(9)),
                WEEKLY.schedule(), new RollCall.Entry("rate(7 days)", NOW.minusNanos(1))));
    RollCall earlier = new RollCall(NOW.minusNanos(1), Map.of());
    RollCall later = new RollCall(NOW.plusNanos(1), Map.of());

    ledger().keep(first);
    assertThat(ledger().open().rollCall()).contains(first);
    ledger().keep(earlier);
    assertThat(ledger().open().rollCall()).contains(first);
    ledger().keep(later);
    assertThat(ledger().open().rollCall()).contains(later);
    assertThat(ledger().open().runs()).isEmpty();
    assertThat(ledger().open().unreadable()).isEmpty();
  }

  /** Returns a run that can be claimed. */
  protected static Run claimable(Firing firing) {
    return Run.claimed(firing, request(firing), Token.at(NOW), BLUE, NOW);
  }

  private static RunRequest request(Firing firing) {
    return new RunRequest(
        firing.schedule(),
        KEY,
        Duration.ofHours(1),
        new Ordered(),
        List.of(BLUE, GREEN),
        new JobRequest.FromCronJob(new Namespace("reporting"), "report"));
  }

  private static Run skipped(Firing firing) {
    return Run.skipped(firing, request(firing), Reason.JOB_ALREADY_ACTIVE, "held by …", NOW);
  }

  private static Commitment commitment() {
    return new Commitment(
        "incarnation-1", "uid-1", NOW.plusSeconds(120), Duration.ofSeconds(3630), NOW);
  }

  private static Outcome succeeded() {
    return new Outcome(
        true,
        "CompletionsReached",
        "Reached expected number of succeeded pods",
        OptionalInt.empty(),
        Optional.of(NOW.plusSeconds(1)),
        Optional.of(NOW.plusSeconds(29)));
  }

  private static LockEffect extend(Instant expire) {
    return new LockEffect.Extend(expire, "blue/reporting/job");
  }

  private static Optional<Owner.OfRun> owner(Firing firing) {
    return Optional.of(new Owner.OfRun(OURS, firing));
  }

  private static Firing firing(int minute) {
    return new Firing(NIGHTLY.schedule(), minutes(NOW, minute));
  }

  private static Instant minutes(Instant from, int minutes) {
    return from.plus(minutes, ChronoUnit.MINUTES);
  }

  private Run claimed(Firing firing) {
    Claim claim = ledger().claim(claimable(firing), NOW, EXPIRE);
    assertThat(claim).isInstanceOf(Claim.Claimed.class);
    return ((Claim.Claimed) claim).run();
  }

  private Run committed(Firing firing) {
    Run run = claimed(firing);
    return recorded(run, run.committed(commitment()), extend(EXPIRE.plusSeconds(60)));
  }

  private Run recorded(Run before, Run after, LockEffect effect) {
    assertThat(ledger().advance(before, after, effect)).isEqualTo(new Change.Recorded(after));
    return after;
  }

  private Run reread(Run before, Run after) {
    recorded(before, after, NONE);
    assertThat(ledger().find(after.firing())).contains(after);
    return after;
  }

  private Lock processTakes(Instant now, Instant expire) {
    Acquisition acquisition =
        locks().acquire(KEY, new Owner.OfProcess("process-1"), "host 1", now, expire);
    assertThat(acquisition).isInstanceOf(Acquisition.Acquired.class);
    return ((Acquisition.Acquired) acquisition).lock();
  }
}
