package io.lockexec.infra.local.cluster;

import java.time.Instant;
import java.util.Optional;

/**
 * A process that a local cluster has started for a container, whatever became of the objects since:
 * the witness of how often something ran.
 *
 * @param namespace the namespace of its pod
 * @param job the name of its Job; empty for a pod without one
 * @param pod the name of its pod
 * @param container the name of its container
 * @param pid the operating system's id of the process
 * @param started when it was started
 * @param ended when it ended; empty while it runs
 */
public record PodProcess(
    String namespace,
    String job,
    String pod,
    String container,
    long pid,
    Instant started,
    Optional<Instant> ended) {}
