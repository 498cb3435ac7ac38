package io.heddle.engine.handshake;

import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.HandshakeSecret;
import io.heddle.engine.crypto.ProviderCrypto;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.crypto.TlsSecret;

/**
 * A pre-shared key of TLS 1.3 in the form that bctls takes: the application's, or that of a ticket, whose binder has
 * another label (RFC 8446 4.2.11.2, see {@link HandshakeSecret}).
 *
 * @param identity the identity as it goes over the wire, such as a ticket
 * @param prf the number of bctls for the hash that goes with the key
 * @param external whether the application supplied it
 */
public record PreSharedKey(byte[] identity, TlsSecret key, int prf, boolean external) implements TlsPSKExternal {
    /**
     * Returns a key of the application. It goes with SHA-256, as a key does that says nothing else (RFC 8446 4.2.11).
     */
    public static PreSharedKey external(byte[] identity, TlsSecret key) {
        return new PreSharedKey(identity, key, PRFAlgorithm.tls13_hkdf_sha256, true);
    }

    /**
     * Returns the key of a ticket.
     *
     * @param secret becomes the key's own
     * @param suite a suite with the hash of the session's
     */
    public static PreSharedKey ofTicket(byte[] ticket, byte[] secret, Suite suite, ProviderCrypto crypto) {
        int prf = suite.hash() == Suite.Hash.SHA384 ? PRFAlgorithm.tls13_hkdf_sha384 : PRFAlgorithm.tls13_hkdf_sha256;
        return new PreSharedKey(ticket, HandshakeSecret.ofTicket(crypto, secret), prf, false);
    }

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
        return prf;
    }

    void destroy() {
        key.destroy();
    }
}
