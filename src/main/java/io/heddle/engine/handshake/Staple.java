package io.heddle.engine.handshake;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.failure.TlsFailure.Code;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.tls.CertificateStatus;
import org.bouncycastle.tls.CertificateStatusType;
import org.bouncycastle.tls.TlsUtils;

/**
 * An OCSP response on the wire, RFC 6066 8: struct { CertificateStatusType status_type; opaque OCSPResponse<1..2^24-1>;
 * } CertificateStatus.
 *
 * <p>Why not bctls' own codec: 1.84 takes and sends nothing but OCSP in strict DER. For TLS the bytes are opaque, and
 * there are responders whose encoding is not that strict.
 */
public final class Staple extends CertificateStatus {
    /** The room in the message of TLS 1.2, in bytes: its length has three bytes, and counts four of its own. */
    static final int LONGEST = (1 << 24) - 1 - 4;

    /**
     * The room in an extension of TLS 1.3, in bytes: its length has two bytes, as has that of all extensions together.
     */
    static final int LONGEST_13 = (1 << 16) - 1 - 4 - 4;

    /** The response that the constructor of bctls requires; it is never encoded. */
    private static final OCSPResponse PLACEHOLDER =
            new OCSPResponse(new OCSPResponseStatus(OCSPResponseStatus.SUCCESSFUL), null);

    private final byte[] bytes;

    public Staple(byte[] bytes) {
        super(CertificateStatusType.ocsp, PLACEHOLDER);
        this.bytes = bytes;
    }

    @Override
    public void encode(OutputStream output) throws IOException {
        TlsUtils.writeUint8(CertificateStatusType.ocsp, output);
        TlsUtils.writeOpaque24(bytes, output);
    }

    public byte[] encoded() throws IOException {
        var encoded = new ByteArrayOutputStream(bytes.length + 4);
        encode(encoded);
        return encoded.toByteArray();
    }

    /** Reads a whole CertificateStatus of a peer and returns the response in it. */
    public static byte[] read(ByteArrayInputStream status) throws IOException {
        int there = status.available();
        short type = there == 0 ? -1 : TlsUtils.readUint8(status);
        if (there > 0 && type != CertificateStatusType.ocsp) {
            throw FatalAlerts.alert(Code.ERR_SSL_UNSUPPORTED_STATUS_TYPE.failure(
                    "ocsp: the server sent a certificate status of type %d, 1 (OCSP) was asked for", type));
        }
        int length = there < 4 ? 0 : TlsUtils.readUint24(status);
        if (length == 0 || length != there - 4) {
            throw FatalAlerts.alert(Code.ERR_SSL_BAD_LENGTH.failure(
                    "ocsp: the server sent a certificate status of %d bytes that holds %d, 1 or more and nothing else "
                            + "are allowed",
                    there, length));
        }
        return status.readAllBytes();
    }
}
