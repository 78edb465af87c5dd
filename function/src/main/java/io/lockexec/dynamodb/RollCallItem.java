package io.lockexec.dynamodb;

import io.lockexec.lock.TableException;
import io.lockexec.run.RollCall;
import io.lockexec.schedule.ScheduleName;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Writes the roll call as an item and reads it back; {@link DynamoDbLedger} says what is in it. */
final class RollCallItem {
  /** No schedule can have this name. */
  static final String PARTITION = "lock-exec.io/roll-call";

  static final String AT = "at";

  private static final String SORT = "-";
  private static final String ENTRIES = "entries";
  private static final String RECURRENCE = "recurrence";
  private static final String UNTIL = "until";

  private RollCallItem() {}

  static boolean is(Map<String, AttributeValue> attributes) {
    return Item.of(PARTITION).equals(attributes.get(RunItem.SCHEDULE));
  }

  static Map<String, AttributeValue> write(RollCall rollCall) {
    Map<String, AttributeValue> entries = new HashMap<>();
    rollCall
        .entries()
        .forEach(
            (schedule, entry) ->
                entries.put(
                    schedule.value(),
                    AttributeValue.fromM(
                        Map.of(
                            RECURRENCE, Item.of(entry.recurrence()),
                            UNTIL, Item.of(entry.until())))));
    return Map.of(
        RunItem.SCHEDULE,
        Item.of(PARTITION),
        RunItem.SCHEDULED_TIME,
        Item.of(SORT),
        RunItem.OPEN,
        Item.of(RunItem.shards().getFirst()),
        AT,
        Item.nanos(rollCall.at()),
        ENTRIES,
        AttributeValue.fromM(entries));
  }

  /**
   * Reads the roll call back.
   *
   * @throws TableException if the item is not what {@link #write} makes
   */
  static RollCall read(String table, Map<String, AttributeValue> attributes) {
    try {
      return rollCall(attributes);
    } catch (RuntimeException e) {
      throw new TableException(
          "the roll call in table %s cannot be read, and is taken for none: %s"
              .formatted(table, e.getMessage()),
          e);
    }
  }

  private static RollCall rollCall(Map<String, AttributeValue> attributes) {
    Item item = new Item(attributes);
    Item entries = item.requiredItem(ENTRIES);
    Map<ScheduleName, RollCall.Entry> read = new HashMap<>();
    for (String schedule : entries.attributes().keySet()) {
      Item entry = entries.requiredItem(schedule);
      read.put(
          new ScheduleName(schedule),
          new RollCall.Entry(entry.requiredText(RECURRENCE), entry.requiredTime(UNTIL)));
    }
    return new RollCall(Item.instant(item.requiredNumber(AT)), read);
  }
}
