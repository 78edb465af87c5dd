package io.lockexec.lambda;

import io.lockexec.run.Journal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Tells each transition as one line of the log, with the fields {@code reason}, {@code schedule},
 * {@code key}, {@code run}, {@code scheduledTime} and {@code cluster}.
 */
public final class LogJournal implements Journal {
  private final Logger log;

  /** Writes to the logger of lock-exec. */
  public LogJournal() {
    this(LoggerFactory.getLogger("io.lockexec"));
  }

  LogJournal(Logger log) {
    this.log = log;
  }

  @Override
  public void record(Entry entry) {
    LoggingEventBuilder event =
        log.atLevel(
                switch (entry.level()) {
                  case INFO -> org.slf4j.event.Level.INFO;
                  case WARN -> org.slf4j.event.Level.WARN;
                  case ERROR -> org.slf4j.event.Level.ERROR;
                })
            .addKeyValue("reason", entry.reason().name())
            .addKeyValue("schedule", entry.firing().schedule().value())
            .addKeyValue("key", entry.key().value())
            .addKeyValue("run", entry.firing().runId())
            .addKeyValue("scheduledTime", entry.firing().time().toString());
    if (entry.cluster().isPresent()) {
      event = event.addKeyValue("cluster", entry.cluster().get().value());
    }
    event.log(entry.message());
  }
}
