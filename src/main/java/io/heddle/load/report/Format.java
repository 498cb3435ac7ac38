package io.heddle.load.report;

import java.time.Duration;
import java.util.Locale;

/** Formats numbers for people: three significant digits and a unit. */
final class Format {
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Format() {}

    /** Formats a count in groups of three digits. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Formats a rate: as a count from 100, with three digits below. */
    static String rate(double perSecond) {
        return Math.abs(perSecond) >= 99.95 ? count(Math.round(perSecond)) : digits(perSecond);
    }

    static String percent(double share) {
        double percent = 100 * share;
        // A share close to all must not be rounded to all.
        if (percent > 99.9 && percent < 100) {
            return "> 99.9 %";
        }
        if (percent > 0 && percent < 0.1) {
            return "< 0.1 %";
        }
        return String.format(
                Locale.ROOT, Math.abs(percent - Math.rint(percent)) < 1e-6 ? "%.0f %%" : "%.1f %%", percent);
    }

    static String duration(Duration length) {
        double nanos = length.toNanos();
        if (nanos < 999.5e3) {
            return digits(nanos / 1e3) + " µs";
        }
        return nanos < 999.5e6 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
    }

    static String bytes(long number) {
        return bytes((double) number);
    }

    static String bytes(double number) {
        int unit = 0;
        double scaled = number;
        while (scaled >= 1023.5 && unit < BINARY.length - 1) {
            scaled /= 1024;
            unit++;
        }
        return (unit == 0 ? count(Math.round(scaled)) : digits(scaled)) + " " + BINARY[unit];
    }

    /** Formats three significant digits, and all digits before the decimal point. */
    private static String digits(double number) {
        double size = Math.abs(number);
        if (size == 0) {
            return "0";
        }
        return String.format(Locale.ROOT, size < 9.995 ? "%.2f" : size < 99.95 ? "%.1f" : "%,.0f", number);
    }
}
