/**
 * A cluster in this process that speaks as much of the Kubernetes API as lock-exec uses, and runs
 * the commands of Jobs as operating-system processes.
 */
@NullMarked
package io.lockexec.infra.local.cluster;

import org.jspecify.annotations.NullMarked;
