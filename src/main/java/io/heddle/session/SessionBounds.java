package io.heddle.session;

import java.time.Duration;
import java.time.Instant;

/** The bounds of a session's elements, for the builder and the reader alike. */
final class SessionBounds {
    /** The maximum size of a session that is read. */
    static final int LONGEST_DER = 64 * 1024;
    /** The maximum plaintext of a ticket of OpenSSL. */
    static final int LONGEST_TICKET_PLAINTEXT = 0xFF00;

    static final int LONGEST_ID = 32;
    static final int LONGEST_CONTEXT = 32;
    /** OpenSSL's maximum for the PSK of TLS 1.3; the master secret of TLS 1.2 has 48 bytes. */
    static final int LONGEST_SECRET = 256;

    static final int LONGEST_TICKET = 0xFFFF;
    static final int LONGEST_ALPN = 255;
    static final long GREATEST_UNSIGNED = 0xFFFF_FFFFL;
    static final long LATEST_TIME = Instant.MAX.getEpochSecond();

    private SessionBounds() {}

    static void checkLength(String what, byte[] value, int longest) {
        if (value.length > longest) {
            throw new IllegalArgumentException(
                    "session: the %s has %d bytes, at most %d are allowed".formatted(what, value.length, longest));
        }
    }

    static void checkTime(String what, Instant time) {
        if (time.getEpochSecond() < 0) {
            throw new IllegalArgumentException("session: the %s %s is before 1970".formatted(what, time));
        }
    }

    static void checkDuration(String what, Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("session: the %s %s is negative".formatted(what, duration));
        }
    }

    static void checkRange(String what, long value, long greatest) {
        if (value < 0 || value > greatest) {
            throw new IllegalArgumentException(
                    "session: the %s is %d, allowed is 0 to %d".formatted(what, value, greatest));
        }
    }

    static void checkText(String what, String text, int longest) {
        boolean fits = text.length() <= longest;
        for (int i = 0; fits && i < text.length(); i++) {
            fits = text.charAt(i) != 0 && text.charAt(i) <= 0xFF;
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "session: the %s is longer than %d characters, or one of them is not a byte from 1 to 255"
                            .formatted(what, longest));
        }
    }

    static void checkCertificate(byte[] certificate) {
        DerReader reader = new DerReader(certificate);
        try {
            reader.enter(DerReader.SEQUENCE, "the certificate");
            reader.finish("the certificate");
        } catch (MalformedSession notDer) {
            throw new IllegalArgumentException(notDer.getMessage(), notDer);
        }
    }
}
