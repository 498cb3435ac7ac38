package io.heddle.engine.handshake;

import io.heddle.cipher.Sigalg;
import io.heddle.engine.crypto.CertificateChains;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.PeerSignature;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.crypto.Sigalgs;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionExtras;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsServerContext;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * What one handshake of a server asks of its client's certificate, and what came of it.
 *
 * <p>Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
final class ServerClientAuth {
    private final HandshakeSettings settings;
    private final ClientCertificatePolicy policy;
    private final Optional<Boolean> rejectUnauthorized;

    private Authorization authorization = Authorization.NOT_ASKED;
    private List<X509Certificate> chain = List.of();

    ServerClientAuth(HandshakeSettings settings, ClientAuthRequirement demand) {
        this.settings = settings;
        this.policy = demand.policy();
        this.rejectUnauthorized = demand.rejectUnauthorized();
    }

    /** Returns what asks for one, null where nobody is asked. */
    @Nullable
    CertificateRequest request(ServerContext chosen, TlsServerContext context) throws IOException {
        if (policy == ClientCertificatePolicy.NONE) {
            return null;
        }
        Vector authorities = new Vector();
        for (var each : chosen.authorities()) {
            authorities.add(X500Name.getInstance(each.getEncoded()));
        }
        ProtocolVersion version = context.getServerVersion();
        TlsVersion negotiated = HandshakeSettings.version(version);
        Vector sigalgs = Sigalgs.toVector(sigalgs(negotiated));
        if (TlsUtils.isTLSv13(version)) {
            // RFC 8446 4.2.4: the extension has one name at least; who names nobody leaves it out.
            return new CertificateRequest(
                    TlsUtils.EMPTY_BYTES, sigalgs, null, authorities.isEmpty() ? null : authorities);
        }
        short[] types = {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign};
        return new CertificateRequest(types, TlsUtils.isTLSv12(version) ? sigalgs : null, authorities);
    }

    private List<Sigalg> sigalgs(TlsVersion version) {
        return settings.sigalgs().stream().filter(each -> each.signsIn(version)).toList();
    }

    /** Checks the CertificateVerify of TLS 1.3 against the request and the certificate that the client sent. */
    void requireScheme(byte[] certificateVerify) throws IOException {
        new PeerSignature("client", sigalgs(TlsVersion.TLS_1_3)).requireScheme(certificateVerify, chain);
    }

    /** Takes what the client sent, which may be no certificate at all. */
    void presented(ServerContext chosen, Certificate certificate, HandshakeInfo negotiated) throws IOException {
        if (certificate.isEmpty() && policy == ClientCertificatePolicy.REQUIRE) {
            Alert alert =
                    negotiated.version() == TlsVersion.TLS_1_3 ? Alert.CERTIFICATE_REQUIRED : Alert.HANDSHAKE_FAILURE;
            throw FatalAlerts.alert(Code.ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE.failure(
                    alert, "certificate: the client sent none, the server requires one"));
        }
        requireNoExtensions(certificate);
        List<X509Certificate> sent = CertificateChains.of(certificate);
        if (!sent.isEmpty()) {
            PeerKey.of(sent.getFirst(), negotiated.version()).requireClient();
        }
        judge(chosen, sent, Optional.empty(), negotiated, false);
        if (authorization.authorized()) {
            ProviderCrypto.keepVerified(certificate);
        }
    }

    /** RFC 8446 4.4.2: the extensions of a certificate answer those of the request, which has none that asks for any. */
    private static void requireNoExtensions(Certificate certificate) throws IOException {
        for (CertificateEntry each : certificate.getCertificateEntryList()) {
            Map extensions = each.getExtensions();
            if (extensions != null && !extensions.isEmpty()) {
                throw FatalAlerts.alert(Code.ERR_SSL_UNSOLICITED_EXTENSION.failure(
                        "certificate: the client sent the extension %s, which the server did not ask for",
                        ExtensionType.getText(
                                (Integer) extensions.keySet().iterator().next())));
            }
        }
    }

    /**
     * Verifies the client's chain as a session has it by today's trust. Where the server asks for no certificate, none is looked at,
     * and the connection shows none.
     *
     * @return false if it is refused today
     */
    boolean accepts(SessionState session, ServerContext chosen, HandshakeInfo negotiated) {
        if (policy == ClientCertificatePolicy.NONE) {
            return true;
        }
        try {
            List<byte[]> whole = session.extras().map(SessionExtras::peerChain).orElse(List.of());
            Optional<byte[]> own = session.peerCertificate();
            boolean alone = whole.isEmpty() && own.isPresent();
            List<X509Certificate> known =
                    CertificateChains.ofEncoded(settings.crypto(), alone ? List.of(own.get()) : whole);
            judge(chosen, known, alone ? Optional.of(session.verifyResult()) : Optional.empty(), negotiated, true);
            return true;
        } catch (IOException refused) {
            forget();
            return false;
        }
    }

    /** Asks the verifier; what it throws refuses the client. */
    private void judge(
            ServerContext chosen,
            List<X509Certificate> presented,
            Optional<Integer> stored,
            HandshakeInfo negotiated,
            boolean resumes)
            throws IOException {
        if (policy == ClientCertificatePolicy.NONE) {
            return;
        }
        chain = presented;
        try {
            var peer = new PeerVerifier.Peer(
                    presented, Optional.empty(), stored, negotiated.withPeer(presented, List.of()), resumes);
            authorization = chosen.verifier().verify(peer);
        } catch (TlsFailure e) {
            if (!e.code().isVerification() || rejectUnauthorized.orElse(true)) {
                throw FatalAlerts.alert(e);
            }
            authorization = Authorization.denied(e.code());
        }
        Optional<Code> error = authorization.error();
        if (error.isPresent() && rejectUnauthorized.orElse(false)) {
            throw FatalAlerts.alert(error.get()
                    .failure(
                            "certificate: the client's is refused: %s, its subject is \"%s\"",
                            error.get().words(),
                            chain.isEmpty()
                                    ? ""
                                    : TlsFailure.printable(chain.getFirst()
                                            .getSubjectX500Principal()
                                            .getName())));
        }
    }

    /** Takes back what a session said about the client that is not resumed after all. */
    void forget() {
        chain = List.of();
        authorization = Authorization.NOT_ASKED;
    }

    List<X509Certificate> chain() {
        return chain;
    }

    Authorization authorization() {
        return authorization;
    }
}
