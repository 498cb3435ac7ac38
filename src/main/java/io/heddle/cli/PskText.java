package io.heddle.cli;

import io.heddle.callback.PskIdentity;
import io.heddle.cipher.CipherList;
import io.heddle.failure.InvalidOption;
import java.util.HexFormat;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The syntax of a pre-shared key, IDENTITY:HEX. The key begins after the last colon, so an identity may contain colons. */
final class PskText implements ITypeConverter<PskIdentity> {
    /** Node's cipher list, which excludes pre-shared keys, preceded by their suites, with forward secrecy first. */
    static final String CIPHERS =
            "HIGH+kECDHEPSK:HIGH+kDHEPSK:HIGH+kPSK:HIGH+kRSAPSK:" + CipherList.DEFAULT.replace(":!PSK", "");

    private static final String WANTED = "IDENTITY:HEX is needed, ";

    @Override
    public PskIdentity convert(String text) {
        // The message never contains the text, which has a secret.
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new TypeConversionException(WANTED + "there is no colon");
        }
        byte[] key;
        try {
            key = HexFormat.of().parseHex(text, colon + 1, text.length());
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(WANTED + "what follows the last colon is no even number of hex digits");
        }
        try {
            return new PskIdentity(text.substring(0, colon), key);
        } catch (InvalidOption e) {
            throw new TypeConversionException(WANTED + e.getMessage());
        }
    }
}
