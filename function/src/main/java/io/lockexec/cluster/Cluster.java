package io.lockexec.cluster;

import io.lockexec.job.HardenedJob;
import io.lockexec.job.JobRef;
import io.lockexec.job.JobView;
import io.lockexec.job.Namespace;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A Kubernetes cluster, as far as a run needs it. Every method makes its requests once, within
 * bounded time, and throws {@link ClusterUnavailableException} for whatever is no clear answer; the
 * caller decides whether to ask again.
 */
public interface Cluster {
  /** Returns what we call it. */
  ClusterName name();

  /**
   * Returns which incarnation of the cluster this is: the uid of its kube-system namespace, or an
   * EKS cluster's endpoint. It may be remembered for as long as the connection lives.
   */
  String incarnation() throws ClusterUnavailableException;

  /**
   * Reads a CronJob.
   *
   * @throws ClusterUnavailableException also if there is no such CronJob or namespace here
   */
  JsonNode cronJob(Namespace namespace, String name) throws ClusterUnavailableException;

  /**
   * Creates the Job, held. If its name is taken, whatever has it is looked at instead.
   *
   * @return {@link JobView.Held} as a rule; another view of a Job that is there already: ours, or
   *     {@link JobView.Foreign}
   * @throws ClusterUnavailableException also if the server refused the Job, or dropped a guarding
   *     field, in which case the held Job was deleted again
   */
  JobView create(JobRef ref, HardenedJob job) throws ClusterUnavailableException;

  /**
   * Looks at the Job, with a quorum read.
   *
   * @param incarnation in which its absence would mean that it is gone; if another one answers, the
   *     answer is none. If empty, an absence proves nothing: then nobody asks which incarnation
   *     answers and whether pods are left, and {@code podsLeft} is true
   */
  JobView look(JobRef ref, Optional<String> incarnation) throws ClusterUnavailableException;

  /**
   * Starts a held Job: one patch that tests the uid and the launch mark, sets the mark to started
   * and ends the suspension. If the tests fail, the Job is looked at instead, in any incarnation.
   */
  JobView start(JobRef ref, String uid) throws ClusterUnavailableException;

  /**
   * Waits for the Job to end.
   *
   * @param resourceVersion from which changes are wanted
   * @param atMost how long
   * @return the last view seen, in any incarnation; {@link JobView.Started} if it still runs
   */
  JobView watch(JobRef ref, String resourceVersion, Duration atMost)
      throws ClusterUnavailableException;

  /** Lists all Jobs of the installation in a namespace that do not bear the settled label. */
  List<Listed> unsettled(Installation installation, Namespace namespace)
      throws ClusterUnavailableException;

  /**
   * Deletes exactly this Job in exactly this version, and its pods with it.
   *
   * @return false if it is no longer there in that version; nothing was deleted then
   */
  boolean delete(JobRef ref, String uid, String resourceVersion) throws ClusterUnavailableException;

  /**
   * Marks an ended Job as settled, so that lists leave it out, and lets Kubernetes delete it later.
   * Does nothing if it is another Job by now or gone.
   */
  void settled(JobRef ref, String uid, Duration ttl) throws ClusterUnavailableException;

  /**
   * A Job in a list.
   *
   * @param firing of the run that its label names
   * @param view what the list shows of it
   */
  record Listed(Firing firing, JobView.Present view) {}
}
