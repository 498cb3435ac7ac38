package io.heddle.bench;

import io.heddle.cipher.Group;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;

/**
 * The parameters that a server chose, read from the plain part of its first flight, so that no peer is compared by
 * another key exchange.
 *
 * @param suite as in ServerHello
 * @param group the group of the key exchange
 */
record ServerFlight(int suite, int group) {
    private static final int HANDSHAKE = 22;
    private static final int SERVER_HELLO = 2;
    private static final int SERVER_KEY_EXCHANGE = 12;
    private static final int KEY_SHARE = 51;
    private static final int HELLO_RETRY_REQUEST_START = 0xcf21ad74;
    private static final Map<Group, Integer> GROUPS =
            Map.of(Group.P_256, 0x0017, Group.X25519, 0x001d, Group.X25519MLKEM768, 0x11ec);
    private static final Map<String, Integer> SUITES = Map.of(
            "TLS_AES_128_GCM_SHA256", 0x1301,
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xc02b,
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f);

    /** Reads the bytes of a full handshake. */
    static ServerFlight of(byte[] bytes) {
        ByteBuffer messages = handshakeMessages(bytes);
        int suite = 0;
        int group = 0;
        while (messages.remaining() >= 4 && group == 0) {
            int head = messages.getInt();
            int length = Math.min(head & 0xffffff, messages.remaining());
            ByteBuffer message = messages.slice(messages.position(), length);
            messages.position(messages.position() + length);
            switch (head >>> 24) {
                case SERVER_HELLO -> {
                    if (message.getInt(2) == HELLO_RETRY_REQUEST_START) {
                        throw new IllegalStateException("the server asked for another key share");
                    }
                    message.position(34);
                    skip(message, Byte.toUnsignedInt(message.get()));
                    suite = Short.toUnsignedInt(message.getShort());
                    skip(message, 1);
                    group = keyShare(message);
                }
                case SERVER_KEY_EXCHANGE -> group = Short.toUnsignedInt(message.getShort(1));
                default -> {}
            }
        }
        return new ServerFlight(suite, group);
    }

    private static ByteBuffer handshakeMessages(byte[] bytes) {
        var records = ByteBuffer.wrap(bytes);
        var messages = new ByteArrayOutputStream();
        while (records.remaining() > 5 && records.get(records.position()) == HANDSHAKE) {
            int length = Short.toUnsignedInt(records.getShort(records.position() + 3));
            messages.write(bytes, records.position() + 5, Math.min(length, records.remaining() - 5));
            skip(records, 5 + length);
        }
        return ByteBuffer.wrap(messages.toByteArray());
    }

    /** Returns the group of the share, or 0 without one, as in TLS 1.2. */
    private static int keyShare(ByteBuffer message) {
        if (message.remaining() < 2) {
            return 0;
        }
        skip(message, 2);
        while (message.remaining() >= 4) {
            int type = Short.toUnsignedInt(message.getShort());
            int length = Short.toUnsignedInt(message.getShort());
            if (type == KEY_SHARE) {
                return Short.toUnsignedInt(message.getShort());
            }
            skip(message, length);
        }
        return 0;
    }

    private static void skip(ByteBuffer buffer, int bytes) {
        buffer.position(Math.min(buffer.limit(), buffer.position() + bytes));
    }

    /** Throws an exception if the parameters are not those of the setup. */
    void check(Setup setup) {
        var wanted = new ServerFlight(suite(setup), Objects.requireNonNull(GROUPS.get(setup.group())));
        if (!equals(wanted)) {
            throw new IllegalStateException("negotiated suite %04x and group %04x in place of %04x and %04x"
                    .formatted(suite, group, wanted.suite, wanted.group));
        }
    }

    private static int suite(Setup setup) {
        return Objects.requireNonNull(SUITES.get(setup.suite()));
    }
}
