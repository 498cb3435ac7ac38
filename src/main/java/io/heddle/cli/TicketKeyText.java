package io.heddle.cli;

import io.heddle.session.TicketKey;
import java.util.HexFormat;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A ticket key as 96 hex digits: 48 bytes in Node's layout. */
final class TicketKeyText implements ITypeConverter<TicketKey> {
    private static final int DIGITS = 96;

    @Override
    public TicketKey convert(String text) {
        // Never the text itself: it is a secret, whatever is wrong with it.
        if (text.length() != DIGITS) {
            throw new TypeConversionException(
                    "%d hex digits are needed, %d characters were given".formatted(DIGITS, text.length()));
        }
        try {
            return TicketKey.of(HexFormat.of().parseHex(text));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(
                    "%d hex digits are needed, something else is among them".formatted(DIGITS));
        }
    }
}
