package io.lockexec.infra.config;

import io.lockexec.schedule.Recurrence;
import io.lockexec.schedule.ScheduleName;
import tools.jackson.databind.node.ObjectNode;

/**
 * One schedule of the file, all defaults applied.
 *
 * @param name the name under which it stands in the file
 * @param recurrence when it is due
 * @param enabled whether it fires at all
 * @param detail the detail of its events: {@code schedule}, {@code key}, {@code
 *     startingDeadlineSeconds}, {@code placement}, {@code clusters} and {@code job}, all explicit
 */
public record ScheduleEntry(
    ScheduleName name, Recurrence recurrence, boolean enabled, ObjectNode detail) {

  /** Copies the detail. */
  public ScheduleEntry {
    detail = detail.deepCopy();
  }

  /** Returns a copy of the detail. */
  @Override
  public ObjectNode detail() {
    return detail.deepCopy();
  }

  /** Returns what is locked while a run of this schedule is on its way. */
  public String key() {
    return detail.path("key").stringValue();
  }
}
