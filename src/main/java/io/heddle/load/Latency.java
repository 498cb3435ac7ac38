package io.heddle.load;

import io.heddle.failure.InvalidOption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * The latencies of one kind: a histogram with three significant digits, from a microsecond to an hour. Immutable and thread-safe.
 *
 * @see <a href="https://hdrhistogram.github.io/HdrHistogram/">HdrHistogram</a>
 */
public final class Latency {
    /** The percentiles of the summary, the JSON and the report. */
    public static final List<Double> PERCENTILES = List.of(50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99);

    static final long SHORTEST = 1_000;
    static final long LONGEST = Duration.ofHours(1).toNanos();
    static final int DIGITS = 3;

    private final Histogram nanos;

    Latency(Histogram nanos) {
        this.nanos = nanos.copy();
    }

    static Histogram empty() {
        return new Histogram(SHORTEST, LONGEST, DIGITS);
    }

    /** Returns the number of latencies. */
    public long count() {
        return nanos.getTotalCount();
    }

    /** Returns whether there are no latencies, and so no figures. */
    public boolean isEmpty() {
        return count() == 0;
    }

    /**
     * Returns a percentile: the latency that this percentage of all latencies does not exceed.
     *
     * @param percent 0 to 100, such as 99.9
     * @throws NoSuchElementException if there are no latencies
     */
    public Duration percentile(double percent) {
        return Duration.ofNanos(nonEmpty().getValueAtPercentile(percent));
    }

    /**
     * Returns the shortest.
     *
     * @throws NoSuchElementException if there are no latencies
     */
    public Duration min() {
        return Duration.ofNanos(nonEmpty().getMinValue());
    }

    /**
     * Returns the longest.
     *
     * @throws NoSuchElementException if there are no latencies
     */
    public Duration max() {
        return Duration.ofNanos(nonEmpty().getMaxValue());
    }

    /**
     * Returns the mean.
     *
     * @throws NoSuchElementException if there are no latencies
     */
    public Duration mean() {
        return Duration.ofNanos(Math.round(nonEmpty().getMean()));
    }

    /**
     * Returns the standard deviation.
     *
     * @throws NoSuchElementException if there are no latencies
     */
    public Duration standardDeviation() {
        return Duration.ofNanos(Math.round(nonEmpty().getStdDeviation()));
    }

    /**
     * Returns a copy of the histogram, in nanoseconds.
     *
     * <p>A caller in a named module compiles with {@code --add-reads io.heddle=HdrHistogram}, since this module cannot require
     * HdrHistogram by name, or decodes {@link #toBase64}.
     */
    public Histogram histogram() {
        return nanos.copy();
    }

    /** Returns the histogram in HdrHistogram's compressed encoding, base64, as in its logs. */
    public String toBase64() {
        ByteBuffer encoded = ByteBuffer.allocate(nanos.getNeededByteBufferCapacity());
        int length = nanos.encodeIntoCompressedByteBuffer(encoded);
        byte[] bytes = new byte[length];
        encoded.flip().get(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * Reads the text written by {@link #toBase64}.
     *
     * @throws IllegalArgumentException if the text is not a histogram
     * @throws InvalidOption if HdrHistogram is missing
     */
    public static Latency fromBase64(String text) {
        requireHistograms();
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return new Latency(Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), LONGEST));
        } catch (DataFormatException | RuntimeException e) {
            throw new IllegalArgumentException("histogram: the text is none", e);
        }
    }

    /**
     * Makes HdrHistogram readable for this module, before the first use of its classes. It is an optional dependency, and its module
     * has no name that {@code module-info} could require.
     *
     * @throws InvalidOption {@code ERR_FEATURE_UNAVAILABLE_ON_PLATFORM} if it is missing
     */
    static void requireHistograms() {
        try {
            Class<?> present = Class.forName("org.HdrHistogram.Histogram", false, Latency.class.getClassLoader());
            Latency.class.getModule().addReads(present.getModule());
        } catch (ClassNotFoundException e) {
            throw new InvalidOption(
                    "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
                    "load: HdrHistogram is missing: add org.hdrhistogram:HdrHistogram to the class path, or to the module path "
                            + "with --add-modules HdrHistogram",
                    e);
        }
    }

    private Histogram nonEmpty() {
        if (isEmpty()) {
            throw new NoSuchElementException("latency: nothing was counted, so there are no figures");
        }
        return nanos;
    }

    @Override
    public String toString() {
        return isEmpty()
                ? "Latency[none]"
                : "Latency[%d, p50 %.3f ms, p99 %.3f ms, max %.3f ms]"
                        .formatted(
                                count(),
                                nanos.getValueAtPercentile(50) / 1e6,
                                nanos.getValueAtPercentile(99) / 1e6,
                                nanos.getMaxValue() / 1e6);
    }
}
