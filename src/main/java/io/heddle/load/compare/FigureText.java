package io.heddle.load.compare;

import java.util.Locale;

/** Figures as text, in their units. */
public final class FigureText {
    private FigureText() {}

    /** Returns a value of this figure with its unit. */
    public static String of(FigureName name, double value) {
        return switch (name.unit()) {
            case COUNT -> String.format(Locale.ROOT, "%.0f", value);
            case RATE -> digits(value) + "/s";
            case SHARE -> String.format(Locale.ROOT, "%.2f %%", 100 * value);
            case DURATION -> Math.abs(value) < 1e9 ? digits(value / 1e6) + " ms" : digits(value / 1e9) + " s";
        };
    }

    /** Returns a change, given as a share, in percent with its sign. */
    public static String change(double share) {
        if (Double.isNaN(share) || Double.isInfinite(share)) {
            return "from nothing";
        }
        return String.format(Locale.ROOT, "%+.1f %%", 100 * share);
    }

    private static String digits(double value) {
        double size = Math.abs(value);
        return String.format(
                Locale.ROOT, size >= 1000 ? "%.0f" : size >= 100 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }
}
