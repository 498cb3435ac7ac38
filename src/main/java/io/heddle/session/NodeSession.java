package io.heddle.session;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A client's session in Node.js, {@link SessionFormat#NODE}: the DER of an {@code SSL_SESSION} and the server name that
 * it is bound to.
 */
record NodeSession(String servername, byte[] der) {
    // struct { opaque prefix[22]; -- 0, "nodejs:tls:session:1", 0 opaque servername<1..2^16-1>; -- UTF-8:
    // options.servername, else options.host, else "localhost" opaque session[]; -- SSL_SESSION, to the end
    // } NodeSession;
    private static final byte[] PREFIX = "\0nodejs:tls:session:1\0".getBytes(StandardCharsets.US_ASCII);

    private static final int NAME = PREFIX.length + 2;
    private static final int LONGEST_NAME = 0xFFFF;

    /** Returns whether bytes are of this form: no {@code SSL_SESSION} begins with a zero. */
    static boolean isMeantBy(byte[] data) {
        return data.length > 0 && data[0] == PREFIX[0];
    }

    static NodeSession read(byte[] data) throws MalformedSession {
        if (data.length < NAME || !Arrays.equals(data, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
            throw DerReader.malformed(
                    "the prefix", "is not that of Node's form, \\0nodejs:tls:session:1\\0 and two bytes");
        }
        ByteBuffer rest = ByteBuffer.wrap(data, PREFIX.length, data.length - PREFIX.length);
        int length = rest.getShort() & 0xFFFF;
        if (length == 0) {
            throw DerReader.malformed("the server name", "is empty");
        }
        if (length > rest.remaining()) {
            throw DerReader.malformed(
                    "the server name", "has %d bytes, %d are there".formatted(length, rest.remaining()));
        }
        int end = NAME + length;
        if (data.length - end > SessionBounds.LONGEST_DER) {
            throw DerReader.malformed(
                    "the structure",
                    "has %d bytes, at most %d are read".formatted(data.length - end, SessionBounds.LONGEST_DER));
        }
        return new NodeSession(name(data, length), Arrays.copyOfRange(data, end, data.length));
    }

    /** Accepts only names that {@link #write} accepts: no server name is invalid UTF-8 or has control characters. */
    private static String name(byte[] data, int length) throws MalformedSession {
        String name;
        try {
            name = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(data, NAME, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw DerReader.malformed("the server name", "is not UTF-8");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw DerReader.malformed("the server name", "has a control character");
        }
        return name;
    }

    /** Returns the bytes. The name must have 1 to 65535 bytes of UTF-8 without control characters. */
    byte[] write() {
        byte[] name = servername.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0
                || name.length > LONGEST_NAME
                || servername.chars().anyMatch(Character::isISOControl)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(servername)) {
            throw new IllegalArgumentException(
                    "session: the server name has %d bytes or a character that no name has, 1 to %d bytes are allowed"
                            .formatted(name.length, LONGEST_NAME));
        }
        return ByteBuffer.allocate(NAME + name.length + der.length)
                .put(PREFIX)
                .putShort((short) name.length)
                .put(name)
                .put(der)
                .array();
    }
}
