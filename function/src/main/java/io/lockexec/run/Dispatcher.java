package io.lockexec.run;

import io.lockexec.cluster.Cluster;
import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.ClusterUnavailableException;
import io.lockexec.cluster.Place;
import io.lockexec.job.JobRef;
import io.lockexec.job.JobView;
import io.lockexec.lock.Lock;
import io.lockexec.lock.Owner;
import io.lockexec.lock.Token;
import io.lockexec.run.Journal.Level;
import io.lockexec.schedule.Firing;
import java.time.Instant;
import java.util.Optional;

/**
 * Takes the delivery of a firing: claims firing and key, and carries the run on. The same firing
 * may be delivered any number of times, at once or hours apart; every delivery but the first finds
 * the record of the first.
 */
public final class Dispatcher {
  /** How often a claim is tried again because its key came free in between. */
  private static final int CLAIMS = 3;

  private final Carrier carrier;
  private final Surroundings with;

  /** Puts a dispatcher into its surroundings, with the carrier that carries claimed runs on. */
  public Dispatcher(Surroundings surroundings, Carrier carrier) {
    this.with = surroundings;
    this.carrier = carrier;
  }

  /**
   * Takes one delivery.
   *
   * @param firing which is delivered
   * @param request what its run is to do, if it is the first delivery
   * @param watchUntil until when the end of its Job may be waited for
   * @return what became of the firing so far
   */
  public Run deliver(Firing firing, RunRequest request, Instant watchUntil) {
    Instant deadline = firing.time().plus(request.startingDeadline());
    for (int attempt = 0; attempt < CLAIMS; attempt++) {
      Instant now = with.clock().instant();
      if (!now.isBefore(deadline)) {
        return skip(
                Run.skipped(
                    firing,
                    request,
                    Reason.TOO_LATE,
                    "it was delivered after its starting deadline, " + deadline,
                    now),
                Optional.empty())
            .orElseThrow();
      }
      ClusterName first =
          request.placement().rank(firing, request.key(), request.clusters()).getFirst();
      Run run = Run.claimed(firing, request, Token.at(now), first, now);
      // If we die after the claim, the record says CLAIMED and the sweep carries the run on. Until
      // it is committed nothing can start, and no later than this the lock gives way by itself.
      Ledger.Claim claim = with.ledger().claim(run, now, deadline.plus(with.bounds().inFlight()));
      Optional<Run> done =
          switch (claim) {
            case Ledger.Claim.Claimed claimed -> Optional.of(carryOn(claimed.run(), watchUntil));
            case Ledger.Claim.Known known -> Optional.of(duplicate(known.run()));
            case Ledger.Claim.KeyHeld held -> contended(firing, request, held.lock(), now);
          };
      if (done.isPresent()) {
        return done.get();
      }
    }
    return skip(
            Run.skipped(
                firing,
                request,
                Reason.JOB_ALREADY_ACTIVE,
                "the key went from hand to hand and was never free",
                with.clock().instant()),
            Optional.empty())
        .orElseThrow();
  }

  private Run carryOn(Run run, Instant watchUntil) {
    carrier.tell(Level.INFO, run, Reason.CLAIMED, "token " + run.token().orElseThrow());
    return carrier.carry(run, new JobView.Unasked(), watchUntil);
  }

  /** An open run is carried on, so that its first carrier may die; its end is not waited for. */
  private Run duplicate(Run run) {
    carrier.tell(
        Level.INFO, run, Reason.DUPLICATE, "delivered again; the run is " + run.stage().state());
    return run.stage() instanceof Stage.Ended
        ? run
        : carrier.carry(run, new JobView.Unasked(), with.clock().instant());
  }

  /**
   * Finds out whether the key is really held.
   *
   * @return what became of the firing; empty if the key came free and is to be claimed again
   */
  private Optional<Run> contended(Firing firing, RunRequest request, Lock lock, Instant now) {
    Run skipped =
        Run.skipped(
            firing,
            request,
            Reason.JOB_ALREADY_ACTIVE,
            "key %s is held by %s".formatted(request.key(), lock.describe()),
            now);
    if (lock.owner().orElse(null) instanceof Owner.OfRun holder
        && holder.installation().equals(with.installation())) {
      return ended(skipped, holder, lock) ? Optional.empty() : skipOrFree(skipped, holder, lock);
    }
    return skip(skipped, Optional.empty());
  }

  /** Asks the holder's cluster, once; a Job that has ended is settled, which frees the key. */
  private boolean ended(Run waiting, Owner.OfRun holder, Lock lock) {
    Optional<Place> place = lock.holder().flatMap(Place::parse);
    Optional<Cluster> cluster = place.flatMap(each -> with.clusters().find(each.cluster()));
    if (cluster.isEmpty()) {
      return false;
    }
    JobRef ref = new JobRef(with.installation(), place.get().namespace(), holder.firing());
    JobView view;
    try {
      view = cluster.get().look(ref, Optional.empty());
    } catch (ClusterUnavailableException e) {
      return false;
    }
    if (!(view instanceof JobView.Finished)) {
      return false;
    }
    Optional<Run> run = with.ledger().find(holder.firing());
    if (run.isEmpty() || run.get().stage() instanceof Stage.Ended) {
      // It has let go of its lock, or has no record: what is left of the lock is nobody's.
      return freed(waiting, lock);
    }
    // It may have moved on since its lock was written.
    JobView seen = run.get().place().equals(place) ? view : new JobView.Unasked();
    return carrier.carry(run.get(), seen, with.clock().instant()).stage() instanceof Stage.Ended;
  }

  private Optional<Run> skipOrFree(Run skipped, Owner.OfRun holder, Lock lock) {
    return switch (with.ledger().skip(skipped, Optional.of(holder))) {
      case Ledger.Skip.Recorded recorded -> Optional.of(told(recorded.run()));
      case Ledger.Skip.Known known -> Optional.of(duplicate(known.run()));
      case Ledger.Skip.HolderEnded _ -> {
        freed(skipped, lock);
        yield Optional.empty();
      }
    };
  }

  /**
   * Releases, on that very owner and token, a lock whose run has ended or has no record (the run
   * table was lost or emptied).
   *
   * @return false if it has been released already, as by a run that has just been settled
   */
  private boolean freed(Run waiting, Lock lock) {
    // If we die here, the next delivery of a firing of this key finds the same and does the same.
    boolean freed = with.locks().release(lock);
    if (freed) {
      carrier.tell(
          Level.WARN,
          waiting,
          Reason.STALE_LOCK,
          "key %s was held by %s, which has ended or has no record"
              .formatted(lock.key(), lock.describe()));
    }
    return freed;
  }

  private Optional<Run> skip(Run skipped, Optional<Owner.OfRun> holder) {
    return switch (with.ledger().skip(skipped, holder)) {
      case Ledger.Skip.Recorded recorded -> Optional.of(told(recorded.run()));
      case Ledger.Skip.Known known -> Optional.of(duplicate(known.run()));
      case Ledger.Skip.HolderEnded _ -> Optional.empty();
    };
  }

  private Run told(Run skipped) {
    if (skipped.stage() instanceof Stage.Ended ended) {
      carrier.tell(Level.WARN, skipped, ended.reason(), ended.message());
    }
    return skipped;
  }
}
