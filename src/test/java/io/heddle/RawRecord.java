package io.heddle;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A record in its wire form: {@code uint8 type, uint16 version, opaque body<0..2^16-1>}.
 *
 * @param type see the constants
 * @param version such as 0x0303
 */
public record RawRecord(int type, int version, byte[] body) {
    public static final int CHANGE_CIPHER_SPEC = 20;
    public static final int ALERT = 21;
    public static final int HANDSHAKE = 22;
    public static final int APPLICATION_DATA = 23;

    /** Returns a record of version 0x0303. */
    public static RawRecord of(int type, byte... body) {
        return new RawRecord(type, 0x0303, body);
    }

    /** Returns the bytes on the wire. */
    public byte[] toBytes() {
        byte[] bytes = new byte[5 + body.length];
        bytes[0] = (byte) type;
        bytes[1] = (byte) (version >>> 8);
        bytes[2] = (byte) version;
        bytes[3] = (byte) (body.length >>> 8);
        bytes[4] = (byte) body.length;
        System.arraycopy(body, 0, bytes, 5, body.length);
        return bytes;
    }

    /** Reads one record; empty if the stream ends before it. */
    public static Optional<RawRecord> read(InputStream in) throws IOException {
        byte[] header = in.readNBytes(5);
        if (header.length == 0) {
            return Optional.empty();
        }
        if (header.length < 5) {
            throw new EOFException("the stream ends inside a record header");
        }
        int length = (header[3] & 0xff) << 8 | (header[4] & 0xff);
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the stream ends inside a record");
        }
        return Optional.of(new RawRecord(header[0] & 0xff, (header[1] & 0xff) << 8 | (header[2] & 0xff), body));
    }

    /** Splits bytes into records. */
    public static List<RawRecord> all(byte[] bytes) {
        List<RawRecord> records = new ArrayList<>();
        try {
            var in = new ByteArrayInputStream(bytes);
            for (Optional<RawRecord> next = read(in); next.isPresent(); next = read(in)) {
                records.add(next.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return records;
    }

    @Override
    public String toString() {
        String hex = HexFormat.of().formatHex(body, 0, Math.min(body.length, 32));
        return "record[%d %04x %d: %s]".formatted(type, version, body.length, hex);
    }
}
