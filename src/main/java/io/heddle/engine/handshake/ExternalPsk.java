package io.heddle.engine.handshake;

import io.heddle.engine.crypto.ResumptionSecrets;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.crypto.TlsSecret;

/**
 * A pre-shared key of the application in TLS 1.3. It goes with SHA-256, as a key does that says nothing else (RFC 8446 4.2.11),
 * and its binder is an external one, since its secret is not of {@link ResumptionSecrets}.
 */
public record ExternalPsk(byte[] identity, TlsSecret key) implements TlsPSKExternal {
    @Override
    public byte[] getIdentity() {
        return identity;
    }

    @Override
    public TlsSecret getKey() {
        return key;
    }

    @Override
    public int getPRFAlgorithm() {
        return PRFAlgorithm.tls13_hkdf_sha256;
    }

    void destroy() {
        key.destroy();
    }
}
