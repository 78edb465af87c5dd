package io.lockexec.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.lockexec.BadInput;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbServiceClientConfiguration;

final class DynamoDbTest {
  private static final String REGION = "aws.region";
  private static final String ENDPOINT = "aws.endpointUrl";
  private static final String NO_METADATA = "aws.disableEc2Metadata";
  private static final String CONFIG_FILE = "aws.configFile";

  @BeforeEach
  void askNobodyElse() {
    System.setProperty(NO_METADATA, "true");
    System.setProperty(CONFIG_FILE, "no-such-file");
  }

  @AfterEach
  void clear() {
    System.clearProperty(REGION);
    System.clearProperty(ENDPOINT);
    System.clearProperty(NO_METADATA);
    System.clearProperty(CONFIG_FILE);
  }

  @Test
  void region_and_endpoint_come_from_the_usual_variables() {
    System.setProperty(REGION, "eu-west-3");
    System.setProperty(ENDPOINT, "http://localhost:4566");

    try (DynamoDbClient client = DynamoDb.client()) {
      DynamoDbServiceClientConfiguration configuration = client.serviceClientConfiguration();
      assertThat(configuration.region()).isEqualTo(Region.EU_WEST_3);
      assertThat(configuration.endpointOverride()).contains(URI.create("http://localhost:4566"));
    }
  }

  @Test
  void every_call_is_bounded_in_time_and_attempts() {
    System.setProperty(REGION, "eu-west-3");

    try (DynamoDbClient client = DynamoDb.client()) {
      var configuration = client.serviceClientConfiguration().overrideConfiguration();
      assertThat(configuration.apiCallTimeout()).contains(Duration.ofSeconds(10));
      assertThat(configuration.apiCallAttemptTimeout()).contains(Duration.ofSeconds(3));
      assertThat(configuration.retryStrategy().orElseThrow().maxAttempts()).isEqualTo(4);
    }
  }

  @Test
  void a_region_that_is_missing_is_told() {
    assumeFalse(System.getenv().containsKey("AWS_REGION"));

    assertThatThrownBy(DynamoDb::client)
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "AWS_REGION: is missing: name the Region of the tables, for example eu-central-1");
  }
}
