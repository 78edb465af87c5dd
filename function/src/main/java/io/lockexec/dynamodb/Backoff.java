package io.lockexec.dynamodb;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * The chance in the adapter: how long to pause before a write that met another one is made again,
 * and the tokens by which DynamoDB tells a repeated request from a new one.
 */
public final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(25);
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private final RandomGenerator random;
  private final Sleeper sleeper;

  /**
   * Pauses by the given means.
   *
   * @param random must not repeat itself from one process to the next
   * @param sleeper how to wait
   */
  public Backoff(RandomGenerator random, Sleeper sleeper) {
    this.random = random;
    this.sleeper = sleeper;
  }

  /** Returns one that really waits, by chance that no snapshot of this JVM repeats. */
  public static Backoff real() {
    return new Backoff(new SecureRandom(), Thread::sleep);
  }

  /** Waits. */
  @FunctionalInterface
  public interface Sleeper {
    /** Waits for that long. */
    void sleep(Duration pause) throws InterruptedException;
  }

  /**
   * Pauses after an attempt, for any time up to 25 ms, twice that after each further attempt, and 1
   * s in the end; nothing of it is certain, so that those who met do not meet again.
   *
   * @param attempt which attempt has failed, from 1
   */
  void pauseAfter(int attempt) throws InterruptedException {
    long most = Math.min(FIRST.toMillis() << Math.min(attempt - 1, 10), LONGEST.toMillis());
    sleeper.sleep(Duration.ofMillis(random.nextLong(most + 1)));
  }

  /** Returns a request token, as DynamoDB wants it: at most 36 characters. */
  String requestToken() {
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }
}
