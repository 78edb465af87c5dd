/** At-most-once scheduled commands across several identical Kubernetes clusters. */
@NullMarked
package io.lockexec;

import org.jspecify.annotations.NullMarked;
