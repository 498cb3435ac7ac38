package io.heddle.engine.handshake;

import io.heddle.engine.crypto.Exporter;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.crypto.TlsCrypto;

/**
 * The material that binds something outside of TLS to one handshake: the Finished messages of both sides, and
 * the exporter.
 *
 * @param finished the verify_data of the local Finished message
 * @param peerFinished the verify_data of the peer's Finished message
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
