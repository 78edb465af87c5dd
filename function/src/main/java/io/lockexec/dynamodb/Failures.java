package io.lockexec.dynamodb;

import io.lockexec.lock.TableException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** Says in one line what is wrong with a table, and what to do about it. */
final class Failures {
  private static final Set<String> BAD_CREDENTIALS =
      Set.of(
          "UnrecognizedClientException",
          "InvalidSignatureException",
          "ExpiredTokenException",
          "InvalidClientTokenId",
          "MissingAuthenticationTokenException",
          "IncompleteSignatureException");

  private final Tables tables;
  private final String region;

  Failures(Tables tables, String region) {
    this.tables = tables;
    this.region = region;
  }

  TableException of(String action, String table, SdkException e) {
    return of("table " + table, "dynamodb:" + action, keyOf(table), e);
  }

  TableException ofTransaction(SdkException e) {
    return of(
        "table " + tables.runTable() + " or " + tables.lockTable(),
        "dynamodb:PutItem, UpdateItem and ConditionCheckItem",
        tables.describe(),
        e);
  }

  TableException busy(String action) {
    return new TableException(
        "tables %s and %s in %s: %s met other writes %d times in a row and was given up; try again"
            .formatted(tables.runTable(), tables.lockTable(), region, action, Requests.ATTEMPTS));
  }

  private TableException of(String what, String actions, String key, SdkException e) {
    String where = what + " in " + region;
    String answer =
        e instanceof TransactionCanceledException cancelled ? reasons(cancelled) : answer(e);
    if (e instanceof AwsServiceException service) {
      String code = service.awsErrorDetails() == null ? "" : service.awsErrorDetails().errorCode();
      return new TableException(refusal(where, actions, key, code, answer, service), e);
    }
    return new TableException(failure(where, answer, e), e);
  }

  private String refusal(
      String where,
      String actions,
      String key,
      String code,
      String answer,
      AwsServiceException service) {
    if (code.equals("ResourceNotFoundException")) {
      return where
          + " does not exist: deploy it, or check the name of the table, the Region and the"
          + " account";
    }
    if (code.equals("AccessDeniedException")) {
      return where + " may not be used: allow " + actions + " (" + answer + ")";
    }
    if (BAD_CREDENTIALS.contains(code)) {
      return where + ": the AWS credentials were refused, renew them (" + answer + ")";
    }
    if (service.isThrottlingException()) {
      return where + " is throttled" + attempts(service) + " (" + answer + ")";
    }
    if (answer.contains("specified index")) {
      return where + " has no index \"" + Tables.OPEN_INDEX + "\": deploy it anew (" + answer + ")";
    }
    // Here DynamoDB has no code of its own, only words: of the key, its schema or its element.
    if (answer.startsWith("Validation") && answer.toLowerCase(Locale.ROOT).contains("key")) {
      return where + " has another key than expected, which is " + key + " (" + answer + ")";
    }
    return where + " refused" + attempts(service) + ": " + answer;
  }

  private static String failure(String where, String answer, SdkException e) {
    if (answer.startsWith("Unable to load credentials")) {
      return where
          + ": no AWS credentials were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and"
          + " AWS_SECRET_ACCESS_KEY, or run where a role gives them";
    }
    return where + " gave no answer" + attempts(e) + ": " + answer;
  }

  private String keyOf(String table) {
    return table.equals(tables.lockTable()) ? tables.lockKey() : Tables.runKey();
  }

  private static String attempts(SdkException e) {
    Integer attempts = e.numAttempts();
    return attempts == null || attempts == 1 ? "" : ", after " + attempts + " attempts";
  }

  /** Returns what DynamoDB said, or what the SDK says of it, in one line. */
  private static String answer(SdkException e) {
    String message =
        e instanceof AwsServiceException service && service.awsErrorDetails() != null
            ? service.awsErrorDetails().errorCode()
                + ": "
                + service.awsErrorDetails().errorMessage()
            : String.valueOf(e.getMessage());
    return message.replaceAll("\\s*\\R\\s*", " ").replaceAll(" \\(SDK Attempt Count: \\d+\\)", "");
  }

  private static String reasons(TransactionCanceledException e) {
    return e.cancellationReasons().stream()
        .filter(reason -> !"None".equals(reason.code()))
        .map(Failures::reason)
        .collect(Collectors.joining("; "));
  }

  private static String reason(CancellationReason reason) {
    return reason.code() + ": " + reason.message();
  }
}
