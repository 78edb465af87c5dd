package io.lockexec.run;

import io.lockexec.cluster.Clusters;
import io.lockexec.lock.Locks;
import io.lockexec.schedule.Installation;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What runs are carried on with: the records, the clusters, the time, and what is known of them.
 *
 * @param installation whose runs they are
 * @param ledger their record
 * @param locks the lock table, as processes and people see it
 * @param clusters that are configured
 * @param bounds of what can happen unseen
 * @param jobTtl how long Kubernetes keeps a Job after it was settled
 * @param clock the time by our clock
 * @param journal where each transition is told
 */
public record Surroundings(
    Installation installation,
    Ledger ledger,
    Locks locks,
    Clusters clusters,
    Bounds bounds,
    Duration jobTtl,
    InstantSource clock,
    Journal journal) {}
