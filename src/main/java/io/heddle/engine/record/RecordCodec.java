package io.heddle.engine.record;

import io.heddle.engine.crypto.RecordCipher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.tls.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * Opens and seals records between buffers: straight from array to array where both have one, else by way of a borrowed array.
 *
 * <p>Why never within one array: where the JDK's AES-GCM is given one array for both it copies all of it, however long; and who
 * writes over what it has yet to read makes other bytes of it.
 */
public final class RecordCodec {
    private RecordCodec() {}

    /** Is told how many bytes of application data a record had, before they count. */
    public interface Count {
        void data(int n) throws IOException;
    }

    /**
     * Opens a record, whose bytes it takes from the source whatever comes of it.
     *
     * @param length of the record, header included; so many bytes are there
     * @param into where application data goes
     * @return what else it had, null if it was application data
     */
    public static byte @Nullable [] open(
            RecordCipher opener, short type, ByteBuffer source, int length, PlaintextTarget into, Count count)
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
            count.data(n);
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

    /** Returns {@code buffer} if it can be worked with directly: null if it is null or shares its array with the other. */
    // It is about being the same array, not about what is in it.
    @SuppressWarnings({"ReferenceEquality", "ByteBufferBackingArray"})
    private static @Nullable ByteBuffer unlessWithin(ByteBuffer other, @Nullable ByteBuffer buffer) {
        return buffer != null && other.hasArray() && other.array() == buffer.array() ? null : buffer;
    }

    /**
     * Seals application data, and returns the length of what it made.
     *
     * @param length at most one record's; so many bytes are there
     * @param firstAlone whether the first byte travels in a record of its own
     * @param into has room for it
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
