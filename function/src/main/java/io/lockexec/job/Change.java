package io.lockexec.job;

import java.util.Optional;

/**
 * What hardening made different from the template, and why.
 *
 * @param path where in the Job: {@code spec.template.spec.containers[0].restartPolicy}
 * @param before what the template said, as JSON; empty if it said nothing
 * @param after what the Job says, as JSON; empty if it says nothing
 * @param why the reason, for the person who wrote the template
 */
public record Change(String path, Optional<String> before, Optional<String> after, String why) {

  /** Returns the change in one line: {@code spec.backoffLimit: 3 → 0 (no second attempt)}. */
  @Override
  public String toString() {
    return after
        .map(
            now ->
                before
                    .map(then -> "%s: %s → %s (%s)".formatted(path, then, now, why))
                    .orElseGet(() -> "%s: %s added (%s)".formatted(path, now, why)))
        .orElseGet(() -> "%s: %s removed (%s)".formatted(path, before.orElse(""), why));
  }
}
