package io.heddle.engine.handshake;

import io.heddle.cipher.Sigalg;
import io.heddle.engine.compression.CertificateCompression;
import io.heddle.engine.crypto.CertificateChains;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.engine.crypto.PeerSignature;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.crypto.Sigalgs;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
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
 * The client's authentication by certificate in one handshake of a server: the request, and the verdict on the answer.
 *
 * <p>Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
final class ServerClientAuth {
    private final HandshakeSettings settings;
    private final ClientAuthRequirement requirement;
    private final ServerContext chosen;
    private final ClientHelloInfo hello;
    private final CertificateCompression compression;
    private final TlsServerContext context;

    private Client client = Client.UNKNOWN;

    /** The client's certificates, its own first, and the verdict on them. */
    private record Client(List<X509Certificate> chain, Authorization authorization) {
        static final Client UNKNOWN = new Client(List.of(), Authorization.NOT_ASKED);
    }

    /**
     * Begins the authentication in one handshake.
     *
     * @param chosen the context for the client's server name
     */
    ServerClientAuth(
            HandshakeSettings settings,
            ClientAuthRequirement requirement,
            ServerContext chosen,
            ClientHelloInfo hello,
            CertificateCompression compression,
            TlsServerContext context) {
        this.settings = settings;
        this.requirement = requirement;
        this.chosen = chosen;
        this.hello = hello;
        this.compression = compression;
        this.context = context;
    }

    ClientCertificatePolicy policy() {
        return requirement.policy();
    }

    private boolean asks() {
        return policy() != ClientCertificatePolicy.NONE;
    }

    /** Returns what the handshake has agreed on so far. */
    HandshakeInfo info() {
        return info(client.chain());
    }

    private HandshakeInfo info(List<X509Certificate> chain) {
        return HandshakeInfo.of(
                hello.servername(), context.getSecurityParametersHandshake(), hello.sigalgs(), chain, List.of());
    }

    /** Returns the CertificateRequest, null where the server asks for no certificate. */
    @Nullable
    CertificateRequest request() throws IOException {
        if (!asks()) {
            return null;
        }
        Vector authorities = new Vector();
        for (var authority : chosen.authorities()) {
            authorities.add(X500Name.getInstance(authority.getEncoded()));
        }
        ProtocolVersion version = context.getServerVersion();
        TlsVersion negotiated = HandshakeSettings.version(version);
        Vector sigalgs = Sigalgs.toVector(sigalgs(negotiated));
        if (TlsUtils.isTLSv13(version)) {
            // RFC 8446 4.2.4: the extension has one name at least; without names it is left out.
            return compression.request(sigalgs, authorities.isEmpty() ? null : authorities);
        }
        short[] types = {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign};
        return new CertificateRequest(types, TlsUtils.isTLSv12(version) ? sigalgs : null, authorities);
    }

    private List<Sigalg> sigalgs(TlsVersion version) {
        return settings.sigalgs().stream()
                .filter(sigalg -> sigalg.signsIn(version))
                .toList();
    }

    /** Checks the CertificateVerify of TLS 1.3 against the request and the certificate that the client sent. */
    void requireScheme(byte[] certificateVerify) throws IOException {
        new PeerSignature("client", sigalgs(TlsVersion.TLS_1_3)).requireScheme(certificateVerify, client.chain());
    }

    /** Verifies the client's Certificate message, which may contain no certificate. */
    void verify(Certificate certificate) throws IOException {
        TlsVersion version = HandshakeSettings.version(context.getServerVersion());
        if (certificate.isEmpty() && policy() == ClientCertificatePolicy.REQUIRE) {
            Alert alert = version == TlsVersion.TLS_1_3 ? Alert.CERTIFICATE_REQUIRED : Alert.HANDSHAKE_FAILURE;
            throw FatalAlerts.alert(Code.ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE.failure(
                    alert, "certificate: the client sent none, the server requires one"));
        }
        requireNoExtensions(certificate);
        List<X509Certificate> sent = CertificateChains.of(certificate);
        if (!sent.isEmpty()) {
            PeerKey.of(sent.getFirst(), version).requireClient();
        }
        verify(sent, Optional.empty(), false);
        if (client.authorization().authorized()) {
            ProviderCrypto.keepVerified(certificate);
        }
    }

    /**
     * RFC 8446 4.4.2: the extensions of a certificate answer those of the request, which has none that asks for any.
     */
    private static void requireNoExtensions(Certificate certificate) throws IOException {
        for (CertificateEntry entry : certificate.getCertificateEntryList()) {
            Map extensions = entry.getExtensions();
            if (extensions != null && !extensions.isEmpty()) {
                throw FatalAlerts.alert(Code.ERR_SSL_UNSOLICITED_EXTENSION.failure(
                        "certificate: the client sent the extension %s, which the server did not ask for",
                        ExtensionType.getText(
                                (Integer) extensions.keySet().iterator().next())));
            }
        }
    }

    /**
     * Verifies the client's chain that a session contains by today's trust. Where the server asks for no certificate,
     * none is verified, and the connection shows none.
     *
     * @return false if the client is refused today
     */
    boolean accepts(SessionState session) {
        if (!asks()) {
            return true;
        }
        try {
            List<byte[]> whole = session.extras().map(SessionExtras::peerChain).orElse(List.of());
            Optional<byte[]> own = session.peerCertificate();
            boolean alone = whole.isEmpty() && own.isPresent();
            List<X509Certificate> stored =
                    CertificateChains.ofEncoded(settings.crypto(), alone ? List.of(own.get()) : whole);
            verify(stored, alone ? Optional.of(session.verifyResult()) : Optional.empty(), true);
            return true;
        } catch (IOException refused) {
            declined();
            return false;
        }
    }

    /** Calls the verifier; a failure of it refuses the client. */
    private void verify(List<X509Certificate> chain, Optional<Integer> stored, boolean resumes) throws IOException {
        if (!asks()) {
            return;
        }
        Optional<Boolean> reject = requirement.rejectUnauthorized();
        try {
            client = new Client(
                    chain, chosen.verifier().verify(new PeerVerifier.Peer(chain, stored, info(chain), resumes)));
        } catch (TlsFailure e) {
            if (!e.code().isVerification() || reject.orElse(true)) {
                throw FatalAlerts.alert(e);
            }
            client = new Client(chain, Authorization.denied(e.code()));
        }
        Optional<Code> error = client.authorization().error();
        if (error.isPresent() && reject.orElse(false)) {
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

    /** Drops the client of a session that is not resumed after all. */
    void declined() {
        client = Client.UNKNOWN;
    }

    List<X509Certificate> chain() {
        return client.chain();
    }

    Authorization authorization() {
        return client.authorization();
    }
}
