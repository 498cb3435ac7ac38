package io.heddle;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A ClientHello or ServerHello in parts that a test replaces: RFC 8446 4.1.2 and 4.1.3. Each method that changes a part
 * returns this object.
 */
public final class HelloParts {
    public static final int SERVER_NAME = 0;
    public static final int SUPPORTED_GROUPS = 10;
    public static final int EC_POINT_FORMATS = 11;
    public static final int SIGNATURE_ALGORITHMS = 13;
    public static final int ALPN = 16;
    public static final int ENCRYPT_THEN_MAC = 22;
    public static final int EXTENDED_MASTER_SECRET = 23;
    public static final int PRE_SHARED_KEY = 41;
    public static final int EARLY_DATA = 42;
    public static final int SUPPORTED_VERSIONS = 43;
    public static final int COOKIE = 44;
    public static final int PSK_KEY_EXCHANGE_MODES = 45;
    public static final int KEY_SHARE = 51;

    /** The random of a ServerHello that is a HelloRetryRequest. */
    private static final byte[] RETRY =
            HexFormat.of().parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_HELLO = 2;
    private static final int LONGEST_RECORD = 1 << 14;

    private record Extension(int type, byte[] content) {}

    private final int messageType;
    private int version;
    private byte[] random;
    private byte[] sessionId;

    /** The list of a ClientHello, the one suite of a ServerHello. */
    private byte[] suites;

    private byte[] compression;
    private final List<Extension> extensions = new ArrayList<>();

    private HelloParts(int messageType, ByteBuffer in) {
        this.messageType = messageType;
        in.position(4);
        version = in.getShort() & 0xffff;
        random = bytes(in, 32);
        sessionId = bytes(in, in.get() & 0xff);
        suites = bytes(in, messageType == CLIENT_HELLO ? in.getShort() & 0xffff : 2);
        compression = bytes(in, messageType == CLIENT_HELLO ? in.get() & 0xff : 1);
        in.getShort();
        while (in.hasRemaining()) {
            extensions.add(new Extension(in.getShort() & 0xffff, bytes(in, in.getShort() & 0xffff)));
        }
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    /** Parses a ClientHello that fills a record. */
    public static HelloParts client(RawRecord record) {
        return new HelloParts(CLIENT_HELLO, ByteBuffer.wrap(record.body()));
    }

    /** Parses a ServerHello that fills a record. */
    public static HelloParts server(RawRecord record) {
        return new HelloParts(SERVER_HELLO, ByteBuffer.wrap(record.body()));
    }

    /** Returns a HelloRetryRequest that answers a ClientHello, with the version TLS 1.3 and no other extension. */
    public static HelloParts retry(RawRecord clientHello, int suite) {
        return answer(clientHello, suite).asRetry().extension(SUPPORTED_VERSIONS, 3, 4);
    }

    /** Returns a ServerHello that answers a ClientHello, without extensions: one of TLS 1.2. */
    public static HelloParts answer(RawRecord clientHello, int suite) {
        HelloParts answered = client(clientHello);
        var empty = ByteBuffer.wrap(new byte[4 + 2 + 32 + 1 + 2 + 1 + 2]);
        return new HelloParts(SERVER_HELLO, empty)
                .version(0x0303)
                .random(new byte[] {9})
                .sessionId(answered.sessionId)
                .suites(suite);
    }

    /** Makes a ServerHello a HelloRetryRequest. */
    public HelloParts asRetry() {
        return random(RETRY);
    }

    public HelloParts version(int number) {
        version = number;
        return this;
    }

    /** Sets the random, padded with zeros to 32 bytes. */
    public HelloParts random(byte... bytes) {
        random = Arrays.copyOf(bytes, 32);
        return this;
    }

    public HelloParts sessionId(byte... id) {
        sessionId = id.clone();
        return this;
    }

    public HelloParts suites(int... numbers) {
        ByteBuffer out = ByteBuffer.allocate(2 * numbers.length);
        for (int number : numbers) {
            out.putShort((short) number);
        }
        suites = out.array();
        return this;
    }

    public HelloParts compression(int... methods) {
        compression = bytes(methods);
        return this;
    }

    /** Sets the content of an extension in its place; a new one becomes the first. */
    public HelloParts extension(int type, int... content) {
        return extension(type, bytes(content));
    }

    /** Sets the content of an extension in its place; a new one becomes the first. */
    public HelloParts extension(int type, byte[] content) {
        for (int i = 0; i < extensions.size(); i++) {
            if (extensions.get(i).type() == type) {
                extensions.set(i, new Extension(type, content));
                return this;
            }
        }
        return another(type, content);
    }

    /** Adds an extension at the front, even if there is already one of its type. */
    public HelloParts another(int type, byte... content) {
        extensions.addFirst(new Extension(type, content));
        return this;
    }

    /** Adds an extension after the others, where pre_shared_key has to be (RFC 8446 4.2.11). */
    public HelloParts last(int type, byte... content) {
        extensions.addLast(new Extension(type, content));
        return this;
    }

    /** Adds a byte to the end of an extension's content. */
    public HelloParts lengthened(int type) {
        byte[] content = extension(type).orElseThrow();
        return extension(type, Arrays.copyOf(content, content.length + 1));
    }

    public HelloParts without(int type) {
        extensions.removeIf(each -> each.type() == type);
        return this;
    }

    public Optional<byte[]> extension(int type) {
        return extensions.stream()
                .filter(each -> each.type() == type)
                .map(Extension::content)
                .findFirst();
    }

    public byte[] random() {
        return random.clone();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** Returns the handshake message. */
    public byte[] message() {
        ByteBuffer list = ByteBuffer.allocate(
                extensions.stream().mapToInt(each -> 4 + each.content().length).sum());
        for (Extension extension : extensions) {
            list.putShort((short) extension.type())
                    .putShort((short) extension.content().length)
                    .put(extension.content());
        }
        boolean client = messageType == CLIENT_HELLO;
        int length = 2 + 32 + 1 + sessionId.length + suites.length + compression.length + 2 + list.capacity();
        ByteBuffer out = ByteBuffer.allocate(4 + length + (client ? 3 : 0));
        out.putInt(messageType << 24 | (out.capacity() - 4)).putShort((short) version);
        out.put(random).put((byte) sessionId.length).put(sessionId);
        if (client) {
            out.putShort((short) suites.length);
        }
        out.put(suites);
        if (client) {
            out.put((byte) compression.length);
        }
        out.put(compression);
        out.putShort((short) list.capacity()).put(list.array());
        return out.array();
    }

    /** Returns the bytes of the records that carry the message, each as full as it may be. */
    public byte[] toBytes() {
        byte[] message = message();
        var out = new ByteArrayOutputStream();
        for (int at = 0; at < message.length; at += LONGEST_RECORD) {
            byte[] part = Arrays.copyOfRange(message, at, Math.min(message.length, at + LONGEST_RECORD));
            out.writeBytes(RawRecord.of(RawRecord.HANDSHAKE, part).toBytes());
        }
        return out.toByteArray();
    }
}
