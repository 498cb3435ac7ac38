package io.heddle.engine;

import io.heddle.engine.record.RecordHeader;
import io.heddle.failure.Alert;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeType;

/** Mutations between and in place of handshake messages: fragments, other records, and the end. */
final class ContentMutations {
    private static final int[] ENDING_ALERTS = {
        AlertDescription.unexpected_message,
        AlertDescription.handshake_failure,
        AlertDescription.decode_error,
        AlertDescription.internal_error,
        200
    };

    private ContentMutations() {}

    static List<Mutation> all() {
        List<Mutation> all = new ArrayList<>();
        fragments(all);
        changeCipherSpecs(all);
        alerts(all);
        applicationData(all);
        endings(all);
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

    /**
     * Returns whether the place is one where TLS 1.3 has ChangeCipherSpec dropped: after the first ClientHello,
     * before Finished.
     */
    static boolean dropsChangeCipherSpec(Slot slot) {
        return slot.tls13() && !slot.secure() && !(slot.server() && slot.isFirst());
    }

    // Fragments

    private static void fragments(List<Mutation> all) {
        add(
                all,
                "split in two",
                slot -> divides(slot),
                (wire, at, content) -> {
                    int cut = 1 + wire.random().nextInt(content.length - 1);
                    wire.send(at.type(), Arrays.copyOf(content, cut));
                    wire.send(at.type(), Arrays.copyOfRange(content, cut, content.length));
                },
                slot -> Expected.legal());
        add(
                all,
                "split into bytes",
                slot -> divides(slot),
                (wire, at, content) -> {
                    for (byte value : content) {
                        wire.send(at.type(), value);
                    }
                },
                slot -> Expected.legal());
        add(
                all,
                "split into some",
                slot -> divides(slot),
                (wire, at, content) -> {
                    for (int from = 0; from < content.length; ) {
                        int to = Math.min(
                                content.length, from + 1 + wire.random().nextInt(40));
                        wire.send(at.type(), Arrays.copyOfRange(content, from, to));
                        from = to;
                    }
                },
                slot -> Expected.legal());
        add(
                all,
                "joined with the next",
                slot -> joins(slot),
                (wire, at, content) -> wire.hold(at.type(), content, (sender, first, second) -> {
                    byte[] joined = Arrays.copyOf(first.content(), first.content().length + second.content().length);
                    System.arraycopy(second.content(), 0, joined, first.content().length, second.content().length);
                    sender.send(at.type(), joined);
                }),
                slot -> Expected.legal());
        interleaved(all, "application data", ContentType.application_data, 1);
        interleaved(all, "no application data", ContentType.application_data);
        interleaved(all, "a warning", ContentType.alert, AlertLevel.warning, AlertDescription.user_canceled);
        interleaved(all, "close_notify", ContentType.alert, AlertLevel.warning, AlertDescription.close_notify);
        add(
                all,
                "fragments with ChangeCipherSpec between",
                slot -> divides(slot) && slot.isHandshake(),
                (wire, at, content) -> {
                    int cut = 1 + wire.random().nextInt(content.length - 1);
                    wire.send(at.type(), Arrays.copyOf(content, cut));
                    wire.put(RecordMutations.record(ContentType.change_cipher_spec, 3, (byte) 1));
                    wire.send(at.type(), Arrays.copyOfRange(content, cut, content.length));
                },
                slot -> {
                    // RFC 8446 5.1 forbids it, D.4 has it dropped whenever it comes.
                    Expected refused = Expected.refused(Alert.UNEXPECTED_MESSAGE);
                    return dropsChangeCipherSpec(slot)
                            ? refused.orCompletes()
                            : slot.keyed() ? refused.or(Alert.BAD_RECORD_MAC, Alert.DECODE_ERROR) : refused;
                });
    }

    private static boolean divides(Slot slot) {
        return slot.content().length > 1 && (slot.isHandshake() || slot.type() == ContentType.application_data);
    }

    /** Returns whether the message and the next one are of one flight and under the same keys. */
    private static boolean joins(Slot slot) {
        Slot next = slot.next();
        return next != null
                && slot.isHandshake()
                && next.isHandshake()
                && !slot.endsKeys()
                && !slot.isMessage(HandshakeType.client_hello)
                && !slot.isMessage(HandshakeType.server_hello_done)
                && slot.keyed() == next.keyed();
    }

    private static void interleaved(List<Mutation> all, String what, int type, int... content) {
        byte[] between = new byte[content.length];
        for (int i = 0; i < content.length; i++) {
            between[i] = (byte) content[i];
        }
        add(
                all,
                "fragments with " + what + " between",
                slot -> divides(slot) && slot.isHandshake(),
                (wire, at, whole) -> {
                    int cut = 1 + wire.random().nextInt(whole.length - 1);
                    wire.send(at.type(), Arrays.copyOf(whole, cut));
                    wire.send(type, between);
                    wire.send(at.type(), Arrays.copyOfRange(whole, cut, whole.length));
                },
                slot -> Expected.refused(Alert.UNEXPECTED_MESSAGE));
    }

    // ChangeCipherSpec

    private static void changeCipherSpecs(List<Mutation> all) {
        add(
                all,
                "ChangeCipherSpec",
                slot -> !slot.isChangeCipherSpec() || slot.tls13(),
                (wire, at, content) -> {
                    wire.put(RecordMutations.record(ContentType.change_cipher_spec, 3, (byte) 1));
                    wire.send(at.type(), content);
                },
                ContentMutations::answerToChangeCipherSpec);
        add(
                all,
                "two ChangeCipherSpecs in a record",
                ContentMutations::always,
                (wire, at, content) -> {
                    wire.put(RecordMutations.record(ContentType.change_cipher_spec, 3, (byte) 1, (byte) 1));
                    wire.send(at.type(), content);
                },
                ContentMutations::answerToBadChangeCipherSpec);
        add(
                all,
                "ChangeCipherSpec of value 2",
                ContentMutations::always,
                (wire, at, content) -> {
                    wire.put(RecordMutations.record(ContentType.change_cipher_spec, 3, (byte) 2));
                    wire.send(at.type(), content);
                },
                ContentMutations::answerToBadChangeCipherSpec);
        add(
                all,
                "ChangeCipherSpec without content",
                ContentMutations::always,
                (wire, at, content) -> {
                    wire.put(RecordMutations.record(ContentType.change_cipher_spec, 3));
                    wire.send(at.type(), content);
                },
                ContentMutations::answerToBadChangeCipherSpec);
        add(
                all,
                "ChangeCipherSpec under the keys",
                slot -> slot.keyed(),
                (wire, at, content) -> {
                    wire.sendKeyed(ContentType.change_cipher_spec, (byte) 1);
                    wire.send(at.type(), content);
                },
                slot -> Expected.refused(Alert.UNEXPECTED_MESSAGE));
    }

    private static Expected answerToChangeCipherSpec(Slot slot) {
        if (dropsChangeCipherSpec(slot)) {
            return Expected.legal();
        }
        Expected refused = Expected.refused(Alert.UNEXPECTED_MESSAGE);
        // In the clear where everything is protected.
        return slot.keyed() && !slot.tls13() ? refused.or(Alert.BAD_RECORD_MAC, Alert.DECODE_ERROR) : refused;
    }

    private static Expected answerToBadChangeCipherSpec(Slot slot) {
        Expected refused = Expected.refused(Alert.UNEXPECTED_MESSAGE, Alert.ILLEGAL_PARAMETER, Alert.DECODE_ERROR);
        return slot.keyed() && !slot.tls13() ? refused.or(Alert.BAD_RECORD_MAC) : refused;
    }

    // Alerts

    private static void alerts(List<Mutation> all) {
        for (int alert : ENDING_ALERTS) {
            add(
                    all,
                    "the fatal alert " + alert,
                    ContentMutations::always,
                    (wire, at, content) -> {
                        wire.send(ContentType.alert, (byte) AlertLevel.fatal, (byte) alert);
                        wire.cut();
                    },
                    slot -> inTheClear(slot, Expected.alerted()));
            add(
                    all,
                    "a warning of the error alert " + alert,
                    ContentMutations::always,
                    (wire, at, content) -> {
                        wire.send(ContentType.alert, (byte) AlertLevel.warning, (byte) alert);
                        wire.send(at.type(), content);
                    },
                    slot -> {
                        if (slot.tls13() && !slot.isFirst()) {
                            // RFC 8446 6: an error alert ends the connection whatever its level.
                            return inTheClear(slot, Expected.alerted());
                        }
                        return Expected.alerted().orCompletes().or(Alert.UNEXPECTED_MESSAGE, Alert.HANDSHAKE_FAILURE);
                    });
        }
        add(
                all,
                "user_canceled",
                ContentMutations::always,
                (wire, at, content) -> {
                    wire.send(ContentType.alert, (byte) AlertLevel.warning, (byte) AlertDescription.user_canceled);
                    wire.send(at.type(), content);
                },
                slot -> slot.isFirst() && slot.server()
                        ? Expected.legal().or(Alert.UNEXPECTED_MESSAGE).orPeerAlert()
                        : inTheClear(slot, Expected.legal()));
        add(
                all,
                "close_notify",
                ContentMutations::always,
                (wire, at, content) -> {
                    wire.send(ContentType.alert, (byte) AlertLevel.warning, (byte) AlertDescription.close_notify);
                    wire.send(at.type(), content);
                },
                slot -> slot.secure()
                        ? Expected.legal().orEnds()
                        : Expected.ended().orPeerAlert().or(Alert.UNEXPECTED_MESSAGE, Alert.HANDSHAKE_FAILURE));
        for (int level : new int[] {0, 3, 255}) {
            add(
                    all,
                    "an alert of level " + level,
                    ContentMutations::always,
                    (wire, at, content) -> {
                        wire.send(ContentType.alert, (byte) level, (byte) AlertDescription.user_canceled);
                        wire.send(at.type(), content);
                    },
                    slot -> Expected.refused(Alert.ILLEGAL_PARAMETER, Alert.DECODE_ERROR, Alert.UNEXPECTED_MESSAGE)
                            // RFC 8446 6: the level can safely be ignored.
                            .orPeerAlert()
                            .orCompletes());
        }
        add(
                all,
                "half an alert",
                ContentMutations::always,
                (wire, at, content) -> {
                    wire.send(ContentType.alert, (byte) AlertLevel.warning);
                    wire.send(at.type(), content);
                },
                slot -> slot.tls13()
                        ? Expected.refused(Alert.UNEXPECTED_MESSAGE, Alert.DECODE_ERROR)
                        : Expected.refused(Alert.UNEXPECTED_MESSAGE, Alert.DECODE_ERROR)
                                .orCompletes()
                                .orEnds());
        add(
                all,
                "an alert and a half",
                ContentMutations::always,
                (wire, at, content) -> {
                    wire.send(
                            ContentType.alert, (byte) AlertLevel.warning, (byte) AlertDescription.user_canceled, (byte)
                                    AlertLevel.warning);
                    wire.send(at.type(), content);
                },
                slot -> slot.tls13()
                        ? Expected.refused(Alert.UNEXPECTED_MESSAGE, Alert.DECODE_ERROR)
                        : Expected.refused(Alert.UNEXPECTED_MESSAGE, Alert.DECODE_ERROR)
                                .orCompletes()
                                .orEnds());
    }

    /** A client that refuses a ServerHello has no keys for its alert; a server always has. */
    private static Expected inTheClear(Slot slot, Expected expected) {
        return slot.hasKeys() && !slot.server() ? expected.or(Alert.UNEXPECTED_MESSAGE) : expected;
    }

    // Application data

    private static void applicationData(List<Mutation> all) {
        add(
                all,
                "application data",
                ContentMutations::always,
                (wire, at, content) -> {
                    wire.send(ContentType.application_data, HostilePeer.PING);
                    wire.send(at.type(), content);
                },
                ContentMutations::answerToData);
        add(
                all,
                "empty application data",
                ContentMutations::always,
                (wire, at, content) -> {
                    wire.send(ContentType.application_data);
                    wire.send(at.type(), content);
                },
                ContentMutations::answerToData);
        add(
                all,
                "application data instead",
                slot -> !slot.secure(),
                (wire, at, content) -> {
                    wire.send(ContentType.application_data, content);
                },
                ContentMutations::answerToData);
    }

    private static Expected answerToData(Slot slot) {
        if (slot.secure()) {
            return Expected.legal();
        }
        Expected refused = Expected.refused(Alert.UNEXPECTED_MESSAGE);
        return slot.hasKeys() ? refused.or(Alert.BAD_RECORD_MAC) : refused;
    }

    // Endings

    private static void endings(List<Mutation> all) {
        add(all, "the end", ContentMutations::always, (wire, at, content) -> wire.cut(), slot -> Expected.ended());
        add(
                all,
                "the end in the header",
                ContentMutations::always,
                (wire, at, content) -> {
                    wire.put(Arrays.copyOf(
                            wire.seal(at.type(), content), 1 + wire.random().nextInt(4)));
                    wire.cut();
                },
                slot -> Expected.ended());
        add(
                all,
                "the end in the record",
                ContentMutations::always,
                (wire, at, content) -> {
                    byte[] record = wire.seal(at.type(), content);
                    wire.put(Arrays.copyOf(
                            record, RecordHeader.LENGTH + wire.random().nextInt(record.length - RecordHeader.LENGTH)));
                    wire.cut();
                },
                slot -> Expected.ended());
        add(
                all,
                "the end in the message",
                slot -> divides(slot) && slot.isHandshake(),
                (wire, at, content) -> {
                    wire.send(
                            at.type(), Arrays.copyOf(content, 1 + wire.random().nextInt(content.length - 1)));
                    wire.cut();
                },
                slot -> Expected.ended());
    }
}
