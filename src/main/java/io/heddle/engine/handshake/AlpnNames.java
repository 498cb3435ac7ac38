package io.heddle.engine.handshake;

import io.heddle.failure.TlsFailure;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.ProtocolName;

/** The names of application protocols, which are any bytes (RFC 7301 3.1) and text in Heddle. */
@SuppressWarnings({"rawtypes", "JdkObsolete"})
final class AlpnNames {
    private AlpnNames() {}

    /**
     * Returns the names that are UTF-8. The others, such as those of GREASE (RFC 8701), are equal to none of Heddle's.
     */
    static List<String> texts(Vector names) {
        List<String> texts = new ArrayList<>();
        for (Object name : names) {
            text((ProtocolName) name).ifPresent(texts::add);
        }
        return texts;
    }

    private static Optional<String> text(ProtocolName name) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(name.getBytes()))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Returns a peer's name in a form that is safe to print: the text in quotes, or the bytes in hex. */
    static String printable(ProtocolName name) {
        return text(name)
                .map(text -> "\"" + TlsFailure.printable(text) + "\"")
                .orElseGet(() -> "0x" + TlsFailure.printable(HexFormat.of().formatHex(name.getBytes())));
    }
}
