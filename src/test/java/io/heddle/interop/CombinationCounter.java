package io.heddle.interop;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A counter of the test invocations of a class, each of which is one combination with a real peer. Prints the number at
 * the end.
 */
final class CombinationCounter implements BeforeEachCallback, AfterAllCallback {
    private final AtomicInteger ran = new AtomicInteger();

    @Override
    public void beforeEach(ExtensionContext context) {
        ran.incrementAndGet();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.out.printf(
                "%s: %d combinations%n", context.getRequiredTestClass().getSimpleName(), ran.get());
    }
}
