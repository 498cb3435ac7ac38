package io.heddle.load;

import io.heddle.failure.InvalidOption;

/** HdrHistogram, an optional dependency whose module has no name that {@code module-info} could require. */
final class HistogramLibrary {
    private HistogramLibrary() {}

    /**
     * Makes HdrHistogram readable for this module. Has to come before the first use of its classes.
     *
     * @throws InvalidOption {@code ERR_FEATURE_UNAVAILABLE_ON_PLATFORM} if it is missing
     */
    static void require() {
        try {
            Class<?> present =
                    Class.forName("org.HdrHistogram.Histogram", false, HistogramLibrary.class.getClassLoader());
            HistogramLibrary.class.getModule().addReads(present.getModule());
        } catch (ClassNotFoundException e) {
            throw new InvalidOption(
                    "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
                    "load: HdrHistogram is missing: add org.hdrhistogram:HdrHistogram to the class path, or to the module path "
                            + "with --add-modules HdrHistogram",
                    e);
        }
    }
}
