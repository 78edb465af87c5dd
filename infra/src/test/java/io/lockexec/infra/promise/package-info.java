/**
 * The whole, in one JVM: the promise kept by the real handlers, DynamoDB Local and two clusters.
 */
@NullMarked
package io.lockexec.infra.promise;

import org.jspecify.annotations.NullMarked;
