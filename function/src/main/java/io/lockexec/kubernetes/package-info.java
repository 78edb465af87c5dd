/** The port to a cluster over the Kubernetes API: each request once, each answer judged here. */
@NullMarked
package io.lockexec.kubernetes;

import org.jspecify.annotations.NullMarked;
