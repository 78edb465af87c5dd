package io.lockexec.infra.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lockexec.schedule.ScheduleName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class LockExecFileTest {
  private static final Instant NOW = Instant.parse("2026-11-23T14:00:00Z");
  private static final String TWO_CLUSTERS =
      """
      clusters:
        - {name: blue, context: kind-blue}
        - context: kind-green
      """;

  @Test
  void applies_every_default_explicitly() {
    LockExecFile file =
        parse(
            TWO_CLUSTERS
                + """
                schedules:
                  nightly:
                    schedule: 0 3 * * *
                    job: {image: busybox}
                """);

    assertThat(file.installation()).isEqualTo("lock-exec");
    assertThat(file.tables()).isEqualTo(new Tables("lock-exec", "lock-exec-runs", "id"));
    assertThat(file.clusters())
        .containsExactly(
            new ClusterEntry.Context("blue", "kind-blue"),
            new ClusterEntry.Context("kind-green", "kind-green"));
    assertThat(file.warnings()).isEmpty();
    ScheduleEntry nightly = file.schedules().getFirst();
    assertThat(nightly.name()).isEqualTo(new ScheduleName("nightly"));
    assertThat(nightly.enabled()).isTrue();
    assertThat(nightly.key()).isEqualTo("nightly");
    assertThat(nightly.recurrence().zone()).isEqualTo(ZoneOffset.UTC);
    assertThat(nightly.detail())
        .isEqualTo(
            json(
                """
                {"schedule": "nightly", "key": "nightly", "startingDeadlineSeconds": 3600,
                 "placement": "Ordered", "clusters": ["blue", "kind-green"],
                 "job": {"namespace": "default", "image": "busybox"}}
                """));
  }

  @Test
  void applies_the_defaults_of_the_file_and_lets_a_schedule_say_otherwise() {
    LockExecFile file =
        parse(
            TWO_CLUSTERS
                + """
                defaults:
                  timeZone: Europe/Berlin
                  startingDeadlineSeconds: 60
                  clusters: [kind-green]
                  job: {namespace: reports}
                schedules:
                  inherits:
                    schedule: 0 3 * * *
                    job: {from: cronjob/a}
                  says:
                    schedule: cron(0 4 * * ? *)
                    timeZone: UTC
                    enabled: false
                    key: shared
                    startingDeadlineSeconds: 90
                    placement: Ordered
                    clusters: [blue, kind-green]
                    job: {from: cj/b, namespace: other}
                  counts:
                    schedule: rate(1 day)
                    job: {image: busybox}
                """);

    assertThat(file.schedules())
        .extracting(ScheduleEntry::detail)
        .containsExactly(
            json(
                """
                {"schedule": "inherits", "key": "inherits", "startingDeadlineSeconds": 60,
                 "placement": "Ordered", "clusters": ["kind-green"],
                 "job": {"namespace": "reports", "from": "cronjob/a"}}
                """),
            json(
                """
                {"schedule": "says", "key": "shared", "startingDeadlineSeconds": 90,
                 "placement": "Ordered", "clusters": ["blue", "kind-green"],
                 "job": {"namespace": "other", "from": "cronjob/b"}}
                """),
            json(
                """
                {"schedule": "counts", "key": "counts", "startingDeadlineSeconds": 60,
                 "placement": "Ordered", "clusters": ["kind-green"],
                 "job": {"namespace": "reports", "image": "busybox"}}
                """));
    assertThat(file.schedules())
        .extracting(ScheduleEntry::enabled)
        .containsExactly(true, false, true);
    assertThat(file.schedules())
        .extracting(each -> each.recurrence().zone())
        .containsExactly(ZoneId.of("Europe/Berlin"), ZoneId.of("UTC"), ZoneOffset.UTC);
  }

  @Test
  void knows_local_clusters() {
    LockExecFile file =
        parse(
            """
            installation: trial
            tables: {locks: my-locks, runs: my-runs, keyAttribute: key}
            clusters:
              - {name: blue, local: true}
              - {name: green, local: {downForSeconds: 20}}
              - {name: red, local: {}}
            schedules:
              a: {schedule: "@daily", job: {image: busybox}}
            """);

    assertThat(file.installation()).isEqualTo("trial");
    assertThat(file.tables()).isEqualTo(new Tables("my-locks", "my-runs", "key"));
    assertThat(file.clusters())
        .containsExactly(
            new ClusterEntry.Local("blue", Duration.ZERO),
            new ClusterEntry.Local("green", Duration.ofSeconds(20)),
            new ClusterEntry.Local("red", Duration.ZERO));
  }

  @Test
  void passes_the_nested_parts_of_a_job_on_as_they_are() {
    LockExecFile file =
        parse(
            TWO_CLUSTERS
                + """
                schedules:
                  a:
                    schedule: "@daily"
                    job:
                      image: busybox
                      command: ["sh", "-c", "echo 'a  b'; exit 0"]
                      env: [{name: N, value: "0123"}]
                      labels: {app.kubernetes.io/name: a}
                      volumes: [{name: v, configMap: {name: c, defaultMode: 256}}]
                """);

    assertThat(file.schedules().getFirst().detail().path("job"))
        .isEqualTo(
            json(
                """
                {"namespace": "default", "image": "busybox",
                 "command": ["sh", "-c", "echo 'a  b'; exit 0"],
                 "env": [{"name": "N", "value": "0123"}],
                 "labels": {"app.kubernetes.io/name": "a"},
                 "volumes": [{"name": "v", "configMap": {"name": "c", "defaultMode": 256}}]}
                """));
  }

  @Test
  void lists_all_errors_at_once_in_the_order_of_the_file() {
    assertRefused(
        """
        instalation: staging
        clusters:
          - {name: blue, context: kind-blue}
          - {name: blue, contxt: kind-green}
        defaults:
          timeZone: Europe/Berln
          placement: ordered
        schedules:
          nightly:
            schedule: 0 3 * * MNO
            startingDeadlineSeconds: 0
            clusters: [blau, green]
            job:
              imgae: busybox
              comand: [echo]
          Weekly:
            schedule: "@weekly"
            enabeld: true
            job: {from: cronjob/a, image: busybox}
        """,
        "lock-exec.yaml:1:1: instalation: is no field here: did you mean \"installation\"?",
        "lock-exec.yaml:4:5: clusters[1]: needs either context, the name of a kubeconfig context,"
            + " or local: true",
        "lock-exec.yaml:4:18: clusters[1].contxt: is no field here: did you mean \"context\"?",
        "lock-exec.yaml:6:3: defaults.timeZone: \"Europe/Berln\" is no IANA time zone: did you mean"
            + " \"Europe/Berlin\"?",
        "lock-exec.yaml:7:3: defaults.placement: \"ordered\" is not known here: did you mean"
            + " \"Ordered\"?",
        "lock-exec.yaml:10:5: schedules.nightly.schedule: \"0 3 * * MNO\" day-of-week: MNO is no"
            + " name: did you mean \"MON\"?",
        "lock-exec.yaml:11:5: schedules.nightly.startingDeadlineSeconds: \"0\" is too short: use at"
            + " least 1",
        "lock-exec.yaml:12:16: schedules.nightly.clusters[0]: \"blau\" is no cluster of this file:"
            + " did you mean \"blue\"?",
        "lock-exec.yaml:14:7: schedules.nightly.job.imgae: is no field here: did you mean"
            + " \"image\"?",
        "lock-exec.yaml:15:7: schedules.nightly.job.comand: is no field here: did you mean"
            + " \"command\"?",
        "lock-exec.yaml:16:3: schedules.Weekly: \"Weekly\" is no DNS label: use lower-case letters,"
            + " digits and inner hyphens",
        "lock-exec.yaml:18:5: schedules.Weekly.enabeld: is no field here: did you mean"
            + " \"enabled\"?",
        "lock-exec.yaml:19:28: schedules.Weekly.job.image: stands beside from, which says what to"
            + " run: take one of the two out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                        | 1:1: is empty: write at least clusters and schedules
          # nothing                 | 1:1: is empty: write at least clusters and schedules
          a: b: c                   | 1:5: is no YAML: mapping values are not allowed here
          [a, b                     | 1:6: is no YAML: expected ',' or ']', but got <stream end>
          {a: 1, a: 2}              | 1:8: a: stands twice, first in line 1
          a: {b: [{c: 1, c: 2}]}    | 1:16: a.b[0].c: stands twice, first in line 1
          {<<: {a: 1}}              | 1:2: ["<<"]: YAML 1.2 has no merge keys: write the fields out
          {mode: 0644}              | 1:2: mode: "0644" is octal to kubectl, but text here: write 420, or put it in quotes
          {[a]: 1}                  | 1:2: a key must be a text
          a: !b c                   | 1:1: a: "c" is no text, number, true, false or null
          a: .inf                   | 1:1: a: ".inf" is no text, number, true, false or null
          &a [*a]                   | 1:1: is no YAML: too deep or too large; does an alias contain itself?
          """)
  void refuses_what_is_no_YAML_with_its_place(String text, String problem) {
    assertRefused(text, "lock-exec.yaml:" + problem);
  }

  @Test
  void refuses_a_schedule_that_stands_twice() {
    assertRefused(
        TWO_CLUSTERS
            + """
            schedules:
              a: {schedule: "@daily", job: {image: busybox}}
              a: {schedule: "@hourly", job: {image: busybox}}
            """,
        "lock-exec.yaml:6:3: schedules.a: stands twice, first in line 5");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          schedule: 5                   | schedule: "5" is no text
          schedule: ``                  | schedule: "" has 0 fields: a crontab line has 5: minutes hours day-of-month month day-of-week
          schedule: 0 0 1 * 0           | schedule: "0 0 1 * 0" means days that fit day-of-month or day-of-week, which one EventBridge expression cannot say: write two schedules of one key
          schedule: rate(1 minutes)     | schedule: "rate(1 minutes)" has a unit that EventBridge does not take: write rate(1 minute)
          schedule: cron(0 3 * * * *)   | schedule: "cron(0 3 * * * *)" needs ? in one of day-of-month and day-of-week, and a value or * in the other
          schedule: CRON_TZ=UTC 0 3 * * * | schedule: "CRON_TZ=UTC 0 3 * * *" has its time zone in the wrong place: use timeZone: UTC
          timeZone: Berlin              | timeZone: "Berlin" is no IANA time zone: did you mean "Europe/Berlin"?
          timeZone: 2                   | timeZone: "2" is no text
          enabled: yes                  | enabled: "yes" is neither true nor false
          timeZone:                     | timeZone: has no value: write one, or leave the field out
          key: " "                      | key: " " is blank: name what is to be locked
          startingDeadlineSeconds: 1h   | startingDeadlineSeconds: "1h" is no whole number of seconds
          startingDeadlineSeconds: 1.5  | startingDeadlineSeconds: "1.5" is no whole number of seconds
          placement: Random             | placement: "Random" is not known here: use one of Ordered
          clusters: blue                | clusters: "blue" is no list
          clusters: []                  | clusters: is empty: write at least one
          clusters: [blue, blue]        | clusters[1]: "blue" stands twice: a cluster is tried once per run
          clusters: [yellow-submarine]  | clusters[0]: "yellow-submarine" is no cluster of this file: use one of blue, kind-green
          job:                          | job: has no value: write one, or leave the field out
          job: busybox                  | job: "busybox" is no object
          job: {}                       | job: says neither from nor image: name a CronJob (from: cronjob/<name>) or write a Job
          job: {namespace: Reports, image: busybox} | job.namespace: "Reports" is no DNS label: use at most 63 lower-case letters, digits and inner hyphens
          job: {image: busybox, command: []} | job.command: "[]" is empty: name a program, or leave it out to run the image's own
          job: {image: busybox, suspend: true} | job.suspend: is lock-exec's own, which creates a Job held and then starts it
          job: {from: nightly}          | job.from: "nightly" does not say what it names: write "cronjob/nightly"
          job: {args: [a]}              | job.image: is missing: name the image to run
          """)
  void refuses_a_field_of_a_schedule(String field, String problem) {
    String name = field.substring(0, field.indexOf(':'));
    String text =
        TWO_CLUSTERS
            + "schedules:\n  a:\n"
            + (name.equals("schedule") ? "" : "    schedule: '@daily'\n")
            + (name.equals("job") ? "" : "    job: {image: busybox}\n")
            + "    "
            + field.replace("``", "''")
            + "\n";

    assertThatExceptionOfType(InvalidFile.class)
        .isThrownBy(() -> parse(text))
        .satisfies(
            refusal ->
                assertThat(refusal.lines())
                    .singleElement()
                    .asString()
                    .matches("lock-exec\\.yaml:[6-8]:[0-9]+: .*")
                    .endsWith(": schedules.a." + problem));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          clusters: []                                  | 1:1: clusters: is empty: write at least one
          clusters: blue                                | 1:1: clusters: "blue" is no list
          clusters: [blue]                              | 1:12: clusters[0]: "blue" is no object
          clusters: [{name: blue}]                      | 1:12: clusters[0]: needs either context, the name of a kubeconfig context, or local: true
          clusters: [{name: a, context: b, local: true}] | 1:12: clusters[0]: needs either context, the name of a kubeconfig context, or local: true
          clusters: [{local: true}]                     | 1:12: clusters[0].name: is missing and has no default
          clusters: [{name: a, local: false}]           | 1:22: clusters[0].local: "false" makes no cluster: write true, or its settings, or a context
          clusters: [{name: a, local: yes}]             | 1:22: clusters[0].local: "yes" makes no cluster: write true, or its settings, or a context
          clusters: [{name: A, local: true}]            | 1:13: clusters[0].name: "A" is no DNS label: use at most 63 lower-case letters, digits and inner hyphens
          clusters: [{name: a, local: {downFor: 5}}]    | 1:30: clusters[0].local.downFor: is no field here: use one of downForSeconds
          clusters: [{name: a, local: {downForSeconds: -1}}] | 1:30: clusters[0].local.downForSeconds: "-1" is too short: use at least 0
          clusters: [{context: a}, {name: a, local: true}] | 1:26: clusters[1]: "a" is the name of two clusters: rename one
          clusters: [{context: a}, {name: b, context: a}] | 1:36: clusters[1].context: "a" is the context of two clusters: drop one
          clusters: [{context: 5}]                      | 1:13: clusters[0].context: "5" is no text
          """)
  void refuses_clusters_that_are_none(String clusters, String problem) {
    assertRefused(
        clusters + "\nschedules: {a: {schedule: '@daily', job: {image: busybox}}}\n",
        "lock-exec.yaml:" + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          schedules: {}                 | 4:1: schedules: is empty: write at least one
          schedules: []                 | 4:1: schedules: "[]" is no object
          schedules: {a: "@daily"}      | 4:13: schedules.a: "@daily" is no object: write at least schedule and job
          installation: Staging         | 4:1: installation: "Staging" is no DNS label: use at most 63 lower-case letters, digits and inner hyphens
          tables: {locks: a}            | 4:10: tables.locks: "a" is no name of a table: use 3 to 255 letters, digits, _ . and -
          tables: {lock: abc}           | 4:10: tables.lock: is no field here: did you mean "locks"?
          tables: {keyAttribute: 5}     | 4:10: tables.keyAttribute: "5" is no text
          defaults: 5                   | 4:1: defaults: "5" is no object
          defaults: {job: {image: busybox}} | 4:18: defaults.job.image: is no field here: use one of namespace
          defaults: {job: {namespace: A}} | 4:18: defaults.job.namespace: "A" is no DNS label: use at most 63 lower-case letters, digits and inner hyphens
          defaults: {clusters: [bleu]}  | 4:23: defaults.clusters[0]: "bleu" is no cluster of this file: did you mean "blue"?
          """)
  void refuses_a_field_of_the_file(String field, String problem) {
    boolean own = field.startsWith("schedules");
    assertRefused(
        TWO_CLUSTERS
            + field
            + (own ? "\n" : "\nschedules: {a: {schedule: '@daily', job: {image: busybox}}}\n"),
        "lock-exec.yaml:" + problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a-name-of-53-characters-is-one-longer-than-a-cronjob-s", "-a", "a.b", "ä"})
  void refuses_a_name_that_no_CronJob_could_bear(String name) {
    assertThatExceptionOfType(InvalidFile.class)
        .isThrownBy(
            () ->
                parse(
                    TWO_CLUSTERS
                        + "schedules: {? "
                        + name
                        + " : {schedule: '@daily', job: {image: busybox}}}"))
        .satisfies(refusal -> assertThat(refusal.lines()).hasSize(1))
        .withMessageStartingWith("lock-exec.yaml:4:15: schedules")
        .withMessageContaining("\"" + name + "\" ");
  }

  @Test
  void says_what_is_missing() {
    assertRefused(
        "installation: a",
        "lock-exec.yaml:1:1: clusters: is missing and has no default",
        "lock-exec.yaml:1:1: schedules: is missing and has no default");
    assertRefused("just text", "lock-exec.yaml:1:1: (root): \"just text\" is no object");
  }

  @Test
  void warns_of_two_schedules_of_one_key_that_fire_in_the_same_minute() {
    LockExecFile file =
        parse(
            TWO_CLUSTERS
                + """
                schedules:
                  daily: {schedule: 0 3 * * *, key: k, job: {image: busybox}}
                  weekly: {schedule: 0 4 * * 1, timeZone: Europe/Berlin, key: k, job: {image: busybox}}
                  later: {schedule: 5 3 * * *, key: k, job: {image: busybox}}
                  off: {schedule: 0 3 * * *, key: k, enabled: false, job: {image: busybox}}
                  other: {schedule: 0 3 * * *, job: {image: busybox}}
                """);

    assertThat(file.warnings())
        .containsExactly(
            "lock-exec.yaml:6:3: schedules.weekly: has the key \"k\" of daily and fires in the same"
                + " minute, first at 2026-11-30T03:00:00Z: one of the two is skipped each time");
  }

  @Test
  void warns_of_what_cannot_be_known_or_has_no_effect() {
    LockExecFile file =
        parse(
            TWO_CLUSTERS
                + """
                schedules:
                  a: {schedule: rate(7 minutes), key: k, job: {image: busybox}}
                  b: {schedule: 0 3 * * *, key: k, job: {image: busybox}}
                  c: {schedule: rate(1 day), timeZone: Europe/Berlin, job: {image: busybox}}
                  d: {schedule: 0 0 31 2 *, job: {image: busybox}}
                """);

    assertThat(file.warnings())
        .containsExactly(
            "lock-exec.yaml:6:3: schedules.b: has the key \"k\" of a and may fire in the same"
                + " minute: one of the two would be skipped then",
            "lock-exec.yaml:7:30: schedules.c.timeZone: has no meaning for a rate, which counts in"
                + " UTC: leave it out",
            "lock-exec.yaml:8:7: schedules.d.schedule: \"0 0 31 2 *\" never comes: it will not"
                + " fire");
  }

  @Test
  void reads_a_file_and_calls_it_by_its_path(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("mine.yaml"), "a");

    assertThatExceptionOfType(InvalidFile.class)
        .isThrownBy(() -> LockExecFile.load(file, NOW))
        .withMessage(file + ":1:1: (root): \"a\" is no object");
    assertThatExceptionOfType(InvalidFile.class)
        .isThrownBy(() -> LockExecFile.load(folder.resolve("no.yaml"), NOW))
        .withMessage(folder.resolve("no.yaml") + ": does not exist");
    Files.write(file, "ä".getBytes(StandardCharsets.ISO_8859_1));
    assertThatExceptionOfType(InvalidFile.class)
        .isThrownBy(() -> LockExecFile.load(file, NOW))
        .withMessage(file + ": is no text in UTF-8");
  }

  private static LockExecFile parse(String text) {
    return LockExecFile.parse("lock-exec.yaml", text, NOW);
  }

  private static void assertRefused(String text, String... lines) {
    assertThatExceptionOfType(InvalidFile.class)
        .isThrownBy(() -> parse(text))
        .satisfies(refusal -> assertThat(refusal.lines()).isEqualTo(List.of(lines)));
  }

  private static ObjectNode json(String text) {
    return (ObjectNode) JsonMapper.shared().readTree(text);
  }
}
