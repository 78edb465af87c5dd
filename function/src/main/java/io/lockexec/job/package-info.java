/**
 * The Kubernetes Job of a run: what was asked for, how it is hardened, and what a cluster shows of
 * it.
 */
@NullMarked
package io.lockexec.job;

import org.jspecify.annotations.NullMarked;
