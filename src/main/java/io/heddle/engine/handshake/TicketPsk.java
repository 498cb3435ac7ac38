package io.heddle.engine.handshake;

import io.heddle.engine.crypto.ResumptionSecrets;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.crypto.TlsSecret;

/**
 * A ticket of TLS 1.3 as the pre-shared key that bctls takes.
 *
 * @param identity the ticket as it goes over the wire
 * @param key made by {@link ResumptionSecrets#psk}
 * @param prf the number of bctls for the suite's hash
 */
record TicketPsk(byte[] identity, TlsSecret key, int prf) implements TlsPSKExternal {
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
}
