package io.heddle;

import io.heddle.certificate.CertificateInfo;
import io.heddle.certificate.OcspVerdict;
import io.heddle.cipher.Sigalg;
import io.heddle.endpoint.ClientRole;
import io.heddle.endpoint.ConnectionRole;
import io.heddle.endpoint.FlightRecords;
import io.heddle.endpoint.HostNames;
import io.heddle.endpoint.ServerRole;
import io.heddle.endpoint.SocketSession;
import io.heddle.endpoint.SocketSessions;
import io.heddle.endpoint.SslConfiguration;
import io.heddle.engine.Connection;
import io.heddle.engine.crypto.Exporter;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.HandshakeResult.Resumption;
import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
import io.heddle.engine.transport.TransportSource;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.ResumptionRefusal;
import io.heddle.session.SessionFormat;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A TLS connection: Node's {@code tls.TLSSocket} with blocking streams, which is also an {@link SSLSocket}.
 *
 * <p>The handshake is performed by {@link #startHandshake}, or by the first operation that needs it, such as {@link
 * #getSession}, a read or a write. A read returns -1 when the peer has ended its direction; writing remains possible
 * until {@link #shutdownOutput}. A read that exceeds {@link #setSoTimeout} leaves the connection usable. {@link #close}
 * sends close_notify and takes at most one second. The results of the handshake remain readable after close.
 *
 * <p>One thread may read, one write and a third close at the same time. No monitor is held while a thread waits for the
 * peer.
 */
public final class TlsSocket extends DelegatingSocket {
    private final SocketSessions sessions = new SocketSessions(this, configuration(), endpoint());
    private final InputStream in = new Input();
    private final OutputStream out = new Output();
    private final ReentrantLock opening = new ReentrantLock();
    private final AtomicBoolean handshakeRecorded = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Written once under {@link #opening}, at the first use of the socket; read by any thread. */
    private volatile @Nullable Connection connection;

    /** Written with the first session if the connection is recorded, read on closing. */
    private volatile FlightRecords.@Nullable End endRecord;

    private volatile boolean handshaking;

    private volatile boolean inputShut;
    private volatile boolean outputShut;

    TlsSocket(TransportSource transportSource, SslConfiguration configuration) {
        super(transportSource, configuration);
    }

    TlsSocket(TransportSource transportSource, ConnectionRole role) {
        this(transportSource, new SslConfiguration(role));
    }

    /**
     * Creates the client side of TLS over a connected transport. Unlike {@link Tls#connect(ConnectOptions)} it does
     * nothing before its first use; the server is verified all the same. Closing it closes the transport.
     *
     * @param options without a transport of their own; the certificate must be valid for their host, and their timeout
     *     limits the handshake
     * @throws IllegalArgumentException if the options have a transport or a path
     * @see <a href="https://nodejs.org/api/tls.html#new-tlstlssocketsocket-options">Node new tls.TLSSocket</a>
     */
    public TlsSocket(TlsTransport connected, ConnectOptions options) {
        this(connected.source(), options.roleWithoutTransport());
    }

    /**
     * Creates the server side of TLS over a connected transport; as {@link Tls#accept(TlsTransport, ServerOptions)}.
     *
     * @throws InvalidOption if the options have a {@link ServerOptions.Builder#blockList} or options of TCP, which a
     *     {@link TlsServer} alone applies
     */
    public TlsSocket(TlsTransport connected, ServerOptions options) {
        this(connected.source(), ServerRole.of(options.configWithoutServer()));
    }

    private ConnectionRole role() {
        return configuration().role();
    }

    // The handshake

    @Override
    public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {
        sessions.addListener(listener);
    }

    @Override
    public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {
        sessions.removeListener(listener);
    }

    /**
     * Performs the handshake, unless it is complete already.
     *
     * @throws TlsFailure with the code of Node and OpenSSL, if it fails; the alert has been sent
     * @throws SocketTimeoutException if {@link #setSoTimeout} was shorter than the handshake; the connection is closed
     */
    @Override
    public void startHandshake() throws IOException {
        checkOpen();
        handshake();
    }

    /**
     * Performs the handshake. If its deadline passes, the failure goes to {@code atDeadline} at once, on another
     * thread, since this one may be in a callback of the application that does not return; it is thrown as well when
     * that returns.
     */
    void startHandshake(Consumer<TlsFailure> atDeadline) throws IOException {
        checkOpen();
        handshake(atDeadline);
    }

    private HandshakeResult handshake() throws IOException {
        return handshake(failure -> {});
    }

    private HandshakeResult handshake(Consumer<TlsFailure> atDeadline) throws IOException {
        Optional<HandshakeResult> earlier = result();
        if (earlier.isPresent()) {
            return earlier.get();
        }
        Duration limit = role().handshakeTimeout();
        int timeout = soTimeout();
        boolean shorter = timeout > 0 && Duration.ofMillis(timeout).compareTo(limit) < 0;
        FlightRecords.Handshake recording = FlightRecords.handshake();
        handshaking = true;
        try {
            HandshakeResult result = connection().handshake(shorter ? Duration.ofMillis(timeout) : limit, atDeadline);
            completed(result);
            if (recording != null && handshakeRecorded.compareAndSet(false, true)) {
                recording.completed(recordSubject(), result);
            }
            return result;
        } catch (IOException | RuntimeException e) {
            if (recording != null && handshakeRecorded.compareAndSet(false, true)) {
                recording.failed(recordSubject(), e);
            }
            if (shorter
                    && e instanceof TlsFailure failure
                    && failure.code() == TlsFailure.Code.ERR_TLS_HANDSHAKE_TIMEOUT) {
                var timedOut = new SocketTimeoutException("Read timed out");
                timedOut.initCause(e);
                throw timedOut;
            }
            if (e instanceof IOException failure) {
                throw role().source().translate(failure, true);
            }
            throw e;
        } finally {
            handshaking = false;
        }
    }

    /** Returns the connection, which the first call opens. */
    private Connection connection() throws IOException {
        Connection open = connection;
        if (open != null) {
            return open;
        }
        opening.lock();
        try {
            open = connection;
            if (open == null) {
                checkOpen();
                if (role() instanceof ServerRole server) {
                    server.config().socketCallbacks().ifPresent(callbacks -> callbacks.bind(this, endpoint()));
                }
                open = role().open(transportSource().transport(), endpoint(), configuration());
                open.maxPacket(configuration().maximumPacketSize());
                open.onRenegotiation(this::renegotiated);
                configuration().begin();
                endpoint().opened(open::result);
                connection = open;
            }
            return open;
        } finally {
            opening.unlock();
        }
    }

    private void completed(HandshakeResult result) {
        if (sessions.completed(result)) {
            endRecord = FlightRecords.end();
            sessions.notifyCompleted();
        }
    }

    private void renegotiated(HandshakeResult result) {
        sessions.renegotiated(result);
        sessions.notifyCompleted();
    }

    private FlightRecords.Subject recordSubject() {
        return new FlightRecords.Subject(
                getUseClientMode(),
                HostNames.addressText(getRemoteSocketAddress()),
                endpoint().servername());
    }

    /**
     * Waits for a session that a later connection can resume; a TLS 1.3 server sends it after the handshake. Returns
     * early if application data arrives first, which is kept for reading.
     *
     * @return the session, empty if none has arrived yet
     */
    public Optional<byte[]> awaitSession(Duration limit) throws IOException {
        if (handshake().version() == TlsVersion.TLS_1_3) {
            connection().awaitTicket(limit);
        }
        return getSessionData();
    }

    /**
     * Renegotiates, in TLS 1.2 and below, and returns when that is complete; see {@link
     * #renegotiate(RenegotiateOptions)}.
     */
    public void renegotiate() throws IOException {
        renegotiate(Optional.empty());
    }

    /**
     * Renegotiates, in TLS 1.2 and below, and requests a certificate of the client, or no longer does; for servers.
     * Returns when that is complete: the peer's certificate, the suite and all else that the socket returns are then
     * those of the new handshake. No session is resumed.
     *
     * <p>Another thread may read and write meanwhile; its writes are held back until the end. If no thread reads,
     * application data that comes first is kept for the next read. Always secure renegotiation, RFC 5746.
     *
     * @throws TlsFailure {@code ERR_SSL_WRONG_SSL_VERSION} in TLS 1.3, which has no renegotiation; {@code
     *     ERR_SSL_NO_RENEGOTIATION} if the peer refuses it or the connection does not allow it; {@code
     *     ERR_TLS_HANDSHAKE_TIMEOUT} if the client does not begin it in time. In these cases a server's connection
     *     remains usable. Any other failure ends the connection
     * @throws IllegalArgumentException on a client, which cannot request a certificate
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketrenegotiateoptions-callback">Node renegotiate</a>
     */
    public void renegotiate(RenegotiateOptions options) throws IOException {
        if (getUseClientMode()) {
            throw new IllegalArgumentException("renegotiate: a client cannot ask for a certificate, only a server can");
        }
        renegotiate(Optional.of(options.demand()));
    }

    private void renegotiate(Optional<ClientAuthRequirement> clientCertificates) throws IOException {
        handshake();
        connection().renegotiate(clientCertificates, role().handshakeTimeout());
    }

    /**
     * Makes a renegotiation by the peer end the connection from now on, with {@code ERR_TLS_RENEGOTIATION_DISABLED};
     * {@link SecureOption#NO_RENEGOTIATION} refuses it without ending the connection.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketdisablerenegotiation">Node disableRenegotiation</a>
     */
    public void disableRenegotiation() throws IOException {
        connection().disableRenegotiation();
    }

    /** Changes the keys of both directions, RFC 8446 4.6.3. Does nothing below TLS 1.3, which has no key update. */
    public void updateKeys() throws IOException {
        handshake();
        connection().updateKeys();
    }

    // The result of the handshake

    /** Returns what was negotiated, empty before that. */
    private Optional<HandshakeResult> result() {
        Connection open = connection;
        return open == null ? Optional.empty() : open.result();
    }

    /** Returns what was negotiated; throws {@link IllegalStateException} before that. */
    HandshakeResult negotiated() {
        return result().orElseThrow(() -> new IllegalStateException("the handshake is not complete"));
    }

    /** Returns whether the peer's certificate was requested and is good, or the peer has proved a pre-shared key. */
    public boolean authorized() {
        return result().map(result -> result.authorization().authorized()).orElse(false);
    }

    /**
     * Returns OpenSSL's code for the reason why the peer is not authorized; empty if it is, or if no certificate was
     * requested.
     */
    public Optional<TlsFailure.Code> authorizationError() {
        return result().flatMap(result -> result.authorization().error());
    }

    /** Returns the negotiated application protocol, empty if there is none. */
    public Optional<String> alpnProtocol() {
        return result().flatMap(HandshakeResult::alpnProtocol);
    }

    /** Returns the server name that the client requested; on a server also if the handshake fails later. */
    public Optional<String> servername() {
        return endpoint().servername();
    }

    /** Returns the version, such as {@code TLSv1.3}, or {@code null} before the handshake, as in Node. */
    public @Nullable String getProtocol() {
        return result().map(result -> result.version().protocol()).orElse(null);
    }

    /**
     * Returns the cipher suite.
     *
     * @throws IllegalStateException before the handshake
     */
    public CipherInfo getCipher() {
        return CipherInfo.of(negotiated().suite());
    }

    /** Returns the group of the key exchange; empty if there was none: RSA, or a session resumed in TLS 1.2. */
    public Optional<EphemeralKeyInfo> getEphemeralKeyInfo() {
        return result().flatMap(EphemeralKeyInfo::of);
    }

    /**
     * Returns the signature algorithms that both sides support, by OpenSSL's names such as {@code ECDSA+SHA256}, in the
     * order of the peer's preference. A client has those of a server only if that requested a certificate.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetsharedsigalgs">Node getSharedSigalgs</a>
     */
    public List<String> getSharedSigalgs() {
        List<Sigalg> local = role().context().negotiable().sigalgs();
        return result().map(HandshakeResult::peerSigalgs).orElse(List.of()).stream()
                .filter(local::contains)
                .map(Sigalg::opensslName)
                .toList();
    }

    /**
     * Returns the identity of the pre-shared key that both sides have proved, empty if the handshake used none. With
     * it, {@link #authorized} is true and the peer has no certificate, except a server's in suites with RSA and a key.
     */
    public Optional<String> pskIdentity() {
        return result().flatMap(HandshakeResult::pskIdentity);
    }

    /**
     * Returns whether the handshake resumed a session. A pre-shared key is none, though Node counts it as one in TLS
     * 1.3.
     */
    public boolean isSessionReused() {
        return result().flatMap(HandshakeResult::resumption).isPresent();
    }

    /**
     * Returns why a server resumed no session: the one that the client offered was refused, or this server creates none
     * that could be resumed. Empty if one was resumed, if the client offered none, before the handshake and on a
     * client.
     */
    public Optional<ResumptionRefusal> resumptionRefusal() {
        return role() instanceof ServerRole server ? server.events().resumptionRefusal() : Optional.empty();
    }

    /**
     * Returns the way in which the session was resumed: {@code id}, {@code ticket} (TLS 1.2) or {@code psk} (TLS 1.3).
     */
    public Optional<String> resumption() {
        return result().flatMap(HandshakeResult::resumption).map(Resumption::word);
    }

    /**
     * Returns Node's description of the peer's certificate, empty if it has none.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetpeercertificatedetailed">Node getPeerCertificate</a>
     */
    public Optional<CertificateInfo> getPeerCertificate() {
        return info(peerCertificates().stream().limit(1).toList());
    }

    /**
     * Returns Node's description of the peer's certificate; with {@code detailed} it has the issuers that the peer
     * sent.
     */
    public Optional<CertificateInfo> getPeerCertificate(boolean detailed) {
        return detailed ? info(peerCertificates()) : getPeerCertificate();
    }

    /** Returns Node's description of the local certificate, empty if none was sent. */
    public Optional<CertificateInfo> getCertificate() {
        return info(result().map(HandshakeResult::localChain).orElse(List.of()));
    }

    private static Optional<CertificateInfo> info(List<X509Certificate> path) {
        return path.isEmpty() ? Optional.empty() : Optional.of(CertificateInfo.of(path));
    }

    /** Returns the local certificate, empty if none was sent. */
    public Optional<X509Certificate> getX509Certificate() {
        return result().map(HandshakeResult::localChain)
                .flatMap(chain -> chain.stream().findFirst());
    }

    /** Returns the peer's certificate, empty if it has none; {@link #peerCertificates} has the others of its chain. */
    public Optional<X509Certificate> getPeerX509Certificate() {
        return peerCertificates().stream().findFirst();
    }

    /**
     * Returns the peer's certificates, its own first; empty if it has none. On a resumed connection those of the
     * session.
     */
    public List<X509Certificate> peerCertificates() {
        return result().map(HandshakeResult::peerChain).orElse(List.of());
    }

    /**
     * Returns the OCSP response that the server sent with its certificate, unchanged; {@link #ocspVerdict} has the
     * verdict on it. Empty if there was none, if {@link ConnectOptions.Builder#requestOCSP} requested none, on a
     * resumed connection, which has no certificate message, and on a server.
     */
    public Optional<byte[]> ocspResponse() {
        return result().flatMap(result -> result.staples().stream().findFirst()).filter(bytes -> bytes.length > 0);
    }

    /**
     * Returns the verdict on the {@link #ocspResponse} of the server, with the status {@link
     * OcspVerdict.Status#MISSING} if it sent none. Empty if {@link ConnectOptions.Builder#requestOCSP} requested none,
     * on a resumed connection and on a server.
     */
    public Optional<OcspVerdict> ocspVerdict() {
        return result().flatMap(HandshakeResult::stapleVerdict);
    }

    /**
     * Returns the session for a later connection to resume: OpenSSL's DER, for {@link ConnectOptions.Builder#session}
     * and for openssl; for Node's clients see {@link #getSessionData(SessionFormat)}. Secret. Empty while there is
     * none: a TLS 1.3 server sends it after the handshake, and it is received by reading, or by {@link #awaitSession}.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetsession">Node getSession, whose name JSSE has taken</a>
     */
    public Optional<byte[]> getSessionData() {
        return getSessionData(SessionFormat.OPENSSL);
    }

    /**
     * Returns the session in a format, for {@link ConnectOptions.Builder#session} in either. Secret; empty as in {@link
     * #getSessionData()}. In {@link SessionFormat#NODE} it is bound to the server name of this connection, or to its
     * host if there is no name. The session of a server's socket is not bound to a name and has one format only, as in
     * Node.
     *
     * @throws IllegalStateException for {@link SessionFormat#NODE} if neither a server name nor a host is known
     */
    public Optional<byte[]> getSessionData(SessionFormat format) {
        Optional<SessionState> session = result().flatMap(HandshakeResult::session);
        if (format == SessionFormat.NODE && role() instanceof ClientRole client) {
            return session.map(state -> state.toNode(boundName(client)));
        }
        return session.map(SessionState::toDer);
    }

    private String boundName(ClientRole client) {
        String name = client.boundName(result().flatMap(HandshakeResult::servername));
        if (name.isEmpty()) {
            throw new IllegalStateException(
                    "getSessionData: the connection has neither a server name nor a host to bind the session to");
        }
        return name;
    }

    /**
     * Returns the ticket of the newest session that the server sent, empty if there is none yet, and on a server.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgettlsticket">Node getTLSTicket</a>
     */
    public Optional<byte[]> getTLSTicket() {
        return getUseClientMode()
                ? result().flatMap(HandshakeResult::session).flatMap(SessionState::ticket)
                : Optional.empty();
    }

    /**
     * Returns the verify data of the local Finished message, empty before the handshake: 12 bytes, in TLS 1.3 the
     * length of the suite's hash. In TLS 1.2 and below the first Finished of a connection is {@code tls-unique} (RFC
     * 5929 3): the client's in a full handshake, the server's in a resumed one.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetfinished">Node getFinished</a>
     */
    public Optional<byte[]> getFinished() {
        return result().map(HandshakeResult::finished);
    }

    /** Returns the verify data of the peer's Finished message, empty before the handshake; see {@link #getFinished}. */
    public Optional<byte[]> getPeerFinished() {
        return result().map(HandshakeResult::peerFinished);
    }

    /** Returns keying material without a context; see {@link #exportKeyingMaterial(int, String, byte[])}. */
    public byte[] exportKeyingMaterial(int length, String label) throws TlsFailure {
        return exporter().export(length, label, Optional.empty());
    }

    /**
     * Returns keying material that only the two ends of this connection can compute: RFC 5705, in TLS 1.3 RFC 8446 7.5.
     * In TLS 1.2 an empty context differs from none, in TLS 1.3 it does not. The channel binding {@code tls-exporter}
     * (RFC 9266) is 32 bytes for the label {@code EXPORTER-Channel-Binding}.
     *
     * <p>Possible at any time after the handshake, also after close: the secret is kept while this socket is reachable,
     * and overwritten afterwards. A renegotiation changes the values.
     *
     * @param length in bytes, at least 1; in TLS 1.3 at most 255 times the length of the suite's hash
     * @param label 0 to 249 bytes of UTF-8
     * @param context at most 65535 bytes
     * @throws TlsFailure {@code ERR_TLS_INVALID_STATE} before the handshake, and in TLS 1.2 and below if the peer has
     *     no extended master secret (RFC 7627 5.4 forbids it, OpenSSL and Node do it all the same); {@code
     *     ERR_SSL_TLS_ILLEGAL_EXPORTER_LABEL} in TLS 1.2 and below for a label that begins like one that TLS uses
     *     itself
     * @throws InvalidOption {@code ERR_OUT_OF_RANGE} for a length, label or context out of range
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketexportkeyingmateriallength-label-context">Node</a>
     */
    public byte[] exportKeyingMaterial(int length, String label, byte[] context) throws TlsFailure {
        return exporter().export(length, label, Optional.of(context));
    }

    private Exporter exporter() throws TlsFailure {
        return result().map(HandshakeResult::exporter)
                .orElseThrow(() -> TlsFailure.Code.ERR_TLS_INVALID_STATE.failure(
                        "exportKeyingMaterial: the TLS connection must be securely established"));
    }

    /** Returns the session, after a handshake if there was none; JSSE's null session if that fails. */
    @Override
    public SSLSession getSession() {
        SocketSession current = sessions.current();
        if (current != null) {
            return current;
        }
        try {
            completed(handshake());
        } catch (IOException e) {
            return sessions.none();
        }
        current = sessions.current();
        return current == null ? sessions.none() : current;
    }

    /**
     * Returns the session that is being negotiated, null outside handshakes. For callbacks in the middle of one (an
     * application protocol selector, key and trust managers) it has the server name, the version, the certificates the
     * peer has sent and, if that is chosen already, the cipher suite.
     */
    @Override
    public @Nullable SSLSession getHandshakeSession() {
        boolean inCallback = endpoint().negotiating().isPresent();
        return inCallback || (handshaking && sessions.current() == null) ? sessions.negotiating() : null;
    }

    @Override
    public @Nullable String getApplicationProtocol() {
        return result().map(result -> result.alpnProtocol().orElse("")).orElse(null);
    }

    /** Returns null: no callback runs between the selection of the protocol and the end of the handshake. */
    @Override
    public @Nullable String getHandshakeApplicationProtocol() {
        return null;
    }

    // Application data

    @Override
    public InputStream getInputStream() throws IOException {
        checkOpen();
        if (inputShut) {
            throw new SocketException("Socket input is shutdown");
        }
        return in;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        checkOpen();
        if (outputShut) {
            throw new SocketException("Socket output is shutdown");
        }
        return out;
    }

    /** The stream of received application data. */
    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, into.length);
            if (length == 0 || inputShut) {
                checkOpen();
                return length == 0 ? 0 : -1;
            }
            handshake();
            // Checked again: shutdownInput during the handshake did not reach the connection, which was not open then.
            try {
                return inputShut ? -1 : connection().read(into, offset, length, soTimeout());
            } catch (TlsFailure e) {
                throw role().source().translate(e, false);
            }
        }

        @Override
        public int available() throws IOException {
            checkOpen();
            Connection open = connection;
            return open == null || inputShut ? 0 : open.available();
        }

        @Override
        public void close() throws IOException {
            TlsSocket.this.close();
        }
    }

    /** The stream of application data to send; each write is sent at once. */
    private final class Output extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, from.length);
            handshake();
            connection().write(from, offset, length);
        }

        @Override
        public void close() throws IOException {
            TlsSocket.this.close();
        }
    }

    /**
     * Sets the maximum length of records that are sent, 512 to 16384 bytes of application data. Shorter ones arrive
     * sooner, longer ones cost less.
     *
     * @throws IllegalArgumentException outside that range
     */
    public void setMaxSendFragment(int bytes) throws IOException {
        if (bytes < 512 || bytes > 16384) {
            throw new IllegalArgumentException(
                    "maxSendFragment: %d was given, 512 to 16384 are allowed".formatted(bytes));
        }
        connection().maxSendFragment(bytes);
    }

    /** Returns the number of bytes of application data received. */
    public long bytesRead() {
        Connection open = connection;
        return open == null ? 0 : open.bytesRead();
    }

    /** Returns the number of bytes of application data sent. */
    public long bytesWritten() {
        Connection open = connection;
        return open == null ? 0 : open.bytesWritten();
    }

    /**
     * Returns whether the peer has ended its direction with close_notify, which proves that its data was not
     * truncated.
     */
    public boolean closeNotifyReceived() {
        Connection open = connection;
        return open != null && open.closeNotifyReceived();
    }

    // Shutdown

    private void checkOpen() throws SocketException {
        if (closed.get()) {
            throw new SocketException("Socket is closed");
        }
        if (!transportSource().isConnected()) {
            throw new SocketException("Socket is not connected");
        }
    }

    /** Sends close_notify and ends the direction to the peer; the other one goes on. */
    @Override
    public void shutdownOutput() throws IOException {
        checkOpen();
        if (outputShut) {
            throw new SocketException("Socket output is already shutdown");
        }
        handshake();
        outputShut = true;
        connection().shutdownOutput();
    }

    /** Ends reading, also for threads that wait in a read; what the peer still sends is ignored. */
    @Override
    public void shutdownInput() throws IOException {
        checkOpen();
        if (inputShut) {
            throw new SocketException("Socket input is already shutdown");
        }
        inputShut = true;
        Connection open = connection;
        if (open != null) {
            open.shutdownInput();
        }
    }

    @Override
    public boolean isInputShutdown() {
        return inputShut;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShut;
    }

    /** Returns whether {@link #close} or {@link #abort} was called, or a failure of TLS has ended the connection. */
    @Override
    public boolean isClosed() {
        Connection open = connection;
        return closed.get() || (open != null && open.hasFailed());
    }

    /** Sends close_notify, within a second at most, and closes the transport. Wakes the threads that read and write. */
    @Override
    public void close() throws IOException {
        close(Connection::close);
    }

    /** Closes the transport without close_notify, as Node's {@code destroy} does. */
    public void abort() throws IOException {
        close(Connection::abort);
    }

    /** Closes as {@link #close} does, with the alert of this failure in place of close_notify. */
    void closeWithAlert(Supplier<TlsFailure> cause) throws IOException {
        close(open -> open.closeWithAlert(cause));
    }

    private interface Closing {
        void close(Connection open) throws IOException;
    }

    private void close(Closing closing) throws IOException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Connection open = connection;
        if (open == null) {
            transportSource().close();
            return;
        }
        try {
            closing.close(open);
        } finally {
            FlightRecords.End recording = endRecord;
            if (recording != null) {
                recording.closed(recordSubject(), open);
            }
        }
    }

    @Override
    public String toString() {
        return "TlsSocket[%s, %s]"
                .formatted(
                        transportSource().remoteAddress(),
                        result().map(result ->
                                        result.version() + " " + result.suite().name())
                                .orElseGet(this::stateWithoutResult));
    }

    private String stateWithoutResult() {
        Connection open = connection;
        if (open != null && open.hasFailed()) {
            return "the handshake failed"
                    + open.failureCode().map(code -> ": " + code).orElse("");
        }
        return isClosed() ? "closed before the handshake" : "before the handshake";
    }
}
