package io.heddle.load;

import java.util.concurrent.atomic.AtomicLong;

/** Chooses a share of many things, as evenly as it goes: of any N in a row {@code floor(N * share)} from the first. Thread-safe. */
final class Spread {
    private final double share;
    private final AtomicLong next = new AtomicLong();

    Spread(double share) {
        this.share = share;
    }

    /** Returns whether the next one is chosen. */
    boolean next() {
        if (share == 0 || share == 1) {
            return share == 1;
        }
        long index = next.getAndIncrement();
        return (long) Math.floor((index + 1) * share) > (long) Math.floor(index * share);
    }
}
