package io.heddle.session;

import java.util.Arrays;

/**
 * A writer of DER from the last byte to the first, so that every length is known when it is written.
 *
 * <p>Callers write the last element first, and add the tag after the content. The content is secret, so outgrown
 * buffers are overwritten.
 */
final class DerWriter {
    private byte[] buffer;
    private int start;

    DerWriter(int capacity) {
        buffer = new byte[capacity];
        start = capacity;
    }

    /**
     * Returns the number of bytes so far; before the content of {@link #wrap} is written, it is the mark for
     * that method.
     */
    int length() {
        return buffer.length - start;
    }

    void octets(int tag, byte[] content) {
        int mark = length();
        raw(content);
        wrap(tag, mark);
    }

    /** Writes bytes that are already DER. */
    void raw(byte[] content) {
        reserve(content.length);
        start -= content.length;
        System.arraycopy(content, 0, buffer, start, content.length);
    }

    /** Writes a non-negative integer. */
    void integer(long value) {
        int mark = length();
        long rest = value;
        do {
            prepend((int) rest & 0xFF);
            rest >>>= 8;
        } while (rest != 0);
        if (buffer[start] < 0) {
            prepend(0);
        }
        wrap(DerReader.INTEGER, mark);
    }

    /** Writes a tag and the length before everything that was written since {@link #length} was {@code mark}. */
    void wrap(int tag, int mark) {
        int content = length() - mark;
        if (content < 0x80) {
            prepend(content);
        } else {
            int lengthBytes = 0;
            for (int rest = content; rest != 0; rest >>>= 8) {
                prepend(rest & 0xFF);
                lengthBytes++;
            }
            prepend(0x80 | lengthBytes);
        }
        prepend(tag);
    }

    /** Returns the written bytes and overwrites the buffer; the writer cannot be used afterwards. */
    byte[] finish() {
        byte[] result = Arrays.copyOfRange(buffer, start, buffer.length);
        Arrays.fill(buffer, (byte) 0);
        return result;
    }

    private void prepend(int octet) {
        reserve(1);
        buffer[--start] = (byte) octet;
    }

    private void reserve(int count) {
        if (count <= start) {
            return;
        }
        int used = length();
        byte[] larger = new byte[Math.max(buffer.length * 2, used + count)];
        System.arraycopy(buffer, start, larger, larger.length - used, used);
        Arrays.fill(buffer, (byte) 0);
        start = larger.length - used;
        buffer = larger;
    }
}
