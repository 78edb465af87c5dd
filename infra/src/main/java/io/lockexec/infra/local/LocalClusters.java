package io.lockexec.infra.local;

import io.lockexec.BadInput;
import io.lockexec.cluster.ClusterName;
import io.lockexec.infra.config.ClusterEntry;
import io.lockexec.infra.local.cluster.LocalCluster;
import io.lockexec.infra.local.cluster.LocalClusterOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** The clusters that this process plays, each with a kubeconfig of its own. */
final class LocalClusters implements AutoCloseable {
  private static final List<String> PASSED_ON = List.of("PATH", "HOME");

  private final Path directory;
  private final Map<ClusterName, LocalCluster> byName = new LinkedHashMap<>();
  private final Map<LocalCluster, Duration> down = new LinkedHashMap<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  private LocalClusters(Path directory) {
    this.directory = directory;
  }

  /**
   * Starts every local cluster of the file. One that is to be down at first stays so until {@link
   * #letComeUp}.
   *
   * @param directory for kubeconfigs, logs and working directories; whoever names it removes it
   */
  static LocalClusters start(
      List<ClusterEntry> entries, Path directory, LocalCloudOptions options) {
    LocalClusters clusters = new LocalClusters(directory);
    try {
      for (ClusterEntry entry : entries) {
        if (entry instanceof ClusterEntry.Local local) {
          clusters.start(local, options);
        }
      }
      return clusters;
    } catch (IOException e) {
      clusters.close();
      throw new UncheckedIOException("a local cluster did not start", e);
    }
  }

  Map<ClusterName, LocalCluster> byName() {
    return Map.copyOf(byName);
  }

  Optional<LocalCluster> find(ClusterName name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Returns the file that holds the context of a local cluster, under the cluster's name. */
  Path kubeconfig(ClusterName name) {
    return directory.resolve(name + ".kubeconfig");
  }

  /** Lets each cluster that is down come up when its time is over, which begins now. */
  void letComeUp() {
    down.forEach(
        (cluster, time) -> {
          var _ = timer.schedule(() -> comeUp(cluster), time.toMillis(), TimeUnit.MILLISECONDS);
        });
  }

  @Override
  public void close() {
    timer.shutdownNow();
    byName.values().forEach(LocalCluster::close);
  }

  private void start(ClusterEntry.Local entry, LocalCloudOptions options) throws IOException {
    ClusterName name = new ClusterName(entry.name());
    Path pods = Files.createDirectories(directory.resolve(entry.name()));
    LocalCluster cluster =
        LocalCluster.start(
            LocalClusterOptions.of(entry.name(), pods, environment(options))
                .withClock(options.clock()));
    byName.put(name, cluster);
    options.manifests().forEach(manifest -> apply(cluster, manifest));
    Files.writeString(kubeconfig(name), cluster.kubeconfig());
    if (entry.downFor().isPositive()) {
      cluster.goDown();
      down.put(cluster, entry.downFor());
    }
  }

  private static void apply(LocalCluster cluster, JsonNode manifest) {
    try {
      cluster.apply(manifest);
    } catch (IllegalArgumentException e) {
      String name = manifest.path("metadata").path("name").asString("");
      throw new BadInput(
          "manifests",
          name.isEmpty() ? manifest : manifest.path("kind").asString("") + "/" + name,
          String.valueOf(e.getMessage()));
    }
  }

  /** Lets a cluster that was down come up. */
  static void comeUp(LocalCluster cluster) {
    try {
      cluster.comeUp();
    } catch (IOException e) {
      throw new UncheckedIOException("local cluster " + cluster.name() + " stays down", e);
    }
  }

  private static Map<String, String> environment(LocalCloudOptions options) {
    Map<String, String> environment = new LinkedHashMap<>(options.environment());
    environment.keySet().retainAll(PASSED_ON);
    return environment;
  }
}
