package io.lockexec.infra.local.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * How a local cluster is to be.
 *
 * @param name its name, and that of its context in the kubeconfig
 * @param port where on 127.0.0.1 it listens; 0 takes any port that is free
 * @param directory where logs and working directories of pods are kept; whoever names it removes it
 * @param environment all that a command gets besides what its container defines: PATH and HOME,
 *     usually. Nothing of this process's own environment gets through by itself
 * @param clock the time of the cluster: deadlines, grace periods, time stamps
 * @param controllerLag how long the job controller takes to notice a change of a Job's spec
 * @param access who is let in
 */
public record LocalClusterOptions(
    String name,
    int port,
    Path directory,
    Map<String, String> environment,
    InstantSource clock,
    Duration controllerLag,
    Access access) {

  /** Who is let in. */
  public enum Access {
    /** Only who bears the token. */
    TOKEN,

    /**
     * To read, also who bears none: {@code kubectl get} and {@code kubectl logs} work then, for
     * kubectl sends no token over plain HTTP. A wrong token is refused all the same.
     */
    TOKEN_OR_ANONYMOUS_READS
  }

  /** Copies the environment. */
  public LocalClusterOptions {
    environment = Map.copyOf(environment);
  }

  /** A cluster on any free port, on the system's clock, whose controllers act at once. */
  public static LocalClusterOptions of(
      String name, Path directory, Map<String, String> environment) {
    return new LocalClusterOptions(
        name, 0, directory, environment, InstantSource.system(), Duration.ZERO, Access.TOKEN);
  }

  /** The same, on a given port. */
  public LocalClusterOptions withPort(int newPort) {
    return new LocalClusterOptions(
        name, newPort, directory, environment, clock, controllerLag, access);
  }

  /** The same, on another clock; see {@link LocalCluster#timeHasMoved}. */
  public LocalClusterOptions withClock(InstantSource newClock) {
    return new LocalClusterOptions(
        name, port, directory, environment, newClock, controllerLag, access);
  }

  /** The same, with a job controller that lags. */
  public LocalClusterOptions withControllerLag(Duration newLag) {
    return new LocalClusterOptions(name, port, directory, environment, clock, newLag, access);
  }

  /** The same, with other rules of who is let in. */
  public LocalClusterOptions withAccess(Access newAccess) {
    return new LocalClusterOptions(
        name, port, directory, environment, clock, controllerLag, newAccess);
  }
}
