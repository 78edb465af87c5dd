package io.lockexec.run;

import io.lockexec.schedule.Recurrence;

/**
 * A schedule whose firings are to be expected.
 *
 * @param recurrence when it is due
 * @param request what its runs are to do
 */
public record Expected(Recurrence recurrence, RunRequest request) {}
