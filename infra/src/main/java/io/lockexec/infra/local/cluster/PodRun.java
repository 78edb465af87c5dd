package io.lockexec.infra.local.cluster;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The life of one pod on the kubelet: init containers one after the other, sidecars beside them,
 * then the main containers, and their end. Called under the lock of the store only.
 */
final class PodRun {
  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(10);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(5);
  private static final int START_ERROR = 128;

  private final JsonNode pod;
  private final Launcher launcher;
  private final List<Container> init;
  private final List<Container> main;
  private final Instant started;
  private final boolean restarts;
  private Optional<Stop> stop = Optional.empty();

  /** How a container's process is started. */
  interface Launcher {
    ContainerSetup setup(JsonNode pod, JsonNode container);

    ContainerProcess launch(JsonNode pod, String container, ContainerSetup.Ready setup)
        throws IOException;
  }

  /** That the pod is being stopped: until when it may take, and why, if not because of deletion. */
  private record Stop(Instant killAt, Optional<String> reason) {}

  /** What a container is doing. */
  private sealed interface State {
    record Waiting(String reason, String message) implements State {}

    record Running(ContainerProcess process) implements State {}

    record Ended(int exitCode, String reason, String message, Instant started, Instant finished)
        implements State {}
  }

  private static final class Container {
    private final JsonNode spec;
    private final boolean sidecar;
    private State state;
    private Optional<State.Ended> last = Optional.empty();
    private int restartCount;
    private boolean terminated;

    private Container(JsonNode spec, State state) {
      this.spec = spec;
      this.sidecar = spec.path("restartPolicy").asString("").equals("Always");
      this.state = state;
    }

    private String name() {
      return spec.path("name").asString("");
    }

    private boolean running() {
      return state instanceof State.Running;
    }

    private boolean ended() {
      return state instanceof State.Ended;
    }

    private boolean succeeded() {
      return state instanceof State.Ended ended && ended.exitCode() == 0;
    }
  }

  PodRun(JsonNode pod, Instant now, Launcher launcher) {
    this.pod = pod;
    this.launcher = launcher;
    this.started = now;
    this.restarts = Trees.text(pod, "/spec/restartPolicy").equals("OnFailure");
    this.init = containers("initContainers", "PodInitializing");
    this.main = containers("containers", init.isEmpty() ? "ContainerCreating" : "PodInitializing");
  }

  private List<Container> containers(String kind, String reason) {
    return StreamSupport.stream(pod.path("spec").path(kind).spliterator(), false)
        .map(spec -> new Container(spec, new State.Waiting(reason, "")))
        .toList();
  }

  /**
   * Carries the pod on as far as it can go now.
   *
   * @param current the pod as the store has it
   * @return whether all is over: nothing runs and nothing will
   */
  boolean advance(JsonNode current, Instant now, Agenda agenda) {
    all().forEach(container -> reap(container));
    considerStop(current, now, agenda);
    if (stop.isEmpty()) {
      startWhatIsDue(now, agenda);
      considerStop(current, now, agenda);
    }
    stopSidecars(now, agenda);
    return over();
  }

  /** Kills whatever is running, without further ado. */
  void kill() {
    all().forEach(container -> process(container).ifPresent(ContainerProcess::kill));
  }

  private Stream<Container> all() {
    return Stream.concat(init.stream(), main.stream());
  }

  private static Optional<ContainerProcess> process(Container container) {
    return container.state instanceof State.Running(ContainerProcess process)
        ? Optional.of(process)
        : Optional.empty();
  }

  private static void reap(Container container) {
    process(container)
        .flatMap(
            process ->
                process
                    .ended()
                    .map(
                        ended ->
                            new State.Ended(
                                process.exitCode(),
                                process.exitCode() == 0 ? "Completed" : "Error",
                                "",
                                process.started(),
                                ended)))
        .ifPresent(ended -> container.state = ended);
  }

  private void considerStop(JsonNode current, Instant now, Agenda agenda) {
    Optional<Instant> deadline =
        Trees.number(pod, "/spec/activeDeadlineSeconds").map(started::plusSeconds);
    if (stop.isEmpty() && Trees.deleting(current)) {
      Instant killAt = Trees.instant(current, "/metadata/deletionTimestamp").orElse(now);
      stop = Optional.of(new Stop(killAt, Optional.empty()));
    } else if (stop.isEmpty() && deadline.filter(at -> !now.isBefore(at)).isPresent()) {
      stop = Optional.of(new Stop(now.plusSeconds(grace()), Optional.of("DeadlineExceeded")));
    }
    stop.ifPresentOrElse(
        stopping -> all().forEach(container -> end(container, stopping.killAt(), now, agenda)),
        () -> deadline.ifPresent(agenda::wakeAt));
  }

  private long grace() {
    return Trees.number(pod, "/spec/terminationGracePeriodSeconds").orElse(30L);
  }

  private void end(Container container, Instant killAt, Instant now, Agenda agenda) {
    process(container)
        .ifPresent(
            process -> {
              if (!now.isBefore(killAt)) {
                process.kill();
              } else {
                terminate(container, process);
                agenda.wakeAt(killAt);
              }
            });
  }

  private static void terminate(Container container, ContainerProcess process) {
    if (!container.terminated) {
      container.terminated = true;
      process.terminate();
    }
  }

  private void startWhatIsDue(Instant now, Agenda agenda) {
    for (Container container : init) {
      startOrRestart(container, container.sidecar || restarts, now, agenda);
      if (container.sidecar ? !container.running() : !container.succeeded()) {
        return;
      }
    }
    main.forEach(container -> startOrRestart(container, restarts, now, agenda));
  }

  private void startOrRestart(Container container, boolean again, Instant now, Agenda agenda) {
    switch (container.state) {
      case State.Running _ -> {}
      case State.Waiting(String reason, String _) when reason.equals("CrashLoopBackOff") ->
          restart(container, now, agenda);
      case State.Waiting _ -> start(container, now);
      case State.Ended ended -> {
        if (again && (container.sidecar || ended.exitCode() != 0) && !mainsEnded()) {
          container.last = Optional.of(ended);
          container.state =
              new State.Waiting("CrashLoopBackOff", "back-off restarting failed container");
          restart(container, now, agenda);
        }
      }
    }
  }

  private void restart(Container container, Instant now, Agenda agenda) {
    Duration backoff = FIRST_BACKOFF.multipliedBy(1L << Math.min(container.restartCount, 5));
    Instant due =
        container
            .last
            .map(State.Ended::finished)
            .orElse(now)
            .plus(backoff.compareTo(LONGEST_BACKOFF) < 0 ? backoff : LONGEST_BACKOFF);
    if (now.isBefore(due)) {
      agenda.wakeAt(due);
    } else {
      container.restartCount++;
      start(container, now);
    }
  }

  private void start(Container container, Instant now) {
    container.state =
        switch (launcher.setup(pod, container.spec)) {
          case ContainerSetup.Ready ready -> launch(container, ready, now);
          case ContainerSetup.Waits(String reason, String message) ->
              new State.Waiting(reason, message);
          case ContainerSetup.Impossible(String message) -> startError(message, now);
        };
  }

  private State launch(Container container, ContainerSetup.Ready ready, Instant now) {
    try {
      return new State.Running(launcher.launch(pod, container.name(), ready));
    } catch (IOException e) {
      return startError(String.valueOf(e.getMessage()), now);
    }
  }

  private static State startError(String message, Instant now) {
    return new State.Ended(START_ERROR, "StartError", message, now, now);
  }

  private void stopSidecars(Instant now, Agenda agenda) {
    if (stop.isEmpty() && (mainsEnded() || initFailed())) {
      init.stream()
          .filter(Container::running)
          .findFirst()
          .ifPresent(_ -> stop = Optional.of(new Stop(now.plusSeconds(grace()), Optional.empty())));
      stop.ifPresent(
          stopping -> init.forEach(sidecar -> end(sidecar, stopping.killAt(), now, agenda)));
    }
  }

  private boolean mainsEnded() {
    return main.stream()
        .allMatch(container -> container.ended() && !(restarts && !container.succeeded()));
  }

  private boolean initFailed() {
    return !restarts
        && init.stream()
            .anyMatch(
                container -> !container.sidecar && container.ended() && !container.succeeded());
  }

  private boolean over() {
    return (stop.isPresent() || mainsEnded() || initFailed())
        && all().noneMatch(Container::running);
  }

  /** The pod's status, whole. */
  ObjectNode status(Instant now) {
    ObjectNode status = Trees.object();
    String phase = phase();
    status.put("phase", phase);
    if (over()) {
      stop.flatMap(Stop::reason)
          .ifPresent(
              reason ->
                  status
                      .put("reason", reason)
                      .put(
                          "message",
                          "Pod was active on the node longer than the specified deadline"));
    }
    status.put("startTime", Trees.timestamp(started));
    status.put("hostIP", "127.0.0.1").put("podIP", "127.0.0.1").put("qosClass", "BestEffort");
    boolean ready = phase.equals("Running") && main.stream().allMatch(Container::running);
    status
        .putArray("conditions")
        .addObject()
        .put("type", "Ready")
        .put("status", ready ? "True" : "False");
    statuses(status, "initContainerStatuses", init);
    statuses(status, "containerStatuses", main);
    return status;
  }

  private String phase() {
    if (over()) {
      boolean succeeded =
          main.stream().allMatch(Container::succeeded) && stop.flatMap(Stop::reason).isEmpty();
      return succeeded ? "Succeeded" : "Failed";
    }
    Predicate<Container> begun = container -> !(container.state instanceof State.Waiting);
    return main.stream().anyMatch(begun.or(container -> container.last.isPresent()))
        ? "Running"
        : "Pending";
  }

  private static void statuses(ObjectNode status, String field, List<Container> containers) {
    if (!containers.isEmpty()) {
      containers.forEach(container -> status(status.withArray(field).addObject(), container));
    }
  }

  private static void status(ObjectNode status, Container container) {
    status.put("name", container.name());
    status.put("image", container.spec.path("image").asString(""));
    status.put("imageID", "");
    status.put("ready", container.running());
    status.put("started", container.running());
    status.put("restartCount", container.restartCount);
    container.last.ifPresent(
        ended -> terminated(status.putObject("lastState").putObject("terminated"), ended));
    ObjectNode state = status.putObject("state");
    switch (container.state) {
      case State.Waiting(String reason, String message) -> {
        ObjectNode waiting = state.putObject("waiting").put("reason", reason);
        if (!message.isEmpty()) {
          waiting.put("message", message);
        }
      }
      case State.Running(ContainerProcess process) ->
          state.putObject("running").put("startedAt", Trees.timestamp(process.started()));
      case State.Ended ended -> terminated(state.putObject("terminated"), ended);
    }
  }

  private static void terminated(ObjectNode terminated, State.Ended ended) {
    terminated.put("exitCode", ended.exitCode()).put("reason", ended.reason());
    if (!ended.message().isEmpty()) {
      terminated.put("message", ended.message());
    }
    terminated
        .put("startedAt", Trees.timestamp(ended.started()))
        .put("finishedAt", Trees.timestamp(ended.finished()));
  }
}
