package io.lockexec.run;

import java.time.Duration;
import java.time.Instant;

/**
 * The bounds of what can still happen unseen. Only when all of them have passed does time alone
 * decide about a run whose cluster cannot be asked.
 *
 * @param startWithin how long after its commitment a Job may be started
 * @param frozen how long a carrier can be frozen between two steps and go on: <a
 *     href="https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html">Lambda's
 *     limit</a>, 15 min
 * @param inFlight how long a request can be under way and still take effect: the API server's
 *     request timeout, 1 min
 * @param controllerLag how far the job controller may lag behind
 */
public record Bounds(
    Duration startWithin, Duration frozen, Duration inFlight, Duration controllerLag) {

  /** The bounds by default: 2, 15, 1 and 15 minutes. */
  public static final Bounds DEFAULT =
      new Bounds(
          Duration.ofMinutes(2),
          Duration.ofMinutes(15),
          Duration.ofMinutes(1),
          Duration.ofMinutes(15));

  private static final Duration DAY = Duration.ofHours(24);

  /**
   * Returns the last moment at which Kubernetes can still be running a Job that somebody may have
   * tried to start just before {@code startBy}.
   *
   * @param longest the longest time that a pod of the Job can run
   */
  public Instant lastMoment(Instant startBy, Duration longest) {
    return startBy.plus(longest).plus(unseen()).plus(controllerLag);
  }

  /** Returns when no request of a run that ended at that time can take effect any more. */
  public Instant quietAfter(Instant ended) {
    return ended.plus(unseen());
  }

  /**
   * Returns the longest time that a pod of a Job may run, its grace period included, when its
   * template sets no deadline: what is left of a day from its commitment to the last moment.
   */
  public Duration defaultLongest() {
    return DAY.minus(startWithin).minus(unseen()).minus(controllerLag);
  }

  private Duration unseen() {
    return frozen.plus(inFlight);
  }
}
