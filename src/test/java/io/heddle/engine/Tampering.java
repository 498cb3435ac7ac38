package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.failure.Alert;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * The output of a hostile peer: the records of its protocol object, except for one that a {@link Mutation} replaces by
 * others. Mutations change the content before it is protected.
 */
final class Tampering {
    private final @Nullable Mutation mutation;
    private final @Nullable Slot at;
    private final Random random;
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private final List<Sent> sent = new ArrayList<>();
    private final List<Alert> fatal = new ArrayList<>();

    private @Nullable HostileProtocol protocol;
    private @Nullable Held held;
    private byte @Nullable [] previous;
    private boolean cut;
    private boolean completed;
    private int slots;

    /**
     * A record that the protocol object made.
     *
     * @param keyed whether it was protected
     */
    record Sent(short type, byte[] content, boolean keyed) {}

    /** The action on a record that was held back and the one after it. */
    @FunctionalInterface
    interface Joint {
        void send(Tampering wire, Sent first, Sent second) throws IOException;
    }

    private record Held(Sent first, Joint joint) {}

    /** Changes nothing. */
    static Tampering none() {
        return new Tampering(null, null, new Random(0));
    }

    Tampering(@Nullable Mutation mutation, @Nullable Slot at, Random random) {
        this.mutation = mutation;
        this.at = at;
        this.random = random;
    }

    void protocol(HostileProtocol writing) {
        protocol = writing;
    }

    private HostileProtocol protocol() {
        HostileProtocol writing = protocol;
        if (writing == null) {
            throw new IllegalStateException("no protocol object yet");
        }
        return writing;
    }

    // Reports of the protocol object

    /** Takes a record of the protocol object. */
    void write(short type, byte[] content) throws IOException {
        if (cut) {
            return;
        }
        Held waiting = held;
        if (waiting != null) {
            held = null;
            slots++;
            waiting.joint().send(this, waiting.first(), new Sent(type, content, false));
            return;
        }
        int slot = slots++;
        Mutation applied = mutation;
        if (applied != null && at != null && slot == at.index()) {
            applied.apply(this, at, content);
        } else {
            forward(type, content);
        }
    }

    private void forward(short type, byte[] content) throws IOException {
        byte[] record = seal(type, content);
        previous = record;
        // The records of TLS 1.3 say so by their type; below, protection begins with ChangeCipherSpec.
        boolean keyed = record.length > 0 && (record[0] != type || record.length != 5 + content.length);
        sent.add(new Sent(type, content, keyed));
        put(record);
    }

    /** Heddle sent a record, which the protocol object has opened. */
    void received(short type, byte[] buffer, int offset, int length) {
        if (type == ContentType.alert && length == 2) {
            alert(buffer[offset] & 0xff, buffer[offset + 1] & 0xff);
        }
    }

    void alert(int level, int description) {
        if (level == AlertLevel.fatal) {
            fatal.add(Alert.of(description));
        }
    }

    void completed() {
        completed = true;
    }

    // Actions of mutations

    Random random() {
        return random;
    }

    /** Returns the record with this content, protected as the state of the protocol object is. */
    byte[] seal(short type, byte[] content) throws IOException {
        drain();
        protocol().seal(type, content);
        return output();
    }

    /** Sends a record, protected as the state of the protocol object is. */
    void send(int type, byte... content) throws IOException {
        put(seal((short) type, content));
    }

    /** Sends a record under the keys, even if bctls does not allow it. */
    void sendKeyed(int type, byte... content) throws IOException {
        RecordCipher cipher = protocol().sealer();
        byte[] record = new byte[content.length + cipher.overhead()];
        int length = cipher.seal((short) type, content, 0, content.length, record, 0);
        put(Arrays.copyOf(record, length));
    }

    /** Puts bytes on the wire as they are. */
    void put(byte... bytes) {
        drain();
        wire.writeBytes(bytes);
    }

    /** Ends the peer's direction behind what was sent so far. */
    void cut() {
        cut = true;
    }

    /** Holds a record back until the next one, or until the peer waits. */
    void hold(short type, byte[] content, Joint joint) {
        held = new Held(new Sent(type, content, false), joint);
    }

    /** Returns the record that was sent before, null if there was none. */
    byte @Nullable [] previous() {
        return previous;
    }

    // Access of the driver

    /** Releases the record held back, since the peer waits. */
    void idle() throws IOException {
        Held waiting = held;
        if (waiting != null) {
            held = null;
            forward(waiting.first().type(), waiting.first().content());
        }
    }

    private void drain() {
        wire.writeBytes(output());
    }

    private byte[] output() {
        HostileProtocol writing = protocol();
        byte[] out = new byte[writing.getAvailableOutputBytes()];
        writing.readOutput(out, 0, out.length);
        return out;
    }

    byte[] take() {
        drain();
        byte[] bytes = wire.toByteArray();
        wire.reset();
        return bytes;
    }

    boolean isCut() {
        return cut;
    }

    boolean isComplete() {
        return completed;
    }

    /** Returns the records that the protocol object made and that were sent as they were. */
    List<Sent> sent() {
        return sent;
    }

    /** Returns the fatal alerts that Heddle sent. */
    List<Alert> fatalAlerts() {
        return fatal;
    }
}
