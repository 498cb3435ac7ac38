package io.heddle.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An ExtendedResponse of LDAP, RFC 4511 4.12, as far as it matters here:
 *
 * <pre>
 * messageID INTEGER,
 * [APPLICATION 24] { resultCode ENUMERATED, matchedDN OCTET STRING, diagnosticMessage OCTET STRING, ... }
 * </pre>
 *
 * @param messageId 1 for the answer to the first request, 0 for what a server says unasked
 * @param diagnostic what the server says to people, may be empty
 */
record LdapResponse(int messageId, int resultCode, String diagnostic) {
    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;
    private static final int ENUMERATED = 0x0a;
    private static final int EXTENDED_RESPONSE = 0x78;

    /** Reads what is in an LDAPMessage, or returns nothing if that is something else or broken. */
    static Optional<LdapResponse> of(byte[] message) {
        try {
            ByteBuffer in = ByteBuffer.wrap(message);
            int id = number(value(in, INTEGER));
            ByteBuffer response = value(in, EXTENDED_RESPONSE);
            int code = number(value(response, ENUMERATED));
            value(response, OCTET_STRING);
            return Optional.of(new LdapResponse(
                    id, code, UTF_8.decode(value(response, OCTET_STRING)).toString()));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    /** Takes an element with this tag, and returns its value, or throws if it is not there or longer than what it is in. */
    private static ByteBuffer value(ByteBuffer in, int tag) {
        if ((in.get() & 0xff) != tag) {
            throw new BufferUnderflowException();
        }
        long length = in.get() & 0xff;
        if (length >= 0x80) {
            length = number(take(in, length & 0x7f));
        }
        return take(in, length);
    }

    private static ByteBuffer take(ByteBuffer in, long length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer taken = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return taken;
    }

    /** Reads a number of one to four bytes that is not negative. */
    private static int number(ByteBuffer value) {
        long number = 0;
        int length = value.remaining();
        while (value.hasRemaining()) {
            number = number << 8 | (value.get() & 0xff);
        }
        if (length < 1 || length > 4 || number > Integer.MAX_VALUE) {
            throw new BufferUnderflowException();
        }
        return (int) number;
    }
}
