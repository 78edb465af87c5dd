/** The Lambda functions: their handlers, their configuration, their logs and their wiring. */
@NullMarked
package io.lockexec.lambda;

import org.jspecify.annotations.NullMarked;
