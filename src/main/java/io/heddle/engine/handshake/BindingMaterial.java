package io.heddle.engine.handshake;

import io.heddle.engine.crypto.Exporter;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.crypto.TlsCrypto;

/**
 * What ties something outside of TLS to one handshake: the Finished messages of both sides, and the exporter.
 *
 * @param finished what our Finished message carried
 * @param peerFinished what the peer's carried
 */
public record BindingMaterial(Exporter exporter, byte[] finished, byte[] peerFinished) {
    /** Takes it from a handshake that is about to complete, while bctls still has its secrets. */
    static BindingMaterial of(TlsCrypto crypto, SecurityParameters handshake) {
        return new BindingMaterial(
                Exporter.of(crypto, handshake),
                handshake.getLocalVerifyData().clone(),
                handshake.getPeerVerifyData().clone());
    }
}
