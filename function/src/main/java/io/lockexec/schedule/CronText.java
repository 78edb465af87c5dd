package io.lockexec.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.field.CronFieldName;
import com.cronutils.model.field.expression.Always;
import com.cronutils.model.field.expression.And;
import com.cronutils.model.field.expression.Between;
import com.cronutils.model.field.expression.Every;
import com.cronutils.model.field.expression.FieldExpression;
import com.cronutils.model.field.expression.On;
import com.cronutils.model.field.value.FieldValue;
import com.cronutils.model.field.value.SpecialChar;
import com.cronutils.parser.CronParser;
import io.lockexec.BadInput;
import io.lockexec.Fields;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads the two languages of cron: crontab's five fields and EventBridge's six.
 *
 * <p>cron-utils parses and validates; the matching of days and times is done on its syntax tree, by
 * {@link Timetable}, because the library's own search for the next time knows neither EventBridge's
 * rule for changing clocks nor a list such as {@code 1,L}, and takes 0.15 ms a step.
 */
final class CronText {
  private static final String PARSER_PREFIX = "Failed to parse cron expression. ";
  private static final List<String> CRONTAB_FIELDS =
      List.of("minutes", "hours", "day-of-month", "month", "day-of-week");
  private static final List<String> EVENT_BRIDGE_FIELDS =
      Stream.concat(CRONTAB_FIELDS.stream(), Stream.of("year")).toList();
  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
  private static final Map<String, String> NICKNAMES =
      Map.of(
          "@hourly", "0 * * * *",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@weekly", "0 0 * * 0",
          "@monthly", "0 0 1 * *",
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *");
  private static final Pattern LETTERS = Pattern.compile("[A-Za-z]+");
  private static final Pattern ZONE_PREFIX = Pattern.compile("(?:CRON_TZ|TZ)=(\\S*)\\s.*");
  private static final int LONGEST_MONTH = 31;
  private static final int MOST_WEEKS = 5;
  private static final int DAYS_PER_WEEK = 7;
  private static final CronParser CRONTAB =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
  private static final CronParser EVENT_BRIDGE = new CronParser(eventBridgeDefinition());

  private CronText() {}

  /**
   * Reads what stands between the parentheses of {@code cron(…)}.
   *
   * @param text the whole, as the person wrote it
   */
  static Timetable eventBridge(String text, String inner, ZoneId zone) {
    List<String> fields = split(inner.toUpperCase(Locale.ROOT));
    checkCount(text, fields, EVENT_BRIDGE_FIELDS, "cron(…) of EventBridge");
    if (fields.get(2).equals("?") == fields.get(4).equals("?")) {
      throw new BadInput(
          "schedule",
          text,
          "needs ? in one of day-of-month and day-of-week, and a value or * in the other");
    }
    String minutesToYear = String.join(" ", fields);
    fields.set(3, numbered(text, "month", fields.get(3), MONTHS, 1));
    fields.set(4, numbered(text, "day-of-week", fields.get(4), DAYS, 1));
    Cron cron =
        parse(
            text, EVENT_BRIDGE, fields, EVENT_BRIDGE_FIELDS, List.of("0", "0", "1", "1", "?", "*"));
    Predicate<LocalDate> days =
        fields.get(4).equals("?")
            ? anyOf(cron, CronFieldName.DAY_OF_MONTH, each -> dayOfMonth(text, each))
            : anyOf(cron, CronFieldName.DAY_OF_WEEK, each -> dayOfWeek(text, fields.get(4), each));
    return new Timetable(
        text,
        "cron(" + minutesToYear + ")",
        zone,
        values(cron, CronFieldName.MINUTE, 0, 59),
        values(cron, CronFieldName.HOUR, 0, 23),
        values(cron, CronFieldName.MONTH, 1, 12),
        values(cron, CronFieldName.YEAR, Timetable.FIRST_YEAR, Timetable.LAST_YEAR),
        days);
  }

  /** Reads a crontab line of five fields, or one of its nicknames. */
  static Timetable crontab(String text, ZoneId zone) {
    List<String> fields = split(spelledOut(text));
    if (fields.size() == EVENT_BRIDGE_FIELDS.size() && fields.contains("?")) {
      throw new BadInput(
          "schedule", text, "looks like EventBridge's six fields: write cron(" + text + ")");
    }
    checkCount(text, fields, CRONTAB_FIELDS, "crontab line");
    // Kubernetes reads ? as *; the parser of crontab lines does not know it.
    fields.set(2, fields.get(2).equals("?") ? "*" : fields.get(2));
    fields.set(4, fields.get(4).equals("?") ? "*" : fields.get(4));
    fields.set(3, numbered(text, "month", fields.get(3), MONTHS, 1));
    fields.set(4, numbered(text, "day-of-week", fields.get(4), DAYS, 0));
    Cron cron = parse(text, CRONTAB, fields, CRONTAB_FIELDS, List.of("0", "0", "*", "*", "*"));
    BitSet minutes = values(cron, CronFieldName.MINUTE, 0, 59);
    BitSet hours = values(cron, CronFieldName.HOUR, 0, 23);
    BitSet daysOfMonth = values(cron, CronFieldName.DAY_OF_MONTH, 1, LONGEST_MONTH);
    BitSet months = values(cron, CronFieldName.MONTH, 1, 12);
    BitSet daysOfWeek = new BitSet();
    values(cron, CronFieldName.DAY_OF_WEEK, 0, 6).stream()
        .forEach(day -> daysOfWeek.set(day % DAYS_PER_WEEK));
    boolean everyWeekday = daysOfWeek.cardinality() == DAYS_PER_WEEK;
    checkDays(text, fields, daysOfMonth.cardinality() == LONGEST_MONTH, everyWeekday);
    String expression =
        "cron(%s %s %s %s %s *)"
            .formatted(
                said(minutes, 0, 59),
                said(hours, 0, 23),
                everyWeekday ? said(daysOfMonth, 1, LONGEST_MONTH) : "?",
                said(months, 1, 12),
                everyWeekday ? "?" : runs(daysOfWeek, DAYS::get));
    BitSet years = new BitSet();
    years.set(Timetable.FIRST_YEAR, Timetable.LAST_YEAR + 1);
    return new Timetable(
        text,
        expression,
        zone,
        minutes,
        hours,
        months,
        years,
        date ->
            daysOfMonth.get(date.getDayOfMonth())
                && daysOfWeek.get(date.getDayOfWeek().getValue() % DAYS_PER_WEEK));
  }

  private static CronDefinition eventBridgeDefinition() {
    return CronDefinitionBuilder.defineCron()
        .withMinutes()
        .withStrictRange()
        .and()
        .withHours()
        .withStrictRange()
        .and()
        .withDayOfMonth()
        .supportsL()
        .supportsW()
        .supportsQuestionMark()
        .withStrictRange()
        .and()
        .withMonth()
        .withStrictRange()
        .and()
        .withDayOfWeek()
        .withMondayDoWValue(2)
        .withValidRange(1, DAYS_PER_WEEK)
        .supportsL()
        .supportsHash()
        .supportsQuestionMark()
        .withStrictRange()
        .and()
        .withYear()
        .withValidRange(Timetable.FIRST_YEAR, Timetable.LAST_YEAR)
        .withStrictRange()
        .and()
        .instance();
  }

  private static String spelledOut(String text) {
    if (text.equals("@reboot")) {
      throw new BadInput("schedule", text, "names no time: a cluster has no boot to wait for");
    }
    if (text.startsWith("@")) {
      return Optional.ofNullable(NICKNAMES.get(text))
          .orElseThrow(
              () ->
                  new BadInput(
                      "schedule",
                      text,
                      "is no nickname of cron"
                          + Fields.instead(text, NICKNAMES.keySet().stream().sorted().toList())));
    }
    var prefix = ZONE_PREFIX.matcher(text);
    if (prefix.matches()) {
      throw new BadInput(
          "schedule",
          text,
          "has its time zone in the wrong place: use timeZone: " + prefix.group(1));
    }
    return text;
  }

  private static List<String> split(String text) {
    return Pattern.compile("\\s+")
        .splitAsStream(text.strip())
        .filter(field -> !field.isEmpty())
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static void checkCount(
      String text, List<String> fields, List<String> names, String what) {
    if (fields.size() != names.size()) {
      throw new BadInput(
          "schedule",
          text,
          "has %d fields: a %s has %d: %s"
              .formatted(fields.size(), what, names.size(), String.join(" ", names)));
    }
  }

  /** Refuses what crontab can say about days and one EventBridge expression cannot. */
  private static void checkDays(
      String text, List<String> fields, boolean everyDate, boolean everyWeekday) {
    boolean starred = fields.get(2).startsWith("*") || fields.get(4).startsWith("*");
    if (!starred) {
      throw new BadInput(
          "schedule",
          text,
          "means days that fit day-of-month or day-of-week, which one EventBridge expression cannot"
              + " say: write two schedules of one key");
    }
    if (!everyDate && !everyWeekday) {
      throw new BadInput(
          "schedule",
          text,
          "means days that fit both day-of-month and day-of-week, which an EventBridge expression"
              + " cannot say: put * in one of the two");
    }
  }

  private static String numbered(
      String text, String field, String value, List<String> names, int first) {
    return LETTERS
        .matcher(value)
        .replaceAll(
            match -> {
              String word = match.group().toUpperCase(Locale.ROOT);
              String name = word.length() > 3 && word.endsWith("L") ? word.substring(0, 3) : word;
              if (names.contains(name)) {
                return names.indexOf(name) + first + word.substring(name.length());
              }
              if (word.length() < 3) {
                return word;
              }
              throw new BadInput(
                  "schedule",
                  text,
                  field + ": " + match.group() + " is no name" + Fields.instead(word, names));
            });
  }

  private static Cron parse(
      String text, CronParser parser, List<String> fields, List<String> names, List<String> dull) {
    try {
      return parser.parse(String.join(" ", fields));
    } catch (IllegalArgumentException whole) {
      for (int i = 0; i < fields.size(); i++) {
        List<String> alone = new ArrayList<>(dull);
        alone.set(i, fields.get(i));
        try {
          parser.parse(String.join(" ", alone));
        } catch (IllegalArgumentException e) {
          throw new BadInput("schedule", text, "is wrong in " + names.get(i) + ": " + reason(e));
        }
      }
      throw new BadInput("schedule", text, "is no cron expression: " + reason(whole));
    }
  }

  private static String reason(IllegalArgumentException e) {
    String message = String.valueOf(e.getMessage()).replace(PARSER_PREFIX, "").strip();
    return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  private static FieldExpression expression(Cron cron, CronFieldName field) {
    return cron.retrieve(field).getExpression();
  }

  private static List<FieldExpression> alternatives(FieldExpression expression) {
    return expression instanceof And and ? and.getExpressions() : List.of(expression);
  }

  private static BitSet values(Cron cron, CronFieldName field, int min, int max) {
    BitSet values = new BitSet();
    alternatives(expression(cron, field)).forEach(each -> values.or(values(each, min, max)));
    return values;
  }

  private static BitSet values(FieldExpression expression, int min, int max) {
    BitSet values = new BitSet();
    switch (expression) {
      case Always _ -> values.set(min, max + 1);
      case On on -> values.set(on.getTime().getValue());
      case Between range -> values.set(number(range.getFrom()), number(range.getTo()) + 1);
      case Every every -> {
        BitSet of = values(every.getExpression(), min, max);
        int from = of.nextSetBit(0);
        int to = every.getExpression() instanceof On ? max : of.length() - 1;
        for (int value = from; value <= to; value += every.getPeriod().getValue()) {
          values.set(value);
        }
      }
      default -> throw new IllegalStateException("unexpected " + expression.asString());
    }
    return values;
  }

  private static int number(FieldValue<?> value) {
    return (Integer) value.getValue();
  }

  private static Predicate<LocalDate> anyOf(
      Cron cron, CronFieldName field, Function<FieldExpression, Predicate<LocalDate>> meaning) {
    return alternatives(expression(cron, field)).stream()
        .map(meaning)
        .reduce(Predicate::or)
        .orElseThrow();
  }

  private static Predicate<LocalDate> dayOfMonth(String text, FieldExpression expression) {
    if (expression instanceof On on) {
      SpecialChar special = on.getSpecialChar().getValue();
      if (special == SpecialChar.L) {
        if (!expression.asString().equals("L")) {
          throw new BadInput(
              "schedule", text, "is wrong in day-of-month: EventBridge knows L alone, no offset");
        }
        return date -> date.getDayOfMonth() == date.lengthOfMonth();
      }
      if (special == SpecialChar.W) {
        int day = on.getTime().getValue();
        return date ->
            day <= date.lengthOfMonth() && date.equals(nearestWeekday(date.withDayOfMonth(day)));
      }
    }
    BitSet values = values(expression, 1, LONGEST_MONTH);
    return date -> values.get(date.getDayOfMonth());
  }

  /** Returns the weekday nearest to a date, within its month. */
  private static LocalDate nearestWeekday(LocalDate date) {
    return switch (date.getDayOfWeek()) {
      case SATURDAY -> date.getDayOfMonth() == 1 ? date.plusDays(2) : date.minusDays(1);
      case SUNDAY ->
          date.getDayOfMonth() == date.lengthOfMonth() ? date.minusDays(2) : date.plusDays(1);
      case MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY -> date;
    };
  }

  private static Predicate<LocalDate> dayOfWeek(
      String text, String field, FieldExpression expression) {
    if (expression instanceof On on) {
      SpecialChar special = on.getSpecialChar().getValue();
      if (special == SpecialChar.HASH) {
        int week = on.getNth().getValue();
        if (field.contains(",") || week < 1 || week > MOST_WEEKS) {
          throw new BadInput(
              "schedule", text, "is wrong in day-of-week: # stands alone and counts from 1 to 5");
        }
        DayOfWeek day = weekday(on.getTime().getValue());
        return date -> date.getDayOfWeek() == day && weekOfMonth(date.getDayOfMonth()) == week;
      }
      if (special == SpecialChar.L && expression.asString().equals("L")) {
        return date -> date.getDayOfWeek() == DayOfWeek.SATURDAY;
      }
      if (special == SpecialChar.L) {
        DayOfWeek day = weekday(on.getTime().getValue());
        return date ->
            date.getDayOfWeek() == day
                && date.getDayOfMonth() + DAYS_PER_WEEK > date.lengthOfMonth();
      }
    }
    BitSet values = values(expression, 1, DAYS_PER_WEEK);
    return date -> values.get(date.getDayOfWeek().getValue() % DAYS_PER_WEEK + 1);
  }

  private static DayOfWeek weekday(int sundayIsOne) {
    return DayOfWeek.SATURDAY.plus(sundayIsOne);
  }

  private static int weekOfMonth(int day) {
    return (day - 1) / DAYS_PER_WEEK + 1;
  }

  /**
   * Says a set of values in the words that EventBridge documents: {@code *}, a/n, lists, ranges.
   */
  private static String said(BitSet values, int min, int max) {
    int count = values.cardinality();
    int first = values.nextSetBit(0);
    if (count == max - min + 1) {
      return "*";
    }
    if (count > 2) {
      int step = values.nextSetBit(first + 1) - first;
      boolean toTheEnd = first + count * step > max;
      boolean even = values.stream().allMatch(value -> (value - first) % step == 0);
      if (step > 1 && toTheEnd && even && values.length() - 1 == first + (count - 1) * step) {
        return first + "/" + step;
      }
    }
    return runs(values, Integer::toString);
  }

  private static String runs(BitSet values, IntFunction<String> name) {
    List<String> said = new ArrayList<>();
    for (int from = values.nextSetBit(0); from >= 0; ) {
      int end = values.nextClearBit(from);
      if (end - from > 2) {
        said.add(name.apply(from) + "-" + name.apply(end - 1));
      } else {
        IntStream.range(from, end).mapToObj(name).forEach(said::add);
      }
      from = values.nextSetBit(end);
    }
    return String.join(",", said);
  }
}
