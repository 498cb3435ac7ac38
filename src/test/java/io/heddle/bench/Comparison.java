package io.heddle.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Measures two workloads in turns, window by window. The windows of a round follow each other, so their ratio is
 * steadier than either figure; the result is the median of the ratios.
 */
final class Comparison {
    private static final int ROUNDS = 7;

    private final List<Meter.Window> heddle = new ArrayList<>();
    private final List<Meter.Window> jdk = new ArrayList<>();

    private Comparison() {}

    static Comparison of(Workload heddle, Workload jdk, Duration warmUp, Duration measured) throws Exception {
        var comparison = new Comparison();
        Duration window = measured.dividedBy(ROUNDS);
        Meter.warmUp(heddle, warmUp);
        Meter.warmUp(jdk, warmUp);
        for (int round = 0; round < ROUNDS; round++) {
            // The second workload meets the garbage of the first, so they also alternate in order.
            if (round % 2 == 0) {
                comparison.heddle.add(Meter.measure(heddle, window));
            }
            comparison.jdk.add(Meter.measure(jdk, window));
            if (round % 2 == 1) {
                comparison.heddle.add(Meter.measure(heddle, window));
            }
        }
        return comparison;
    }

    double heddle() {
        return median(heddle, Meter.Window::perCpuSecond);
    }

    double jdk() {
        return median(jdk, Meter.Window::perCpuSecond);
    }

    double ourKilobytes() {
        return median(heddle, Meter.Window::kilobytes);
    }

    double theirKilobytes() {
        return median(jdk, Meter.Window::kilobytes);
    }

    /** Returns the ratio of each round, smallest first. */
    double[] ratios() {
        var ratios = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            ratios[i] = heddle.get(i).perCpuSecond() / jdk.get(i).perCpuSecond();
        }
        Arrays.sort(ratios);
        return ratios;
    }

    double ratio() {
        return ratios()[ROUNDS / 2];
    }

    private static double median(List<Meter.Window> windows, ToDoubleFunction<Meter.Window> value) {
        double[] sorted = windows.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
