package io.lockexec.cli;

import io.lockexec.lock.Lock;
import io.lockexec.lock.LockKey;
import io.lockexec.lock.Locks;
import io.lockexec.lock.Owner;
import io.lockexec.lock.Token;
import io.lockexec.run.Ledger;
import io.lockexec.run.Run;
import io.lockexec.run.Stage;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Releases a key by hand. The lock of a process, a lock past its expiry, and one whose run has
 * ended are released at once; the lock of an open run, whose Job may be running, only by force.
 */
@Command(
    name = "unlock",
    description = {
      "Releases a key, and says who held it.",
      "A key that is not locked is fine. The unexpired lock of an open run is released by --force"
          + " only, because its Job may be running."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  lock-exec unlock reports", "  lock-exec unlock reports --token 1795438800123"})
final class Unlock implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Mixin private TableOptions tables = new TableOptions();

  @Parameters(paramLabel = "KEY", description = "What is locked.")
  private String key = "";

  @Option(
      names = "--force",
      description = "Release the lock of an open run too: its Job and another may then overlap.")
  private boolean force;

  @Option(
      names = "--token",
      paramLabel = "N",
      description = "Release only the acquisition with this fencing token.")
  private @Nullable Long token;

  @Override
  public Integer call() {
    try (TableOptions open = tables) {
      LockKey wanted = new LockKey(key);
      Locks locks = open.locks();
      Optional<Lock> found = locks.find(wanted).filter(Unlock::taken);
      if (found.isEmpty()) {
        out().println("key " + wanted + " is not locked");
        return 0;
      }
      Lock lock = found.get();
      if (token != null && !lock.token().equals(Optional.of(new Token(token)))) {
        out()
            .println(
                "key %s was not released: its token is %s, not %d"
                    .formatted(wanted, lock.token().map(Token::toString).orElse("none"), token));
        return 0;
      }
      return force || mayBeReleased(lock) ? release(locks, lock) : refuse(lock);
    }
  }

  private int release(Locks locks, Lock lock) {
    boolean released = locks.release(lock);
    out()
        .println(
            released
                ? "released key %s: it was held by %s%s"
                    .formatted(lock.key(), lock.describe(), since(lock))
                : "key %s changed hands in between: look again".formatted(lock.key()));
    return released ? 0 : LockExec.HELD;
  }

  private int refuse(Lock lock) {
    err()
        .println(
            """
            key %s is held by %s%s, and the run is open.
            Its Job may be running; whatever takes the key now may overlap with it. To release it all the same:
              lock-exec unlock %s --force%s\
            """
                .formatted(
                    lock.key(),
                    lock.describe(),
                    since(lock),
                    quoted(lock.key().value()),
                    lock.token().map(each -> " --token " + each).orElse("")));
    return LockExec.HELD;
  }

  private boolean mayBeReleased(Lock lock) {
    return !(lock.owner().orElse(null) instanceof Owner.OfRun run)
        || lock.expiredAt(InstantSource.system().instant())
        || hasEnded(run);
  }

  /** No record is no proof: the run may be another installation's, with a table of its own. */
  private boolean hasEnded(Owner.OfRun run) {
    Ledger ledger = tables.ledger(run.installation());
    return ledger
        .find(run.firing())
        .map(Run::stage)
        .filter(Stage.Ended.class::isInstance)
        .isPresent();
  }

  /** The original tool writes no owner, so that its lock shows by its expiry alone. */
  private static boolean taken(Lock lock) {
    return lock.owner().isPresent() || lock.expire().isAfter(Instant.EPOCH);
  }

  /** The token of an acquisition is its time, in milliseconds. */
  private static String since(Lock lock) {
    return lock.token().map(each -> " since " + Instant.ofEpochMilli(each.value())).orElse("");
  }

  private static String quoted(String text) {
    return text.matches("[A-Za-z0-9_./:@-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private PrintWriter out() {
    return command().commandLine().getOut();
  }

  private PrintWriter err() {
    return command().commandLine().getErr();
  }

  private CommandSpec command() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets the spec");
    }
    return spec;
  }
}
