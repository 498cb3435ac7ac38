package io.heddle.session;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The codec of the elements of a {@link SessionState} as OpenSSL's {@code SSL_SESSION}. */
final class SessionDer {
    // Session ::= SEQUENCE { structureVersion INTEGER (1), protocol INTEGER, cipherSuite OCTET STRING (SIZE(2)),
    // sessionId OCTET STRING (SIZE(0..32)), secret OCTET STRING, keyArgument [0] IMPLICIT OCTET STRING OPTIONAL, time
    // [1] INTEGER DEFAULT 0, timeout [2] INTEGER DEFAULT 0, peerCertificate [3] Certificate OPTIONAL, sessionIdContext
    // [4] OCTET STRING (SIZE(0..32)) OPTIONAL, verifyResult [5] INTEGER DEFAULT 0, hostName [6] OCTET STRING OPTIONAL,
    // pskIdentityHint [7] OCTET STRING OPTIONAL, pskIdentity [8] OCTET STRING OPTIONAL, ticketLifetimeHint [9] INTEGER
    // DEFAULT 0, ticket [10] OCTET STRING OPTIONAL, compressionId [11] OCTET STRING (SIZE(1)) OPTIONAL, srpUser [12]
    // OCTET STRING OPTIONAL, flags [13] INTEGER DEFAULT 0, -- 1: extended master secret ticketAgeAdd [14] INTEGER
    // DEFAULT 0, maxEarlyData [15] INTEGER DEFAULT 0, alpnProtocol [16] OCTET STRING OPTIONAL, maxFragmentLength [17]
    // INTEGER DEFAULT 0, applicationData [18] OCTET STRING OPTIONAL, group [19] INTEGER OPTIONAL, rawPublicKey [20]
    // OCTET STRING OPTIONAL } Tags are explicit except [0]. Integers with a default are omitted when they are 0; an
    // explicit 0 is accepted.
    private static final int STRUCTURE_VERSION = 1;

    private static final int KEY_ARGUMENT = 0x80;
    private static final int EXPLICIT = 0xA0;
    private static final int LAST_KNOWN = 20;
    private static final int ANY_LENGTH = SessionBounds.LONGEST_DER;

    private SessionDer() {}

    static byte[] write(SessionElements from) {
        byte[] certificate = from.peerCertificate();
        byte[] data = from.applicationData();
        byte[] ticket = from.ticket;
        CarriedElements carried = from.carried;
        DerWriter out = new DerWriter(256 + length(certificate) + length(data) + length(ticket));
        octets(out, 20, carried.rawPublicKey());
        if (from.group != null) {
            integer(out, 19, from.group);
        }
        octets(out, 18, data);
        number(out, 17, carried.maxFragmentLength());
        octets(out, 16, latin1(from.alpnProtocol));
        number(out, 15, carried.maxEarlyData());
        number(out, 14, from.ticketAgeAdd);
        number(out, 13, from.flags);
        octets(out, 12, carried.srpUser());
        octets(out, 11, carried.compressionId());
        octets(out, 10, ticket);
        number(out, 9, from.ticketLifetimeHint);
        octets(out, 8, from.pskIdentity);
        octets(out, 7, from.pskIdentityHint);
        octets(out, 6, latin1(from.hostName));
        number(out, 5, from.verifyResult);
        octets(out, 4, from.sessionIdContext);
        if (certificate != null) {
            int mark = out.length();
            out.raw(certificate);
            out.wrap(EXPLICIT | 3, mark);
        }
        number(out, 2, from.timeout);
        number(out, 1, from.time);
        if (carried.keyArgument() != null) {
            out.octets(KEY_ARGUMENT, carried.keyArgument());
        }
        out.octets(DerReader.OCTET_STRING, from.masterSecret);
        out.octets(DerReader.OCTET_STRING, from.sessionId);
        out.octets(DerReader.OCTET_STRING, new byte[] {(byte) (from.cipherSuite >> 8), (byte) from.cipherSuite});
        out.integer(from.protocol);
        out.integer(STRUCTURE_VERSION);
        out.wrap(DerReader.SEQUENCE, 0);
        return out.finish();
    }

    static SessionElements read(byte[] der) throws MalformedSession {
        if (der.length > SessionBounds.LONGEST_DER) {
            throw DerReader.malformed(
                    "the structure",
                    "has %d bytes, at most %d are read".formatted(der.length, SessionBounds.LONGEST_DER));
        }
        DerReader outer = new DerReader(der);
        DerReader in = outer.enter(DerReader.SEQUENCE, "the structure");
        outer.finish("the structure");
        if (in.integer("the structure version", STRUCTURE_VERSION) != STRUCTURE_VERSION) {
            throw DerReader.malformed("the structure version", "is not 1");
        }
        SessionElements to = new SessionElements();
        to.protocol = (int) in.integer("the protocol", 0xFFFF);
        if (to.protocol >> 8 != 3) {
            throw DerReader.malformed("the protocol", "0x%04x is not a version of TLS".formatted(to.protocol));
        }
        byte[] suite = in.octets(DerReader.OCTET_STRING, "the cipher suite", 2);
        if (suite.length != 2) {
            throw DerReader.malformed("the cipher suite", "has %d bytes, not 2".formatted(suite.length));
        }
        to.cipherSuite = ((suite[0] & 0xFF) << 8) | (suite[1] & 0xFF);
        to.sessionId = in.octets(DerReader.OCTET_STRING, "the session id", SessionBounds.LONGEST_ID);
        to.masterSecret = in.octets(DerReader.OCTET_STRING, "the secret", SessionBounds.LONGEST_SECRET);
        byte[] keyArgument =
                in.nextTag() == KEY_ARGUMENT ? in.octets(KEY_ARGUMENT, "the key argument", ANY_LENGTH) : null;
        readOptional(in, to, keyArgument);
        skipUnknown(in);
        return to;
    }

    /** Reads elements [1] to [20]; since each is expected once and in order, none can be repeated or misplaced. */
    private static void readOptional(DerReader in, SessionElements to, byte @Nullable [] keyArgument)
            throws MalformedSession {
        to.time = number(in, 1, "the time [1]", SessionBounds.LATEST_TIME);
        to.timeout = number(in, 2, "the timeout [2]", Long.MAX_VALUE);
        to.peerCertificate = certificate(in);
        to.sessionIdContext = octets(in, 4, "the session id context [4]", SessionBounds.LONGEST_CONTEXT);
        to.verifyResult = (int) number(in, 5, "the verification result [5]", Integer.MAX_VALUE);
        to.hostName = latin1(octets(in, 6, "the host name [6]", ANY_LENGTH));
        if (to.hostName != null && to.hostName.indexOf('\0') >= 0) {
            // OpenSSL truncates the name at a zero, so the two would identify different servers.
            throw DerReader.malformed("the host name [6]", "holds a zero byte");
        }
        to.pskIdentityHint = octets(in, 7, "the PSK identity hint [7]", ANY_LENGTH);
        to.pskIdentity = octets(in, 8, "the PSK identity [8]", ANY_LENGTH);
        to.ticketLifetimeHint = number(in, 9, "the ticket lifetime hint [9]", Long.MAX_VALUE);
        to.ticket = octets(in, 10, "the ticket [10]", SessionBounds.LONGEST_TICKET);
        byte[] compressionId = octets(in, 11, "the compression id [11]", 1);
        byte[] srpUser = octets(in, 12, "the SRP user [12]", ANY_LENGTH);
        to.flags = (int) number(in, 13, "the flags [13]", Integer.MAX_VALUE);
        to.ticketAgeAdd = number(in, 14, "the ticket age addend [14]", SessionBounds.GREATEST_UNSIGNED);
        long maxEarlyData = number(in, 15, "the early data limit [15]", SessionBounds.GREATEST_UNSIGNED);
        to.alpnProtocol = latin1(octets(in, 16, "the ALPN protocol [16]", SessionBounds.LONGEST_ALPN));
        long maxFragmentLength = number(in, 17, "the fragment length mode [17]", SessionBounds.GREATEST_UNSIGNED);
        to.applicationData = octets(in, 18, "the application data [18]", ANY_LENGTH);
        to.group = present(in, 19) ? (int) number(in, 19, "the group [19]", Integer.MAX_VALUE) : null;
        byte[] rawPublicKey = octets(in, 20, "the raw public key [20]", ANY_LENGTH);
        to.carried =
                new CarriedElements(keyArgument, compressionId, srpUser, maxEarlyData, maxFragmentLength, rawPublicKey);
        readExtras(to);
    }

    private static void readExtras(SessionElements to) throws MalformedSession {
        if (to.applicationData == null) {
            return;
        }
        Optional<SessionExtras> extras = SessionExtras.read(to.applicationData);
        to.extras = extras.orElse(null);
        if (extras.isPresent() && !to.chainBeginsWithPeer()) {
            throw DerReader.malformed("the chain in [18]", "does not begin with the certificate in [3]");
        }
        to.shareExtras();
    }

    /** Skips elements that a later OpenSSL may add after [20]; they must be ascending like all others. */
    private static void skipUnknown(DerReader in) throws MalformedSession {
        int last = EXPLICIT | LAST_KNOWN;
        while (!in.atEnd()) {
            int tag = in.nextTag();
            if (tag <= last || tag >= 0xC0) {
                throw DerReader.malformed("the element with tag 0x%02x".formatted(tag), "is not in its place");
            }
            in.skip("the element with tag 0x%02x".formatted(tag));
            last = tag;
        }
    }

    private static boolean present(DerReader in, int element) {
        return in.nextTag() == (EXPLICIT | element);
    }

    private static long number(DerReader in, int element, String what, long greatest) throws MalformedSession {
        if (!present(in, element)) {
            return 0;
        }
        DerReader inner = in.enter(EXPLICIT | element, what);
        long value = inner.integer(what, greatest);
        inner.finish(what);
        return value;
    }

    private static byte @Nullable [] octets(DerReader in, int element, String what, int longest)
            throws MalformedSession {
        if (!present(in, element)) {
            return null;
        }
        DerReader inner = in.enter(EXPLICIT | element, what);
        byte[] value = inner.octets(DerReader.OCTET_STRING, what, longest);
        inner.finish(what);
        return value;
    }

    private static byte @Nullable [] certificate(DerReader in) throws MalformedSession {
        if (!present(in, 3)) {
            return null;
        }
        DerReader inner = in.enter(EXPLICIT | 3, "the peer certificate [3]");
        byte[] value = inner.whole(DerReader.SEQUENCE, "the peer certificate [3]");
        inner.finish("the peer certificate [3]");
        return value;
    }

    private static void octets(DerWriter out, int element, byte @Nullable [] value) {
        if (value != null) {
            int mark = out.length();
            out.octets(DerReader.OCTET_STRING, value);
            out.wrap(EXPLICIT | element, mark);
        }
    }

    private static void number(DerWriter out, int element, long value) {
        if (value != 0) {
            integer(out, element, value);
        }
    }

    private static void integer(DerWriter out, int element, long value) {
        int mark = out.length();
        out.integer(value);
        out.wrap(EXPLICIT | element, mark);
    }

    private static int length(byte @Nullable [] value) {
        return value == null ? 0 : value.length;
    }

    private static byte @Nullable [] latin1(@Nullable String value) {
        return value == null ? null : value.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static @Nullable String latin1(byte @Nullable [] value) {
        return value == null ? null : new String(value, StandardCharsets.ISO_8859_1);
    }
}
