package io.heddle.engine.crypto;

import java.io.IOException;
import java.io.OutputStream;
import java.security.Signature;
import java.security.SignatureException;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsStreamVerifier;

/** A verifier of one signature of the peer's, over the bytes that are written to it. */
final class SignatureVerifier extends OutputStream implements Tls13Verifier {
    private final Signature signature;

    SignatureVerifier(Signature signature) {
        this.signature = signature;
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
            public boolean isVerified() {
                return verifier.verifySignature(value);
            }
        };
    }

    @Override
    public OutputStream getOutputStream() {
        return this;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            signature.update(bytes, offset, length);
        } catch (SignatureException e) {
            throw new IOException(e);
        }
    }

    /** Bytes that are no signature at all do not verify either. */
    @Override
    public boolean verifySignature(byte[] value) {
        try {
            return signature.verify(value);
        } catch (SignatureException malformed) {
            return false;
        }
    }
}
