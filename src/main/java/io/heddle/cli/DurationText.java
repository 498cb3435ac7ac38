package io.heddle.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as the command writes them: {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}; a bare number is seconds. */
final class DurationText implements ITypeConverter<Duration> {
    // Nine digits of hours still fit into the seconds of a Duration.
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9})(ms|s|m|h|)");

    @Override
    public Duration convert(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            throw new TypeConversionException("'" + text + "' is no duration such as 500ms, 10s, 2m or 1h");
        }
        long amount = Long.parseLong(written.group(1));
        return switch (written.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofSeconds(amount);
        };
    }
}
