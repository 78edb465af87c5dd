/** The local stand-in: the same functions on one machine, with nothing to install. */
@NullMarked
package io.lockexec.infra.local;

import org.jspecify.annotations.NullMarked;
