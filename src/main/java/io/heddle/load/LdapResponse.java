package io.heddle.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The fields of an LDAP ExtendedResponse, RFC 4511 4.12, that matter to StartTLS:
 *
 * <pre>
 * messageID INTEGER,
 * [APPLICATION 24] { resultCode ENUMERATED, matchedDN OCTET STRING, diagnosticMessage OCTET STRING, ... }
 * </pre>
 *
 * @param messageId 1 in the response to the first request, 0 in an unsolicited notification
 * @param diagnostic a human-readable message, may be empty
 */
record LdapResponse(int messageId, int resultCode, String diagnostic) {
    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;
    private static final int ENUMERATED = 0x0a;
    private static final int EXTENDED_RESPONSE = 0x78;

    /** Parses the content of an LDAPMessage; empty if it is malformed or another message. */
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

    /** Reads an element with this tag and returns its value, or throws if it is missing or exceeds the buffer. */
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

    /** Reads a non-negative number of one to four bytes. */
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
