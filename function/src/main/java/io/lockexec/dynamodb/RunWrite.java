package io.lockexec.dynamodb;

import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** One conditional put of one run's whole item, to be made alone or in a transaction. */
record RunWrite(
    String table,
    Map<String, AttributeValue> item,
    String condition,
    Map<String, String> names,
    Map<String, AttributeValue> values) {

  /** Puts a run whose firing has no record. */
  static RunWrite first(String table, Map<String, AttributeValue> item) {
    return new RunWrite(
        table,
        item,
        "attribute_not_exists(#schedule)",
        Map.of("#schedule", RunItem.SCHEDULE),
        Map.of());
  }

  /** Puts a run in place of its record in the version that was read. */
  static RunWrite next(String table, Map<String, AttributeValue> item, long version) {
    return new RunWrite(
        table,
        item,
        "#version = :version",
        Map.of("#version", RunItem.VERSION),
        Map.of(":version", Item.of(version)));
  }

  PutItemRequest alone() {
    PutItemRequest.Builder put =
        PutItemRequest.builder()
            .tableName(table)
            .item(item)
            .conditionExpression(condition)
            .expressionAttributeNames(names)
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD);
    // DynamoDB refuses an empty map.
    return values.isEmpty() ? put.build() : put.expressionAttributeValues(values).build();
  }

  TransactWriteItem together() {
    PutItemRequest alone = alone();
    return TransactWriteItem.builder()
        .put(
            put -> {
              put.tableName(alone.tableName())
                  .item(alone.item())
                  .conditionExpression(alone.conditionExpression())
                  .expressionAttributeNames(alone.expressionAttributeNames())
                  .returnValuesOnConditionCheckFailure(alone.returnValuesOnConditionCheckFailure());
              if (alone.hasExpressionAttributeValues()) {
                put.expressionAttributeValues(alone.expressionAttributeValues());
              }
            })
        .build();
  }
}
