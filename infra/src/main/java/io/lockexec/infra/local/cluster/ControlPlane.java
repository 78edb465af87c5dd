package io.lockexec.infra.local.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.node.ObjectNode;

/** One incarnation of a cluster: its objects, its API, its controllers and its one node. */
final class ControlPlane implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ControlPlane.class.getName());
  private static final Duration LAST_WAIT = Duration.ofSeconds(2);
  private static final Duration AFTER_AN_ERROR = Duration.ofSeconds(1);

  private final LocalClusterOptions options;
  private final ObjectStore store = new ObjectStore();
  private final Kubelet kubelet;
  private final JobController jobs;
  private final GarbageCollector garbage;
  private final Api api;
  private final Thread controllers;

  ControlPlane(LocalClusterOptions options, Witness witness) {
    this.options = options;
    Deletion deletion = new Deletion(store, options.clock());
    PodFactory pods =
        new PodFactory(
            () -> UUID.randomUUID().toString(),
            () -> ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
    this.kubelet = new Kubelet(store, options, witness);
    this.jobs = new JobController(store, deletion, pods, options.controllerLag());
    this.garbage = new GarbageCollector(store, deletion);
    this.api = new Api(store, deletion, options.clock(), kubelet::log, pods::suffix);
    namespace("kube-system");
    namespace("default");
    this.controllers =
        Thread.ofPlatform().daemon().name("cluster-" + options.name()).unstarted(this::control);
  }

  void start() {
    controllers.start();
  }

  Api api() {
    return api;
  }

  ObjectStore store() {
    return store;
  }

  /** Stops the controllers, then kills every process. */
  @Override
  public void close() {
    store.close();
    try {
      controllers.join(LAST_WAIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    store.locked(
        () -> {
          kubelet.close();
          return true;
        });
  }

  private void namespace(String name) {
    ObjectNode namespace = Trees.object();
    namespace.putObject("metadata").put("name", name);
    api.seed(Resource.NAMESPACES, namespace);
  }

  private void control() {
    try {
      while (!store.closed()) {
        long before = store.signals();
        store.awaitSignal(before, settle());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs the controllers until nothing changes any more; returns how long they may sleep. */
  private Duration settle() {
    try {
      return store.locked(
          () -> {
            while (true) {
              long before = store.version();
              Instant now = options.clock().instant();
              Agenda agenda = new Agenda(now);
              jobs.sync(now, agenda);
              garbage.sync(now, agenda);
              kubelet.sync(now, agenda);
              if (store.version() == before || store.closed()) {
                return agenda.sleep();
              }
            }
          });
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the controllers of cluster " + options.name(), e);
      return AFTER_AN_ERROR;
    }
  }

  /** The uid by which this incarnation is known. */
  String uid() {
    return store
        .get(new ObjectKey(Resource.NAMESPACES, "", "kube-system"))
        .map(Trees::uid)
        .orElseThrow();
  }
}
