package io.heddle.load.compare;

import java.util.List;

/**
 * Values that were measured, one a second.
 *
 * @param count how many
 * @param mean of them
 * @param variance of a single one, estimated from them; 0 for less than two
 */
record Sample(int count, double mean, double variance) {
    static Sample of(List<Double> values) {
        double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        double squares = values.stream()
                .mapToDouble(each -> (each - mean) * (each - mean))
                .sum();
        return new Sample(values.size(), mean, values.size() < 2 ? 0 : squares / (values.size() - 1));
    }

    /** The variance of the mean. */
    double ofMean() {
        return variance / count;
    }
}
