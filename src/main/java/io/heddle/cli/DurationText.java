package io.heddle.cli;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The syntax of durations: {@code 500us}, {@code 5ms}, {@code 1.5s}, {@code 2m}, {@code 1h}; a bare number is seconds.
 */
final class DurationText implements ITypeConverter<Duration> {
    // Nine digits of hours still fit into the seconds of a Duration.
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9})(\\.\\d{1,9})?(us|ms|s|m|h|)");

    @Override
    public Duration convert(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            throw new TypeConversionException("'" + text + "' is no duration such as 500ms, 1.5s, 2m or 1h");
        }
        ChronoUnit unit = switch (written.group(3)) {
            case "us" -> ChronoUnit.MICROS;
            case "ms" -> ChronoUnit.MILLIS;
            case "m" -> ChronoUnit.MINUTES;
            case "h" -> ChronoUnit.HOURS;
            default -> ChronoUnit.SECONDS;
        };
        Duration whole = Duration.of(Long.parseLong(written.group(1)), unit);
        String fraction = written.group(2);
        return fraction == null
                ? whole
                : whole.plusNanos(Math.round(
                        Double.parseDouble(fraction) * unit.getDuration().toNanos()));
    }
}
