package io.lockexec.kubernetes;

import io.lockexec.job.JobReader;
import io.lockexec.job.JobRef;
import io.lockexec.job.JobView;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;

/**
 * Follows the events of a watch, one JSON object per line, until one of them settles what the watch
 * is for. It is fed by one thread and read by another.
 */
final class Watching implements Chunks.Sink {
  private final JobRef ref;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final AtomicReference<Optional<JobView>> last = new AtomicReference<>(Optional.empty());

  Watching(JobRef ref) {
    this.ref = ref;
  }

  /** Returns what the last event showed; empty if none came, or one after which to look again. */
  Optional<JobView> last() {
    return last.get();
  }

  @Override
  public boolean take(byte[] bytes) {
    for (byte each : bytes) {
      if (each != '\n') {
        line.write(each);
        continue;
      }
      String event = line.toString(StandardCharsets.UTF_8);
      line.reset();
      if (!event.isBlank() && !goesOn(Answer.parse(event))) {
        return false;
      }
    }
    return true;
  }

  /** Everything but a change of the Job (deletion, an error, what is no event) ends in a look. */
  private boolean goesOn(JsonNode event) {
    JsonNode object = event.path("object");
    return switch (event.path("type").asString("")) {
      case "BOOKMARK" -> true;
      case "ADDED", "MODIFIED" -> isStillToCome(JobReader.read(ref, object));
      default -> {
        last.set(Optional.empty());
        yield false;
      }
    };
  }

  private boolean isStillToCome(JobView view) {
    last.set(Optional.of(view));
    return view instanceof JobView.Held || view instanceof JobView.Started;
  }
}
