package io.heddle.session;

import java.util.Arrays;

/**
 * Writes DER from the last byte to the first, so that every length is known when it is written.
 *
 * <p>Callers write the last element first, and put the tag around content that already stands. What it wrote are secrets,
 * so buffers are overwritten when they are left behind.
 */
final class DerWriter {
    private byte[] buffer;
    private int start;

    DerWriter(int capacity) {
        buffer = new byte[capacity];
        start = capacity;
    }

    /** Returns how many bytes there are: before the content of {@link #wrap} is written, the mark to give to it. */
    int length() {
        return buffer.length - start;
    }

    void octets(int tag, byte[] content) {
        int mark = length();
        raw(content);
        wrap(tag, mark);
    }

    /** Writes bytes that are DER already. */
    void raw(byte[] content) {
        reserve(content.length);
        start -= content.length;
        System.arraycopy(content, 0, buffer, start, content.length);
    }

    /** Writes an integer that is not negative. */
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

    /** Puts a tag and the length before all that was written since {@link #length} was {@code mark}. */
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

    /** Returns all that was written and overwrites the buffer, so that this writer is of no use afterwards. */
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
