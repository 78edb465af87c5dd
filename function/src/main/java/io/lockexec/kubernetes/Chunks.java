package io.lockexec.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Hands the body of an answer, piece by piece, to whoever is right for its status, and asks for the
 * next piece only when the one before was worked off.
 */
final class Chunks implements AsyncBody.Consumer<List<ByteBuffer>> {
  private final AtomicReference<Sink> sink = new AtomicReference<>(bytes -> false);

  /** Takes the bytes of a body. */
  @FunctionalInterface
  interface Sink {
    /** Takes the next bytes and tells whether more are wanted. */
    boolean take(byte[] bytes);
  }

  /** Says who takes what comes; nothing comes before the body is asked for it. */
  void to(Sink taker) {
    sink.set(taker);
  }

  @Override
  public void consume(List<ByteBuffer> buffers, AsyncBody body) {
    for (ByteBuffer buffer : buffers) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      if (!sink.get().take(bytes)) {
        body.cancel();
        return;
      }
    }
    body.consume();
  }
}
