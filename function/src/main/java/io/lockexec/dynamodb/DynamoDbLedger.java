package io.lockexec.dynamodb;

import io.lockexec.lock.Lock;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Owner;
import io.lockexec.lock.TableException;
import io.lockexec.lock.Token;
import io.lockexec.run.Ledger;
import io.lockexec.run.RollCall;
import io.lockexec.run.Run;
import io.lockexec.run.State;
import io.lockexec.schedule.Firing;
import io.lockexec.schedule.Installation;
import io.lockexec.schedule.ScheduleName;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * The ledger in DynamoDB: the run table, and the lock table of {@link DynamoDbLocks} in the same
 * transactions.
 *
 * <p>The item of a run:
 *
 * <table>
 * <caption>Attributes</caption>
 * <tr><td>{@code schedule} <td>S, partition key: the schedule's name
 * <tr><td>{@code scheduled_time} <td>S, sort key: the firing, {@code 2026-11-23T13:00:00Z}
 * <tr><td>{@code version} <td>N: 1, and one more with each change
 * <tr><td>{@code installation} <td>S: whose run it is
 * <tr><td>{@code state} <td>S: CLAIMED, COMMITTED, SUCCEEDED, FAILED, LOST or SKIPPED
 * <tr><td>{@code key} <td>S: the lock key
 * <tr><td>{@code token} <td>N: the token of its lock; absent if it never took it
 * <tr><td>{@code request} <td>S: the whole request as JSON; what the run is carried on by
 * <tr><td>{@code namespace}, {@code job} <td>S: where to look for its Job, and the Job's name
 * <tr><td>{@code cluster} <td>S: where it is placed; absent if it never was
 * <tr><td>{@code tried} <td>L of M: every cluster it was placed on ({@code cluster}), and why it
 *     was passed over ({@code why})
 * <tr><td>{@code incarnation}, {@code job_uid} <td>S: what it was committed to
 * <tr><td>{@code start_by} <td>S: until when its Job may be started
 * <tr><td>{@code longest} <td>N: seconds that a pod of it can run
 * <tr><td>{@code reason}, {@code message} <td>S: why it ended so
 * <tr><td>{@code exit_code} <td>N: of a Job that failed, where it is known
 * <tr><td>{@code claimed_at}, {@code committed_at}, {@code started_at}, {@code finished_at}, {@code
 *     ended_at} <td>S: when it was claimed and committed; when its Job started and ended, by the
 *     cluster's clock; when the end was recorded
 * <tr><td>{@code open} <td>S, only while somebody has to do something about the run: {@code open-0}
 *     or {@code open-1}, by its schedule; partition key of the index {@code open}
 * <tr><td>{@code ttl} <td>N: unix seconds, the recorded end and the retention; for DynamoDB's
 *     clean-up. Absent before the end
 * </table>
 *
 * <p>All times are ISO-8601 in UTC. The roll call is one more item, under a schedule name that no
 * schedule can have ({@code lock-exec.io/roll-call}) and the sort key {@code -}: {@code at} (N,
 * unix nanoseconds), {@code entries} (M by schedule: {@code recurrence}, {@code until}), and {@code
 * open}, so that it comes with the open runs.
 *
 * <p>To claim:
 *
 * <ol>
 *   <li>One transaction puts the run if there is no item of its firing, and takes its lock as
 *       {@link DynamoDbLocks} does, only that an expired lock of another installation's run is free
 *       too: its ledger is not ours to ask. If it is made, firing and key are ours.
 *   <li>If it is cancelled and the run's condition did not hold, there is a record, and it came
 *       with the refusal. That decides alone: it may be what an earlier delivery of ours wrote.
 *   <li>If it met other writes or was throttled, it is made again after a pause of random length,
 *       as a new request.
 *   <li>Else the lock was refused, and what stands in the way came with the refusal. If it is free,
 *       only its token was not smaller: step 1 again, with the token after that one. Else the key
 *       is held.
 * </ol>
 *
 * <p>To change a run: its whole item is put, on the condition that {@code version} is the one that
 * was read; alone, or in one transaction with its lock, on the condition that the lock's {@code
 * owner} and {@code token} are the run's. The run's refusal decides first here too. If it was
 * overtaken by the very record that it wanted to write, an earlier sending did it.
 */
public final class DynamoDbLedger implements Ledger {
  private final Requests requests;
  private final Tables tables;
  private final Installation installation;
  private final RunItem items;

  /**
   * Uses two tables.
   *
   * @param client with bounded time and attempts, as {@link DynamoDb#client()} makes it
   * @param installation whose runs stand in the run table
   * @param retention how long the record of a run is kept after its end; longer than any firing can
   *     be delivered late
   */
  public DynamoDbLedger(
      DynamoDbClient client,
      Tables tables,
      Installation installation,
      Duration retention,
      Backoff backoff) {
    this.tables = tables;
    this.installation = installation;
    this.requests = new Requests(client, tables, backoff);
    this.items = new RunItem(tables.runTable(), installation, retention);
  }

  @Override
  public Claim claim(Run run, Instant now, Instant lockExpire) {
    Run claimed = run;
    LockKey key = run.request().key();
    String spared = Owner.OfRun.prefix(installation);
    LockWrite.Taking wanted = new LockWrite.Taking(owner(run), holder(run), lockExpire);
    for (int attempt = 1; attempt <= Requests.ATTEMPTS; attempt++) {
      Token token = token(claimed);
      LockWrite take = LockWrite.take(tables, key, wanted, token, spared, now);
      // If we die here there is either nothing, and the next delivery claims; or an open run with
      // its lock, which the next delivery, or else the sweep, finds and carries on.
      switch (requests.transact(first(claimed).together(), take.together())) {
        case Requests.Transacted.Done _ -> {
          return new Claim.Claimed(claimed);
        }
        case Requests.Transacted.RunRefused refused -> {
          return new Claim.Known(items.read(refused.old()));
        }
        case Requests.Transacted.OtherRefused refused -> {
          Lock lock = LockItem.read(tables, key, refused.old());
          if (!LockItem.free(lock, spared, now)) {
            return new Claim.KeyHeld(lock);
          }
          claimed = claimed.withToken(lock.token().orElse(token).next(now));
        }
      }
    }
    throw requests.busy("TransactWriteItems");
  }

  /**
   * {@inheritDoc}
   *
   * <p>A holder of another installation is not asked for: its runs stand in a table that is not
   * ours.
   */
  @Override
  public Skip skip(Run skipped, Optional<Owner.OfRun> holder) {
    Optional<Firing> asked =
        holder.filter(run -> run.installation().equals(installation)).map(Owner.OfRun::firing);
    // If we die here the firing has its record, or none; then the next delivery decides anew.
    return asked.isPresent() ? skipBecauseOf(asked.orElseThrow(), skipped) : skipAnyway(skipped);
  }

  @Override
  public Change advance(Run before, Run after, LockEffect effect) {
    // If we die here the run is on record as it was or as it is to be, and its lock with it:
    // whoever carries it on reads which, and does the next step from there.
    return switch (effect) {
      case LockEffect.None _ -> advanceAlone(before, after);
      case LockEffect.Extend extend -> advanceExtending(before, after, extend);
      case LockEffect.Release _ -> advanceReleasing(before, after);
    };
  }

  @Override
  public Optional<Run> find(Firing firing) {
    Map<String, AttributeValue> item = requests.get(tables.runTable(), RunItem.key(firing));
    return item.isEmpty() ? Optional.empty() : Optional.of(items.read(item));
  }

  @Override
  public Open open() {
    List<Run> runs = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    Optional<RollCall> rollCall = Optional.empty();
    for (String shard : RunItem.shards()) {
      for (Map<String, AttributeValue> item : requests.query(openIn(shard))) {
        try {
          if (RollCallItem.is(item)) {
            rollCall = Optional.of(RollCallItem.read(tables.runTable(), item));
          } else {
            runs.add(items.read(item));
          }
        } catch (TableException e) {
          // One spoilt record must not keep all others from being carried on.
          unreadable.add(e.getMessage());
        }
      }
    }
    return new Open(runs, unreadable, rollCall);
  }

  @Override
  public Set<Instant> recorded(ScheduleName schedule, Instant first, Instant last) {
    // As text, times compare like times only if all are written to the same unit.
    Instant from = first.minusNanos(1).truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
    Instant to = last.truncatedTo(ChronoUnit.MINUTES);
    if (from.isAfter(to)) {
      return Set.of();
    }
    Set<Instant> times = new HashSet<>();
    QueryRequest query =
        QueryRequest.builder()
            .tableName(tables.runTable())
            .consistentRead(true)
            .keyConditionExpression("#schedule = :schedule AND #time BETWEEN :from AND :to")
            .projectionExpression("#time")
            .expressionAttributeNames(
                Map.of("#schedule", RunItem.SCHEDULE, "#time", RunItem.SCHEDULED_TIME))
            .expressionAttributeValues(
                Map.of(
                    ":schedule", Item.of(schedule.value()),
                    ":from", Item.of(from),
                    ":to", Item.of(to)))
            .build();
    for (Map<String, AttributeValue> item : requests.query(query)) {
      times.add(new Item(item).requiredTime(RunItem.SCHEDULED_TIME));
    }
    return times;
  }

  @Override
  public void keep(RollCall rollCall) {
    PutItemRequest put =
        PutItemRequest.builder()
            .tableName(tables.runTable())
            .item(RollCallItem.write(rollCall))
            .conditionExpression("attribute_not_exists(#at) OR #at <= :at")
            .expressionAttributeNames(Map.of("#at", RollCallItem.AT))
            .expressionAttributeValues(Map.of(":at", Item.nanos(rollCall.at())))
            .build();
    // If we die here the roll call before this one is kept: the next looks at the same firings
    // again, and finds on record what this one has recorded.
    switch (requests.put(put)) {
      case Requests.Written.Done _ -> {}
      // Another sweep was later, and has looked at more.
      case Requests.Written.Refused _ -> {}
    }
  }

  private Skip skipAnyway(Run skipped) {
    return switch (requests.put(first(skipped).alone())) {
      case Requests.Written.Done _ -> new Skip.Recorded(skipped);
      case Requests.Written.Refused refused -> {
        Run known = items.read(refused.old());
        // What the SDK sent twice may have met itself. Another delivery's record may be the same to
        // the letter; it is another's all the same.
        yield refused.repeated() && known.equals(skipped)
            ? new Skip.Recorded(known)
            : new Skip.Known(known);
      }
    };
  }

  private Skip skipBecauseOf(Firing holder, Run skipped) {
    if (holder.equals(skipped.firing())) {
      // Its own lock, and DynamoDB takes no transaction with two actions on one item.
      return find(holder).<Skip>map(Skip.Known::new).orElseGet(Skip.HolderEnded::new);
    }
    return switch (requests.transact(first(skipped).together(), open(holder))) {
      case Requests.Transacted.Done _ -> new Skip.Recorded(skipped);
      case Requests.Transacted.RunRefused refused -> new Skip.Known(items.read(refused.old()));
      case Requests.Transacted.OtherRefused _ -> new Skip.HolderEnded();
    };
  }

  private Change advanceAlone(Run before, Run after) {
    return switch (requests.put(next(before, after).alone())) {
      case Requests.Written.Done _ -> new Change.Recorded(after);
      case Requests.Written.Refused refused -> {
        Change.Overtaken overtaken = overtaken(refused.old());
        yield refused.repeated() && overtaken.current().equals(Optional.of(after))
            ? new Change.Recorded(after)
            : overtaken;
      }
    };
  }

  private Change advanceExtending(Run before, Run after, LockEffect.Extend extend) {
    LockKey key = after.request().key();
    if (after.token().isEmpty()) {
      // It never took the lock, so what stands there is another's.
      return new Change.LockLost(LockItem.find(requests, tables, key));
    }
    LockWrite extension =
        LockWrite.extend(tables, key, owner(after), token(after), extend.expire(), extend.holder());
    return switch (requests.transact(next(before, after).together(), extension.together())) {
      case Requests.Transacted.Done _ -> new Change.Recorded(after);
      case Requests.Transacted.RunRefused refused -> overtaken(refused.old());
      case Requests.Transacted.OtherRefused refused ->
          new Change.LockLost(LockItem.readIfThere(tables, key, refused.old()));
    };
  }

  private Change advanceReleasing(Run before, Run after) {
    if (after.token().isEmpty()) {
      return advanceAlone(before, after);
    }
    LockWrite release =
        LockWrite.release(tables, after.request().key(), owner(after), token(after));
    return switch (requests.transact(next(before, after).together(), release.together())) {
      case Requests.Transacted.Done _ -> new Change.Recorded(after);
      case Requests.Transacted.RunRefused refused -> overtaken(refused.old());
      // Somebody unlocked it: there is nothing to release, and the run must come to its end all
      // the same. It cannot become ours again between the two requests.
      case Requests.Transacted.OtherRefused _ -> advanceAlone(before, after);
    };
  }

  private Change.Overtaken overtaken(Map<String, AttributeValue> old) {
    return new Change.Overtaken(old.isEmpty() ? Optional.empty() : Optional.of(items.read(old)));
  }

  private RunWrite first(Run run) {
    return RunWrite.first(tables.runTable(), items.write(run));
  }

  private RunWrite next(Run before, Run after) {
    return RunWrite.next(tables.runTable(), items.write(after), before.version());
  }

  private TransactWriteItem open(Firing holder) {
    return TransactWriteItem.builder()
        .conditionCheck(
            check ->
                check
                    .tableName(tables.runTable())
                    .key(RunItem.key(holder))
                    .conditionExpression("#state IN (:claimed, :committed)")
                    .expressionAttributeNames(Map.of("#state", RunItem.STATE))
                    .expressionAttributeValues(
                        Map.of(
                            ":claimed", Item.of(State.CLAIMED.name()),
                            ":committed", Item.of(State.COMMITTED.name()))))
        .build();
  }

  private QueryRequest openIn(String shard) {
    return QueryRequest.builder()
        .tableName(tables.runTable())
        .indexName(Tables.OPEN_INDEX)
        .keyConditionExpression("#open = :shard")
        .expressionAttributeNames(Map.of("#open", RunItem.OPEN))
        .expressionAttributeValues(Map.of(":shard", Item.of(shard)))
        .build();
  }

  private Owner.OfRun owner(Run run) {
    return new Owner.OfRun(installation, run.firing());
  }

  private static String holder(Run run) {
    return run.place()
        .orElseThrow(() -> new IllegalArgumentException("it is placed nowhere: " + run.firing()))
        .holder(run.firing());
  }

  private static Token token(Run run) {
    return run.token()
        .orElseThrow(() -> new IllegalArgumentException("it has no token: " + run.firing()));
  }
}
