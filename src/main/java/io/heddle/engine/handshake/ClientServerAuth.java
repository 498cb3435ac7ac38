package io.heddle.engine.handshake;

import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.CertificateChains;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.PeerSignature;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsUtils;

/**
 * The server's authentication in one handshake of a client: its certificates and OCSP responses, and the verdict
 * on them.
 *
 * <p>Confined to the connection's engine lock.
 */
final class ClientServerAuth {
    private final ClientSettings settings;
    private final ClientStapling stapling;

    private List<X509Certificate> chain = List.of();
    private Authorization authorization = Authorization.NOT_ASKED;

    ClientServerAuth(ClientSettings settings) {
        this.settings = settings;
        this.stapling = new ClientStapling(settings.server().stapleCheck());
    }

    ClientStapling stapling() {
        return stapling;
    }

    /** Returns what the handshake has agreed on so far. */
    HandshakeInfo info(SecurityParameters parameters, List<Sigalg> peerSigalgs) {
        return HandshakeInfo.of(settings.servername(), parameters, peerSigalgs, chain, stapling.responses());
    }

    /** Verifies the server's Certificate message, and with it the OCSP responses. */
    void verify(Certificate certificate, SecurityParameters parameters) throws IOException {
        if (certificate == null || certificate.isEmpty()) {
            throw FatalAlerts.alert(
                    Code.ERR_SSL_BAD_LENGTH.failure("certificate: the server sent no certificate, one is required"));
        }
        chain = CertificateChains.of(certificate);
        if (TlsUtils.isTLSv13(parameters.getNegotiatedVersion())) {
            stapling.entries(certificate);
        } else {
            PeerKey.of(chain.getFirst(), HandshakeSettings.version(parameters.getNegotiatedVersion()))
                    .requireServer(
                            Suite.of(parameters.getCipherSuite()).orElseThrow(),
                            settings.common().groups().groups());
        }
        try {
            authorization = settings.server()
                    .verifier()
                    .verify(new PeerVerifier.Peer(chain, Optional.empty(), info(parameters, List.of()), false));
        } catch (TlsFailure e) {
            throw FatalAlerts.alert(e);
        }
        if (authorization.authorized()) {
            ProviderCrypto.keepVerified(certificate);
        }
        Optional<Code> error = stapling.verify(chain);
        if (authorization.authorized() && error.isPresent()) {
            authorization = Authorization.denied(error.get());
        }
    }

    /** Checks the CertificateVerify of TLS 1.3 against the offer and the server's certificate. */
    void requireScheme(byte[] certificateVerify) throws IOException {
        new PeerSignature("server", settings.common().sigalgs()).requireScheme(certificateVerify, chain);
    }

    /** Takes over the server of the session that the handshake resumed without a certificate. */
    void resumed(List<X509Certificate> sessionChain, Authorization verdict) {
        chain = sessionChain;
        authorization = verdict;
    }

    /**
     * Takes the proof of a pre-shared key: the server alone has it, and there is no certificate whose name could
     * be checked.
     */
    void peerProvedPsk() {
        if (chain.isEmpty()) {
            authorization = Authorization.GRANTED;
        }
    }

    List<X509Certificate> chain() {
        return chain;
    }

    Authorization authorization() {
        return authorization;
    }
}
