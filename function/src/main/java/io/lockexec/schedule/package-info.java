/** When commands are due: the names of schedules, their recurrences and their firings. */
@NullMarked
package io.lockexec.schedule;

import org.jspecify.annotations.NullMarked;
