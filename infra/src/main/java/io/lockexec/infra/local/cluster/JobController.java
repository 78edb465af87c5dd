package io.lockexec.infra.local.cluster;

import io.lockexec.infra.local.cluster.JobStatus.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns Jobs into pods and the ends of pods into the ends of Jobs, as Kubernetes 1.36 does.
 *
 * <p>Each pass over a Job: begin or suspend it; count the pods that have ended; give a verdict, in
 * an interim condition at first; obey it, or make the number of pods right; write the status.
 */
final class JobController {
  static final String TRACKING = "batch.kubernetes.io/job-tracking";

  private static final String CONTROLLER = "kubernetes.io/job-controller";
  private static final String FAILURE_TARGET = "FailureTarget";
  private static final String SUCCESS_CRITERIA_MET = "SuccessCriteriaMet";
  private static final Verdict SUSPENDED =
      new Verdict("Suspended", "JobSuspended", "Job suspended");
  private static final Verdict RESUMED = new Verdict("Suspended", "JobResumed", "Job resumed");
  private static final Verdict COMPLETIONS_REACHED =
      new Verdict(
          SUCCESS_CRITERIA_MET, "CompletionsReached", "Reached expected number of succeeded pods");
  private static final Verdict BACKOFF_LIMIT_EXCEEDED =
      new Verdict(
          FAILURE_TARGET, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
  private static final Verdict DEADLINE_EXCEEDED =
      new Verdict(
          FAILURE_TARGET, "DeadlineExceeded", "Job was active longer than specified deadline");
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(10);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(10);

  private final ObjectStore store;
  private final Deletion deletion;
  private final PodFactory pods;
  private final Duration lag;
  private final Map<String, Seen> seen = new HashMap<>();

  /** When the controller notices a generation of a Job's spec. */
  private record Seen(long generation, Instant noticed) {}

  JobController(ObjectStore store, Deletion deletion, PodFactory pods, Duration lag) {
    this.store = store;
    this.deletion = deletion;
    this.pods = pods;
    this.lag = lag;
  }

  static boolean owns(JsonNode job, JsonNode pod) {
    return Trees.elements(pod, "/metadata/ownerReferences").stream()
        .anyMatch(owner -> owner.path("uid").asString("").equals(Trees.uid(job)));
  }

  /** Carries every Job on; called under the lock of the store. */
  void sync(Instant now, Agenda agenda) {
    List<ObjectNode> jobs = store.list(Resource.JOBS, "");
    seen.keySet().retainAll(jobs.stream().map(Trees::uid).toList());
    for (ObjectNode job : jobs) {
      if (Trees.text(job, "/spec/managedBy").isEmpty()
          || Trees.text(job, "/spec/managedBy").equals(CONTROLLER)) {
        if (noticed(job, now, agenda)) {
          new Pass(job, now, agenda).run();
        }
      }
    }
  }

  private boolean noticed(ObjectNode job, Instant now, Agenda agenda) {
    long generation = Trees.number(job, "/metadata/generation").orElse(0L);
    Optional<Seen> known = Optional.ofNullable(seen.get(Trees.uid(job)));
    Instant changed =
        known.isPresent() ? now : Trees.instant(job, "/metadata/creationTimestamp").orElse(now);
    Seen last =
        known
            .filter(before -> before.generation() == generation)
            .orElseGet(() -> new Seen(generation, changed.plus(lag)));
    seen.put(Trees.uid(job), last);
    agenda.wakeAt(last.noticed());
    return !now.isBefore(last.noticed());
  }

  /** One pass over one Job. */
  private final class Pass {
    private final ObjectKey key;
    private final Instant now;
    private final Agenda agenda;
    private final ObjectNode job;

    /** Works on the Job's status in a draft, so that one pass is one write. */
    private Pass(ObjectNode job, Instant now, Agenda agenda) {
      this.key = ObjectKey.of(Resource.JOBS, job);
      this.job = Trees.object().setAll(job);
      this.job.set("status", job.path("status").deepCopy());
      this.now = now;
      this.agenda = agenda;
    }

    private void run() {
      if (!JobStatus.finished(job)) {
        beginOrSuspend();
        countEnded();
        interimVerdict().ifPresent(this::announce);
        announced().ifPresentOrElse(this::obey, this::manage);
        countPods();
        write();
        announced().ifPresent(this::conclude);
        write();
      } else {
        releaseEnded();
      }
    }

    private void write() {
      store.update(key, changed -> changed.set("status", job.path("status").deepCopy()));
    }

    private ObjectNode status() {
      return job.withObject("status");
    }

    private boolean suspended() {
      return job.at("/spec/suspend").asBoolean(false);
    }

    private void beginOrSuspend() {
      boolean marked = JobStatus.condition(job, SUSPENDED.type()).isPresent();
      if (suspended() && !marked && announced().isEmpty()) {
        JobStatus.set(job, SUSPENDED, true, now);
        status().remove("startTime");
      } else if (!suspended() && marked) {
        JobStatus.set(job, RESUMED, false, now);
      }
      if (!suspended() && startTime().isEmpty()) {
        status().put("startTime", Trees.timestamp(now));
      }
    }

    private Optional<Instant> startTime() {
      return Trees.instant(job, "/status/startTime");
    }

    /** Counts each ended pod once: the finalizer says that it has not been counted yet. */
    private void countEnded() {
      for (ObjectNode pod : tracked()) {
        if (Trees.text(pod, "/status/phase").equals("Succeeded")) {
          count(pod, "succeeded");
        } else if (failed(pod)) {
          considerFailure(pod);
        }
      }
    }

    private boolean failed(JsonNode pod) {
      return Trees.text(pod, "/status/phase").equals("Failed")
          || (Trees.deleting(pod) && !onlyReplacesFailed());
    }

    private boolean onlyReplacesFailed() {
      return Trees.text(job, "/spec/podReplacementPolicy").equals("Failed");
    }

    private void considerFailure(ObjectNode pod) {
      switch (PodFailureRules.judge(job, pod)) {
        case PodFailureRules.Judgement.Counts _ -> count(pod, "failed");
        case PodFailureRules.Judgement.Ignored _ -> untrack(pod);
        case PodFailureRules.Judgement.FailsJob(String message) -> {
          announce(new Verdict(FAILURE_TARGET, "PodFailurePolicy", message));
          count(pod, "failed");
        }
      }
    }

    private void count(ObjectNode pod, String counter) {
      status().put(counter, counter(counter) + 1);
      if (counter.equals("succeeded") && indexed()) {
        NavigableSet<Integer> completed = completed();
        completed.add(Indexes.of(pod));
        status().put("completedIndexes", Indexes.format(completed));
      }
      untrack(pod);
    }

    private NavigableSet<Integer> completed() {
      return Indexes.parse(Trees.text(job, "/status/completedIndexes"));
    }

    private void untrack(ObjectNode pod) {
      store.update(
          ObjectKey.of(Resource.PODS, pod), changed -> Trees.removeFinalizer(changed, TRACKING));
    }

    private Optional<Verdict> announced() {
      return JobStatus.verdict(job, FAILURE_TARGET)
          .or(() -> JobStatus.verdict(job, SUCCESS_CRITERIA_MET));
    }

    private Optional<Verdict> interimVerdict() {
      if (announced().isPresent()) {
        return Optional.empty();
      }
      if (counter("failed") > backoffLimit() || restartsExceed()) {
        return Optional.of(BACKOFF_LIMIT_EXCEEDED);
      }
      if (pastDeadline()) {
        return Optional.of(DEADLINE_EXCEEDED);
      }
      return complete() ? Optional.of(COMPLETIONS_REACHED) : Optional.empty();
    }

    private boolean restartsExceed() {
      if (!Trees.text(job, "/spec/template/spec/restartPolicy").equals("OnFailure")) {
        return false;
      }
      long restarts = active().mapToLong(this::restarts).sum();
      return backoffLimit() == 0 ? restarts > 0 : restarts >= backoffLimit();
    }

    private long restarts(JsonNode pod) {
      return Stream.of("/status/initContainerStatuses", "/status/containerStatuses")
          .flatMap(pointer -> Trees.elements(pod, pointer).stream())
          .mapToLong(status -> status.path("restartCount").asLong(0))
          .sum();
    }

    private boolean pastDeadline() {
      if (suspended()) {
        return false;
      }
      Optional<Instant> deadline =
          Trees.number(job, "/spec/activeDeadlineSeconds")
              .flatMap(seconds -> startTime().map(start -> start.plusSeconds(seconds)));
      deadline.ifPresent(agenda::wakeAt);
      return deadline.filter(at -> !now.isBefore(at)).isPresent();
    }

    private boolean complete() {
      return completions()
          .map(wanted -> counter("succeeded") >= wanted)
          .orElseGet(() -> counter("succeeded") > 0 && active().findAny().isEmpty());
    }

    private void announce(Verdict verdict) {
      JobStatus.set(job, verdict, true, now);
    }

    private void obey(Verdict verdict) {
      active().toList().forEach(deletion::pod);
    }

    /** The last word, spoken only when no pod of the Job is left that could still be running. */
    private void conclude(Verdict verdict) {
      boolean quiet = tracked().isEmpty() && active().findAny().isEmpty() && terminating() == 0;
      if (quiet && verdict.type().equals(SUCCESS_CRITERIA_MET)) {
        JobStatus.set(job, verdict.as("Complete"), true, now);
        status().put("completionTime", Trees.timestamp(now));
      } else if (quiet) {
        JobStatus.set(job, verdict.as("Failed"), true, now);
      }
    }

    private void manage() {
      if (Trees.deleting(job)) {
        return;
      }
      List<ObjectNode> active = active().toList();
      int wanted = suspended() ? 0 : wanted(active.size());
      if (active.size() > wanted) {
        active.subList(wanted, active.size()).forEach(this::dismiss);
      } else if (!suspended()) {
        create(wanted - active.size() - (onlyReplacesFailed() ? terminating() : 0));
      }
    }

    private int wanted(int active) {
      int parallelism = job.at("/spec/parallelism").asInt(1);
      return completions()
          .map(completions -> Math.min(parallelism, completions - counter("succeeded")))
          .orElseGet(() -> counter("succeeded") > 0 ? active : parallelism);
    }

    /** Ends a pod that is not needed; untracked, so that it does not count as failed. */
    private void dismiss(ObjectNode pod) {
      untrack(pod);
      deletion.pod(pod);
    }

    private void create(int missing) {
      if (missing <= 0) {
        return;
      }
      Optional<Instant> backoff = backoff();
      if (backoff.isPresent()) {
        agenda.wakeAt(backoff.get());
        return;
      }
      List<Integer> indexes = indexed() ? missingIndexes() : List.of();
      IntStream.range(0, indexed() ? Math.min(missing, indexes.size()) : missing)
          .mapToObj(i -> indexed() ? pods.indexed(job, indexes.get(i), now) : pods.plain(job, now))
          .forEach(pod -> store.create(Resource.PODS, pod));
    }

    /** Until when the next pod must wait because the last ones have failed. */
    private Optional<Instant> backoff() {
      int failures = counter("failed");
      if (failures == 0) {
        return Optional.empty();
      }
      Duration wait = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures - 1, 6));
      return owned().stream()
          .filter(pod -> Trees.text(pod, "/status/phase").equals("Failed"))
          .flatMap(pod -> Trees.elements(pod, "/status/containerStatuses").stream())
          .flatMap(status -> Trees.instant(status, "/state/terminated/finishedAt").stream())
          .max(Instant::compareTo)
          .map(last -> last.plus(wait.compareTo(LONGEST_BACKOFF) < 0 ? wait : LONGEST_BACKOFF))
          .filter(now::isBefore);
    }

    private List<Integer> missingIndexes() {
      NavigableSet<Integer> taken = completed();
      owned().stream()
          .filter(pod -> !Kubelet.terminal(pod))
          .filter(pod -> !Trees.deleting(pod) || onlyReplacesFailed())
          .forEach(pod -> taken.add(Indexes.of(pod)));
      return IntStream.range(0, completions().orElse(0))
          .filter(index -> !taken.contains(index))
          .boxed()
          .toList();
    }

    private void countPods() {
      int active = (int) active().count();
      int ready =
          (int) active().filter(pod -> Trees.text(pod, "/status/phase").equals("Running")).count();
      status().put("active", active);
      if (active == 0) {
        status().remove("active");
      }
      status().put("ready", ready).put("terminating", terminating());
    }

    /** A finished Job has nothing to count, but its pods must be free to go. */
    private void releaseEnded() {
      tracked().stream().filter(Kubelet::terminal).forEach(this::untrack);
    }

    private int counter(String name) {
      return job.at("/status").path(name).asInt(0);
    }

    private int backoffLimit() {
      return job.at("/spec/backoffLimit").asInt(6);
    }

    private Optional<Integer> completions() {
      return Trees.number(job, "/spec/completions").map(Math::toIntExact);
    }

    private boolean indexed() {
      return Trees.text(job, "/spec/completionMode").equals("Indexed");
    }

    private List<ObjectNode> owned() {
      return store.list(Resource.PODS, key.namespace()).stream()
          .filter(pod -> owns(job, pod))
          .toList();
    }

    private List<ObjectNode> tracked() {
      return owned().stream()
          .filter(pod -> Trees.contains(pod, "/metadata/finalizers", TRACKING))
          .toList();
    }

    private Stream<ObjectNode> active() {
      return owned().stream().filter(pod -> !Kubelet.terminal(pod) && !Trees.deleting(pod));
    }

    private int terminating() {
      return (int)
          owned().stream().filter(pod -> !Kubelet.terminal(pod) && Trees.deleting(pod)).count();
    }
  }
}
