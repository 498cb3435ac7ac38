package io.heddle.engine.handshake;

import io.heddle.cipher.Group;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.compression.CertificateCompression;
import io.heddle.engine.crypto.Credential;
import io.heddle.session.SessionState;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One handshake of a client, from its ClientHello on. In TLS 1.3 it makes sessions from tickets as long as the
 * connection lasts; a renegotiation has a new one.
 *
 * <p>Confined to the connection's engine lock.
 */
final class ClientHandshakeState {
    final ClientServerAuth serverAuth;
    final ClientPsk psk;
    final ClientResumption resumption;
    final CertificateCompression compression;

    /** The group of the key exchange. */
    @Nullable
    Group group;

    /** The size of the prime of a key exchange in TLS 1.2 and below. */
    int dhBits;

    /** The signature algorithms in the CertificateRequest, which bctls drops when the handshake is complete. */
    List<Sigalg> peerSigalgs = List.of();

    /** The certificate that the client shows. */
    @Nullable
    Credential credential;

    /**
     * Begins a handshake.
     *
     * @param session the session to resume, if it fits
     */
    ClientHandshakeState(ClientSettings settings, Optional<SessionState> session) {
        this.serverAuth = new ClientServerAuth(settings);
        this.psk = new ClientPsk(settings);
        this.resumption = new ClientResumption(settings, session, serverAuth);
        this.compression = new CertificateCompression(settings.common().certificateCompression(), "server");
    }

    boolean usedExternalPsk() {
        return psk.used().isPresent();
    }

    List<X509Certificate> localChain() {
        return credential == null ? List.of() : credential.identity().chain();
    }
}
