package io.heddle.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A queue of signals of the operating system. {@link #close} restores their previous handlers.
 *
 * <p>Why by reflection: the only way to catch SIGHUP is {@code sun.misc.Signal}, which every JDK has and whose warning by javac cannot
 * be disabled. A signal that the platform does not have, or that the JVM reserves, keeps its default action and is never received.
 */
final class Signals implements AutoCloseable {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final Map<Object, Object> previous = new LinkedHashMap<>();

    private Signals() {}

    /** Starts to catch the signals with these names, such as {@code HUP}. */
    static Signals of(String... names) {
        var signals = new Signals();
        for (String name : names) {
            signals.install(name);
        }
        return signals;
    }

    /** Waits for the next signal and returns its name. */
    String await() throws InterruptedException {
        return received.take();
    }

    private void install(String name) {
        try {
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object signal = Class.forName("sun.misc.Signal")
                    .getConstructor(String.class)
                    .newInstance(name);
            Object handler = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, args) -> {
                        if (method.getName().equals("handle")) {
                            received.add(name);
                        }
                        return null;
                    });
            previous.put(signal, handle(signal, handler));
        } catch (ReflectiveOperationException e) {
            // The signal keeps its default action: TERM, INT and HUP end the process.
        }
    }

    private static Object handle(Object signal, Object handler) throws ReflectiveOperationException {
        try {
            return signal.getClass()
                    .getMethod("handle", signal.getClass(), Class.forName("sun.misc.SignalHandler"))
                    .invoke(null, signal, handler);
        } catch (InvocationTargetException e) {
            throw new ReflectiveOperationException(e);
        }
    }

    @Override
    public void close() {
        previous.forEach((signal, handler) -> {
            try {
                handle(signal, handler);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a signal that was taken can be given back", e);
            }
        });
        previous.clear();
    }
}
