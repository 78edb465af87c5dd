package io.lockexec.run;

import io.lockexec.cluster.Cluster;
import io.lockexec.cluster.Cluster.Listed;
import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.ClusterUnavailableException;
import io.lockexec.cluster.Place;
import io.lockexec.job.JobRef;
import io.lockexec.job.JobView;
import io.lockexec.lock.Owner;
import io.lockexec.run.Journal.Level;
import io.lockexec.schedule.Firing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * The periodic pass that carries every open run on to its end, and tidies up what runs left behind.
 *
 * <ol>
 *   <li>Query the index of open runs.
 *   <li>For each cluster and namespace that they name, side by side: list our unsettled Jobs. What
 *       the index and the list show of a run is only a hint whether there is anything to do; a run
 *       that seems to need something is read afresh and carried on.
 *   <li>Look at each Job that is not the Job of an open run: orphans are deleted, ended ones
 *       marked, running ones reported.
 *   <li>Take ended runs of which nothing can be left out of the index.
 *   <li>Look for firings that were expected and never came.
 * </ol>
 *
 * <p>Several sweeps, and dispatchers, may be at work at once. Each step that fails is left to the
 * next pass, and none keeps the others from being made.
 */
public final class Sweep {
  private final Carrier carrier;
  private final MissedFirings missedFirings;
  private final Executor executor;
  private final Surroundings with;

  /**
   * Puts a sweep into its surroundings.
   *
   * @param surroundings what runs are carried on with
   * @param carrier which carries them on
   * @param expected the schedules whose firings are to be expected
   * @param executor runs what may be done side by side
   */
  public Sweep(
      Surroundings surroundings, Carrier carrier, List<Expected> expected, Executor executor) {
    this.with = surroundings;
    this.carrier = carrier;
    this.missedFirings = new MissedFirings(surroundings.ledger(), carrier, expected);
    this.executor = executor;
  }

  /**
   * What a pass found.
   *
   * @param open how many runs the index showed
   * @param carried how many of them were carried on
   * @param missed how many expected firings had never come
   * @param unavailable clusters that could not be asked
   * @param failures of single steps, each in words for a person; the next pass tries again
   */
  public record Swept(
      int open, int carried, int missed, Set<ClusterName> unavailable, List<String> failures) {
    /** Copies the collections. */
    public Swept {
      unavailable = Set.copyOf(unavailable);
      failures = List.copyOf(failures);
    }
  }

  /** Makes one pass. */
  public Swept sweep() {
    Ledger.Open open = with.ledger().open();
    Pass pass = new Pass(open.runs());
    open.unreadable().forEach(pass::fail);
    pass.work();
    int missed = missedFirings.record(open.rollCall(), with.clock().instant());
    return pass.swept(missed);
  }

  /** What a place showed in this pass. */
  private sealed interface Listing {
    /**
     * It could be asked.
     *
     * @param at when the list was begun
     * @param jobs what it showed, by firing
     */
    record Shown(Instant at, Map<Firing, JobView.Present> jobs) implements Listing {}

    /** It could not be asked. */
    record Unavailable(String why) implements Listing {}
  }

  /** One pass: what it has seen and done so far. */
  private final class Pass {
    private final List<Run> runs;
    private final Map<Firing, Run> byFiring;
    private final Map<Place, List<Run>> byPlace;
    private final Map<Place, Listing> listings = new ConcurrentHashMap<>();
    private final Set<Firing> carried = ConcurrentHashMap.newKeySet();
    private final List<CompletableFuture<?>> steps = new ArrayList<>();
    private final Collection<Runnable> later = new ConcurrentLinkedQueue<>();
    private final Collection<String> failures = ConcurrentHashMap.newKeySet();

    Pass(List<Run> runs) {
      this.runs = runs;
      // An index that lags may show a run twice.
      this.byFiring =
          runs.stream().collect(Collectors.toMap(Run::firing, run -> run, (first, _) -> first));
      this.byPlace =
          runs.stream()
              .filter(run -> !(run.stage() instanceof Stage.Ended))
              .collect(Collectors.groupingBy(run -> run.place().orElseThrow()));
    }

    void work() {
      Set<Place> places = new TreeSet<>();
      for (Run run : runs) {
        run.tried().forEach(tried -> places.add(run.placeOn(tried.cluster())));
      }
      places.forEach(place -> start("place " + place, () -> patrol(place)));
      finishSteps();
      later.forEach(Runnable::run);
      finishSteps();
      runs.forEach(run -> start(run.id(), () -> tidied(run)));
      finishSteps();
    }

    Swept swept(int missed) {
      Set<ClusterName> unavailable =
          listings.entrySet().stream()
              .filter(each -> each.getValue() instanceof Listing.Unavailable)
              .map(each -> each.getKey().cluster())
              .collect(Collectors.toSet());
      return new Swept(runs.size(), carried.size(), missed, unavailable, List.copyOf(failures));
    }

    void fail(String failure) {
      failures.add(failure);
    }

    /**
     * Lists a place, and starts whatever that shows to be needed. Each place is asked by itself,
     * side by side: a dead cluster costs its time-out once, and a namespace that is forbidden says
     * nothing about the others.
     */
    private void patrol(Place place) {
      Listing listing =
          with.clusters()
              .find(place.cluster())
              .map(cluster -> list(cluster, place))
              .orElseGet(
                  () ->
                      new Listing.Unavailable("no cluster " + place.cluster() + " is configured"));
      listings.put(place, listing);
      switch (listing) {
        case Listing.Shown shown -> attend(place, shown);
        case Listing.Unavailable unavailable -> attend(place, unavailable);
      }
    }

    private Listing list(Cluster cluster, Place place) {
      Instant at = with.clock().instant();
      try {
        Map<Firing, JobView.Present> jobs = new HashMap<>();
        for (Listed listed : cluster.unsettled(with.installation(), place.namespace())) {
          jobs.put(listed.firing(), listed.view());
        }
        return new Listing.Shown(at, jobs);
      } catch (ClusterUnavailableException e) {
        return new Listing.Unavailable(String.valueOf(e.getMessage()));
      }
    }

    private void attend(Place place, Listing.Shown shown) {
      for (Run run : placedAt(place)) {
        JobView hint =
            Optional.<JobView>ofNullable(shown.jobs().get(run.firing()))
                .orElseGet(() -> new JobView.Gone(false));
        // That it is not in the list may be the index's lag, or the list's: ask again for sure.
        carryIfNeeded(run, hint, hint instanceof JobView.Present ? hint : new JobView.Unasked());
      }
      shown
          .jobs()
          .forEach(
              (firing, job) -> {
                if (!knownToBeItsJob(firing, place, job)) {
                  start(firing.runId(), () -> tidy(firing, place, job));
                }
              });
    }

    private void attend(Place place, Listing.Unavailable unavailable) {
      JobView view = new JobView.Unavailable(unavailable.why());
      List<Run> placed = placedAt(place);
      placed.forEach(run -> carryIfNeeded(run, view, view));
      placed.stream()
          .findFirst()
          .ifPresent(
              run ->
                  carrier.tell(
                      Level.WARN,
                      run,
                      Reason.UNAVAILABLE,
                      "%s; %d open runs wait there".formatted(unavailable.why(), placed.size())));
    }

    private List<Run> placedAt(Place place) {
      return byPlace.getOrDefault(place, List.of());
    }

    private boolean knownToBeItsJob(Firing firing, Place place, JobView.Present job) {
      Run run = byFiring.get(firing);
      return run != null
          && run.stage() instanceof Stage.Committed committed
          && committed.cluster().equals(place.cluster())
          && committed.commitment().uid().equals(job.uid());
    }

    private void carryIfNeeded(Run run, JobView hint, JobView seen) {
      List<ClusterName> others = new ArrayList<>(run.request().clusters());
      run.cluster().ifPresent(others::remove);
      Decision decision = Decision.decide(run, hint, others, with.bounds(), with.clock().instant());
      switch (decision) {
        case Decision.Wait wait -> {
          // That a place cannot be asked is told once for all runs that wait there.
          if (!(hint instanceof JobView.Unavailable)) {
            carrier.tell(Level.WARN, run, Reason.UNAVAILABLE, wait.why());
          }
        }
        case Decision.Watch _, Decision.Done _ -> {}
        case Decision.Look _,
            Decision.Create _,
            Decision.Commit _,
            Decision.Start _,
            Decision.Move _,
            Decision.Withdraw _,
            Decision.Abandon _,
            Decision.Skip _,
            Decision.Settle _,
            Decision.Lose _ ->
            carrySoon(run, seen);
      }
    }

    /**
     * A claimed run that has been placed on several clusters goes on only when each of them was
     * looked at: where a Job of it was started by hand, it is placed back there and nowhere else.
     */
    private void carrySoon(Run run, JobView seen) {
      if (run.stage() instanceof Stage.Claimed && run.tried().size() > 1) {
        later.add(() -> start(run.id(), () -> carry(run, seen)));
      } else {
        start(run.id(), () -> carry(run, seen));
      }
    }

    private void carry(Run indexed, JobView seen) {
      Optional<Run> fresh = with.ledger().find(indexed.firing());
      if (fresh.isEmpty()) {
        return;
      }
      carried.add(indexed.firing());
      carrier.carry(fresh.get(), trusted(fresh.get(), indexed, seen), with.clock().instant());
    }

    /**
     * A held Job in a list may have been made by a carrier that died before it had checked what the
     * server made of it: a claimed run creates again, finds it, and checks. What a list shows of a
     * committed run's Job is true of that Job whenever the run was read.
     */
    private static JobView trusted(Run fresh, Run indexed, JobView seen) {
      boolean telling =
          fresh.stage() instanceof Stage.Committed || seen instanceof JobView.Unavailable;
      return telling && fresh.cluster().equals(indexed.cluster()) ? seen : new JobView.Unasked();
    }

    private void tidy(Firing firing, Place place, JobView.Present job) {
      // Read after the list: while this says CLAIMED, or COMMITTED to this Job, it is left alone.
      Optional<Run> run = with.ledger().find(firing);
      try {
        tidy(new JobRef(with.installation(), place.namespace(), firing), place, run, job);
      } catch (ClusterUnavailableException e) {
        fail(firing.runId() + ": " + e.getMessage());
      }
    }

    private void tidy(JobRef ref, Place place, Optional<Run> run, JobView.Present job)
        throws ClusterUnavailableException {
      Cluster cluster = with.clusters().find(place.cluster()).orElseThrow();
      switch (Tidying.decide(run, place.cluster(), job)) {
        case Tidying.Keep _ -> {}
        case Tidying.Return back -> placeBack(run.orElseThrow(), place, back.job());
        case Tidying.Delete delete -> {
          if (cluster.delete(ref, delete.job().uid(), delete.job().resourceVersion())) {
            run.ifPresent(
                each ->
                    carrier.tell(
                        Level.INFO,
                        each,
                        Reason.ORPHAN_DELETED,
                        "a held Job on %s that no run will start was deleted".formatted(place)));
          }
        }
        case Tidying.MarkSettled mark -> {
          if (run.isPresent() && mark.unexpected().isPresent()) {
            carrier.tell(
                Level.ERROR,
                run.get(),
                Reason.UNEXPECTED_JOB,
                "the Job on %s has run although %s".formatted(place, mark.unexpected().get()));
          }
          cluster.settled(ref, mark.job().uid(), with.jobTtl());
        }
        case Tidying.Report report -> {
          // It may have ended, and its run with it, since it was listed.
          if (cluster.look(ref, Optional.empty()) instanceof JobView.Present still
              && still.uid().equals(report.job().uid())
              && !(still instanceof JobView.Finished)) {
            report(ref, place, run, new Tidying.Report(still, report.why()));
          }
        }
      }
    }

    /**
     * If somebody commits it elsewhere first, the record has changed, and nothing is placed back.
     */
    private void placeBack(Run run, Place place, JobView.Present job) {
      Run back = run.moved(place.cluster(), "its Job was started by hand on " + place.cluster());
      if (with.ledger().advance(run, back, new Ledger.LockEffect.None())
          instanceof Ledger.Change.Recorded recorded) {
        carrier.tell(
            Level.ERROR,
            recorded.run(),
            Reason.UNEXPECTED_JOB,
            "somebody else has started the Job on " + place);
        carrier.carry(recorded.run(), job, with.clock().instant());
      }
    }

    private void report(JobRef ref, Place place, Optional<Run> run, Tidying.Report report)
        throws ClusterUnavailableException {
      JobView.Present job = report.job();
      if (run.isEmpty()) {
        fail("Job %s on %s may be running: %s".formatted(ref, place.cluster(), report.why()));
        return;
      }
      boolean endangers =
          with.locks()
              .find(run.get().request().key())
              .flatMap(lock -> lock.owner())
              .filter(
                  owner ->
                      owner instanceof Owner.OfRun other && !other.firing().equals(ref.firing()))
              .isPresent();
      boolean deleted =
          endangers
              && with.clusters()
                  .find(place.cluster())
                  .orElseThrow()
                  .delete(ref, job.uid(), job.resourceVersion());
      carrier.tell(
          Level.ERROR,
          run.get(),
          Reason.UNEXPECTED_JOB,
          "the Job on %s may be running although %s%s"
              .formatted(
                  place,
                  report.why(),
                  deleted ? "; another run holds its key, so it was deleted" : ""));
    }

    /** Takes an ended run out of the index once nothing of it can be left on any cluster. */
    private void tidied(Run run) {
      if (run.stage() instanceof Stage.Ended ended
          && run.tried().stream().allMatch(each -> clean(run, ended, each.cluster()))) {
        with.ledger().advance(run, run.tidied(), new Ledger.LockEffect.None());
      }
    }

    private boolean clean(Run run, Stage.Ended ended, ClusterName cluster) {
      return listings.get(run.placeOn(cluster)) instanceof Listing.Shown shown
          && shown.at().isAfter(with.bounds().quietAfter(ended.at()))
          && !shown.jobs().containsKey(run.firing());
    }

    private void start(String what, Runnable step) {
      CompletableFuture<?> future =
          CompletableFuture.runAsync(step, executor)
              .exceptionally(
                  e -> {
                    fail(what + ": " + String.valueOf(e.getMessage()));
                    return null;
                  });
      synchronized (steps) {
        steps.add(future);
      }
    }

    /** Waits for all steps, and for those that they started. */
    private void finishSteps() {
      while (true) {
        CompletableFuture<?>[] started;
        synchronized (steps) {
          started = steps.toArray(CompletableFuture[]::new);
          steps.clear();
        }
        if (started.length == 0) {
          return;
        }
        CompletableFuture.allOf(started).join();
      }
    }
  }
}
