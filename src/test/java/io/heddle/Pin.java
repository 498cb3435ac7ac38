package io.heddle;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The ways in which code pins a virtual thread to its carrier, as controls for what Heddle must not do. */
enum Pin {
    /** Pins before Java 24 (JEP 491). */
    MONITOR {
        @Override
        boolean pins() {
            return Runtime.version().feature() < 24;
        }

        @Override
        void around(Wait wait) throws Exception {
            synchronized (this) {
                wait.run();
            }
        }
    },
    /** Pins on every version, since the virtual machine calls the initializer. Once in a JVM. */
    CLASS_INITIALIZER {
        @Override
        boolean pins() {
            return true;
        }

        @Override
        void around(Wait wait) throws Exception {
            Initialized.WAIT.set(wait);
            Initialized.now();
        }
    };

    /** The blocking operation. */
    interface Wait {
        void run() throws Exception;
    }

    /** Returns whether a thread waiting inside is pinned on this version of Java. */
    abstract boolean pins();

    /** Waits inside. */
    abstract void around(Wait wait) throws Exception;

    /** Returns the most common way that pins on this version of Java. */
    static Pin usual() {
        return MONITOR.pins() ? MONITOR : CLASS_INITIALIZER;
    }

    private static final class Initialized {
        static final AtomicReference<@Nullable Wait> WAIT = new AtomicReference<>();

        static void now() {
            if (!Initializer.RAN) {
                throw new IllegalStateException("the initializer has not run");
            }
        }
    }

    private static final class Initializer {
        static final boolean RAN = waited();

        private static boolean waited() {
            Wait wait = Initialized.WAIT.get();
            if (wait == null) {
                throw new IllegalStateException("there is nothing to wait for");
            }
            try {
                wait.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return true;
        }
    }
}
