package io.lockexec.infra.local;

import io.lockexec.cluster.ClusterName;
import io.lockexec.infra.config.ScheduleEntry;
import io.lockexec.infra.local.LambdaFunction.Invocation;
import io.lockexec.lock.Lock;
import io.lockexec.lock.LockKey;
import io.lockexec.run.Journal;
import io.lockexec.run.Reason;
import io.lockexec.run.Run;
import io.lockexec.run.Stage;
import io.lockexec.schedule.Firing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A local cloud at work: schedules fire, each firing is delivered as often as wanted, sweeps come
 * round, and all of it is told to the console, until somebody ends it.
 */
final class Session implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** Steps that two carriers of one run tell, although only one of them has made it. */
  private static final Set<Reason> ONCE =
      Set.of(Reason.SUCCESSFUL_CREATE, Reason.MOVED, Reason.STARTED);

  private final Console console;
  private final Tally tally = new Tally();
  private final Set<Step> told = ConcurrentHashMap.newKeySet();
  private final int deliveries;
  private final InstantSource clock;
  private final LocalCloud cloud;
  private final EventBridge eventBridge;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private volatile boolean stopped;

  private Session(Pace pace, Console console, Opening opening, InstantSource clock) {
    this.console = console;
    this.deliveries = pace.deliveries();
    this.clock = clock;
    this.cloud = opening.open(this::tell);
    this.eventBridge = new EventBridge(clock, (each, time) -> fire(each, time, deliveries));
    long millis = pace.sweepEvery().toMillis();
    var _ = sweeper.scheduleWithFixedDelay(this::sweep, millis, millis, TimeUnit.MILLISECONDS);
  }

  /**
   * How much of everything.
   *
   * @param deliveries how often each firing is delivered
   * @param sweepEvery the pause between two sweeps
   */
  record Pace(int deliveries, Duration sweepEvery) {}

  private record Step(Firing firing, Optional<ClusterName> cluster, Reason reason) {
    Step(Journal.Entry entry) {
      this(entry.firing(), entry.cluster(), entry.reason());
    }
  }

  /** Starts the cloud, with a journal that the session listens to. */
  @FunctionalInterface
  interface Opening {
    LocalCloud open(Journal journal);
  }

  /** Starts the cloud; nothing fires yet. */
  static Session start(Pace pace, Console console, InstantSource clock, Opening opening) {
    return new Session(pace, console, opening, clock);
  }

  LocalCloud cloud() {
    return cloud;
  }

  /** Returns the schedules that fire. */
  List<ScheduleEntry> enabled() {
    return cloud.file().schedules().stream().filter(ScheduleEntry::enabled).toList();
  }

  /** Fires every enabled schedule whenever it is due. */
  void fireWhenDue() {
    eventBridge.start(enabled());
  }

  /** Fires every enabled schedule now. */
  void fireNow() {
    Instant now = clock.instant();
    enabled().forEach(each -> fire(each, now, deliveries));
  }

  /** Fires a schedule: each delivery is an asynchronous invocation of its own. */
  Firing fire(ScheduleEntry schedule, Instant time, int copies) {
    Firing firing = new Firing(schedule.name(), time);
    for (int i = 0; i < copies; i++) {
      deliver(firing, cloud.event(schedule.name(), firing.time()));
    }
    return firing;
  }

  /** Delivers an event's JSON text. */
  void deliver(Firing firing, String event) {
    tally.delivered(firing);
    cloud.beside(() -> invoke(firing, event));
  }

  /** Waits until every firing that was delivered has ended, or nobody waits for it any more. */
  void awaitEnds(Duration atMost) throws InterruptedException {
    await(this::allEnded, atMost);
  }

  /** Waits until a firing's journal is as wanted; false if that did not come in time. */
  boolean awaitTold(Firing firing, io.lockexec.run.Reason reason, Duration atMost)
      throws InterruptedException {
    await(() -> tally.of(firing).told().contains(reason), atMost);
    return tally.of(firing).told().contains(reason);
  }

  /** Waits, as a rule until the session is stopped. */
  void awaitStop(Duration atMost) throws InterruptedException {
    await(() -> false, atMost);
  }

  /** Fires nothing more, and ends every waiting. May be called by any thread. */
  void stop() {
    stopped = true;
    eventBridge.close();
    tally.signal();
  }

  /** Fires nothing more; what is under way goes on. */
  void fireNoMore() {
    eventBridge.close();
  }

  boolean stopped() {
    return stopped;
  }

  /** Reads what became of everything. */
  Report report() {
    console.mute();
    List<Report.Row> rows = tally.delivered().stream().map(this::row).toList();
    List<Lock> held =
        cloud.file().schedules().stream()
            .map(ScheduleEntry::key)
            .distinct()
            .flatMap(key -> cloud.locks().find(new LockKey(key)).stream())
            .filter(this::held)
            .toList();
    List<Run> open =
        rows.stream()
            .flatMap(row -> row.run().stream())
            .filter(run -> !(run.stage() instanceof Stage.Ended))
            .toList();
    return new Report(rows, held, open, cloud.localClusters().keySet());
  }

  @Override
  public void close() {
    stop();
    sweeper.shutdownNow();
    cloud.close();
  }

  private Report.Row row(Firing firing) {
    return new Report.Row(
        firing, cloud.ledger().find(firing), tally.of(firing), cloud.podsStarted(firing.runId()));
  }

  private boolean held(Lock lock) {
    return lock.owner().isPresent() || !lock.expiredAt(clock.instant());
  }

  private void tell(Journal.Entry entry) {
    if (!ONCE.contains(entry.reason()) || told.add(new Step(entry))) {
      console.record(entry);
    }
    tally.record(entry);
  }

  private void invoke(Firing firing, String event) {
    try {
      switch (cloud.scheduleFunction().invokeAsynchronously(event)) {
        case Invocation.Returned _ -> tally.returned(firing);
        case Invocation.DeadLetter letter -> {
          console.deadLetter(firing, letter);
          tally.failed(firing, letter);
        }
      }
    } catch (InterruptedException e) {
      // The cloud is being closed; the report has said what was left.
      Thread.currentThread().interrupt();
    }
  }

  private void sweep() {
    try {
      cloud.sweep();
    } catch (RuntimeException e) {
      if (!stopped) {
        LOG.warn("the sweep failed, the next one tries again: {}", e.toString());
      }
    }
    tally.signal();
  }

  private boolean allEnded() {
    return tally.delivered().stream().allMatch(this::ended);
  }

  private boolean ended(Firing firing) {
    if (tally.of(firing).underWay() > 0) {
      return false;
    }
    return cloud.ledger().find(firing).map(run -> run.stage() instanceof Stage.Ended).orElse(true);
  }

  private void await(BooleanSupplier reached, Duration atMost) throws InterruptedException {
    Instant deadline = clock.instant().plus(atMost);
    while (!stopped) {
      long known = tally.signals();
      Duration left = Duration.between(clock.instant(), deadline);
      if (reached.getAsBoolean() || !left.isPositive()) {
        return;
      }
      tally.awaitSignal(known, left);
    }
  }
}
