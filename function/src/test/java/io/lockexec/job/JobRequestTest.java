package io.lockexec.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lockexec.BadInput;
import io.lockexec.job.JobRequest.FromCronJob;
import io.lockexec.job.JobRequest.Inline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

final class JobRequestTest {
  private static final Namespace DEFAULT = new Namespace("default");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cronjob/nightly",
        "cronjobs/nightly",
        "cj/nightly",
        "CronJob/nightly",
        "cronjob.batch/nightly",
        "cronjobs.v1.batch/nightly"
      })
  void a_cron_job_is_named_as_kubectl_takes_it(String from) {
    assertThat(parse("{namespace: reports, from: %s}".formatted(from)))
        .isEqualTo(new FromCronJob(new Namespace("reports"), "nightly"));
  }

  @Test
  void without_a_namespace_it_is_the_default_one() {
    assertThat(parse("{from: cj/nightly}")).isEqualTo(new FromCronJob(DEFAULT, "nightly"));
    assertThat(parse("{image: busybox}").namespace()).isEqualTo(DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{from: cj/a.b-c}",
        "{namespace: reports, image: busybox}",
        "{image: busybox, command: [sh, -c, 'echo $0'], args: ['', x], env: [{name: A, value: b}]}",
        "{image: busybox, labels: {app: x}, annotations: {a/b: c}, activeDeadlineSeconds: 60}",
        "{image: busybox, backoffLimit: 0, restartPolicy: Never, podReplacementPolicy: Failed}",
        "{image: busybox, completionMode: Indexed, completions: 5, parallelism: 2}",
        "{image: busybox, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}",
        "{parallelism: 2, template: {spec: {fieldOfTomorrow: 1.50, containers:"
            + " [{name: a, image: b, fieldOfTomorrow: [x]}]}}}",
        "{template: {metadata: {labels: {a: b}, name: x}, spec: {restartPolicy: OnFailure,"
            + " initContainers: [{name: i, image: b}], containers: [{name: a, image: b}]}}}",
        "{image: busybox, podFailurePolicy: {rules: [{action: FailJob}]}, command: null}"
      })
  void what_is_written_as_json_reads_equal(String text) {
    JobRequest request = parse(text);

    assertThat(JobRequest.parse(request.toJson(), "job")).isEqualTo(request);
  }

  @Test
  void what_is_read_cannot_be_changed_afterwards() {
    ObjectNode json = Manifests.yaml("{image: busybox, command: [date]}");
    Inline request = (Inline) JobRequest.parse(json, "job");

    json.put("image", "other");
    request.fields().put("image", "other");
    request.toJson().put("image", "other");

    assertThat(request).isEqualTo(parse("{image: busybox, command: [date]}"));
    assertThat(json.has("namespace")).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | job: says neither from nor image",
        "{namespace: reports} | job: says neither from nor image",
        "{from: null} | job: says neither from nor image",
        "{namespace: Reports, image: b} | job.namespace: \"Reports\" is no DNS label",
        "{from: nightly} | write \"cronjob/nightly\"",
        "{from: job/nightly} | job.from: \"job/nightly\" names no CronJob",
        "{from: cronjob/} | job.from: \"\" is no name of a CronJob",
        "{from: cronjob/a/b} | job.from: \"cronjob/a/b\" names no CronJob",
        "{from: cronjob/Nightly} | job.from: \"Nightly\" is no name of a CronJob",
        "{from: 5} | job.from: \"5\" is no text",
        "{from: cj/a, image: b} | job.image: stands beside from",
        "{from: cj/a, template: {}} | job.template: stands beside from",
        "{from: cj/a, suspend: true} | job.suspend: stands beside from",
        "{from: cj/a, namspace: b} | job.namspace: is no field here: did you mean \"namespace\"?",
        "{command: [date]} | job.image: is missing",
        "{image: ' '} | job.image: \" \" is blank",
        "{image: 5} | job.image: \"5\" is no text",
        "{imgae: b} | job.imgae: is no field here: did you mean \"image\"?",
        "{image: b, comand: [x]} | job.comand: is no field here: did you mean \"command\"?",
        "{image: b, serviceAcountName: x} | did you mean \"serviceAccountName\"?",
        "{image: b, activeDeadlineSecond: 5} | did you mean \"activeDeadlineSeconds\"?",
        "{image: b, schedule: x} | job.schedule: is no field here: use one of",
        "{image: b, command: []} | job.command: \"[]\" is empty: name a program",
        "{image: b, command: ['']} | job.command: \"[\"\"]\" is empty: name a program",
        "{image: b, command: ['  ', x]} | is empty: name a program",
        "{image: b, command: echo hi} | is one text: write a list: [\"sh\",\"-c\",\"echo hi\"]",
        "{image: b, command: {a: b}} | job.command: \"{\"a\":\"b\"}\" is no list of texts",
        "{image: b, command: [sleep, 5]} | job.command[1]: \"5\" is no text: put it in quotes",
        "{image: b, args: -v} | job.args: \"-v\" is one text: write a list",
        "{image: b, env: {A: b}} | job.env: is no list: write [{\"name\"",
        "{image: b, env: [{name: A, value: 5}]} | job.env[0].value: is no text",
        "{image: b, env: [{value: x}]} | job.env[0].name: is missing",
        "{image: b, labels: {a: 1}} | job.labels[\"a\"]: \"1\" is no text",
        "{image: b, labels: x} | job.labels: ",
        "{image: b, labels: {kueue.x-k8s.io/queue-name: q}} | gives the Job to a queue",
        "{image: b, annotations: {kueue.x-k8s.io/a: q}} | gives the Job to a queue",
        "{image: b, securityContext: {fsGroup: 5}} | job.securityContext.fsGroup: is a field of",
        "{image: b, initContainers: {name: x}} | job.initContainers: \"{\"name\":\"x\"}\" is no"
            + " list",
        "{image: b, initContainers: [{name: x}]} | job.initContainers[0].image: is missing",
        "{image: b, activeDeadlineSeconds: 0} | job.activeDeadlineSeconds: \"0\" is too small",
        "{image: b, activeDeadlineSeconds: 1h} | job.activeDeadlineSeconds: \"1h\" is no whole",
        "{image: b, terminationGracePeriodSeconds: -1} | is too small: use at least 0",
        "{image: b, parallelism: 0} | job.parallelism: \"0\" is too small: use at least 1",
        "{image: b, completions: 0} | job.completions: \"0\" is too small: use at least 1",
        "{image: b, completionMode: Indexed} | job.completions: is missing",
        "{image: b, backoffLimit: 3} | job.backoffLimit: \"3\" could start a command twice",
        "{image: b, restartPolicy: OnFailure} | job.restartPolicy: \"OnFailure\" could start",
        "{image: b, podReplacementPolicy: TerminatingOrFailed} | it is always \"Failed\"",
        "{image: b, suspend: true} | job.suspend: is lock-exec's own",
        "{image: b, ttlSecondsAfterFinished: 60} | job.ttlSecondsAfterFinished: is set by"
            + " lock-exec",
        "{image: b, managedBy: x} | job.managedBy: would give the Job to another controller",
        "{image: b, successPolicy: {}} | job.successPolicy: would end a run",
        "{image: b, backoffLimitPerIndex: 1} | job.backoffLimitPerIndex: asks for more than one",
        "{image: b, selector: {}} | job.selector: is Kubernetes' own",
        "{image: b, name: x} | job.name: is not for you to choose",
        "{image: b, generateName: x-} | job.generateName: is not for you to choose",
        "{kind: Job, image: b} | job.kind: is no field here: write the manifest's spec.template",
        "{image: b, containers: []} | job.containers: belongs into template.spec.containers",
        "{image: b, podFailurePolicy: x} | job.podFailurePolicy.rules: is missing",
        "{template: {spec: {containers: [{image: b}]}}, image: b}"
            + " | job.image: stands beside template: write it as template.spec.containers[0].image",
        "{template: {spec: {containers: [{image: b}]}}, volumes: []}"
            + " | job.volumes: stands beside template: write it as template.spec.volumes",
        "{template: {spec: {containers: [{image: b}]}}, labels: {a: b}}"
            + " | job.labels: stands beside template: write it as template.metadata.labels",
        "{template: {}} | job.template.spec: is missing",
        "{template: x} | job.template: ",
        "{template: {spec: {}}} | job.template.spec.containers: is missing",
        "{template: {spec: {containers: []}}} | job.template.spec.containers: is missing",
        "{template: {spec: {containers: [{}]}}} | job.template.spec.containers[0].image: is"
            + " missing",
        "{template: {spec: {containers: [{image: b, command: []}]}}}"
            + " | job.template.spec.containers[0].command: \"[]\" is empty",
        "{template: {sepc: {containers: [{image: b}]}}} | job.template.spec: is missing",
        "{template: {spec: {containers: [{image: b}]}, kind: Pod}}"
            + " | job.template.kind: is no field here",
        "{template: {metadata: {labels: {kueue.x-k8s.io/queue-name: q}}, spec: {containers:"
            + " [{image: b}]}}} | job.template.metadata: \"kueue.x-k8s.io/queue-name\" gives",
        "{template: {metadata: x, spec: {containers: [{image: b}]}}}"
            + " | job.template.metadata: ",
      })
  void what_cannot_be_meant_is_refused_with_the_mend(String text, String expected) {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> parse(text))
        .withMessageContaining(expected)
        .satisfies(refusal -> assertThat(refusal.getMessage()).startsWith(refusal.field() + ": "));
  }

  @Test
  void a_refusal_names_the_path_under_which_the_request_stands() {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(
            () -> JobRequest.parse(Manifests.yaml("{image: b, command: x}"), "schedules[2].job"))
        .withMessageStartingWith("schedules[2].job.command: ");
  }

  @Test
  void the_short_form_becomes_a_job_with_one_container() {
    Inline request =
        (Inline)
            parse(
                """
                image: busybox
                command: [sh, -c, date]
                env: [{name: A, value: b}]
                resources: {limits: {cpu: 1}}
                securityContext: {runAsNonRoot: true}
                serviceAccountName: reporter
                initContainers: [{name: setup, image: busybox}]
                nodeSelector: {disk: ssd}
                labels: {app: report}
                annotations: {note: x}
                activeDeadlineSeconds: 60
                completions: 3
                """);

    assertThat(request.template())
        .isEqualTo(
            new JobTemplate(
                Manifests.yaml("{}"),
                Manifests.yaml(
                    """
                    activeDeadlineSeconds: 60
                    completions: 3
                    template:
                      metadata:
                        labels: {app: report}
                        annotations: {note: x}
                      spec:
                        serviceAccountName: reporter
                        initContainers: [{name: setup, image: busybox}]
                        nodeSelector: {disk: ssd}
                        containers:
                          - name: main
                            image: busybox
                            command: [sh, -c, date]
                            env: [{name: A, value: b}]
                            resources: {limits: {cpu: 1}}
                            securityContext: {runAsNonRoot: true}
                    """)));
  }

  @Test
  void the_long_form_becomes_a_job_with_that_very_pod() {
    Inline request =
        (Inline)
            parse(
                """
                parallelism: 2
                template:
                  metadata: {labels: {app: report}}
                  spec:
                    fieldOfTomorrow: [1.50]
                    containers: [{name: a, image: b}, {name: c, image: d}]
                """);

    assertThat(request.template().metadata()).isEmpty();
    assertThat(request.template().spec())
        .isEqualTo(
            Manifests.yaml(
                """
                parallelism: 2
                template:
                  metadata: {labels: {app: report}}
                  spec:
                    fieldOfTomorrow: [1.50]
                    containers: [{name: a, image: b}, {name: c, image: d}]
                """));
  }

  private static JobRequest parse(String yaml) {
    return JobRequest.parse(Manifests.yaml(yaml), "job");
  }
}
