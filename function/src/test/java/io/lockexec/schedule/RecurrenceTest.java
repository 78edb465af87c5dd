package io.lockexec.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.lockexec.BadInput;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RecurrenceTest {
  private static final Instant NOW = Instant.parse("2026-11-23T14:00:00Z");
  private static final Instant FOUR_HUNDRED_DAYS_ON = NOW.plus(Duration.ofDays(400));
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * * *             | cron(* * * * ? *)
          */1 * * * *           | cron(* * * * ? *)
          */2 * * * *           | cron(0/2 * * * ? *)
          */5 * * * *           | cron(0/5 * * * ? *)
          */7 * * * *           | cron(0/7 * * * ? *)
          */31 * * * *          | cron(0,31 * * * ? *)
          0/1 * * * *           | cron(* * * * ? *)
          5/15 * * * *          | cron(5/15 * * * ? *)
          50-59/1 * * * *       | cron(50-59 * * * ? *)
          3-59/5 * * * *        | cron(3/5 * * * ? *)
          3-33/10 * * * *       | cron(3,13,23,33 * * * ? *)
          0,30 * * * *          | cron(0,30 * * * ? *)
          0,20,40 * * * *       | cron(0/20 * * * ? *)
          1-5,10,30-32 8 * * *  | cron(1-5,10,30-32 8 * * ? *)
          0 2 * * *             | cron(0 2 * * ? *)
          0 0/1 * * *           | cron(0 * * * ? *)
          30 0 * * *            | cron(30 0 * * ? *)
          0 12 * * *            | cron(0 12 * * ? *)
          0 22 * * *            | cron(0 22 * * ? *)
          * */6 * * *           | cron(* 0/6 * * ? *)
          0 9-17 * * 1-5        | cron(0 9-17 ? * MON-FRI *)
          0 9-17/2 * * mon-fri  | cron(0 9,11,13,15,17 ? * MON-FRI *)
          0 0 31 2 *            | cron(0 0 31 2 ? *)
          0 0 1 * *             | cron(0 0 1 * ? *)
          0 0 */2 * *           | cron(0 0 1/2 * ? *)
          0 0 1,15 * *          | cron(0 0 1,15 * ? *)
          0 0 * JAN,jul *       | cron(0 0 * 1,7 ? *)
          0 0 1 */3 *           | cron(0 0 1 1/3 ? *)
          0 0 1 6-8 *           | cron(0 0 1 6-8 ? *)
          0 0 * * 0             | cron(0 0 ? * SUN *)
          0 0 * * 7             | cron(0 0 ? * SUN *)
          0 0 * * SUN           | cron(0 0 ? * SUN *)
          0 0 * * 5-7           | cron(0 0 ? * SUN,FRI,SAT *)
          0 0 * * sun-tue       | cron(0 0 ? * SUN-TUE *)
          0 0 * * 6,0           | cron(0 0 ? * SUN,SAT *)
          0 0 * * 7,1           | cron(0 0 ? * SUN,MON *)
          0 0 * * 0-6           | cron(0 0 * * ? *)
          0 0 * * 0-7           | cron(0 0 * * ? *)
          0 0 * * 1-7           | cron(0 0 * * ? *)
          0 0 * * */2           | cron(0 0 ? * SUN,TUE,THU,SAT *)
          0 0 * * 7/2           | cron(0 0 ? * SUN,TUE,THU,SAT *)
          0 0 * * 1/2           | cron(0 0 ? * MON,WED,FRI *)
          0 0 * * 1-5/2         | cron(0 0 ? * MON,WED,FRI *)
          0 0 ? * 3             | cron(0 0 ? * WED *)
          0 0 1 * ?             | cron(0 0 1 * ? *)
          0 0 */1 * 1           | cron(0 0 ? * MON *)
          0  3   *  * *         | cron(0 3 * * ? *)
          @hourly               | cron(0 * * * ? *)
          @daily                | cron(0 0 * * ? *)
          @midnight             | cron(0 0 * * ? *)
          @weekly               | cron(0 0 ? * SUN *)
          @monthly              | cron(0 0 1 * ? *)
          @yearly               | cron(0 0 1 1 ? *)
          @annually             | cron(0 0 1 1 ? *)
          rate(1 minute)        | cron(* * * * ? *)
          rate(5 minutes)       | cron(0/5 * * * ? *)
          rate(30 minutes)      | cron(0/30 * * * ? *)
          rate(60 minutes)      | cron(0 * * * ? *)
          rate(120 minutes)     | cron(0 0/2 * * ? *)
          rate(1 hour)          | cron(0 * * * ? *)
          rate(2 hours)         | cron(0 0/2 * * ? *)
          rate(12 hours)        | cron(0 0/12 * * ? *)
          rate(24 hours)        | cron(0 0 * * ? *)
          rate(1 day)           | cron(0 0 * * ? *)
          rate(7 minutes)       | rate(7 minutes)
          rate(90 minutes)      | rate(90 minutes)
          rate(5 hours)         | rate(5 hours)
          rate(2 days)          | rate(2 days)
          cron(0 3 * * ? *)     | cron(0 3 * * ? *)
          cron( 0  3 ? * mon-fri * ) | cron(0 3 ? * MON-FRI *)
          cron(*/5 * * * ? *)   | cron(*/5 * * * ? *)
          cron(0 18 ? * SUN-SAT 2026-2028) | cron(0 18 ? * SUN-SAT 2026-2028)
          cron(0 18 L * ? *)    | cron(0 18 L * ? *)
          cron(0 18 15W * ? *)  | cron(0 18 15W * ? *)
          cron(0 18 ? * 6L *)   | cron(0 18 ? * 6L *)
          cron(0 18 ? * FRIL *) | cron(0 18 ? * FRIL *)
          cron(0 18 ? * L *)    | cron(0 18 ? * L *)
          cron(0 18 ? * TUE#2 *) | cron(0 18 ? * TUE#2 *)
          """)
  void says_to_EventBridge_what_was_written(String schedule, String expression) {
    Recurrence recurrence = utc(schedule);

    assertThat(recurrence.eventBridgeExpression()).isEqualTo(expression);
    assertThat(recurrence).hasToString(schedule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                        | has 0 fields: a crontab line has 5
          0 3 * *                   | has 4 fields: a crontab line has 5: minutes hours
          0 3 * * * *               | has 6 fields: a crontab line has 5
          0 3 * * ? *               | write cron(0 3 * * ? *)
          60 * * * *                | is wrong in minutes: value 60 not in range [0, 59]
          0 24 * * *                | is wrong in hours: value 24 not in range [0, 23]
          0 0 32 * *                | is wrong in day-of-month: value 32 not in range [1, 31]
          0 0 0 * *                 | is wrong in day-of-month: value 0 not in range [1, 31]
          0 0 * 13 *                | is wrong in month: value 13 not in range [1, 12]
          0 0 * * 8                 | is wrong in day-of-week: value 8 not in range [0, 7]
          10-5 * * * *              | is wrong in minutes: invalid range! [10,5]
          */0 * * * *               | is wrong in minutes: period 0 not in range
          x * * * *                 | is wrong in minutes: invalid chars
          H * * * *                 | is wrong in minutes: invalid chars
          0 0 * JNA *               | month: JNA is no name: did you mean "JAN"?
          0 0 * * MNO               | day-of-week: MNO is no name: did you mean "MON"?
          0 0 * * sat-sun           | is wrong in day-of-week: invalid range! [6,0]
          0 0 L * *                 | is wrong in day-of-month: invalid chars
          0 0 * * 1#2               | is wrong in day-of-week
          0 0 1 * 0                 | write two schedules of one key
          0 0 1-7 * 1               | write two schedules of one key
          0 0 1-7 * */2             | fit both day-of-month and day-of-week
          0 0 */2 * 1               | put * in one of the two
          @reboot                   | names no time
          @dialy                    | is no nickname of cron: did you mean "@daily"?
          CRON_TZ=Europe/Berlin 0 3 * * * | use timeZone: Europe/Berlin
          TZ=UTC @daily             | use timeZone: UTC
          rate(5 minute)            | write rate(5 minutes)
          rate(1 minutes)           | write rate(1 minute)
          rate(1 days)              | write rate(1 day)
          rate(0 minutes)           | use at least rate(1 minute)
          rate(-1 minutes)          | is no rate
          rate(1.5 hours)           | is no rate
          rate(5)                   | is no rate
          rate(5 seconds)           | use minutes, hours or days
          rate(5 weeks)             | use minutes, hours or days
          at(2026-11-23T14:00:00)   | use cron(…), rate(…) or a crontab line
          cron(0 3 * * *)           | has 5 fields: a cron(…) of EventBridge has 6
          cron(0 3 * * * *)         | needs ? in one of
          cron(0 3 ? * ? *)         | needs ? in one of
          cron(0 3 1 * MON *)       | needs ? in one of
          cron(0 3 ? * 0 *)         | is wrong in day-of-week: value 0 not in range [1, 7]
          cron(0 3 ? * FRI-MON *)   | is wrong in day-of-week: invalid range! [6,2]
          cron(0 3 ? * MNO *)       | did you mean "MON"?
          cron(0 3 ? * 3#1,6#3 *)   | # stands alone
          cron(0 3 ? * 3#6 *)       | counts from 1 to 5
          cron(0 3 L-3 * ? *)       | EventBridge knows L alone
          cron(0 3 LW * ? *)        | is wrong in day-of-month
          cron(0 3 * * ? 1969)      | is wrong in year: value 1969 not in range [1970, 2199]
          cron(60 3 * * ? *)        | is wrong in minutes
          cron(? 3 * * ? *)         | is wrong in minutes
          """)
  void refuses_what_cannot_be_said_and_names_the_mend(String schedule, String message) {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> utc(schedule))
        .withMessageStartingWith("schedule: \"" + schedule + "\" ")
        .withMessageContaining(message)
        .satisfies(refusal -> assertThat(refusal.field()).isEqualTo("schedule"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cron(0 18 L * ? *)      | 2026-11-30 2026-12-31 2027-01-31 2027-02-28
          cron(0 18 1,L * ? *)    | 2026-11-30 2026-12-01 2026-12-31 2027-01-01
          cron(0 18 1W * ? *)     | 2026-12-01 2027-01-01 2027-02-01 2027-03-01 2027-04-01 2027-05-03
          cron(0 18 15W * ? *)    | 2026-12-15 2027-01-15 2027-02-15 2027-03-15 2027-04-15 2027-05-14
          cron(0 18 31W * ? *)    | 2026-12-31 2027-01-29 2027-03-31 2027-05-31
          cron(0 18 ? * L *)      | 2026-11-28 2026-12-05
          cron(0 18 ? * 6L *)     | 2026-11-27 2026-12-25 2027-01-29
          cron(0 18 ? * FRIL *)   | 2026-11-27 2026-12-25 2027-01-29
          cron(0 18 ? * 2#1 *)    | 2026-12-07 2027-01-04 2027-02-01
          cron(0 18 ? * SAT#5 *)  | 2027-01-30 2027-05-29
          cron(0 18 ? * 1,7 *)    | 2026-11-28 2026-11-29 2026-12-05
          cron(0 18 ? * MON/2 *)  | 2026-11-23 2026-11-25 2026-11-27 2026-11-30
          cron(0 18 29 2 ? *)     | 2028-02-29 2032-02-29
          cron(0 18 1/10 1 ? 2028)| 2028-01-01 2028-01-11 2028-01-21 2028-01-31
          """)
  void knows_the_wildcards_of_EventBridge(String schedule, String days) {
    List<String> expected = List.of(days.split(" ", -1));

    List<String> actual =
        utc(schedule)
            .firings(NOW)
            .limit(expected.size())
            .map(time -> LocalDate.ofInstant(time, ZoneOffset.UTC).toString())
            .toList();

    assertThat(actual).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 3 * * ? *", "0/20 8-10 ? * 2-6 *", "0 3 15W * ? *", "0 3 1W * ? *", "0 3 L * ? *",
        "0 3 ? * 6L *", "0 3 ? * L *", "0 3 ? * 2#1 *", "0 3 ? * 7#5 *", "0 3 1/5 2,4 ? 2026-2027",
        "59 23 31 12 ? *", "7 3 5-20/3 * ? *", "0 0 29 2 ? *", "3,50/4 0,23 1-7 * ? *"
      })
  void agrees_with_the_search_of_cron_utils_where_that_is_right(String fields) {
    ExecutionTime peer = ExecutionTime.forCron(quartzLike().parse(fields));
    List<Instant> expected = new ArrayList<>();
    Optional<ZonedDateTime> time = peer.nextExecution(NOW.atZone(ZoneOffset.UTC));
    while (time.isPresent() && expected.size() < 40) {
      expected.add(time.get().toInstant());
      time = peer.nextExecution(time.get());
    }

    List<Instant> actual = utc("cron(" + fields + ")").firings(NOW).limit(expected.size()).toList();

    assertThat(actual).hasSizeGreaterThan(5).isEqualTo(expected);
  }

  static Stream<String> crontab_lines() {
    Random random = new Random(20261123);
    return IntStream.range(0, 120).mapToObj(_ -> randomLine(random));
  }

  @ParameterizedTest
  @MethodSource("crontab_lines")
  void the_converted_expression_fires_when_the_crontab_line_does(String line) {
    Recurrence crontab = Recurrence.parse(line, Optional.of(BERLIN));

    Recurrence converted = Recurrence.parse(crontab.eventBridgeExpression(), Optional.of(BERLIN));

    assertThat(converted).isInstanceOf(Timetable.class);
    assertThat(converted.firings(NOW, FOUR_HUNDRED_DAYS_ON))
        .isEqualTo(crontab.firings(NOW, FOUR_HUNDRED_DAYS_ON));
    assertThat(crontab.firings(NOW, NOW.plus(Duration.ofDays(3))))
        .isEqualTo(NaiveCrontab.firings(line, BERLIN, NOW, NOW.plus(Duration.ofDays(3))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          30 2 * * *  | Europe/Berlin    | 2027-03-26T12:00:00Z | 2027-03-27T01:30:00Z 2027-03-29T00:30:00Z
          30 3 * * *  | Europe/Berlin    | 2027-03-27T12:00:00Z | 2027-03-28T01:30:00Z 2027-03-29T01:30:00Z
          0 * * * *   | Europe/Berlin    | 2027-03-27T23:00:00Z | 2027-03-28T00:00:00Z 2027-03-28T01:00:00Z
          30 2 * * *  | Europe/Berlin    | 2026-10-24T12:00:00Z | 2026-10-25T00:30:00Z 2026-10-26T01:30:00Z
          0 * * * *   | Europe/Berlin    | 2026-10-24T23:00:00Z | 2026-10-25T00:00:00Z 2026-10-25T02:00:00Z
          */30 * * * *| Europe/Berlin    | 2026-10-25T00:15:00Z | 2026-10-25T00:30:00Z 2026-10-25T02:00:00Z
          30 2 * * *  | America/New_York | 2027-03-13T12:00:00Z | 2027-03-15T06:30:00Z
          0 3 * * *   | America/New_York | 2027-03-13T12:00:00Z | 2027-03-14T07:00:00Z
          30 1 * * *  | America/New_York | 2026-10-31T12:00:00Z | 2026-11-01T05:30:00Z 2026-11-02T06:30:00Z
          */20 1 * * *| America/New_York | 2026-11-01T05:30:00Z | 2026-11-01T05:40:00Z 2026-11-02T06:00:00Z
          30 2 * * *  | UTC              | 2026-10-24T12:00:00Z | 2026-10-25T02:30:00Z
          0 0 * * *   | Asia/Beirut      | 2026-03-28T12:00:00Z | 2026-03-29T21:00:00Z
          15 0 * * *  | Australia/Lord_Howe | 2027-04-03T00:00:00Z | 2027-04-03T13:15:00Z 2027-04-04T13:45:00Z
          """)
  void changing_clocks_skip_what_is_leapt_over_and_fire_once_what_comes_twice(
      String line, String zone, String after, String firings) {
    List<Instant> expected = Stream.of(firings.split(" ", -1)).map(Instant::parse).toList();

    List<Instant> actual =
        Recurrence.parse(line, Optional.of(ZoneId.of(zone)))
            .firings(Instant.parse(after))
            .limit(expected.size())
            .toList();

    assertThat(actual).isEqualTo(expected);
  }

  @Test
  void never_repeats_a_firing_when_asked_from_within_the_repeated_hour() {
    Instant secondHalfPastTwo = Instant.parse("2026-10-25T01:30:00Z");

    Optional<Instant> next =
        Recurrence.parse("45 2 * * *", Optional.of(BERLIN)).next(secondHalfPastTwo);

    assertThat(next).contains(Instant.parse("2026-10-26T01:45:00Z"));
  }

  @Test
  void counts_from_after_exclusive_to_until_inclusive() {
    Recurrence hourly = utc("@hourly");

    assertThat(hourly.firings(NOW, NOW.plus(Duration.ofHours(2))))
        .containsExactly(NOW.plus(Duration.ofHours(1)), NOW.plus(Duration.ofHours(2)));
    assertThat(hourly.firings(NOW.minusNanos(1), NOW)).containsExactly(NOW);
    assertThat(hourly.firings(NOW, NOW)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *", "cron(0 0 1 1 ? 2020)"})
  void accepts_a_date_that_never_comes(String schedule) {
    assertThat(utc(schedule).next(NOW)).isEmpty();
    assertThat(utc(schedule).isExact()).isTrue();
  }

  @Test
  void a_rate_with_no_aligned_form_has_no_times_until_its_start_is_known() {
    Recurrence rate = utc("rate(7 minutes)");
    Instant start = Instant.parse("2026-11-23T13:58:30Z");

    assertThat(rate.isExact()).isFalse();
    assertThat(rate.next(NOW)).isEmpty();
    Recurrence started = rate.startedAt(start);
    assertThat(started.isExact()).isTrue();
    assertThat(started.firings(NOW, NOW.plus(Duration.ofMinutes(19))))
        .containsExactly(
            Instant.parse("2026-11-23T14:05:00Z"),
            Instant.parse("2026-11-23T14:12:00Z"),
            Instant.parse("2026-11-23T14:19:00Z"));
    assertThat(started.next(start.minusSeconds(3600)))
        .contains(Instant.parse("2026-11-23T13:58:00Z"));
  }

  @Test
  void a_rate_counts_in_UTC_whatever_the_zone() {
    Recurrence daily = Recurrence.parse("rate(1 day)", Optional.of(BERLIN));

    assertThat(daily.zone()).isEqualTo(ZoneOffset.UTC);
    assertThat(daily.next(NOW)).contains(Instant.parse("2026-11-24T00:00:00Z"));
  }

  @Test
  void a_timetable_is_the_same_whenever_it_was_started() {
    Recurrence daily = utc("@daily");

    assertThat(daily.startedAt(NOW)).isSameAs(daily);
  }

  @Test
  void two_recurrences_of_the_same_text_and_zone_are_equal() {
    Recurrence berlin = Recurrence.parse("0 3 * * *", Optional.of(BERLIN));

    assertThat(Recurrence.parse("0 3 * * *", Optional.of(berlin.zone())))
        .isEqualTo(berlin)
        .hasSameHashCodeAs(berlin);
    assertThat(Recurrence.parse("0 3 * * *", Optional.of(NEW_YORK))).isNotEqualTo(berlin);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "never",
      textBlock =
          """
          */5 * * * *  | */7 * * * *     | 2026-11-23T14:35:00Z
          0 3 * * *    | 0 3 * * 1       | 2026-11-30T03:00:00Z
          */2 * * * *  | 1-59/2 * * * *  | never
          0 3 * * *    | 0 4 * * *       | never
          0 0 29 2 *   | 0 0 * * *       | never
          0 0 31 2 *   | * * * * *       | never
          * * * * *    | 0 0 31 2 *      | never
          """)
  void finds_the_first_minute_that_two_share(String one, String other, String expected) {
    Optional<Instant> together = utc(one).firstTogether(utc(other), NOW, FOUR_HUNDRED_DAYS_ON);

    assertThat(together).isEqualTo(Optional.ofNullable(expected).map(Instant::parse));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Europe/Berln  | did you mean "Europe/Berlin"?
          europe/berlin | did you mean "Europe/Berlin"?
          Berlin        | did you mean "Europe/Berlin"?
          new york      | did you mean "America/New_York"?
          +02:00        | use a name such as Europe/Berlin or UTC
          Middle-earth  | use a name such as Europe/Berlin or UTC
          """)
  void refuses_a_time_zone_that_is_none_with_the_nearest_that_is_one(String name, String mend) {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> Recurrence.timeZone(name))
        .withMessage("timeZone: \"" + name + "\" is no IANA time zone: " + mend);
  }

  @Test
  void takes_a_time_zone_by_its_name() {
    assertThat(Recurrence.timeZone("Europe/Amsterdam")).isEqualTo(ZoneId.of("Europe/Amsterdam"));
    assertThat(Recurrence.timeZone("UTC")).isEqualTo(ZoneId.of("UTC"));
  }

  @Test
  void a_period_is_whole_minutes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Every("rate", Duration.ofSeconds(90), Optional.empty()));
  }

  private static Recurrence utc(String schedule) {
    return Recurrence.parse(schedule, Optional.empty());
  }

  private static CronParser quartzLike() {
    return new CronParser(
        CronDefinitionBuilder.defineCron()
            .withMinutes()
            .and()
            .withHours()
            .and()
            .withDayOfMonth()
            .supportsL()
            .supportsW()
            .supportsQuestionMark()
            .and()
            .withMonth()
            .and()
            .withDayOfWeek()
            .withMondayDoWValue(2)
            .withValidRange(1, 7)
            .supportsL()
            .supportsHash()
            .supportsQuestionMark()
            .and()
            .withYear()
            .and()
            .instance());
  }

  private static String randomLine(Random random) {
    boolean byDate = random.nextBoolean();
    return String.join(
        " ",
        field(random, 0, 59),
        field(random, 0, 23),
        byDate ? field(random, 1, 28) : "*",
        random.nextInt(3) > 0 ? "*" : field(random, 1, 12),
        byDate ? "*" : field(random, 0, 6));
  }

  private static String field(Random random, int min, int max) {
    int one = min + random.nextInt(max - min + 1);
    int other = min + random.nextInt(max - min + 1);
    String range = Math.min(one, other) + "-" + Math.max(one, other);
    int step = 1 + random.nextInt(max - min);
    return switch (random.nextInt(7)) {
      case 0 -> "*";
      case 1 -> "*/" + step;
      case 2 -> range;
      case 3 -> range + "/" + step;
      case 4 -> one + "/" + step;
      case 5 -> one + "," + other;
      default -> Integer.toString(one);
    };
  }
}
