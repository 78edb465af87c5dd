/** The command line: the verbs of {@code lock-exec} and what they print. */
@NullMarked
package io.lockexec.cli;

import org.jspecify.annotations.NullMarked;
