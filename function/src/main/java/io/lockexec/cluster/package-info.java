/** Where runs are placed: the port to a cluster and the choice among several. */
@NullMarked
package io.lockexec.cluster;

import org.jspecify.annotations.NullMarked;
