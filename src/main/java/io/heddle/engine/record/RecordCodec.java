package io.heddle.engine.record;

import io.heddle.engine.crypto.RecordCipher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.tls.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * The opening and sealing of records between buffers: directly from array to array if both have one, else through a
 * borrowed array.
 *
 * <p>Why never within one array: given one array for input and output, the JDK's AES-GCM copies all of it, however long
 * it is; and output that overlaps input still to be read would corrupt it.
 */
public final class RecordCodec {
    /** The application data to send, in the caller's buffers. */
    public interface PlaintextSource {
        /** Returns how many bytes there are, at most {@link Integer#MAX_VALUE}. */
        int remaining();

        /** Returns the next buffer if it has an array and holds {@code length} bytes, else null. */
        @Nullable
        ByteBuffer array(int length);

        /** Moves {@code length} bytes, which must be there, to the beginning of the array. */
        void take(byte[] into, int length);
    }

    /** The caller's buffers for received application data. */
    public interface PlaintextTarget {
        /** Returns how many bytes fit. */
        int remaining();

        /** Returns the next buffer if it has an array and room for {@code length} bytes, else null. */
        @Nullable
        ByteBuffer array(int length);

        /** Stores bytes, which must fit. */
        void put(byte[] bytes, int offset, int length);
    }

    /** A check of the number of bytes of application data in a record, made before they are stored. */
    public interface LengthCheck {
        void check(int n) throws IOException;
    }

    private RecordCodec() {}

    /**
     * Opens a record, and consumes its bytes even if that fails.
     *
     * @param length the length of the record, header included, all of which must be there
     * @param into receives application data
     * @return the content of a record of another type, null for application data
     */
    public static byte @Nullable [] open(
            RecordCipher opener, short type, ByteBuffer source, int length, PlaintextTarget into, LengthCheck check)
            throws IOException {
        int body = length - RecordHeader.LENGTH;
        @Nullable
        ByteBuffer target =
                type == ContentType.application_data ? unlessWithin(source, into.array(opener.openRoom(body))) : null;
        boolean inArray = source.hasArray();
        byte[] record = inArray ? source.array() : BufferPool.borrow();
        byte[] plain = target != null ? target.array() : BufferPool.borrow();
        try {
            int from = inArray ? source.arrayOffset() + source.position() : 0;
            int to = target != null ? target.arrayOffset() + target.position() : 0;
            if (inArray) {
                source.position(source.position() + length);
            } else {
                source.get(record, 0, length);
            }
            int n = opener.open(type, record, from + RecordHeader.LENGTH, body, plain, to);
            if (opener.openedType() != ContentType.application_data) {
                byte[] message = Arrays.copyOfRange(plain, to, to + n);
                Arrays.fill(plain, to, to + n, (byte) 0);
                return message;
            }
            check.check(n);
            if (target != null) {
                target.position(target.position() + n);
            } else {
                into.put(plain, 0, n);
            }
            return null;
        } finally {
            if (!inArray) {
                BufferPool.giveBack(record);
            }
            if (target == null) {
                BufferPool.giveBack(plain);
            }
        }
    }

    /**
     * Returns {@code buffer} unless it is null or shares its array with {@code other}, so that it can be used directly.
     */
    // The identity of the array matters, not its content.
    @SuppressWarnings({"ReferenceEquality", "ByteBufferBackingArray"})
    private static @Nullable ByteBuffer unlessWithin(ByteBuffer other, @Nullable ByteBuffer buffer) {
        return buffer != null && other.hasArray() && other.array() == buffer.array() ? null : buffer;
    }

    /**
     * Seals application data, and returns the length of its records.
     *
     * @param length how many bytes to seal, at most one record's; they must be there
     * @param firstAlone whether the first byte is sent in a record of its own
     * @param into has room for the records
     */
    public static int seal(RecordCipher sealer, PlaintextSource source, int length, boolean firstAlone, ByteBuffer into)
            throws IOException {
        @Nullable ByteBuffer content = unlessWithin(into, source.array(length));
        boolean intoArray = into.hasArray();
        byte[] plain = content != null ? content.array() : BufferPool.borrow();
        byte[] sealed = intoArray ? into.array() : BufferPool.borrow();
        try {
            int from = content != null ? content.arrayOffset() + content.position() : 0;
            int to = intoArray ? into.arrayOffset() + into.position() : 0;
            if (content != null) {
                content.position(content.position() + length);
            } else {
                source.take(plain, length);
            }
            int filled = 0;
            int first = 0;
            if (firstAlone) {
                first = 1;
                filled = sealer.seal(ContentType.application_data, plain, from, first, sealed, to);
            }
            filled +=
                    sealer.seal(ContentType.application_data, plain, from + first, length - first, sealed, to + filled);
            if (intoArray) {
                into.position(into.position() + filled);
            } else {
                into.put(sealed, 0, filled);
            }
            return filled;
        } finally {
            if (content == null) {
                BufferPool.giveBack(plain);
            }
            if (!intoArray) {
                BufferPool.giveBack(sealed);
            }
        }
    }
}
