package io.lockexec.infra.promise;

import java.time.Duration;

/** Details of events: run requests. */
final class Details {
  private Details() {}

  /** A schedule whose command is to be run by a shell, on both clusters, blue first. */
  static String shell(String schedule, String script) {
    return shell(schedule, schedule, script);
  }

  static String shell(String schedule, String key, String script) {
    return """
    {
      "schedule": "%s", "key": "%s", "clusters": ["blue", "green"],
      "job": {
        "image": "busybox", "command": ["/bin/sh", "-c", "%s"],
        "terminationGracePeriodSeconds": 1
      }
    }
    """
        .formatted(schedule, key, script);
  }

  /** A schedule whose command does not listen when it is told to end. */
  static String stubborn(String schedule, Duration grace) {
    return """
    {
      "schedule": "%s", "clusters": ["blue", "green"],
      "job": {
        "image": "busybox",
        "command": ["/bin/sh", "-c", "trap '' TERM; sleep 30 & wait; wait"],
        "terminationGracePeriodSeconds": %d
      }
    }
    """
        .formatted(schedule, grace.toSeconds());
  }

  /** A schedule that runs what a CronJob in the cluster says. */
  static String from(String schedule, String cronJob) {
    return """
    {
      "schedule": "%s", "clusters": ["blue", "green"],
      "job": {"from": "cronjob/%s"}
    }
    """
        .formatted(schedule, cronJob);
  }

  /** A CronJob, to be applied to a cluster. */
  static String cronJob(String name, boolean suspend) {
    return """
    {
      "apiVersion": "batch/v1", "kind": "CronJob",
      "metadata": {"name": "%s", "namespace": "default"},
      "spec": {
        "schedule": "0 3 * * *", "suspend": %s,
        "jobTemplate": {"spec": {"backoffLimit": 6, "template": {"spec": {
          "restartPolicy": "OnFailure",
          "containers": [{"name": "main", "image": "busybox", "command": ["/bin/true"]}]
        }}}}
      }
    }
    """
        .formatted(name, suspend);
  }
}
