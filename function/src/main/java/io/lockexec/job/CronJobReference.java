package io.lockexec.job;

import java.util.regex.Pattern;

/** How kubectl lets a person write a CronJob: any of its names, a slash, and its own name. */
final class CronJobReference {
  static final Pattern PATTERN =
      Pattern.compile("(?i:cronjobs?|cj)(?i:\\.batch|\\.v1\\.batch)?/(?<name>[^/]*)");
  static final Pattern BARE_NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?");

  private CronJobReference() {}
}
