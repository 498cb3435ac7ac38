package io.heddle.engine.record;

import io.heddle.engine.crypto.RecordCipher;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.tls.ContentType;

/** The header of a record: {@code ContentType type; ProtocolVersion legacy_record_version; uint16 length}. */
public final class RecordHeader {
    public static final int LENGTH = RecordCipher.HEADER;

    private RecordHeader() {}

    /** Returns the length of the record, header included. */
    public static int recordLength(byte[] bytes, int from) {
        return LENGTH + ((bytes[from + 3] & 0xff) << 8 | (bytes[from + 4] & 0xff));
    }

    /**
     * Checks the bytes where a record should begin.
     *
     * @param longestBody how many bytes the body may have
     * @param first whether they are the first bytes of the connection, so that the peer may use another protocol
     * @throws TlsFailure if they are not a header, or announce a record that is too long
     */
    public static void check(byte[] bytes, int from, int longestBody, boolean first) throws TlsFailure {
        int type = bytes[from] & 0xff;
        int major = bytes[from + 1] & 0xff;
        boolean validType = type >= ContentType.change_cipher_spec && type <= ContentType.application_data;
        if (!validType || major != 3) {
            throw first ? otherProtocol(bytes, from) : unknownRecord(bytes, from);
        }
        int body = recordLength(bytes, from) - LENGTH;
        if (body == 0 && type != ContentType.application_data) {
            // RFC 8446 5.1, RFC 5246 6.2.1.
            throw Code.ERR_SSL_UNEXPECTED_MESSAGE.failure(
                    "record: the peer sent an empty record of type %d, only application data may be empty", type);
        }
        if (body > longestBody) {
            throw Code.ERR_SSL_DATA_LENGTH_TOO_LONG.failure(
                    "record: the peer announced %d bytes, at most %d are allowed", body, longestBody);
        }
    }

    private static TlsFailure unknownRecord(byte[] bytes, int from) {
        return Code.ERR_SSL_UNEXPECTED_MESSAGE.failure(
                "record: the peer sent a record of type %d and version %d.%d, types 20 to 23 of version 3 are allowed",
                bytes[from] & 0xff, bytes[from + 1] & 0xff, bytes[from + 2] & 0xff);
    }

    private static TlsFailure otherProtocol(byte[] bytes, int from) {
        String start = TlsFailure.printable(new String(bytes, from, LENGTH, StandardCharsets.ISO_8859_1));
        if (start.startsWith("GET ")
                || start.startsWith("POST")
                || start.startsWith("HEAD")
                || start.startsWith("PUT ")
                || start.startsWith("CONNE")) {
            return Code.ERR_SSL_HTTP_REQUEST.failure(
                    "record: the peer sent an HTTP request without TLS, it began with \"%s\"", start);
        }
        return Code.ERR_SSL_WRONG_VERSION_NUMBER.failure(
                "record: the peer sent no TLS record, it began with \"%s\"", start);
    }
}
