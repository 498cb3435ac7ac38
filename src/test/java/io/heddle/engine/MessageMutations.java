package io.heddle.engine;

import io.heddle.failure.Alert;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;

/** Mutations of handshake messages: another one, one more, one less, in another order, longer, shorter, or changed. */
final class MessageMutations {
    /** The handshake types of RFC 8446 4 and RFC 5246 7.4, reserved ones of RFC 8446 B.3, and two unassigned ones. */
    private static final int[] TYPES = {0, 1, 2, 3, 4, 5, 6, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 43, 254
    };

    private final Map<Integer, byte[]> messages12 = new TreeMap<>();
    private final Map<Integer, byte[]> messages13 = new TreeMap<>();

    /** Creates mutations from the messages at these places. */
    MessageMutations(List<Slot> places) {
        for (Slot slot : places) {
            if (slot.isHandshake()) {
                (slot.tls13() ? messages13 : messages12).putIfAbsent(slot.message(), slot.content());
            }
        }
    }

    List<Mutation> all() {
        List<Mutation> all = new ArrayList<>();
        for (int type : TYPES) {
            other(all, type);
        }
        orders(all);
        changes(all);
        return all;
    }

    private static void add(
            List<Mutation> all,
            String name,
            Predicate<Slot> fits,
            Mutation.Action action,
            Function<Slot, Expected> expected) {
        all.add(new Mutation(name, fits, action, expected));
    }

    /**
     * Returns a message of this type: a real one of the version if there is one, or one of the other, or one of zeros.
     */
    private byte[] message(Slot slot, int type) {
        Map<Integer, byte[]> own = slot.tls13() ? messages13 : messages12;
        Map<Integer, byte[]> foreign = slot.tls13() ? messages12 : messages13;
        byte[] empty = {(byte) type, 0, 0, 0};
        byte[] zeros = {(byte) type, 0, 0, 4, 0, 0, 0, 0};
        byte[] supplement = {(byte) type, 0, 0, 7, 0, 0, 4, 64, 0, 0, 0};
        byte[] update = {(byte) type, 0, 0, 1, 0};
        return own.getOrDefault(
                type,
                foreign.getOrDefault(
                        type,
                        switch (type) {
                            case HandshakeType.hello_request,
                                    HandshakeType.end_of_early_data,
                                    HandshakeType.server_hello_done -> empty;
                            case HandshakeType.key_update -> update;
                            case HandshakeType.supplemental_data -> supplement;
                            default -> zeros;
                        }));
    }

    // Another message

    private void other(List<Mutation> all, int type) {
        String name = HandshakeType.getText((short) type);
        add(
                all,
                name + " before",
                slot -> true,
                (wire, at, content) -> {
                    wire.send(ContentType.handshake, message(at, type));
                    wire.send(at.type(), content);
                },
                slot -> answer(slot, type, false));
        add(
                all,
                name + " instead",
                slot -> slot.isHandshake() && !slot.isMessage(type),
                (wire, at, content) -> wire.send(ContentType.handshake, message(at, type)),
                slot -> answer(slot, type, true));
        add(
                all,
                name + " in the same record behind",
                slot -> slot.endsKeys(),
                (wire, at, content) -> wire.send(at.type(), joined(content, message(at, type))),
                slot -> slot.isMessage(HandshakeType.client_hello)
                                || slot.isMessage(HandshakeType.server_hello)
                                || slot.isMessage(HandshakeType.finished)
                                || slot.isMessage(HandshakeType.key_update)
                        ? Expected.refused(Alert.UNEXPECTED_MESSAGE)
                        : Expected.legal());
    }

    /** Returns the answer to a message of this type before another one, or in its place. */
    private Expected answer(Slot slot, int type, boolean instead) {
        if (slot.hasKeys()) {
            // In the clear where everything is protected.
            return Expected.refused(Alert.UNEXPECTED_MESSAGE);
        }
        if (slot.tls13()) {
            if (slot.secure() && type == HandshakeType.key_update) {
                // Heddle has other keys now than the peer.
                return Expected.refused(Alert.BAD_RECORD_MAC);
            }
            if (slot.secure() && type == HandshakeType.new_session_ticket && !slot.server()) {
                // The keys that the peer changes to were not announced.
                return instead && slot.isMessage(HandshakeType.key_update)
                        ? Expected.refused(Alert.BAD_RECORD_MAC)
                        : Expected.legal();
            }
        }
        boolean plain = type == HandshakeType.certificate && slot.awaited() == HandshakeType.compressed_certificate;
        if (slot.awaited() == type || plain) {
            // The message of another connection, and then a second one.
            return Expected.refused(AllowedAlerts.with(AllowedAlerts.changed(slot), Alert.UNEXPECTED_MESSAGE));
        }
        if (slot.tls13() && slot.isFirst() && type == HandshakeType.hello_request && !slot.server()) {
            // No version is agreed on yet, so a client may ignore it as below TLS 1.3.
            return Expected.refused(Alert.UNEXPECTED_MESSAGE).orEnds();
        }
        if (!slot.tls13()) {
            if (type == HandshakeType.hello_request && !slot.server()) {
                // RFC 5246 7.4.1.1: ignored during a handshake; after it, no_renegotiation is the answer.
                Expected ignored = instead
                        ? lost()
                        : afterChangeCipherSpec(slot)
                                ? Expected.legal().or(Alert.UNEXPECTED_MESSAGE)
                                : Expected.legal();
                // A client may take it up, and then the server refuses what it has asked for.
                return slot.secure() ? ignored.or(Alert.HANDSHAKE_FAILURE) : ignored;
            }
            if (slot.secure() && type == HandshakeType.client_hello && slot.server()) {
                return Expected.legal().or(Alert.HANDSHAKE_FAILURE, Alert.NO_RENEGOTIATION, Alert.UNEXPECTED_MESSAGE);
            }
        }
        if (mayStand(slot, type)) {
            return Expected.refused(AllowedAlerts.with(
                            AllowedAlerts.changed(slot), Alert.UNEXPECTED_MESSAGE, Alert.HANDSHAKE_FAILURE))
                    .orPeerAlert()
                    .orEnds();
        }
        return Expected.refused(Alert.UNEXPECTED_MESSAGE);
    }

    private static boolean afterChangeCipherSpec(Slot slot) {
        return slot.isMessage(HandshakeType.finished);
    }

    /** Returns whether a message of this type is legal at the place, though the peer did not choose to send it. */
    private static boolean mayStand(Slot slot, int type) {
        if (slot.server() || slot.secure()) {
            return false;
        }
        if (type == HandshakeType.certificate_request) {
            return slot.tls13()
                    ? slot.isMessage(HandshakeType.certificate) || slot.isMessage(HandshakeType.compressed_certificate)
                    : slot.isMessage(HandshakeType.server_hello_done);
        }
        // bctls and OpenSSL accept the absence of these; the Finished fails.
        return !slot.tls13()
                && (type == HandshakeType.server_hello_done && slot.isMessage(HandshakeType.certificate_request));
    }

    /** Returns the answer to a message that does not come. */
    private static Expected lost() {
        return Expected.refused(
                        Alert.UNEXPECTED_MESSAGE,
                        Alert.HANDSHAKE_FAILURE,
                        Alert.DECRYPT_ERROR,
                        Alert.BAD_RECORD_MAC,
                        Alert.CERTIFICATE_REQUIRED,
                        Alert.ILLEGAL_PARAMETER,
                        Alert.DECODE_ERROR)
                .orEnds()
                .orPeerAlert();
    }

    // Order

    private static void orders(List<Mutation> all) {
        add(all, "left out", slot -> true, (wire, at, content) -> {}, slot -> {
            if (slot.tls13() && (slot.isChangeCipherSpec() || slot.isMessage(HandshakeType.new_session_ticket))) {
                return Expected.legal();
            }
            if (slot.type() == ContentType.application_data || slot.type() == ContentType.alert) {
                return Expected.ended();
            }
            return lost();
        });
        add(
                all,
                "twice",
                slot -> true,
                (wire, at, content) -> {
                    wire.send(at.type(), content);
                    wire.send(at.type(), content);
                },
                MessageMutations::answerToRepetition);
        add(
                all,
                "twice in a record",
                slot -> slot.isHandshake(),
                (wire, at, content) -> wire.send(at.type(), joined(content, content)),
                slot -> slot.tls13() && slot.isMessage(HandshakeType.new_session_ticket)
                        ? Expected.legal()
                        : Expected.refused(Alert.UNEXPECTED_MESSAGE));
        add(
                all,
                "after the next",
                slot -> slot.next() != null
                        && !(slot.tls13() && slot.secure())
                        && !slot.isMessage(HandshakeType.finished),
                (wire, at, content) -> wire.hold(at.type(), content, (sender, first, second) -> {
                    sender.send(second.type(), second.content());
                    sender.send(first.type(), first.content());
                }),
                slot -> {
                    Slot next = slot.next();
                    boolean dropped =
                            slot.tls13() && next != null && (slot.isChangeCipherSpec() || next.isChangeCipherSpec());
                    // Where the next one is of another flight, the order stays as it is.
                    Expected refused = lost().orCompletes();
                    return dropped ? Expected.legal().or(Alert.UNEXPECTED_MESSAGE, Alert.BAD_RECORD_MAC) : refused;
                });
    }

    private static Expected answerToRepetition(Slot slot) {
        if (slot.type() == ContentType.application_data || slot.type() == ContentType.alert) {
            return Expected.legal();
        }
        if (slot.isChangeCipherSpec()) {
            return slot.tls13()
                    ? Expected.legal()
                    // The second is read under the new keys.
                    : Expected.refused(Alert.UNEXPECTED_MESSAGE, Alert.BAD_RECORD_MAC, Alert.DECODE_ERROR);
        }
        if (slot.tls13()) {
            if (slot.isMessage(HandshakeType.new_session_ticket)) {
                return Expected.legal();
            }
            if (slot.isMessage(HandshakeType.key_update) || slot.isMessage(HandshakeType.finished)) {
                // The second is read under the next keys.
                return Expected.refused(Alert.BAD_RECORD_MAC);
            }
            if (slot.isMessage(HandshakeType.client_hello)) {
                // The second answers a HelloRetryRequest as if there had been none.
                return Expected.refused(
                        Alert.UNEXPECTED_MESSAGE,
                        Alert.ILLEGAL_PARAMETER,
                        Alert.MISSING_EXTENSION,
                        Alert.HANDSHAKE_FAILURE);
            }
        }
        return Expected.refused(Alert.UNEXPECTED_MESSAGE);
    }

    // Changes

    private static void changes(List<Mutation> all) {
        add(
                all,
                "a byte changed",
                slot -> changes(slot),
                (wire, at, content) -> {
                    byte[] changed = content.clone();
                    changed[4 + wire.random().nextInt(content.length - 4)] ^=
                            (byte) (1 + wire.random().nextInt(255));
                    wire.send(at.type(), changed);
                },
                slot -> changed(slot));
        add(
                all,
                "a bit changed",
                slot -> changes(slot),
                (wire, at, content) -> {
                    byte[] changed = content.clone();
                    RecordMutations.flip(changed, 4, wire.random());
                    wire.send(at.type(), changed);
                },
                slot -> changed(slot));
        add(
                all,
                "some bytes random",
                slot -> changes(slot),
                (wire, at, content) -> {
                    byte[] changed = content.clone();
                    int from = 4 + wire.random().nextInt(content.length - 4);
                    byte[] noise = new byte[1 + wire.random().nextInt(content.length - from)];
                    wire.random().nextBytes(noise);
                    // So that at least this byte is another.
                    noise[0] = (byte) (content[from] + 1);
                    System.arraycopy(noise, 0, changed, from, noise.length);
                    wire.send(at.type(), changed);
                },
                slot -> changed(slot));
        add(
                all,
                "cut",
                slot -> changes(slot),
                (wire, at, content) -> {
                    byte[] body =
                            Arrays.copyOfRange(content, 4, 4 + wire.random().nextInt(content.length - 4));
                    wire.send(at.type(), message(content[0], body.length, body));
                },
                slot -> changed(slot));
        add(
                all,
                "no content",
                slot -> changes(slot),
                (wire, at, content) -> wire.send(at.type(), message(content[0], 0)),
                slot -> changed(slot));
        add(
                all,
                "a byte more",
                slot -> slot.isHandshake(),
                (wire, at, content) -> {
                    byte[] body = Arrays.copyOfRange(content, 4, content.length + 1);
                    body[body.length - 1] = (byte) wire.random().nextInt(256);
                    wire.send(at.type(), message(content[0], body.length, body));
                },
                slot -> changed(slot));
        add(
                all,
                "many bytes more",
                slot -> slot.isHandshake(),
                (wire, at, content) -> {
                    byte[] body = Arrays.copyOfRange(
                            content, 4, content.length + 1 + wire.random().nextInt(8_000));
                    wire.send(at.type(), message(content[0], body.length, body));
                },
                slot -> changed(slot));
        add(
                all,
                "a length too small",
                slot -> changes(slot),
                (wire, at, content) -> {
                    byte[] body = Arrays.copyOfRange(content, 4, content.length);
                    wire.send(at.type(), message(content[0], wire.random().nextInt(body.length), body));
                },
                slot -> changed(slot).or(Alert.UNEXPECTED_MESSAGE));
        add(
                all,
                "a length too large",
                slot -> slot.isHandshake(),
                (wire, at, content) -> {
                    byte[] body = Arrays.copyOfRange(content, 4, content.length);
                    wire.send(
                            at.type(),
                            message(
                                    content[0],
                                    body.length
                                            + 1
                                            + wire.random()
                                                    .nextInt(1 << wire.random().nextInt(16)),
                                    body));
                },
                slot -> changed(slot).or(Alert.UNEXPECTED_MESSAGE, Alert.BAD_RECORD_MAC));
        add(
                all,
                "a length beyond the limit",
                slot -> slot.isHandshake(),
                (wire, at, content) -> {
                    byte[] body = Arrays.copyOfRange(content, 4, content.length);
                    wire.send(
                            at.type(),
                            message(content[0], (1 << 23) + wire.random().nextInt(1 << 23), body));
                },
                slot -> Expected.refused(Alert.ILLEGAL_PARAMETER, Alert.DECODE_ERROR, Alert.UNEXPECTED_MESSAGE)
                        .or(Alert.HANDSHAKE_FAILURE));
        add(
                all,
                "another type on the same content",
                slot -> slot.isHandshake(),
                (wire, at, content) -> {
                    byte[] changed = content.clone();
                    changed[0] = (byte) (content[0] + 60 + wire.random().nextInt(100));
                    wire.send(at.type(), changed);
                },
                slot -> Expected.refused(Alert.UNEXPECTED_MESSAGE));
    }

    private static boolean changes(Slot slot) {
        return slot.isHandshake() && slot.content().length > 4;
    }

    private static Expected changed(Slot slot) {
        Expected expected =
                Expected.refused(AllowedAlerts.changed(slot)).orEnds().orPeerAlert();
        if (slot.endsKeys()) {
            // If more is awaited, it comes under the next keys.
            expected = expected.or(Alert.BAD_RECORD_MAC);
        }
        return slot.isOutsideTranscript() ? expected.or(Alert.BAD_RECORD_MAC).orCompletes() : expected;
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private static byte[] message(int type, int length, byte... body) {
        var message = new ByteArrayOutputStream();
        message.write(type);
        message.write(length >>> 16);
        message.write(length >>> 8);
        message.write(length);
        message.writeBytes(body);
        return message.toByteArray();
    }
}
