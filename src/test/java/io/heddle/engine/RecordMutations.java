package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.record.RecordHeader;
import io.heddle.failure.Alert;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bouncycastle.tls.ContentType;

/** Mutations of records: lengths, headers and protection. */
final class RecordMutations {
    private static final int LARGEST = RecordCipher.LARGEST_FRAGMENT;
    private static final int[] UNKNOWN_TYPES = {0, 1, 19, 24, 25, 26, 64, 99, 255};
    private static final int[] MINORS = {0, 1, 2, 4, 255};

    private RecordMutations() {}

    static List<Mutation> all() {
        List<Mutation> all = new ArrayList<>();
        lengths(all);
        headers(all);
        protection(all);
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

    private static boolean always(Slot slot) {
        return true;
    }

    private static boolean isTls13Keyed(Slot slot) {
        return slot.tls13() && slot.keyed();
    }

    // Lengths

    private static void lengths(List<Mutation> all) {
        for (int type : new int[] {ContentType.handshake, ContentType.alert}) {
            add(
                    all,
                    "an empty record of " + ContentType.getText((short) type),
                    RecordMutations::always,
                    (wire, at, content) -> {
                        if (at.keyed()) {
                            wire.sendKeyed(type);
                        } else {
                            wire.put(record(type, 3));
                        }
                        wire.send(at.type(), content);
                    },
                    slot -> Expected.refused(Alert.UNEXPECTED_MESSAGE, Alert.DECODE_ERROR, Alert.ILLEGAL_PARAMETER));
        }
        for (int length : new int[] {LARGEST + 2049, 40_000, 65_535}) {
            add(
                    all,
                    "a header of %d bytes".formatted(length),
                    RecordMutations::always,
                    (wire, at, content) -> {
                        wire.put(
                                (byte) (at.keyed() && at.tls13() ? ContentType.application_data : at.type()),
                                (byte) 3,
                                (byte) 3,
                                (byte) (length >>> 8),
                                (byte) length);
                        wire.put(content);
                        wire.cut();
                    },
                    slot -> Expected.refused(Alert.RECORD_OVERFLOW));
        }
        add(
                all,
                "a fragment above 2^14 bytes in the clear",
                slot -> !slot.keyed(),
                (wire, at, content) -> {
                    wire.put(record(at.type(), 3, Arrays.copyOf(content, LARGEST + 1)));
                    wire.cut();
                },
                slot -> {
                    Expected refused = Expected.refused(Alert.RECORD_OVERFLOW);
                    return slot.isChangeCipherSpec() || slot.type() == ContentType.application_data
                            ? refused.or(Alert.UNEXPECTED_MESSAGE)
                            : refused;
                });
        add(
                all,
                "a sealed record above the limit",
                RecordMutations::isTls13Keyed,
                (wire, at, content) -> {
                    wire.put(record(ContentType.application_data, 3, new byte[LARGEST + 257]));
                    wire.cut();
                },
                slot -> Expected.refused(Alert.RECORD_OVERFLOW));
        add(
                all,
                "a sealed record too short",
                slot -> slot.keyed(),
                (wire, at, content) -> {
                    wire.put(record(
                            at.tls13() ? ContentType.application_data : at.type(),
                            3,
                            new byte[wire.random().nextInt(12)]));
                    wire.send(at.type(), content);
                },
                slot -> Expected.refused(Alert.BAD_RECORD_MAC, Alert.DECODE_ERROR, Alert.UNEXPECTED_MESSAGE));
        add(
                all,
                "padding",
                RecordMutations::isTls13Keyed,
                (wire, at, content) -> {
                    // The last zero stands where the type is looked for first.
                    byte[] inner = Arrays.copyOf(
                            content, content.length + 1 + wire.random().nextInt(300));
                    inner[content.length] = (byte) at.type();
                    wire.sendKeyed(0, inner);
                },
                slot -> Expected.legal());
        add(
                all,
                "nothing but padding",
                RecordMutations::isTls13Keyed,
                (wire, at, content) -> {
                    wire.sendKeyed(0, new byte[wire.random().nextInt(100)]);
                    wire.send(at.type(), content);
                },
                slot -> Expected.refused(Alert.UNEXPECTED_MESSAGE));
    }

    // Headers

    private static void headers(List<Mutation> all) {
        for (int type : UNKNOWN_TYPES) {
            add(
                    all,
                    "a record of type " + type,
                    RecordMutations::always,
                    (wire, at, content) -> {
                        wire.put(record(type, 3, content));
                        wire.send(at.type(), content);
                    },
                    slot -> {
                        Expected refused = Expected.refused(Alert.UNEXPECTED_MESSAGE);
                        // What comes first may be another protocol altogether.
                        return slot.isFirst() ? refused.or(Alert.PROTOCOL_VERSION, Alert.DECODE_ERROR) : refused;
                    });
            if (type != 0) {
                add(
                        all,
                        "a sealed record of type " + type,
                        slot -> slot.keyed(),
                        (wire, at, content) -> {
                            wire.sendKeyed(type, content);
                            wire.send(at.type(), content);
                        },
                        slot -> Expected.refused(Alert.UNEXPECTED_MESSAGE));
            }
        }
        for (int minor : MINORS) {
            add(
                    all,
                    "record version 3." + minor,
                    slot -> !slot.keyed(),
                    (wire, at, content) -> wire.put(record(at.type(), minor, content)),
                    slot -> slot.tls13() || (slot.isFirst() && minor < 4)
                            ? Expected.legal()
                            : Expected.refused(Alert.PROTOCOL_VERSION, Alert.ILLEGAL_PARAMETER)
                                    .orCompletes());
        }
        for (int major : new int[] {0, 2, 4, 254}) {
            add(
                    all,
                    "record version %d.3".formatted(major),
                    slot -> !slot.keyed(),
                    (wire, at, content) -> {
                        byte[] record = record(at.type(), 3, content);
                        record[1] = (byte) major;
                        wire.put(record);
                    },
                    slot -> {
                        Expected refused =
                                Expected.refused(Alert.PROTOCOL_VERSION, Alert.UNEXPECTED_MESSAGE, Alert.DECODE_ERROR);
                        return slot.tls13() ? refused.orCompletes() : refused;
                    });
        }
    }

    // Protection

    private static void protection(List<Mutation> all) {
        add(
                all,
                "a bit of the ciphertext",
                slot -> slot.keyed(),
                (wire, at, content) -> {
                    byte[] record = wire.seal(at.type(), content);
                    flip(record, RecordHeader.LENGTH, wire.random());
                    wire.put(record);
                },
                slot -> Expected.refused(Alert.BAD_RECORD_MAC));
        add(
                all,
                "a shorter ciphertext",
                slot -> slot.keyed(),
                (wire, at, content) -> {
                    byte[] record = wire.seal(at.type(), content);
                    byte[] body = Arrays.copyOfRange(
                            record,
                            RecordHeader.LENGTH,
                            record.length - 1 - wire.random().nextInt(4));
                    wire.put(record(record[0], 3, body));
                },
                slot -> Expected.refused(Alert.BAD_RECORD_MAC).or(Alert.DECODE_ERROR));
        add(
                all,
                "the record in the clear",
                slot -> slot.keyed(),
                (wire, at, content) -> {
                    wire.put(record(at.type(), 3, content));
                    wire.send(at.type(), content);
                },
                slot -> slot.tls13() && slot.type() != ContentType.application_data
                        ? Expected.refused(Alert.UNEXPECTED_MESSAGE)
                        : Expected.refused(Alert.BAD_RECORD_MAC, Alert.DECODE_ERROR));
        add(
                all,
                "the record before once more",
                slot -> slot.keyed(),
                (wire, at, content) -> {
                    byte[] previous = wire.previous();
                    wire.put(previous == null ? new byte[0] : previous);
                    wire.send(at.type(), content);
                },
                slot -> {
                    Expected refused =
                            Expected.refused(Alert.BAD_RECORD_MAC, Alert.UNEXPECTED_MESSAGE, Alert.DECODE_ERROR);
                    // The one before the first that is protected is the compatibility mode's, which is dropped.
                    return ContentMutations.dropsChangeCipherSpec(slot) ? refused.orCompletes() : refused;
                });
        add(
                all,
                "a sealed record before its time",
                slot -> !slot.keyed(),
                (wire, at, content) -> {
                    byte[] body = new byte[24 + wire.random().nextInt(100)];
                    wire.random().nextBytes(body);
                    wire.put(record(ContentType.application_data, 3, body));
                    wire.send(at.type(), content);
                },
                slot -> slot.hasKeys()
                        ? Expected.refused(Alert.BAD_RECORD_MAC)
                        : Expected.refused(Alert.UNEXPECTED_MESSAGE));
    }

    static byte[] record(int type, int minor, byte... content) {
        byte[] record = new byte[RecordHeader.LENGTH + content.length];
        record[0] = (byte) type;
        record[1] = 3;
        record[2] = (byte) minor;
        record[3] = (byte) (content.length >>> 8);
        record[4] = (byte) content.length;
        System.arraycopy(content, 0, record, RecordHeader.LENGTH, content.length);
        return record;
    }

    static void flip(byte[] bytes, int from, Random random) {
        bytes[from + random.nextInt(bytes.length - from)] ^= (byte) (1 << random.nextInt(8));
    }
}
