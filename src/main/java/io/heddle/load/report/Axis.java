package io.heddle.load.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * An axis of a chart: its range and its marks.
 *
 * @param title the quantity and its unit
 * @param logarithmic whether equal distances are equal factors
 */
record Axis(String title, double from, double to, boolean logarithmic, List<Tick> ticks) {
    private static final int MOST_TICKS = 6;

    /** The ratio of highest to lowest value above which a linear axis would hide the small values. */
    private static final double WIDE = 100;

    Axis {
        ticks = List.copyOf(ticks);
    }

    /** A mark and its label. */
    record Tick(double value, String label) {}

    /** Returns the position of a value, 0 at the beginning to 1 at the end. */
    double at(double value) {
        double share = logarithmic
                ? Math.log(Math.max(value, from) / from) / Math.log(to / from)
                : (value - from) / (to - from);
        return Math.clamp(share, 0, 1);
    }

    /** Returns an axis from 0 to a round value at or above the highest one. */
    static Axis linear(String title, double highest, DoubleFunction<String> label) {
        double most = highest > 0 ? highest : 1;
        double step = step(most / (MOST_TICKS - 1));
        double to = Math.ceil(most / step - 1e-9) * step;
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i * step <= to * (1 + 1e-9); i++) {
            ticks.add(new Tick(i * step, label.apply(i * step)));
        }
        return new Axis(title, 0, to, false, ticks);
    }

    /** Returns a time axis from 0 to exactly the end. */
    static Axis time(double seconds) {
        double to = seconds > 0 ? seconds : 1;
        double step = step(to / MOST_TICKS);
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i * step <= to * (1 + 1e-9); i++) {
            ticks.add(new Tick(i * step, plain(i * step)));
        }
        return new Axis("seconds since the beginning of the measurement", 0, to, false, ticks);
    }

    /** Returns a logarithmic axis around the values, which are above 0, with marks at 1, 2 and 5 of each decade if there is room. */
    static Axis logarithmic(String title, double lowest, double highest, DoubleFunction<String> label) {
        double from = below(lowest);
        double to = above(Math.max(highest, from * 1.01));
        List<Tick> ticks = new ArrayList<>();
        for (double each = from; each <= to * (1 + 1e-9); each = next(each)) {
            ticks.add(new Tick(each, label.apply(each)));
        }
        if (ticks.size() > MOST_TICKS + 1) {
            List<Tick> decades =
                    ticks.stream().filter(tick -> decade(tick.value())).toList();
            ticks = decades.size() > 1 ? decades : ticks;
        }
        return new Axis(title, from, to, true, ticks);
    }

    /** Returns a linear axis, or a logarithmic one if the values are far apart. */
    static Axis fitting(String title, double lowest, double highest, DoubleFunction<String> label) {
        return lowest > 0 && highest / lowest > WIDE
                ? logarithmic(title + ", logarithmic", lowest, highest, label)
                : linear(title, highest, label);
    }

    /** Returns the lowest of 1, 2, 5, 10 and so on that is not less. */
    private static double step(double least) {
        double decade = Math.pow(10, Math.floor(Math.log10(least)));
        for (double factor : new double[] {1, 2, 5}) {
            if (decade * factor >= least * (1 - 1e-9)) {
                return decade * factor;
            }
        }
        return decade * 10;
    }

    private static double above(double value) {
        return step(value);
    }

    private static double below(double value) {
        double decade = Math.pow(10, Math.floor(Math.log10(value)));
        return value >= 5 * decade ? 5 * decade : value >= 2 * decade ? 2 * decade : decade;
    }

    private static double next(double value) {
        return step(value * 1.5);
    }

    private static boolean decade(double value) {
        double exponent = Math.log10(value);
        return Math.abs(exponent - Math.rint(exponent)) < 1e-6;
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Format.count((long) value) : Format.rate(value);
    }
}
