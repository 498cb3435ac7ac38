package io.heddle;

import io.heddle.certificate.CertificateInfo;
import io.heddle.certificate.OcspVerdict;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.Connection;
import io.heddle.engine.crypto.Exporter;
import io.heddle.engine.handshake.HandshakeInfo;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.Resumption;
import io.heddle.failure.TlsFailure;
import io.heddle.session.ResumptionRefusal;
import io.heddle.session.SessionFormat;
import io.heddle.session.SessionState;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The part of {@link TlsSocket} that tells what the handshake gave, under Node's names. All of it stays readable after close. */
abstract sealed class NegotiatedSocket extends ConfigurableSocket permits TlsSocket {
    /** Written once by whoever needs the connection first, read by anyone. */
    private volatile @Nullable Connection connection;

    /** Written by a server's handshake as soon as the client has said it, read by anyone. */
    private volatile Optional<String> asked = Optional.empty();

    /** Written before the handshake, read by anyone. */
    private volatile List<X509Certificate> offered = List.of();

    /** Written by the thread that shakes hands, read by anyone: what its handshake has agreed on so far. */
    private volatile Optional<HandshakeInfo> negotiating = Optional.empty();

    NegotiatedSocket(Underlay underlay, SocketRole role) {
        super(underlay, role);
    }

    /** Returns the connection, null before the first use of the socket. */
    final @Nullable Connection begun() {
        return connection;
    }

    final void begin(Connection opened) {
        connection = opened;
    }

    @Override
    final boolean hasBegun() {
        return connection != null;
    }

    final void askedFor(Optional<String> servername) {
        asked = servername;
    }

    /** Says who we are in the session that is offered, which a resumed handshake does not show again. */
    final void offers(List<X509Certificate> identity) {
        offered = identity;
    }

    final List<X509Certificate> identity() {
        return Endpoint.identity(result(), offered);
    }

    final void negotiating(HandshakeInfo soFar) {
        negotiating = Optional.of(soFar);
    }

    final void negotiationEnded() {
        negotiating = Optional.empty();
    }

    final Optional<HandshakeInfo> negotiatedSoFar() {
        return negotiating;
    }

    /** Returns whether the peer's certificate was asked for and is good, or the peer has proved a pre-shared key. */
    public final boolean authorized() {
        return result().map(done -> done.authorization().authorized()).orElse(false);
    }

    /** Returns why the peer is not authorized: OpenSSL's code; empty if it is, or was not asked. */
    public final Optional<TlsFailure.Code> authorizationError() {
        return result().flatMap(done -> done.authorization().error());
    }

    /** Returns the application protocol that was agreed on, empty if there is none. */
    public final Optional<String> alpnProtocol() {
        return result().flatMap(HandshakeResult::alpnProtocol);
    }

    /** Returns the server name that the client asked for; a server knows it as well when the handshake fails later. */
    public final Optional<String> servername() {
        return result().flatMap(HandshakeResult::servername).or(() -> asked);
    }

    /** Returns the version, such as {@code TLSv1.3}, or {@code null} before the handshake, as in Node. */
    public final @Nullable String getProtocol() {
        return result().map(done -> done.version().protocol()).orElse(null);
    }

    /**
     * Returns the cipher suite.
     *
     * @throws IllegalStateException before the handshake
     */
    public final CipherInfo getCipher() {
        return CipherInfo.of(negotiated().suite());
    }

    /** Returns the group of the key exchange, empty where there was none: RSA, or a session resumed in TLS 1.2. */
    public final Optional<EphemeralKeyInfo> getEphemeralKeyInfo() {
        return result().flatMap(EphemeralKeyInfo::of);
    }

    /**
     * Returns the signature algorithms that both sides have, by OpenSSL's names such as {@code ECDSA+SHA256}, in the order in
     * which the peer prefers them. A client knows those of a server that asked for a certificate only.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetsharedsigalgs">Node getSharedSigalgs</a>
     */
    public final List<String> getSharedSigalgs() {
        List<Sigalg> ours = role().context().sigalgs();
        return result().map(HandshakeResult::peerSigalgs).orElse(List.of()).stream()
                .filter(ours::contains)
                .map(Sigalg::opensslName)
                .toList();
    }

    /**
     * Returns the identity of the pre-shared key that both sides have proved, empty if the handshake used none. With it, {@link
     * #authorized} is true and there is no certificate of the peer, but for a server's in suites with RSA and a key.
     */
    public final Optional<String> pskIdentity() {
        return result().flatMap(HandshakeResult::pskIdentity);
    }

    /** Returns whether the handshake resumed a session. A pre-shared key is none, though Node says so in TLS 1.3. */
    public final boolean isSessionReused() {
        return result().flatMap(HandshakeResult::resumption).isPresent();
    }

    /**
     * Returns why a server resumed no session: the one that the client offered was refused, or none is made here that could resume
     * later. Empty if one was resumed, if the client offered none, before the handshake and on a client.
     */
    public final Optional<ResumptionRefusal> resumptionRefusal() {
        return role() instanceof SocketRole.Server server ? server.events().resumptionRefusal() : Optional.empty();
    }

    /** Returns by what the session was resumed: {@code id}, {@code ticket} (TLS 1.2) or {@code psk} (TLS 1.3). */
    public final Optional<String> resumption() {
        return result().flatMap(HandshakeResult::resumption).map(Resumption::word);
    }

    /**
     * Returns the peer's certificate as Node describes it, empty if it has none.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetpeercertificatedetailed">Node getPeerCertificate</a>
     */
    public final Optional<CertificateInfo> getPeerCertificate() {
        return info(peerCertificates().stream().limit(1).toList());
    }

    /** Returns the peer's certificate as Node describes it; with {@code detailed} the issuers that it sent hang on it. */
    public final Optional<CertificateInfo> getPeerCertificate(boolean detailed) {
        return detailed ? info(peerCertificates()) : getPeerCertificate();
    }

    /** Returns our own certificate as Node describes it, empty if we sent none. */
    public final Optional<CertificateInfo> getCertificate() {
        return info(result().map(HandshakeResult::localChain).orElse(List.of()));
    }

    /** Returns our own certificate, empty if we sent none. */
    public final Optional<X509Certificate> getX509Certificate() {
        return result().map(HandshakeResult::localChain)
                .flatMap(chain -> chain.stream().findFirst());
    }

    /** Returns the peer's certificate, empty if it has none; {@link #peerCertificates} has those that came with it. */
    public final Optional<X509Certificate> getPeerX509Certificate() {
        return peerCertificates().stream().findFirst();
    }

    private static Optional<CertificateInfo> info(List<X509Certificate> path) {
        return path.isEmpty() ? Optional.empty() : Optional.of(CertificateInfo.of(path));
    }

    /** Returns the peer's certificates, its own first; empty if it has none. On a resumed connection those of the session. */
    public final List<X509Certificate> peerCertificates() {
        return result().map(HandshakeResult::peerChain).orElse(List.of());
    }

    /**
     * Returns the OCSP response that the server sent with its certificate, as it came; {@link #ocspVerdict} says what it is worth.
     * Empty if there was none, if {@link ConnectOptions.Builder#requestOCSP} did not ask, on a resumed connection, which has no
     * certificate, and on a server.
     */
    public final Optional<byte[]> ocspResponse() {
        return result().flatMap(done -> done.staples().stream().findFirst()).filter(bytes -> bytes.length > 0);
    }

    /**
     * Returns the verdict on the {@link #ocspResponse} of the server, with the status {@link OcspVerdict.Status#MISSING} if it sent
     * none. Empty if {@link ConnectOptions.Builder#requestOCSP} did not ask, on a resumed connection and on a server.
     */
    public final Optional<OcspVerdict> ocspVerdict() {
        return result().flatMap(HandshakeResult::stapleVerdict);
    }

    /**
     * Returns the session for a later connection to resume: OpenSSL's DER, good for {@link ConnectOptions.Builder#session} and
     * for openssl; for Node's clients see {@link #getSessionData(SessionFormat)}. Secret. Empty while there is none: a TLS 1.3
     * server sends it after the handshake, and it is taken in by reading, or by {@link TlsSocket#awaitSession}.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetsession">Node getSession, whose name JSSE has taken</a>
     */
    public final Optional<byte[]> getSessionData() {
        return getSessionData(SessionFormat.OPENSSL);
    }

    /**
     * Returns the session in a form, good for {@link ConnectOptions.Builder#session} in either. Secret; empty as in {@link
     * #getSessionData()}. In {@link SessionFormat#NODE} it is bound to the server name of this connection, or to its host where
     * it has none. The session of a server's socket is not bound to a name and has one form only, as in Node.
     *
     * @throws IllegalStateException for {@link SessionFormat#NODE} if neither a server name nor a host is known
     */
    public final Optional<byte[]> getSessionData(SessionFormat format) {
        Optional<SessionState> session = result().flatMap(HandshakeResult::session);
        if (format == SessionFormat.NODE && role() instanceof SocketRole.Client client) {
            return session.map(state -> state.toNode(boundName(client)));
        }
        return session.map(SessionState::toDer);
    }

    private String boundName(SocketRole.Client client) {
        String name = client.boundName(result().flatMap(HandshakeResult::servername));
        if (name.isEmpty()) {
            throw new IllegalStateException(
                    "getSessionData: the connection has neither a server name nor a host to bind the session to");
        }
        return name;
    }

    /**
     * Returns the ticket of the newest session that the server sent, empty if there is none yet. A server has none.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgettlsticket">Node getTLSTicket</a>
     */
    public final Optional<byte[]> getTLSTicket() {
        return getUseClientMode()
                ? result().flatMap(HandshakeResult::session).flatMap(SessionState::ticket)
                : Optional.empty();
    }

    /**
     * Returns what our Finished message carried, empty before the handshake: 12 bytes, in TLS 1.3 as many as the suite's hash
     * has. In TLS 1.2 and below the first Finished of a connection is {@code tls-unique} (RFC 5929 3): the client's in a full
     * handshake, the server's in a resumed one.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetfinished">Node getFinished</a>
     */
    public final Optional<byte[]> getFinished() {
        return result().map(HandshakeResult::finished);
    }

    /** Returns what the peer's Finished message carried, empty before the handshake; see {@link #getFinished}. */
    public final Optional<byte[]> getPeerFinished() {
        return result().map(HandshakeResult::peerFinished);
    }

    /** Returns keying material without a context; see {@link #exportKeyingMaterial(int, String, byte[])}. */
    public final byte[] exportKeyingMaterial(int length, String label) throws TlsFailure {
        return exporter().export(length, label, Optional.empty());
    }

    /**
     * Returns keying material for the application that both ends of this connection have and nobody else: RFC 5705, in TLS 1.3
     * RFC 8446 7.5. In TLS 1.2 an empty context is another than none, in TLS 1.3 it is the same. The channel binding {@code
     * tls-exporter} (RFC 9266) is 32 bytes for the label {@code EXPORTER-Channel-Binding}.
     *
     * <p>Possible at any time after the handshake, also after close: the secret behind it is kept as long as this socket can be
     * reached, and overwritten afterwards. After a renegotiation the values are others.
     *
     * @param length in bytes, at least 1; in TLS 1.3 at most 255 times the length of the suite's hash
     * @param label 0 to 249 bytes of UTF-8
     * @param context at most 65535 bytes
     * @throws TlsFailure {@code ERR_TLS_INVALID_STATE} before the handshake, and in TLS 1.2 and below if the peer has no extended
     *     master secret (RFC 7627 5.4 forbids it, OpenSSL and Node do it all the same); {@code
     *     ERR_SSL_TLS_ILLEGAL_EXPORTER_LABEL} in TLS 1.2 and below for a label that begins like one that TLS uses itself
     * @throws io.heddle.failure.InvalidOption {@code ERR_OUT_OF_RANGE} for a length, label or context out of range
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketexportkeyingmateriallength-label-context">Node</a>
     */
    public final byte[] exportKeyingMaterial(int length, String label, byte[] context) throws TlsFailure {
        return exporter().export(length, label, Optional.of(context));
    }

    private Exporter exporter() throws TlsFailure {
        return result().map(HandshakeResult::exporter)
                .orElseThrow(() -> TlsFailure.Code.ERR_TLS_INVALID_STATE.failure(
                        "exportKeyingMaterial: the TLS connection must be securely established"));
    }

    /** Returns whether the peer said that it ends its direction, so that the end of its data is not an attacker's. */
    public final boolean closeNotifyReceived() {
        Connection used = connection;
        return used != null && used.closeNotifyReceived();
    }

    /** Returns how many bytes of application data were received. */
    public final long bytesRead() {
        Connection used = connection;
        return used == null ? 0 : used.bytesRead();
    }

    /** Returns how many bytes of application data were sent. */
    public final long bytesWritten() {
        Connection used = connection;
        return used == null ? 0 : used.bytesWritten();
    }

    final Optional<HandshakeResult> result() {
        Connection used = connection;
        return used == null ? Optional.empty() : used.result();
    }

    final HandshakeResult negotiated() {
        return result().orElseThrow(() -> new IllegalStateException("the handshake is not complete"));
    }
}
