/** The configuration file lock-exec.yaml: its schema, its loader, and what it says. */
@NullMarked
package io.lockexec.infra.config;

import org.jspecify.annotations.NullMarked;
