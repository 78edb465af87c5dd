/**
 * The lock on a key: who holds it, until when, and the fencing token that rises with every
 * acquisition.
 */
@NullMarked
package io.lockexec.lock;

import org.jspecify.annotations.NullMarked;
