package io.heddle.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Signals of the operating system as something to wait for. {@link #close} gives them back what they did before.
 *
 * <p>Why by reflection: Java has no other way to catch SIGHUP than {@code sun.misc.Signal}, which every JDK has and which javac
 * warns of without a way to switch that off. A signal that this platform does not have, or whose JVM keeps it for itself,
 * keeps its meaning and is never received here.
 */
final class Signals implements AutoCloseable {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final Map<Object, Object> former = new LinkedHashMap<>();

    private Signals() {}

    /** Catches the signals of these names, such as {@code HUP}, from now on. */
    static Signals of(String... names) {
        var signals = new Signals();
        for (String name : names) {
            signals.take(name);
        }
        return signals;
    }

    /** Waits for the next signal and returns its name. */
    String await() throws InterruptedException {
        return received.take();
    }

    private void take(String name) {
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
            former.put(signal, handle(signal, handler));
        } catch (ReflectiveOperationException e) {
            // Such a signal keeps what it does: TERM, INT and HUP then end the process.
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
        former.forEach((signal, handler) -> {
            try {
                handle(signal, handler);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a signal that was taken can be given back", e);
            }
        });
        former.clear();
    }
}
