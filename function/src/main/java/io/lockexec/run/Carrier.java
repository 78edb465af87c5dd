package io.lockexec.run;

import io.lockexec.BadInput;
import io.lockexec.cluster.Cluster;
import io.lockexec.cluster.ClusterName;
import io.lockexec.cluster.ClusterUnavailableException;
import io.lockexec.job.HardenedJob;
import io.lockexec.job.Hardening;
import io.lockexec.job.JobIdentity;
import io.lockexec.job.JobRef;
import io.lockexec.job.JobRequest;
import io.lockexec.job.JobTemplate;
import io.lockexec.job.JobView;
import io.lockexec.job.Outcome;
import io.lockexec.job.TemplateReading;
import io.lockexec.job.TemplateRefused;
import io.lockexec.run.Journal.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Carries a run on: observes, lets {@link Decision#decide} decide, obeys, records, and so on until
 * there is nothing more to do. Any number of carriers may carry the same run at once, and each may
 * die at any step: every step is conditional on the record or on the Job's uid, so they only help
 * each other.
 */
public final class Carrier {
  private final Surroundings with;

  /** Puts a carrier into its surroundings. */
  public Carrier(Surroundings surroundings) {
    this.with = surroundings;
  }

  /**
   * Carries a run on, as far as it goes now.
   *
   * @param run as it was read or written last
   * @param seen what its cluster showed since then; {@link JobView.Unasked} if it was not asked
   * @param watchUntil until when the end of its Job may be waited for
   * @return the run as it was left
   */
  public Run carry(Run run, JobView seen, Instant watchUntil) {
    At at = new At(run, seen, List.of(), false);
    while (!at.rest) {
      at = obey(next(at), at, watchUntil);
    }
    return at.run;
  }

  /** Tells the journal. */
  void tell(Level level, Run run, Reason reason, String message) {
    with.journal()
        .record(
            new Journal.Entry(
                with.clock().instant(),
                level,
                run.firing(),
                run.request().key(),
                run.cluster(),
                reason,
                message));
  }

  private Decision next(At at) {
    return Decision.decide(at.run, at.view, at.others(), with.bounds(), with.clock().instant());
  }

  private At obey(Decision decision, At at, Instant watchUntil) {
    return switch (decision) {
      case Decision.Done _ -> at.resting();
      case Decision.Wait wait -> rest(at, wait);
      case Decision.Watch watch -> watch(at, watch, watchUntil);
      case Decision.Look _ -> at.seeing(ask(at.run, this::look));
      case Decision.Create _ -> at.seeing(create(at.run));
      case Decision.Commit commit -> commit(at, commit);
      case Decision.Start start -> start(at, start);
      case Decision.Move move -> move(at, move);
      case Decision.Withdraw withdraw -> withdraw(at, withdraw);
      case Decision.Abandon abandon -> abandon(at, abandon);
      case Decision.Skip skip ->
          end(at, at.run.skipped(skip.reason(), skip.message(), with.clock().instant()));
      case Decision.Lose lose ->
          end(at, at.run.lost(lose.reason(), lose.message(), with.clock().instant()));
      case Decision.Settle settle -> settle(at, settle.outcome());
    };
  }

  private At rest(At at, Decision.Wait wait) {
    tell(Level.WARN, at.run, Reason.UNAVAILABLE, wait.why());
    if (!(at.run.stage() instanceof Stage.Claimed)
        || !(at.view instanceof JobView.Unavailable(String why))) {
      return at.resting();
    }
    // What the last candidate said is kept for whoever reads the ledger. If we die before, or
    // somebody else has changed the record, it is said again a minute later.
    Run waiting = at.run.waiting(why);
    return !waiting.equals(at.run)
            && advance(at.run, waiting, new Ledger.LockEffect.None())
                instanceof Ledger.Change.Recorded(Run recorded)
        ? at.with(recorded).resting()
        : at.resting();
  }

  private At watch(At at, Decision.Watch watch, Instant until) {
    Duration left = Duration.between(with.clock().instant(), until);
    if (!left.isPositive()) {
      return at.resting();
    }
    JobView view = ask(at.run, (cluster, ref) -> cluster.watch(ref, watch.resourceVersion(), left));
    return view instanceof JobView.Started ? at.resting() : at.seeing(vouchedFor(view));
  }

  /**
   * Neither a start nor a watch knows in which incarnation the Job was. That it is gone must be
   * looked for with what is on record.
   */
  private static JobView vouchedFor(JobView view) {
    return view instanceof JobView.Gone ? new JobView.Unasked() : view;
  }

  private At start(At at, Decision.Start start) {
    // If we die after the patch, the record says COMMITTED with this uid: whoever comes next looks
    // at the Job on this cluster, and finds it started or, before startBy, starts it.
    JobView view = ask(at.run, (cluster, ref) -> cluster.start(ref, start.uid()));
    return switch (view) {
      case JobView.Held _ ->
          at.seeing(new JobView.Unavailable("the Job was not started by its start"));
      case JobView.Started _, JobView.Finished _ -> {
        tell(Level.INFO, at.run, Reason.STARTED, "the Job was started");
        yield at.seeing(view);
      }
      case JobView.Unasked _,
          JobView.Unavailable _,
          JobView.Barred _,
          JobView.Foreign _,
          JobView.Gone _,
          JobView.Suspended _ ->
          at.seeing(vouchedFor(view));
    };
  }

  private At move(At at, Decision.Move move) {
    // A held Job may be left where we were. If we die after the write, the record names both
    // clusters, and the sweep deletes what is held on one of them once the run has ended.
    return switch (advance(
        at.run, at.run.moved(move.to(), move.why()), new Ledger.LockEffect.None())) {
      case Ledger.Change.Recorded recorded -> {
        tell(
            Level.WARN,
            recorded.run(),
            Reason.MOVED,
            "%s was passed over: %s".formatted(at.run.cluster().orElseThrow(), move.why()));
        yield at.moved(recorded.run());
      }
      case Ledger.Change.Overtaken overtaken -> at.overtaken(overtaken);
      case Ledger.Change.LockLost _ -> throw new IllegalStateException("no lock was asked for");
    };
  }

  private At commit(At at, Decision.Commit commit) {
    Optional<String> incarnation = incarnation(at.run);
    if (incarnation.isEmpty()) {
      String why = "cluster %s does not tell which one it is".formatted(cluster(at.run));
      // A Job that may run already binds the run to this cluster, on record or not yet.
      return commit.job() instanceof JobView.Held
          ? at.seeing(new JobView.Unavailable(why))
          : rest(at, new Decision.Wait(why));
    }
    boolean renewal = at.run.stage() instanceof Stage.Committed;
    Commitment commitment =
        at.run
            .commitment()
            .map(old -> old.until(commit.startBy()))
            .orElseGet(
                () ->
                    new Commitment(
                        incarnation.get(),
                        commit.job().uid(),
                        commit.startBy(),
                        commit.job().longest(),
                        with.clock().instant()));
    Instant lastMoment = with.bounds().lastMoment(commitment.startBy(), commitment.longest());
    Ledger.LockEffect extend =
        new Ledger.LockEffect.Extend(
            lastMoment, at.run.place().orElseThrow().holder(at.run.firing()));
    // Before the write nothing can start; after it, only this Job. If we die in between, the record
    // tells which of the two it is.
    return switch (advance(at.run, at.run.committed(commitment), extend)) {
      case Ledger.Change.Recorded recorded -> {
        tell(
            Level.INFO,
            recorded.run(),
            renewal ? Reason.RENEWED : Reason.COMMITTED,
            "to be started by " + commitment.startBy());
        yield at.with(recorded.run());
      }
      case Ledger.Change.Overtaken overtaken -> at.overtaken(overtaken);
      case Ledger.Change.LockLost lost ->
          obey(
              Decision.withoutLock(
                  at.run,
                  commit.job(),
                  lost.lock()
                      .map(
                          lock ->
                              lock.owner().isEmpty()
                                  ? "free, or the original tool's"
                                  : lock.describe())
                      .orElse("nobody's")),
              at,
              with.clock().instant());
    };
  }

  private At settle(At at, Outcome outcome) {
    At ended = end(at, at.run.settled(outcome, with.clock().instant()));
    // If we die before the Job is marked, the next sweep that lists its namespace marks it.
    if (ended.rest && at.view instanceof JobView.Present job) {
      ask(
          ended.run,
          (cluster, ref) -> {
            cluster.settled(ref, job.uid(), with.jobTtl());
            return job;
          });
    }
    return ended;
  }

  private At withdraw(At at, Decision.Withdraw withdraw) {
    // The deletion names uid and version, so what is deleted is what was judged: a Job that was
    // never started. If somebody else was faster, or we die before the write, the record says
    // COMMITTED and the Job is gone: the run will be LOST, because nothing proves that it never
    // ran.
    JobView view = ask(at.run, (cluster, ref) -> delete(cluster, ref, withdraw.job()));
    return view instanceof JobView.Gone
        ? end(at, at.run.skipped(withdraw.reason(), withdraw.message(), with.clock().instant()))
        : at.seeing(view);
  }

  private At abandon(At at, Decision.Abandon abandon) {
    // That no pod is left is only what the job controller had counted so far.
    JobView view =
        ask(
            at.run,
            (cluster, ref) ->
                delete(cluster, ref, abandon.job()) instanceof JobView.Gone
                    ? look(cluster, ref, at.run)
                    : new JobView.Unasked());
    return view instanceof JobView.Gone(boolean podsLeft) && !podsLeft
        ? end(at, at.run.abandoned(abandon.reason(), abandon.message(), with.clock().instant()))
        : at.seeing(view);
  }

  private static JobView delete(Cluster cluster, JobRef ref, JobView.Present job)
      throws ClusterUnavailableException {
    return cluster.delete(ref, job.uid(), job.resourceVersion())
        ? new JobView.Gone(false)
        : new JobView.Unasked();
  }

  private At end(At at, Run ended) {
    return switch (advance(at.run, ended, new Ledger.LockEffect.Release())) {
      case Ledger.Change.Recorded recorded -> {
        tellEnd(recorded.run());
        yield at.with(recorded.run()).resting();
      }
      case Ledger.Change.Overtaken overtaken -> at.overtaken(overtaken);
      case Ledger.Change.LockLost _ -> throw new IllegalStateException("no lock was asked for");
    };
  }

  private void tellEnd(Run run) {
    if (run.stage() instanceof Stage.Ended ended) {
      boolean seen = ended.state() == State.SUCCEEDED || ended.state() == State.FAILED;
      Level level =
          switch (ended.state()) {
            case SUCCEEDED -> Level.INFO;
            case LOST -> Level.ERROR;
            case FAILED, SKIPPED, CLAIMED, COMMITTED -> Level.WARN;
          };
      String exit =
          ended.exitCode().isPresent() ? ", exit code " + ended.exitCode().getAsInt() : "";
      tell(
          level,
          run,
          seen && !ended.reason().equals(Reason.SUSPENDED_BY_OTHER)
              ? Reason.SAW_COMPLETED_JOB
              : ended.reason(),
          "%s (%s%s)%s"
              .formatted(
                  ended.state().name().toLowerCase(Locale.ROOT),
                  ended.reason(),
                  exit,
                  ended.message().isEmpty() ? "" : ": " + ended.message()));
    }
  }

  private Ledger.Change advance(Run before, Run after, Ledger.LockEffect effect) {
    return with.ledger().advance(before, after, effect);
  }

  private JobView create(Run run) {
    // If we die after the request, at most a held Job stands under the run's name: it has no pod,
    // and none can come. Whoever comes next commits it, or deletes it as an orphan.
    return ask(
        run,
        (cluster, ref) -> {
          TemplateReading reading = template(cluster, run.request().job());
          return switch (reading) {
            case TemplateRefused refused -> new JobView.Barred(refused.reason(), refused.message());
            case JobTemplate template -> create(cluster, ref, run, template);
          };
        });
  }

  private JobView create(Cluster cluster, JobRef ref, Run run, JobTemplate template)
      throws ClusterUnavailableException {
    HardenedJob job;
    try {
      job =
          Hardening.harden(
              template,
              ref.namespace(),
              new JobIdentity(
                  with.installation(),
                  run.firing(),
                  run.request().key(),
                  run.token().orElseThrow()),
              with.bounds().defaultLongest());
    } catch (BadInput e) {
      return new JobView.Barred("InvalidJob", e.getMessage());
    }
    JobView view = cluster.create(ref, job);
    if (view instanceof JobView.Held) {
      String changes =
          job.changes().stream().map(Object::toString).collect(Collectors.joining("; "));
      tell(
          Level.INFO,
          run,
          Reason.SUCCESSFUL_CREATE,
          "the Job stands, held" + (changes.isEmpty() ? "" : "; changed: " + changes));
    } else if (view instanceof JobView.Present) {
      tell(Level.WARN, run, Reason.UNEXPECTED_JOB, "somebody else has started the Job");
    }
    return view;
  }

  private static TemplateReading template(Cluster cluster, JobRequest job)
      throws ClusterUnavailableException {
    return switch (job) {
      case JobRequest.Inline inline -> inline.template();
      case JobRequest.FromCronJob from ->
          JobTemplate.ofCronJob(cluster.cronJob(from.namespace(), from.cronJob()));
    };
  }

  private JobView look(Cluster cluster, JobRef ref, Run run) throws ClusterUnavailableException {
    return cluster.look(ref, run.commitment().map(Commitment::incarnation));
  }

  private JobView ask(Run run, Looking looking) {
    return ask(run, (cluster, ref) -> looking.ask(cluster, ref, run));
  }

  /** Asks the run's cluster; whatever is no clear answer becomes {@link JobView.Unavailable}. */
  private JobView ask(Run run, Asking asking) {
    ClusterName name = cluster(run);
    Optional<Cluster> cluster = with.clusters().find(name);
    if (cluster.isEmpty()) {
      return new JobView.Unavailable("no cluster " + name + " is configured");
    }
    try {
      return asking.ask(cluster.get(), ref(run));
    } catch (ClusterUnavailableException e) {
      return new JobView.Unavailable(String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> incarnation(Run run) {
    return with.clusters()
        .find(cluster(run))
        .flatMap(
            cluster -> {
              try {
                return Optional.of(cluster.incarnation());
              } catch (ClusterUnavailableException e) {
                return Optional.empty();
              }
            });
  }

  private static ClusterName cluster(Run run) {
    return run.cluster().orElseThrow();
  }

  JobRef ref(Run run) {
    return new JobRef(with.installation(), run.request().job().namespace(), run.firing());
  }

  @FunctionalInterface
  private interface Asking {
    JobView ask(Cluster cluster, JobRef ref) throws ClusterUnavailableException;
  }

  @FunctionalInterface
  private interface Looking {
    JobView ask(Cluster cluster, JobRef ref, Run run) throws ClusterUnavailableException;
  }

  /**
   * Where the carrying stands.
   *
   * @param run as it was read or written last
   * @param view what its cluster showed since then
   * @param passed clusters that failed in this pass
   * @param rest whether there is nothing more to do
   */
  private record At(Run run, JobView view, List<ClusterName> passed, boolean rest) {
    List<ClusterName> others() {
      List<ClusterName> left =
          new ArrayList<>(
              run.request()
                  .placement()
                  .rank(run.firing(), run.request().key(), run.request().clusters()));
      left.removeAll(passed);
      run.cluster().ifPresent(left::remove);
      return left;
    }

    At seeing(JobView now) {
      return new At(run, now, passed, false);
    }

    At with(Run now) {
      return new At(now, view, passed, false);
    }

    At resting() {
      return new At(run, view, passed, true);
    }

    At moved(Run now) {
      List<ClusterName> all = new ArrayList<>(passed);
      all.add(run.cluster().orElseThrow());
      return new At(now, new JobView.Unasked(), List.copyOf(all), false);
    }

    At overtaken(Ledger.Change.Overtaken by) {
      // A record that vanished was taken out by hand: there is nothing left to be carried on.
      return by.current()
          .map(now -> new At(now, new JobView.Unasked(), passed, false))
          .orElseGet(this::resting);
    }
  }
}
