package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A ClientHello whose extensions tests read and change: RFC 8446 4.1.2. */
public final class HelloBytes {
    public static final int SUPPORTED_GROUPS = 10;
    public static final int EXTENDED_MASTER_SECRET = 23;
    public static final int SESSION_TICKET = 35;
    public static final int PRE_SHARED_KEY = 41;
    public static final int PSK_KEY_EXCHANGE_MODES = 45;
    public static final int KEY_SHARE = 51;

    /** An unassigned extension number. */
    private static final int UNKNOWN = 0xfafa;

    private final byte[] record;

    /** The offset in the record of each extension's number. */
    private final Map<Integer, Integer> extensions = new LinkedHashMap<>();

    private final int sessionIdLength;
    private final List<Integer> suites = new ArrayList<>();

    private HelloBytes(byte[] record) {
        this.record = record;
        ByteBuffer in = ByteBuffer.wrap(record);
        in.position(5 + 4 + 2 + 32);
        sessionIdLength = in.get() & 0xff;
        in.position(in.position() + sessionIdLength);
        for (int left = in.getShort() & 0xffff; left > 0; left -= 2) {
            suites.add(in.getShort() & 0xffff);
        }
        in.position(in.position() + 1 + (in.get(in.position()) & 0xff));
        in.getShort();
        while (in.hasRemaining()) {
            extensions.put(in.getShort() & 0xffff, in.position() - 2);
            int length = in.getShort() & 0xffff;
            in.position(in.position() + length);
        }
    }

    /** Reads the ClientHello that fills one record. */
    public static HelloBytes of(RawRecord record) {
        return new HelloBytes(record.toBytes());
    }

    /** Returns the record. */
    public byte[] toBytes() {
        return record.clone();
    }

    /** Returns the numbers of the extensions in their order. */
    public List<Integer> extensions() {
        return List.copyOf(extensions.keySet());
    }

    /** Returns the content of an extension. */
    public Optional<byte[]> extension(int number) {
        Integer at = extensions.get(number);
        if (at == null) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(record);
        in.position(at + 2);
        byte[] content = new byte[in.getShort() & 0xffff];
        in.get(content);
        return Optional.of(content);
    }

    /** Returns the offset in the record of an extension's content. */
    public int offset(int number) {
        assertThat(extensions).containsKey(number);
        return extensions.getOrDefault(number, -1) + 4;
    }

    public int sessionIdLength() {
        return sessionIdLength;
    }

    public List<Integer> suites() {
        return List.copyOf(suites);
    }

    /** Returns the same ClientHello with an unassigned number for the extension. */
    public HelloBytes renamed(int number) {
        byte[] changed = record.clone();
        int at = offset(number) - 4;
        changed[at] = (byte) (UNKNOWN >>> 8);
        changed[at + 1] = (byte) UNKNOWN;
        return new HelloBytes(changed);
    }

    /** Returns the same ClientHello with another content for its last extension, which has this number. */
    public HelloBytes replacedAtEnd(int number, byte... content) {
        int at = offset(number);
        int grown = at + content.length - record.length;
        byte[] changed = Arrays.copyOf(record, at + content.length);
        System.arraycopy(content, 0, changed, at, content.length);
        ByteBuffer out = ByteBuffer.wrap(changed);
        out.putShort(at - 2, (short) content.length);
        out.putShort(3, (short) (changed.length - 5));
        out.putShort(7, (short) (changed.length - 9));
        int list = Collections.min(extensions.values()) - 2;
        out.putShort(list, (short) (out.getShort(list) + grown));
        return new HelloBytes(changed);
    }

    /** Returns the types of the handshake messages in a record in the clear. */
    public static List<Integer> messageTypes(RawRecord record) {
        List<Integer> types = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(record.body());
        while (in.remaining() >= 4) {
            types.add(in.get() & 0xff);
            int length = (in.get() & 0xff) << 16 | (in.getShort() & 0xffff);
            in.position(Math.min(in.limit(), in.position() + length));
        }
        return types;
    }
}
