package io.lockexec.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every lock table keeps to. */
public abstract class LocksContract {
  /**
   * Far ahead, so that no table's own clean-up meddles; and with all the digits of a nanosecond.
   */
  private static final Instant NOW = Instant.parse("2100-01-04T12:00:00.123456789Z");

  private static final Instant EXPIRE = NOW.plusSeconds(60);
  private static final LockKey KEY = new LockKey("nightly report");

  /** Returns the locks of an empty table, the same ones throughout a test. */
  protected abstract Locks locks();

  /** Returns the original tool at work on the same table. */
  protected abstract OriginalTool originalTool();

  @Test
  void a_key_that_was_never_taken_is_free() {
    Acquisition acquisition = locks().acquire(KEY, process("a"), "host-a 1", NOW, EXPIRE);

    Lock expected =
        new Lock(
            KEY,
            EXPIRE,
            Optional.of(process("a")),
            Optional.of("host-a 1"),
            Optional.of(Token.at(NOW)));
    assertThat(acquisition).isEqualTo(new Acquisition.Acquired(expected));
    assertThat(locks().find(KEY)).contains(expected);
  }

  @Test
  void nothing_is_found_of_a_key_that_was_never_taken() {
    assertThat(locks().find(KEY)).isEmpty();
  }

  @Test
  void a_held_key_is_refused_and_the_refusal_says_by_whom() {
    Lock held = acquired("a", NOW, EXPIRE);

    Acquisition acquisition =
        locks().acquire(KEY, process("b"), "host-b 2", NOW.plusSeconds(1), EXPIRE.plusSeconds(1));

    assertThat(acquisition).isEqualTo(new Acquisition.Held(held));
    assertThat(locks().find(KEY)).contains(held);
  }

  @Test
  void keys_do_not_exclude_each_other() {
    acquired("a", NOW, EXPIRE);

    assertThat(locks().acquire(new LockKey("other"), process("b"), "host-b 2", NOW, EXPIRE))
        .isInstanceOf(Acquisition.Acquired.class);
  }

  @Test
  void the_very_nanosecond_of_the_expiry_still_belongs_to_the_holder() {
    Lock held = acquired("a", NOW, EXPIRE);

    assertThat(locks().acquire(KEY, process("b"), "host-b 2", EXPIRE, EXPIRE.plusSeconds(60)))
        .isEqualTo(new Acquisition.Held(held));
    assertThat(
            locks()
                .acquire(
                    KEY, process("b"), "host-b 2", EXPIRE.plusNanos(1), EXPIRE.plusSeconds(60)))
        .isInstanceOf(Acquisition.Acquired.class);
  }

  @Test
  void a_released_key_is_free_and_its_token_stays() {
    Lock held = acquired("a", NOW, EXPIRE);

    assertThat(locks().release(held)).isTrue();

    assertThat(locks().find(KEY))
        .contains(new Lock(KEY, Instant.EPOCH, Optional.empty(), Optional.empty(), held.token()));
    assertThat(acquired("b", NOW, EXPIRE).token().orElseThrow())
        .isGreaterThan(held.token().orElseThrow());
  }

  @Test
  void what_is_released_already_is_not_released_again() {
    Lock held = acquired("a", NOW, EXPIRE);
    locks().release(held);
    Lock released = locks().find(KEY).orElseThrow();

    assertThat(locks().release(held)).isFalse();
    assertThat(locks().release(released)).isFalse();
  }

  @Test
  void who_is_not_the_owner_releases_nothing() {
    Lock held = acquired("a", NOW, EXPIRE);
    Lock otherOwner = new Lock(KEY, EXPIRE, Optional.of(process("b")), held.holder(), held.token());
    Lock otherToken = new Lock(KEY, EXPIRE, held.owner(), held.holder(), Optional.of(new Token(1)));

    assertThat(locks().release(otherOwner)).isFalse();
    assertThat(locks().release(otherToken)).isFalse();
    assertThat(locks().find(KEY)).contains(held);
  }

  @Test
  void a_holder_who_is_late_does_not_release_the_next_holders_lock() {
    Lock late = acquired("a", NOW, EXPIRE);
    Lock next = acquired("b", EXPIRE.plusNanos(1), EXPIRE.plusSeconds(60));

    assertThat(locks().release(late)).isFalse();
    assertThat(locks().find(KEY)).contains(next);
  }

  @Test
  void a_release_does_not_make_a_deleted_item_anew() {
    Lock held = acquired("a", NOW, EXPIRE);
    originalTool().deletes(KEY);

    assertThat(locks().release(held)).isFalse();
    assertThat(locks().find(KEY)).isEmpty();
  }

  @Test
  void a_renewal_moves_the_expiry_to_the_nanosecond() {
    Lock held = acquired("a", NOW, EXPIRE);
    Instant later = EXPIRE.plus(Duration.ofHours(1)).plusNanos(1);

    Optional<Lock> renewed = locks().renew(held, later);

    assertThat(renewed).contains(new Lock(KEY, later, held.owner(), held.holder(), held.token()));
    assertThat(locks().find(KEY)).isEqualTo(renewed);
  }

  @Test
  void a_holder_who_is_late_does_not_renew() {
    Lock late = acquired("a", NOW, EXPIRE);
    Lock next = acquired("b", EXPIRE.plusNanos(1), EXPIRE.plusSeconds(60));

    assertThat(locks().renew(late, EXPIRE.plusSeconds(120))).isEmpty();
    assertThat(locks().find(KEY)).contains(next);
  }

  @Test
  void a_renewal_does_not_make_a_deleted_item_anew() {
    Lock held = acquired("a", NOW, EXPIRE);
    originalTool().deletes(KEY);

    assertThat(locks().renew(held, EXPIRE.plusSeconds(60))).isEmpty();
    assertThat(locks().find(KEY)).isEmpty();
  }

  @Test
  void only_what_was_acquired_can_be_renewed() {
    originalTool().takes(KEY, NOW, EXPIRE);
    Lock others = locks().find(KEY).orElseThrow();

    assertThatThrownBy(() -> locks().renew(others, EXPIRE.plusSeconds(60)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_token_rises_even_when_the_clock_stands_still_or_goes_back() {
    List<Token> tokens = new ArrayList<>();
    for (Duration skew : List.of(Duration.ZERO, Duration.ZERO, Duration.ofHours(-1))) {
      Lock held = acquired("a" + tokens.size(), NOW.plus(skew), EXPIRE);
      tokens.add(held.token().orElseThrow());
      locks().release(held);
    }

    assertThat(tokens)
        .containsExactly(
            Token.at(NOW), new Token(NOW.toEpochMilli() + 1), new Token(NOW.toEpochMilli() + 2));
  }

  @Test
  void the_token_rises_over_an_expired_lock_too() {
    Lock first = acquired("a", NOW, NOW.plusNanos(1));
    Lock second = acquired("b", NOW.plusNanos(2), EXPIRE);

    assertThat(second.token().orElseThrow()).isGreaterThan(first.token().orElseThrow());
  }

  @Test
  void the_token_rises_also_after_the_original_tools_put() {
    Lock first = acquired("a", NOW, EXPIRE);
    Instant then = EXPIRE.plusNanos(1);
    assertThat(originalTool().takes(KEY, then, then.plusSeconds(1))).isTrue();

    Lock second = acquired("b", then.plusSeconds(2), then.plusSeconds(60));

    assertThat(second.token().orElseThrow()).isGreaterThan(first.token().orElseThrow());
  }

  @Test
  void the_token_rises_also_after_the_original_tools_delete() {
    Lock first = acquired("a", NOW, EXPIRE);
    originalTool().deletes(KEY);

    Lock second = acquired("b", NOW.plusMillis(1), EXPIRE);

    assertThat(second.token().orElseThrow()).isGreaterThan(first.token().orElseThrow());
  }

  @Test
  void the_original_tool_takes_ours_only_after_its_expiry() {
    acquired("a", NOW, EXPIRE);

    assertThat(originalTool().takes(KEY, NOW.plusSeconds(1), EXPIRE.plusSeconds(60))).isFalse();
    assertThat(originalTool().takes(KEY, EXPIRE, EXPIRE.plusSeconds(60))).isFalse();
    assertThat(originalTool().takes(KEY, EXPIRE.plusNanos(1), EXPIRE.plusSeconds(60))).isTrue();
  }

  @Test
  void the_original_tool_takes_what_we_released() {
    locks().release(acquired("a", NOW, EXPIRE));

    assertThat(originalTool().takes(KEY, NOW, EXPIRE)).isTrue();
  }

  @Test
  void we_take_the_original_tools_lock_only_after_its_expiry() {
    originalTool().takes(KEY, NOW, EXPIRE);
    Lock theirs = new Lock(KEY, EXPIRE, Optional.empty(), Optional.empty(), Optional.empty());

    assertThat(locks().acquire(KEY, process("a"), "host-a 1", EXPIRE, EXPIRE.plusSeconds(60)))
        .isEqualTo(new Acquisition.Held(theirs));
    assertThat(acquired("a", EXPIRE.plusNanos(1), EXPIRE.plusSeconds(60)).token())
        .contains(Token.at(EXPIRE));
  }

  @Test
  void the_original_tools_lock_is_released_if_it_is_the_one_that_was_seen() {
    originalTool().takes(KEY, NOW, EXPIRE);
    Lock seen = locks().find(KEY).orElseThrow();
    originalTool().deletes(KEY);
    originalTool().takes(KEY, NOW.plusSeconds(1), EXPIRE.plusNanos(1));
    Lock current = locks().find(KEY).orElseThrow();

    assertThat(locks().release(seen)).isFalse();
    assertThat(locks().find(KEY)).contains(current);
    assertThat(locks().release(current)).isTrue();
    assertThat(originalTool().takes(KEY, NOW.plusSeconds(2), EXPIRE)).isTrue();
  }

  @Test
  void of_fifty_who_want_a_key_at_once_one_gets_it() throws Exception {
    AtomicInteger number = new AtomicInteger();

    List<Acquisition> all =
        atOnce(
            50,
            () -> {
              String name = "p" + number.incrementAndGet();
              return locks().acquire(KEY, process(name), name, NOW, EXPIRE);
            });

    Lock winner = locks().find(KEY).orElseThrow();
    assertThat(all).filteredOn(new Acquisition.Acquired(winner)::equals).hasSize(1);
    assertThat(all).filteredOn(new Acquisition.Held(winner)::equals).hasSize(49);
  }

  @Test
  void nobody_is_in_the_room_with_the_holder() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    List<Token> tokens = new ArrayList<>();

    List<Boolean> alone =
        atOnce(
            4,
            () -> {
              boolean always = true;
              for (int entered = 0; entered < 10; ) {
                Owner.OfProcess me = process(UUID.randomUUID().toString());
                if (locks().acquire(KEY, me, "somewhere", NOW, EXPIRE)
                    instanceof Acquisition.Acquired(Lock lock)) {
                  always &= inside.incrementAndGet() == 1;
                  tokens.add(lock.token().orElseThrow());
                  inside.decrementAndGet();
                  always &= locks().release(lock);
                  entered++;
                }
              }
              return always;
            });

    assertThat(alone).containsOnly(true);
    assertThat(tokens).hasSize(40).isSorted().doesNotHaveDuplicates();
  }

  private Lock acquired(String owner, Instant now, Instant expire) {
    Acquisition acquisition = locks().acquire(KEY, process(owner), "host-" + owner, now, expire);
    assertThat(acquisition).isInstanceOf(Acquisition.Acquired.class);
    return ((Acquisition.Acquired) acquisition).lock();
  }

  private static Owner.OfProcess process(String id) {
    return new Owner.OfProcess(id);
  }

  private static <T> List<T> atOnce(int times, Callable<T> action)
      throws InterruptedException, ExecutionException {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        futures.add(executor.submit(action));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    }
  }
}
