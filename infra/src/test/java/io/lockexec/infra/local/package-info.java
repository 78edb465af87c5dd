/** The local stand-in, by its front door and part by part. */
@NullMarked
package io.lockexec.infra.local;

import org.jspecify.annotations.NullMarked;
