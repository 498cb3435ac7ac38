package io.heddle.session;

import java.util.Arrays;

/**
 * A reader of the few ASN.1 types of a session, in order, that refuses trailing bytes.
 *
 * <p>As OpenSSL it accepts non-minimal and indefinite lengths, but no negative and no non-minimal integers. Lengths are
 * compared with the available bytes before anything is allocated.
 */
final class DerReader {
    static final int INTEGER = 0x02;
    static final int OCTET_STRING = 0x04;
    static final int SEQUENCE = 0x30;
    private static final int CONSTRUCTED = 0x20;
    private static final int HIGH_TAG_NUMBER = 0x1F;
    private static final int INDEFINITE = 0x80;
    /** A session has four levels; only an attacker would send more. */
    private static final int DEEPEST = 8;

    private final byte[] bytes;
    private int at;
    private final int end;

    DerReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private DerReader(byte[] bytes, int at, int end) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
    }

    boolean atEnd() {
        return at == end;
    }

    /** Returns the index of the next element in the whole array. */
    int position() {
        return at;
    }

    /** Returns the next identifier byte, or -1 at the end. */
    int nextTag() {
        return at == end ? -1 : bytes[at] & 0xFF;
    }

    /** Returns a reader of the content of the next element, which must have this tag, and skips that element. */
    DerReader enter(int tag, String what) throws MalformedSession {
        if (nextTag() != tag) {
            throw malformed(what, "does not have the tag 0x%02x".formatted(tag));
        }
        return enterAny(what);
    }

    /** Returns the encoding of the next element, with tag and length. */
    byte[] whole(int tag, String what) throws MalformedSession {
        int start = at;
        enter(tag, what);
        return Arrays.copyOfRange(bytes, start, at);
    }

    byte[] octets(int tag, String what, int longest) throws MalformedSession {
        DerReader content = enter(tag, what);
        int length = content.end - content.at;
        if (length > longest) {
            throw malformed(what, "has %d bytes, at most %d are allowed".formatted(length, longest));
        }
        return Arrays.copyOfRange(bytes, content.at, content.end);
    }

    long integer(String what, long greatest) throws MalformedSession {
        DerReader content = enter(INTEGER, what);
        int length = content.end - content.at;
        if (length == 0) {
            throw malformed(what, "is an integer without bytes");
        }
        int first = bytes[content.at];
        if (first < 0) {
            throw malformed(what, "is negative");
        }
        if (first == 0 && length > 1 && bytes[content.at + 1] >= 0) {
            throw malformed(what, "is an integer with a needless leading zero");
        }
        if (length > Long.BYTES) {
            throw malformed(what, "is greater than %d".formatted(greatest));
        }
        long value = 0;
        for (int i = content.at; i < content.end; i++) {
            value = (value << 8) | (bytes[i] & 0xFF);
        }
        if (value > greatest) {
            throw malformed(what, "is greater than %d".formatted(greatest));
        }
        return value;
    }

    /** Skips the next element of any type. */
    void skip(String what) throws MalformedSession {
        enterAny(what);
    }

    /** Refuses trailing bytes. */
    void finish(String what) throws MalformedSession {
        if (at != end) {
            throw malformed(what, "has %d bytes too many".formatted(end - at));
        }
    }

    private DerReader enterAny(String what) throws MalformedSession {
        Element element = element(at, end, 0, what);
        at = element.next;
        return new DerReader(bytes, element.start, element.end);
    }

    /** The bounds of an element's content, and the start of the next element. */
    private record Element(int start, int end, int next) {}

    private Element element(int from, int limit, int depth, String what) throws MalformedSession {
        if (limit - from < 2 || depth > DEEPEST) {
            throw malformed(what, depth > DEEPEST ? "is nested too deeply" : "is cut off");
        }
        int tag = bytes[from] & 0xFF;
        if ((tag & HIGH_TAG_NUMBER) == HIGH_TAG_NUMBER) {
            throw malformed(what, "has a tag number above 30");
        }
        int lengthByte = bytes[from + 1] & 0xFF;
        int start = from + 2;
        if (lengthByte == INDEFINITE) {
            if ((tag & CONSTRUCTED) == 0) {
                throw malformed(what, "has an indefinite length but no elements");
            }
            int marker = endOfContents(start, limit, depth + 1, what);
            return new Element(start, marker, marker + 2);
        }
        long length = lengthByte;
        if (lengthByte > INDEFINITE) {
            int lengthBytes = lengthByte & 0x7F;
            if (lengthBytes > limit - start) {
                throw malformed(what, "is cut off");
            }
            length = 0;
            for (int i = 0; i < lengthBytes; i++) {
                length = (length << 8) | (bytes[start++] & 0xFF);
                // Compared at every step, so that the shift can never overflow.
                if (length > limit - from) {
                    throw malformed(what, "is cut off");
                }
            }
        }
        if (length > limit - start) {
            throw malformed(what, "is cut off");
        }
        int stop = start + (int) length;
        return new Element(start, stop, stop);
    }

    private int endOfContents(int from, int limit, int depth, String what) throws MalformedSession {
        int position = from;
        while (limit - position >= 2) {
            if (bytes[position] == 0 && bytes[position + 1] == 0) {
                return position;
            }
            position = element(position, limit, depth, what).next;
        }
        throw malformed(what, "is cut off");
    }

    static MalformedSession malformed(String what, String fault) {
        return new MalformedSession("session: %s %s".formatted(what, fault));
    }
}
