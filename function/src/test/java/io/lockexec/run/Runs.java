package io.lockexec.run;

import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.Ordered;
import io.lockexec.job.JobRequest;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Token;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** Runs for tests: of one schedule, on two clusters, with a starting deadline of an hour. */
public final class Runs {
  /** The scheduled time. */
  public static final Instant TIME = Instant.parse("2026-11-23T13:00:00Z");

  /** The first candidate. */
  public static final ClusterName BLUE = new ClusterName("blue");

  /** The second candidate. */
  public static final ClusterName GREEN = new ClusterName("green");

  /** The uid of the Job to which {@link #committed} is bound. */
  public static final String UID = "7b1d7c2e-0000-4000-8000-000000000001";

  /** The longest time that the Job can run. */
  public static final Duration LONGEST = Duration.ofMinutes(10);

  private Runs() {}

  /** Returns the request. */
  public static RunRequest request(String schedule, String key) {
    return new RunRequest(
        new ScheduleName(schedule),
        new LockKey(key),
        Duration.ofHours(1),
        new Ordered(),
        List.of(BLUE, GREEN),
        JobRequest.parse(
            JsonMapper.shared()
                .readTree(
                    """
                    {"namespace": "reports", "image": "busybox:1", "command": ["date"]}
                    """),
            "job"));
  }

  /** Returns a run that was claimed at its scheduled time, on the first cluster. */
  public static Run claimed() {
    RunRequest request = request("nightly", "reports");
    return Run.claimed(new Firing(request.schedule(), TIME), request, Token.at(TIME), BLUE, TIME);
  }

  /** Returns the run bound to its Job there, to be started within two minutes. */
  public static Run committed() {
    return committedUntil(TIME.plusSeconds(120));
  }

  /** Returns the run bound to its Job there, to be started by that time. */
  public static Run committedUntil(Instant startBy) {
    return claimed().committed(new Commitment("incarnation-1", UID, startBy, LONGEST, TIME));
  }
}
