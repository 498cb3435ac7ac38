package io.heddle.load.compare;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A threshold of a figure, above or below which a run counts as failed: {@code resumed.p99 > 5ms}, {@code failed.share >= 0.1%}. For
 * two runs also of its change, a percentage with a sign: {@code full.rate < -5%}.
 *
 * @param text the threshold as it was written
 * @param bound the bound in the figure's unit; of a change as a share
 * @param change whether the bound applies to the change between two runs
 */
public record Threshold(String text, FigureName name, Operator operator, double bound, boolean change) {
    private static final Pattern SYNTAX = Pattern.compile(
            "\\s*([A-Za-z0-9.]{1,40})\\s*(>=|<=|>|<)\\s*([+-]?)(\\d{1,12}(?:\\.\\d{1,9})?)\\s*(%|us|µs|ms|s|m|h|)\\s*");

    /** How a figure is compared with a bound. */
    public enum Operator {
        /** Above the bound. */
        MORE(">"),
        /** At or above the bound. */
        AT_LEAST(">="),
        /** Below the bound. */
        LESS("<"),
        /** At or below the bound. */
        AT_MOST("<=");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        boolean holds(double figure, double bound) {
            return switch (this) {
                case MORE -> figure > bound;
                case AT_LEAST -> figure >= bound;
                case LESS -> figure < bound;
                case AT_MOST -> figure <= bound;
            };
        }

        static Operator of(String sign) {
            for (Operator operator : values()) {
                if (operator.sign.equals(sign)) {
                    return operator;
                }
            }
            throw new IllegalArgumentException(sign);
        }
    }

    /**
     * Parses a threshold.
     *
     * @throws IllegalArgumentException if the text is not a threshold, with the reason
     */
    public static Threshold parse(String text) {
        Matcher written = SYNTAX.matcher(text);
        if (!written.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is no condition such as 'resumed.p99 > 5ms' or 'full.rate < -5%%'".formatted(text));
        }
        FigureName name = FigureName.of(written.group(1))
                .orElseThrow(() -> new IllegalArgumentException(
                        "'%s' is no figure: there are %s".formatted(written.group(1), FigureName.allowed())));
        String sign = written.group(3);
        double number = Double.parseDouble(sign + written.group(4));
        String unit = written.group(5);
        boolean change = unit.equals("%") && (!sign.isEmpty() || name.unit() != FigureName.Unit.SHARE);
        if (!change && !sign.isEmpty()) {
            throw new IllegalArgumentException("'%s': only a change in %% has a sign".formatted(text));
        }
        double bound = change ? number / 100 : bound(text, name, number, unit);
        return new Threshold(text.strip(), name, Operator.of(written.group(2)), bound, change);
    }

    private static double bound(String text, FigureName name, double number, String unit) {
        return switch (name.unit()) {
            case DURATION -> number * nanos(unit);
            case SHARE -> {
                if (!unit.isEmpty() && !unit.equals("%")) {
                    throw new IllegalArgumentException("'%s': %s is a share, such as 1%%".formatted(text, name));
                }
                yield unit.isEmpty() ? number : number / 100;
            }
            case COUNT, RATE -> {
                if (!unit.isEmpty()) {
                    throw new IllegalArgumentException("'%s': %s is a number without a unit".formatted(text, name));
                }
                yield number;
            }
        };
    }

    /** A number without a unit is seconds, as in all options of the command. */
    private static double nanos(String unit) {
        return switch (unit) {
            case "us", "µs" -> 1e3;
            case "ms" -> 1e6;
            case "m" -> 60e9;
            case "h" -> 3600e9;
            default -> 1e9;
        };
    }

    /**
     * Returns a sentence with the value if the threshold is crossed, otherwise empty. A figure that the run lacks crosses every
     * threshold, since it cannot be checked.
     *
     * @throws IllegalArgumentException if the threshold is about a change
     */
    public Optional<String> crossedBy(RunFigures run) {
        if (change) {
            throw new IllegalArgumentException("'%s': a change needs two runs to compare".formatted(text));
        }
        OptionalDouble figure = run.figure(name);
        if (figure.isEmpty()) {
            return missing();
        }
        return operator.holds(figure.getAsDouble(), bound)
                ? Optional.of(text + ": it is " + name.format(figure.getAsDouble()))
                : Optional.empty();
    }

    /** Returns the same for a comparison: for the change between the runs, or for the second run. */
    public Optional<String> crossedBy(Comparison comparison) {
        if (!change) {
            return crossedBy(comparison.after());
        }
        Comparison.Change found = comparison.change(name).orElse(null);
        if (found == null) {
            return missing();
        }
        double relative = found.before() == found.after() ? 0 : found.relative(found.difference());
        return operator.holds(relative, bound)
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "%s: it changed by %s, from %s to %s",
                        text,
                        Comparison.percent(relative),
                        name.format(found.before()),
                        name.format(found.after())))
                : Optional.empty();
    }

    private Optional<String> missing() {
        return Optional.of(text + ": there is no such figure, since there was nothing to measure it by");
    }
}
