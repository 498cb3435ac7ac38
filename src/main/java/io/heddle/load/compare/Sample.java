package io.heddle.load.compare;

import io.heddle.failure.InvalidOption;
import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A sample of values, one measured in each second.
 *
 * @param variance the estimated variance of a single value; 0 for fewer than two values
 */
record Sample(int count, double mean, double variance) {
    /** The probability on each side of a 95 % interval. */
    private static final double TAIL = 0.025;

    static Sample of(List<Double> values) {
        double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        return new Sample(values.size(), mean, values.size() < 2 ? 0 : squares / (values.size() - 1));
    }

    double varianceOfMean() {
        return variance / count;
    }

    /**
     * Returns the half width of a 95 % interval in standard errors, by Student's t-distribution.
     *
     * @param freedom degrees of freedom, 1 or more, not necessarily an integer
     * @throws InvalidOption {@code ERR_FEATURE_UNAVAILABLE_ON_PLATFORM} if Commons Statistics, an optional dependency, is missing
     */
    static double halfWidth(double freedom) {
        try {
            return TDistribution.of(freedom).inverseSurvivalProbability(TAIL);
        } catch (NoClassDefFoundError e) {
            throw new InvalidOption(
                    "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
                    "load --compare: Commons Statistics is missing: add org.apache.commons:commons-statistics-distribution to the "
                            + "class path, or to the module path with --add-modules org.apache.commons.statistics.distribution",
                    e);
        }
    }
}
