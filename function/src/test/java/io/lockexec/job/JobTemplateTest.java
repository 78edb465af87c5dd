package io.lockexec.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

final class JobTemplateTest {
  private static final String SUSPENDED =
      """
      apiVersion: batch/v1
      kind: CronJob
      metadata: {name: nightly, namespace: reports}
      spec:
        schedule: "0 2 * * *"
        suspend: true
        jobTemplate:
          metadata: {labels: {team: data}, name: x}
          spec:
            fieldOfTomorrow: 1
            template:
              spec: {containers: [{name: main, image: busybox}]}
      """;

  @Test
  void of_a_suspended_cron_job_the_template_is_taken_as_it_is() {
    ObjectNode cronJob = Manifests.yaml(SUSPENDED);

    TemplateReading reading = JobTemplate.ofCronJob(cronJob);

    assertThat(reading)
        .isEqualTo(
            new JobTemplate(
                Manifests.yaml("{labels: {team: data}, name: x}"),
                (ObjectNode) cronJob.at("/spec/jobTemplate/spec")));
  }

  @ParameterizedTest(name = "{0}: {1} → {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/spec/suspend | false | CronJobNotSuspended",
        "/spec/suspend | null | CronJobNotSuspended",
        "/metadata/deletionTimestamp | 2026-11-23T02:00:00Z | CronJobTerminating",
        "/metadata/labels | {kueue.x-k8s.io/queue-name: q} | QueueOwned",
        "/metadata/annotations | {kueue.x-k8s.io/job-min-parallelism: 1} | QueueOwned",
        "/spec/jobTemplate/metadata/labels | {kueue.x-k8s.io/queue-name: q} | QueueOwned",
        "/spec/jobTemplate/metadata/annotations | {kueue.x-k8s.io/x: q} | QueueOwned",
        "/spec/jobTemplate/spec/template/metadata"
            + " | {labels: {kueue.x-k8s.io/priority-class: q}} | QueueOwned",
        "/spec/jobTemplate/metadata/annotations"
            + " | {scheduling.x-k8s.io/suspend: 'true'} | QueueOwned",
        "/spec/jobTemplate/spec/managedBy | kueue.x-k8s.io/multikueue | QueueOwned",
        "/spec/jobTemplate/spec/suspend | true | HeldByOther",
        "/spec/jobTemplate/spec/parallelism | 0 | NothingToRun",
        "/spec/jobTemplate/spec/completions | 0 | NothingToRun",
        "/spec/jobTemplate/spec/activeDeadlineSeconds | 0 | NothingToRun",
        "/kind | Job | NotACronJob",
        "/kind | null | NotACronJob",
        "/apiVersion | example.com/v1 | NotACronJob",
        "/spec/jobTemplate | {} | NotACronJob",
        "/spec | {} | NotACronJob",
        "/spec/jobTemplate/spec/template/spec | {containers: []} | NotACronJob",
      })
  void a_template_that_others_start_or_nobody_is_refused(
      String pointer, String value, String reason) {
    ObjectNode cronJob = Manifests.yaml(SUSPENDED);
    Manifests.set(cronJob, pointer, value);

    TemplateReading reading = JobTemplate.ofCronJob(cronJob);

    assertThat(reading)
        .isInstanceOfSatisfying(
            TemplateRefused.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(reason);
              assertThat(refused.message()).startsWith("CronJob reports/nightly ");
            });
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/apiVersion | batch/v1beta1",
        "/metadata/labels | {app: kueue}",
        "/metadata/deletionTimestamp | null",
        "/spec/jobTemplate/spec/template/spec/schedulerName | volcano",
        "/spec/jobTemplate/spec/managedBy | kubernetes.io/job-controller",
        "/spec/jobTemplate/spec/suspend | false",
        "/spec/jobTemplate/metadata | null",
      })
  void a_template_that_nobody_else_starts_is_taken(String pointer, String value) {
    ObjectNode cronJob = Manifests.yaml(SUSPENDED);
    Manifests.set(cronJob, pointer, value);

    assertThat(JobTemplate.ofCronJob(cronJob)).isInstanceOf(JobTemplate.class);
  }

  @Test
  void who_left_a_cron_job_unsuspended_is_told_what_to_type() {
    ObjectNode cronJob = Manifests.yaml(SUSPENDED);
    Manifests.set(cronJob, "/spec/suspend", "false");

    assertThat(JobTemplate.ofCronJob(cronJob))
        .isInstanceOfSatisfying(
            TemplateRefused.class,
            refused ->
                assertThat(refused.message())
                    .contains(
                        "kubectl patch cronjob nightly -n reports -p"
                            + " '{\"spec\":{\"suspend\":true}}'"));
  }
}
