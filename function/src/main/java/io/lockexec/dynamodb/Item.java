package io.lockexec.dynamodb;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * An item as it was read, asked for one attribute at a time, strictly: what is missing or of
 * another type is an {@link IllegalArgumentException} that names the attribute.
 */
record Item(Map<String, AttributeValue> attributes) {
  private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);

  boolean has(String name) {
    return attributes.containsKey(name);
  }

  Optional<String> text(String name) {
    return value(name, AttributeValue.Type.S).map(AttributeValue::s);
  }

  String requiredText(String name) {
    return text(name).orElseThrow(() -> missing(name));
  }

  Optional<BigDecimal> number(String name) {
    return value(name, AttributeValue.Type.N).map(value -> new BigDecimal(value.n()));
  }

  BigDecimal requiredNumber(String name) {
    return number(name).orElseThrow(() -> missing(name));
  }

  Optional<Instant> time(String name) {
    return text(name).map(Instant::parse);
  }

  Instant requiredTime(String name) {
    return time(name).orElseThrow(() -> missing(name));
  }

  List<Item> requiredItems(String name) {
    return value(name, AttributeValue.Type.L).orElseThrow(() -> missing(name)).l().stream()
        .map(each -> item(name, each))
        .toList();
  }

  Item requiredItem(String name) {
    return item(name, value(name, AttributeValue.Type.M).orElseThrow(() -> missing(name)));
  }

  /** Returns what to say when an attribute that must be there is not. */
  static IllegalArgumentException missing(String name) {
    return new IllegalArgumentException("it has no attribute \"" + name + '"');
  }

  static AttributeValue of(String text) {
    return AttributeValue.fromS(text);
  }

  static AttributeValue of(Instant time) {
    return AttributeValue.fromS(time.toString());
  }

  static AttributeValue of(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }

  /** Returns the seconds, with a fraction if they have one. */
  static AttributeValue of(Duration duration) {
    return AttributeValue.fromN(
        BigDecimal.valueOf(duration.getSeconds())
            .add(BigDecimal.valueOf(duration.getNano(), 9))
            .stripTrailingZeros()
            .toPlainString());
  }

  /** Reads the seconds back. */
  static Duration duration(BigDecimal seconds) {
    BigInteger nanos = seconds.movePointRight(9).toBigIntegerExact();
    BigInteger[] parts = nanos.divideAndRemainder(NANOS_PER_SECOND);
    return Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact());
  }

  /** Returns the nanoseconds since the epoch, exactly, as the original tool counts. */
  static AttributeValue nanos(Instant time) {
    return AttributeValue.fromN(
        BigInteger.valueOf(time.getEpochSecond())
            .multiply(NANOS_PER_SECOND)
            .add(BigInteger.valueOf(time.getNano()))
            .toString());
  }

  /** Reads the nanoseconds back. */
  static Instant instant(BigDecimal nanos) {
    BigInteger[] parts = nanos.toBigIntegerExact().divideAndRemainder(NANOS_PER_SECOND);
    return Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValueExact());
  }

  private Optional<AttributeValue> value(String name, AttributeValue.Type type) {
    Optional<AttributeValue> value = Optional.ofNullable(attributes.get(name));
    value.ifPresent(each -> check(name, each, type));
    return value;
  }

  private static Item item(String name, AttributeValue value) {
    check(name, value, AttributeValue.Type.M);
    return new Item(value.m());
  }

  private static void check(String name, AttributeValue value, AttributeValue.Type type) {
    if (value.type() != type) {
      throw new IllegalArgumentException(
          "its attribute \"" + name + "\" is of type " + value.type() + ", not " + type);
    }
  }
}
