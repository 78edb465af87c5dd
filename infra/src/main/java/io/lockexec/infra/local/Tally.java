package io.lockexec.infra.local;

import io.lockexec.infra.local.LambdaFunction.Invocation.DeadLetter;
import io.lockexec.run.Journal;
import io.lockexec.run.Reason;
import io.lockexec.schedule.Firing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts what happens to each firing: deliveries, duplicates that were recognised, the reasons that
 * were told, deliveries that became dead letters. Whoever waits for something is woken by each of
 * them.
 */
final class Tally implements Journal {
  private final Map<Firing, Count> counts = new LinkedHashMap<>();
  private long signals;

  /**
   * What is known of a firing.
   *
   * @param deliveries how often it was delivered
   * @param underWay how many of these have neither returned nor become dead letters
   * @param told the reasons that were told of it, in that order
   * @param deadLetters deliveries that failed for good
   */
  record Count(int deliveries, int underWay, List<Reason> told, List<DeadLetter> deadLetters) {
    Count {
      told = List.copyOf(told);
      deadLetters = List.copyOf(deadLetters);
    }

    int duplicates() {
      return (int) told.stream().filter(Reason.DUPLICATE::equals).count();
    }

    private static Count none() {
      return new Count(0, 0, List.of(), List.of());
    }

    private Count delivered() {
      return new Count(deliveries + 1, underWay + 1, told, deadLetters);
    }

    private Count returned() {
      return new Count(deliveries, underWay - 1, told, deadLetters);
    }

    private Count failed(DeadLetter letter) {
      return new Count(deliveries, underWay - 1, told, plus(deadLetters, letter));
    }

    private Count told(Reason reason) {
      return new Count(deliveries, underWay, plus(told, reason), deadLetters);
    }

    private static <T> List<T> plus(List<T> list, T one) {
      List<T> more = new ArrayList<>(list);
      more.add(one);
      return more;
    }
  }

  @Override
  public synchronized void record(Entry entry) {
    change(entry.firing(), of(entry.firing()).told(entry.reason()));
  }

  synchronized void delivered(Firing firing) {
    change(firing, of(firing).delivered());
  }

  synchronized void returned(Firing firing) {
    change(firing, of(firing).returned());
  }

  synchronized void failed(Firing firing, DeadLetter letter) {
    change(firing, of(firing).failed(letter));
  }

  /** Returns the firings that were delivered here, in the order of their first deliveries. */
  synchronized List<Firing> delivered() {
    return counts.entrySet().stream()
        .filter(each -> each.getValue().deliveries() > 0)
        .map(Map.Entry::getKey)
        .toList();
  }

  synchronized Count of(Firing firing) {
    return counts.getOrDefault(firing, Count.none());
  }

  /** Returns how often something has happened so far. */
  synchronized long signals() {
    return signals;
  }

  /** Tells whoever waits that something has happened. */
  synchronized void signal() {
    signals++;
    notifyAll();
  }

  /** Waits until more has happened than {@code known}, no longer than {@code atMost}. */
  synchronized void awaitSignal(long known, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (signals == known) {
      long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }

  private void change(Firing firing, Count to) {
    counts.put(firing, to);
    signal();
  }
}
