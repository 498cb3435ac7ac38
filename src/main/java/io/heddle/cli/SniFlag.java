package io.heddle.cli;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * One {@code --sni HOST=CERT,KEY}.
 *
 * @param host a host name, or {@code *.} and a domain
 */
record SniFlag(String host, Path cert, Path key) {
    /** Reads it. The host ends at the first equals sign, the certificate's file at the last comma. */
    static final class Text implements ITypeConverter<SniFlag> {
        @Override
        public SniFlag convert(String text) {
            int equals = text.indexOf('=');
            int comma = text.lastIndexOf(',');
            if (equals < 1 || comma < equals + 2 || comma == text.length() - 1) {
                throw new TypeConversionException("'" + text + "' is not of the form HOST=CERTFILE,KEYFILE");
            }
            return new SniFlag(
                    text.substring(0, equals),
                    Path.of(text.substring(equals + 1, comma)),
                    Path.of(text.substring(comma + 1)));
        }
    }
}
