/** What surrounds the function: its configuration file and the local stand-in for the cloud. */
@NullMarked
package io.lockexec.infra;

import org.jspecify.annotations.NullMarked;
