package io.lockexec.dynamodb;

import io.lockexec.BadInput;
import java.time.Duration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/**
 * The one way in which DynamoDB is called: nothing of how long a call takes, or how often it is
 * tried, is left to what an SDK version happens to choose.
 */
public final class DynamoDb {
  /** How often one request is sent at most. */
  public static final int ATTEMPTS = 4;

  /** The longest that a call takes, with all its attempts. */
  public static final Duration CALL = Duration.ofSeconds(10);

  private static final Duration CONNECTION = Duration.ofSeconds(1);
  private static final Duration SOCKET = Duration.ofSeconds(3);
  // The socket's limit is for each read alone; an answer that drips is cut off by this one.
  private static final Duration ATTEMPT = Duration.ofSeconds(3);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(25);
  private static final Duration FIRST_BACKOFF_THROTTLED = Duration.ofMillis(250);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(1);

  private DynamoDb() {}

  /**
   * Connects with the Region, endpoint and credentials that the usual variables of the AWS SDKs
   * name: {@code AWS_REGION}, {@code AWS_ENDPOINT_URL_DYNAMODB} or {@code AWS_ENDPOINT_URL}, {@code
   * AWS_PROFILE} and so on. Credentials are looked for at the first request only.
   *
   * @throws BadInput if no Region is named anywhere
   */
  public static DynamoDbClient client() {
    try {
      return builder().build();
    } catch (SdkClientException e) {
      if (String.valueOf(e.getMessage()).contains("region")) {
        throw new BadInput(
            "AWS_REGION", "is missing: name the Region of the tables, for example eu-central-1");
      }
      throw e;
    }
  }

  /** Returns the same client before it is built, for an endpoint or credentials of one's own. */
  public static DynamoDbClientBuilder builder() {
    return DynamoDbClient.builder()
        .httpClientBuilder(
            UrlConnectionHttpClient.builder().connectionTimeout(CONNECTION).socketTimeout(SOCKET))
        .overrideConfiguration(
            ClientOverrideConfiguration.builder()
                .apiCallAttemptTimeout(ATTEMPT)
                .apiCallTimeout(CALL)
                .retryStrategy(retries())
                .build());
  }

  private static StandardRetryStrategy retries() {
    return AwsRetryStrategy.standardRetryStrategy().toBuilder()
        .maxAttempts(ATTEMPTS)
        .backoffStrategy(BackoffStrategy.exponentialDelay(FIRST_BACKOFF, LONGEST_BACKOFF))
        .throttlingBackoffStrategy(
            BackoffStrategy.exponentialDelay(FIRST_BACKOFF_THROTTLED, LONGEST_BACKOFF))
        .build();
  }
}
