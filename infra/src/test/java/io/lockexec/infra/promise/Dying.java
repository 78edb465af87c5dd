package io.lockexec.infra.promise;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockexec.cluster.Cluster;
import io.lockexec.run.Ledger;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Lets a carrier die, or something else happen, at a chosen call of a port. */
final class Dying {
  private Dying() {}

  /** As if the machine had lost its power: nothing of ours may catch it. */
  static final class Died extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Where, in the sequence of calls of both ports, the carrier dies. */
  record Moment(int call, boolean afterwards) {
    @Override
    public String toString() {
      return (afterwards ? "after call " : "before call ") + call;
    }
  }

  /** Counts the calls of the ports of one carrier, and lets it die at its moment. */
  static final class Fate {
    private final Moment moment;
    private final AtomicInteger calls = new AtomicInteger();

    Fate(Moment moment) {
      this.moment = moment;
    }

    Ledger around(Ledger ledger) {
      return proxy(Ledger.class, ledger);
    }

    Cluster around(Cluster cluster) {
      return proxy(Cluster.class, cluster);
    }

    private <T> T proxy(Class<T> port, T real) {
      return Dying.proxy(
          port,
          (_, method, arguments) -> {
            if (method.getName().equals("name")) {
              return method.invoke(real, arguments);
            }
            int call = calls.getAndIncrement();
            if (call == moment.call() && !moment.afterwards()) {
              throw new Died();
            }
            Object result = invoke(real, method, arguments);
            if (call == moment.call()) {
              throw new Died();
            }
            return result;
          });
    }
  }

  /** Something happens before each call of that method. */
  static Cluster before(Cluster cluster, String name, Runnable event) {
    return proxy(
        Cluster.class,
        (_, method, arguments) -> {
          if (method.getName().equals(name)) {
            event.run();
          }
          return invoke(cluster, method, arguments);
        });
  }

  /** Something else comes back from each call of that method. */
  static Cluster answering(Cluster cluster, String name, UnaryOperator<Object> answer) {
    return answering(Cluster.class, cluster, name, answer);
  }

  static Ledger answering(Ledger ledger, String name, UnaryOperator<Object> answer) {
    return answering(Ledger.class, ledger, name, answer);
  }

  private static <T> T answering(Class<T> port, T real, String name, UnaryOperator<Object> answer) {
    return proxy(
        port,
        (_, method, arguments) -> {
          Object result = invoke(real, method, arguments);
          return method.getName().equals(name) ? answer.apply(result) : result;
        });
  }

  /** The carrier dies before each call of that method. */
  static Cluster dyingBefore(Cluster cluster, String name) {
    return before(
        cluster,
        name,
        () -> {
          throw new Died();
        });
  }

  static void expected(ThrowingCallable carrying) {
    assertThatThrownBy(carrying).isInstanceOf(Died.class);
  }

  static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private static Object invoke(Object real, java.lang.reflect.Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> port, InvocationHandler handler) {
    return port.cast(
        Proxy.newProxyInstance(Dying.class.getClassLoader(), new Class<?>[] {port}, handler));
  }
}
