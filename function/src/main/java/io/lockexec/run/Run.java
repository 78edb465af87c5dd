package io.lockexec.run;

import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.Place;
import io.lockexec.job.Outcome;
import io.lockexec.lock.Token;
import io.lockexec.schedule.Firing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What became of a firing, so far: the record in the ledger. There is at most one for each firing,
 * ever, and every change of it is conditional on the version that was read.
 *
 * @param firing which firing
 * @param request what it is to do, fixed at the claim
 * @param token the fencing token of its lock; empty if it never took the lock
 * @param stage how far it has come
 * @param tried every cluster it was placed on, in the order of the first attempts
 * @param since when the record was made
 * @param version rises by one with every change; 1 at first
 */
public record Run(
    Firing firing,
    RunRequest request,
    Optional<Token> token,
    Stage stage,
    List<Tried> tried,
    Instant since,
    long version) {

  /** Copies the list. */
  public Run {
    tried = List.copyOf(tried);
  }

  /** Returns a run that is about to be claimed. */
  static Run claimed(
      Firing firing, RunRequest request, Token token, ClusterName first, Instant now) {
    return new Run(
        firing,
        request,
        Optional.of(token),
        new Stage.Claimed(first),
        List.of(new Tried(first, "")),
        now,
        1);
  }

  /** Returns a run that ends before it began. */
  static Run skipped(
      Firing firing, RunRequest request, Reason reason, String message, Instant now) {
    return new Run(
        firing,
        request,
        Optional.empty(),
        new Stage.Ended(
            State.SKIPPED,
            reason,
            message,
            OptionalInt.empty(),
            now,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            true),
        List.of(),
        now,
        1);
  }

  /** Returns the id, which is also the name of the Job. */
  public String id() {
    return firing.runId();
  }

  /** Returns the moment after which its Job may no longer be started. */
  public Instant startingDeadline() {
    return firing.time().plus(request.startingDeadline());
  }

  /** Returns the cluster that the record names; empty if it never came that far. */
  public Optional<ClusterName> cluster() {
    return switch (stage) {
      case Stage.Claimed claimed -> Optional.of(claimed.cluster());
      case Stage.Committed committed -> Optional.of(committed.cluster());
      case Stage.Ended ended -> ended.cluster();
    };
  }

  /** Returns the place of its Job on that cluster. */
  public Place placeOn(ClusterName cluster) {
    return new Place(cluster, request.job().namespace());
  }

  /** Returns where its Job is or was to be; empty if it never came that far. */
  public Optional<Place> place() {
    return cluster().map(this::placeOn);
  }

  /** Tells whether somebody still has to do something about it. */
  public boolean open() {
    return !(stage instanceof Stage.Ended ended && ended.tidy());
  }

  /** Returns the same run with the token that the lock gave it. */
  public Run withToken(Token token) {
    return new Run(firing, request, Optional.of(token), stage, tried, since, version);
  }

  Run moved(ClusterName to, String why) {
    List<Tried> all = new ArrayList<>(saying(why));
    if (all.stream().noneMatch(each -> each.cluster().equals(to))) {
      all.add(new Tried(to, ""));
    }
    return next(new Stage.Claimed(to), all);
  }

  /** Returns the run with what its cluster said; the same run if that is on record already. */
  Run waiting(String why) {
    List<Tried> all = saying(why);
    return all.equals(tried) ? this : next(stage, all);
  }

  Run committed(Commitment commitment) {
    return next(new Stage.Committed(cluster().orElseThrow(), commitment), saying(""));
  }

  private List<Tried> saying(String why) {
    ClusterName here = cluster().orElseThrow();
    return tried.stream()
        .map(each -> each.cluster().equals(here) ? new Tried(here, why) : each)
        .toList();
  }

  Run skipped(Reason reason, String message, Instant now) {
    return ended(State.SKIPPED, reason, message, now, false);
  }

  Run lost(Reason reason, String message, Instant now) {
    return ended(State.LOST, reason, message, now, false);
  }

  Run abandoned(Reason reason, String message, Instant now) {
    return ended(State.FAILED, reason, message, now, false);
  }

  /**
   * Returns the run as its Job's end leaves it. Its own Job goes on to hold the name on its cluster
   * for a day, so that nothing that is late can make another there; on other clusters that were
   * tried, a held Job may be left.
   */
  Run settled(Outcome outcome, Instant now) {
    return next(
        new Stage.Ended(
            outcome.succeeded() ? State.SUCCEEDED : State.FAILED,
            new Reason(outcome.reason()),
            outcome.message(),
            outcome.exitCode(),
            now,
            cluster(),
            commitment(),
            outcome.startTime(),
            outcome.endTime(),
            tried.size() == 1),
        tried);
  }

  Run tidied() {
    return stage instanceof Stage.Ended ended ? next(ended.tidied(), tried) : this;
  }

  /** Returns what it is, or was, bound to. */
  public Optional<Commitment> commitment() {
    return switch (stage) {
      case Stage.Claimed _ -> Optional.empty();
      case Stage.Committed committed -> Optional.of(committed.commitment());
      case Stage.Ended ended -> ended.commitment();
    };
  }

  private Run ended(State state, Reason reason, String message, Instant now, boolean tidy) {
    return next(
        new Stage.Ended(
            state,
            reason,
            message,
            OptionalInt.empty(),
            now,
            cluster(),
            commitment(),
            Optional.empty(),
            Optional.empty(),
            tidy),
        tried);
  }

  private Run next(Stage to, List<Tried> places) {
    return new Run(firing, request, token, to, places, since, version + 1);
  }
}
