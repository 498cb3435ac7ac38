package io.heddle.engine.crypto;

import java.io.IOException;
import java.io.OutputStream;
import java.security.Signature;
import java.security.SignatureException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsStreamVerifier;

/** A verifier of one signature of the peer's, over the bytes that are written to it. */
final class SignatureVerifier extends SignatureStream implements Tls13Verifier {
    SignatureVerifier(Signature signature) {
        super(signature);
    }

    /** Returns the form for TLS 1.2, in which the signature is known before the content. */
    static TlsStreamVerifier of(Signature signature, byte[] value) {
        var verifier = new SignatureVerifier(signature);
        return new TlsStreamVerifier() {
            @Override
            public OutputStream getOutputStream() {
                return verifier;
            }

            @Override
            public boolean isVerified() throws IOException {
                return verifier.verifySignature(value);
            }
        };
    }

    @Override
    public boolean verifySignature(byte[] value) throws IOException {
        try {
            return signature.verify(value);
        } catch (SignatureException malformed) {
            throw new TlsFatalAlert(AlertDescription.decrypt_error, malformed);
        }
    }
}
