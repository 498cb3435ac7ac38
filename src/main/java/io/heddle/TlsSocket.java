package io.heddle;

import io.heddle.certificate.CertificateInfo;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.Connection;
import io.heddle.engine.HandshakeResult;
import io.heddle.engine.ServerSettings.Negotiated;
import io.heddle.failure.TlsFailure;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A TLS connection: Node's {@code tls.TLSSocket} with blocking streams, and an {@link SSLSocket} to whoever knows those.
 *
 * <p>The handshake happens on {@link #startHandshake}, {@link #getSession}, or the first read or write. A read returns -1 when
 * the peer has ended its direction; writing goes on until {@link #shutdownOutput}. A read that runs into {@link #setSoTimeout}
 * leaves the connection usable. {@link #close} tells the peer and takes a second at most.
 *
 * <p>One thread may read, one write and a third close at the same time. No monitor is held while a thread waits for the peer.
 */
public final class TlsSocket extends ForwardingSocket {
    private final ReentrantLock opening = new ReentrantLock();
    private final List<HandshakeCompletedListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final InputStream in = new Input();
    private final OutputStream out = new Output();

    private SocketRole role;
    private SocketParameters parameters;

    /** Written once under {@link #opening}, read by anyone. */
    private volatile @Nullable Connection connection;

    /** Written once when the handshake is complete, read by anyone. */
    private volatile @Nullable SocketSession session;

    /** Written by a server's handshake as soon as the client has said it, read by anyone. */
    private volatile Optional<String> asked = Optional.empty();

    private volatile boolean handshaking;

    /** Written by the thread that shakes hands, read by anyone: what its handshake has agreed on so far. */
    private volatile Optional<Negotiated> negotiating = Optional.empty();

    private volatile boolean inputShut;
    private volatile boolean outputShut;
    private volatile int soTimeout;

    TlsSocket(Underlay underlay, SocketRole role) {
        super(underlay);
        this.role = role;
        this.parameters = role.parameters();
    }

    // The handshake

    /**
     * Negotiates, unless that has happened already.
     *
     * @throws TlsFailure with the code that Node and OpenSSL give, when it fails; the alert has been sent
     * @throws SocketTimeoutException if {@link #setSoTimeout} was shorter than the handshake; the connection is closed
     */
    @Override
    public void startHandshake() throws IOException {
        checkOpen();
        handshaken();
    }

    private Connection connection() throws IOException {
        Connection known = connection;
        if (known != null) {
            return known;
        }
        opening.lock();
        try {
            if (connection == null) {
                if (closed.get()) {
                    throw new SocketException("Socket is closed");
                }
                if (!underlay().isConnected()) {
                    throw new SocketException("Socket is not connected");
                }
                connection = role.open(underlay().transport(), this, parameters);
            }
            return connection;
        } finally {
            opening.unlock();
        }
    }

    private HandshakeResult handshaken() throws IOException {
        Connection used = connection();
        Optional<HandshakeResult> done = used.result();
        if (done.isPresent()) {
            return done.get();
        }
        Duration limit = role.handshakeTimeout();
        int timeout = soTimeout;
        boolean shorter = timeout > 0 && Duration.ofMillis(timeout).compareTo(limit) < 0;
        handshaking = true;
        try {
            HandshakeResult made = used.handshake(shorter ? Duration.ofMillis(timeout) : limit);
            completed(made);
            return made;
        } catch (TlsFailure e) {
            if (shorter && e.code() == TlsFailure.Code.ERR_TLS_HANDSHAKE_TIMEOUT) {
                var told = new SocketTimeoutException("Read timed out");
                told.initCause(e);
                throw told;
            }
            throw e;
        } finally {
            handshaking = false;
        }
    }

    private void completed(HandshakeResult made) {
        opening.lock();
        try {
            if (session != null) {
                return;
            }
            session = session(made);
        } finally {
            opening.unlock();
        }
        if (!listeners.isEmpty()) {
            var event = new HandshakeCompletedEvent(this, session);
            for (HandshakeCompletedListener each : listeners) {
                Thread.ofVirtual().name("heddle-handshake-completed").start(() -> each.handshakeCompleted(event));
            }
        }
    }

    private SocketSession session(@Nullable HandshakeResult made) {
        String host =
                role instanceof SocketRole.Client client ? client.options().host() : peerAddress();
        return new SocketSession(
                made,
                made == null ? negotiating.orElse(null) : null,
                role.context().sigalgs(),
                host,
                getPort(),
                role.context().clock().instant());
    }

    private SocketSession nullSession() {
        negotiating = Optional.empty();
        return session(null);
    }

    private @Nullable String peerAddress() {
        var address = getInetAddress();
        return address == null ? null : address.getHostAddress();
    }

    // What was negotiated, under Node's names; all of it stays readable after close

    /** Returns whether the peer's certificate was asked for and is good. */
    public boolean authorized() {
        return result().map(done -> done.authorization().authorized()).orElse(false);
    }

    /** Returns why the peer is not authorized: OpenSSL's code; empty if it is, or was not asked. */
    public Optional<TlsFailure.Code> authorizationError() {
        return result().flatMap(done -> done.authorization().error());
    }

    /** Returns the application protocol that was agreed on, empty if there is none. */
    public Optional<String> alpnProtocol() {
        return result().flatMap(HandshakeResult::alpnProtocol);
    }

    /** Returns the server name that the client asked for; a server knows it as well when the handshake fails later. */
    public Optional<String> servername() {
        return result().flatMap(HandshakeResult::servername).or(() -> asked);
    }

    void askedFor(Optional<String> servername) {
        asked = servername;
    }

    void negotiating(Negotiated soFar) {
        negotiating = Optional.of(soFar);
    }

    /** Returns the version, such as {@code TLSv1.3}, or {@code null} before the handshake, as in Node. */
    public @Nullable String getProtocol() {
        return result().map(done -> done.version().protocol()).orElse(null);
    }

    /**
     * Returns the cipher suite.
     *
     * @throws IllegalStateException before the handshake
     */
    public CipherInfo getCipher() {
        return CipherInfo.of(negotiated().suite());
    }

    /** Returns the group of the key exchange, empty where there was none: RSA, or a session resumed in TLS 1.2. */
    public Optional<EphemeralKeyInfo> getEphemeralKeyInfo() {
        return result().flatMap(EphemeralKeyInfo::of);
    }

    /**
     * Returns the signature algorithms that both sides have, by OpenSSL's names such as {@code ECDSA+SHA256}, in the order in
     * which the peer prefers them. A client knows those of a server that asked for a certificate only.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetsharedsigalgs">Node getSharedSigalgs</a>
     */
    public List<String> getSharedSigalgs() {
        List<Sigalg> ours = role.context().sigalgs();
        return result().map(HandshakeResult::peerSigalgs).orElse(List.of()).stream()
                .filter(ours::contains)
                .map(Sigalg::opensslName)
                .toList();
    }

    /** Returns whether the handshake resumed a session. */
    public boolean isSessionReused() {
        return result().flatMap(HandshakeResult::resumption).isPresent();
    }

    /** Returns by what the session was resumed: {@code id}, {@code ticket} (TLS 1.2) or {@code psk} (TLS 1.3). */
    public Optional<String> resumption() {
        return result().flatMap(HandshakeResult::resumption).map(how -> switch (how) {
            case ID -> "id";
            case TICKET -> "ticket";
            case PSK -> "psk";
        });
    }

    /**
     * Returns the peer's certificate as Node describes it, empty if it has none.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetpeercertificatedetailed">Node getPeerCertificate</a>
     */
    public Optional<CertificateInfo> getPeerCertificate() {
        return info(peerCertificates().stream().limit(1).toList());
    }

    /** Returns the peer's certificate as Node describes it; with {@code detailed} the issuers that it sent hang on it. */
    public Optional<CertificateInfo> getPeerCertificate(boolean detailed) {
        return detailed ? info(peerCertificates()) : getPeerCertificate();
    }

    /** Returns our own certificate as Node describes it, empty if we sent none. */
    public Optional<CertificateInfo> getCertificate() {
        return info(result().map(HandshakeResult::localChain).orElse(List.of()));
    }

    private static Optional<CertificateInfo> info(List<X509Certificate> path) {
        return path.isEmpty() ? Optional.empty() : Optional.of(CertificateInfo.of(path));
    }

    /** Returns the peer's certificates, its own first; empty if it has none. On a resumed connection those of the session. */
    public List<X509Certificate> peerCertificates() {
        return result().map(HandshakeResult::peerChain).orElse(List.of());
    }

    /**
     * Returns the session for a later connection to resume: OpenSSL's DER, good for {@link ConnectOptions.Builder#session}, for
     * Node and for openssl. Secret. Empty while there is none: a TLS 1.3 server sends it after the handshake, and it is taken
     * in by reading, or by {@link #awaitSession}.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetsession">Node getSession, whose name JSSE has taken</a>
     */
    public Optional<byte[]> getSessionData() {
        return result().flatMap(HandshakeResult::session).map(state -> state.toDer());
    }

    /**
     * Waits until there is a session that a later connection can resume; a TLS 1.3 server sends it after the handshake.
     * Application data that comes in the meantime is kept for reading.
     *
     * @return the session, empty if none came in time
     */
    public Optional<byte[]> awaitSession(Duration limit) throws IOException {
        HandshakeResult done = handshaken();
        if (done.version() == io.heddle.cipher.TlsVersion.TLS_1_3) {
            connection().awaitTicket(limit);
        }
        return getSessionData();
    }

    /** Returns whether the peer said that it ends its direction, so that the end of its data is not an attacker's. */
    public boolean closeNotifyReceived() {
        Connection used = connection;
        return used != null && used.closeNotifyReceived();
    }

    /** Returns how many bytes of application data were received. */
    public long bytesRead() {
        Connection used = connection;
        return used == null ? 0 : used.bytesRead();
    }

    /** Returns how many bytes of application data were sent. */
    public long bytesWritten() {
        Connection used = connection;
        return used == null ? 0 : used.bytesWritten();
    }

    /**
     * Sets the longest record that is sent, 512 to 16384 bytes of application data. Smaller ones come sooner, larger ones cost
     * less.
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

    /** Changes the keys of both directions, RFC 8446 4.6.3. Does nothing below TLS 1.3, whose keys stay. */
    public void updateKeys() throws IOException {
        handshaken();
        connection().updateKeys();
    }

    private Optional<HandshakeResult> result() {
        Connection used = connection;
        return used == null ? Optional.empty() : used.result();
    }

    private HandshakeResult negotiated() {
        return result().orElseThrow(() -> new IllegalStateException("the handshake is not complete"));
    }

    // JSSE

    @Override
    public String[] getSupportedCipherSuites() {
        return parameters.supportedSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return parameters.suites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        if (suites == null || suites.length == 0) {
            throw new IllegalArgumentException("no cipher suites");
        }
        parameters.suites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return SocketParameters.supportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return parameters.protocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        if (protocols == null) {
            throw new IllegalArgumentException("no protocols");
        }
        parameters.protocols(protocols);
    }

    @Override
    public SSLParameters getSSLParameters() {
        boolean server = role instanceof SocketRole.Server;
        Optional<String> name =
                role instanceof SocketRole.Client client ? client.options().servername() : Optional.empty();
        return parameters.toSslParameters(server, name);
    }

    @Override
    public void setSSLParameters(SSLParameters given) {
        parameters.take(given);
    }

    /** Returns the session, after the handshake if need be; if that fails, the null session, as JSSE has it. */
    @Override
    public SSLSession getSession() {
        SocketSession known = session;
        if (known != null) {
            return known;
        }
        try {
            completed(handshaken());
        } catch (IOException e) {
            return nullSession();
        }
        SocketSession made = session;
        return made == null ? nullSession() : made;
    }

    /**
     * Returns the session that is being negotiated, null when no handshake runs. In an application protocol selector it has the
     * server name, the version and, where that is chosen before, the cipher suite.
     */
    @Override
    public @Nullable SSLSession getHandshakeSession() {
        return handshaking && session == null ? session(null) : null;
    }

    @Override
    public @Nullable String getApplicationProtocol() {
        return result().map(done -> done.alpnProtocol().orElse("")).orElse(null);
    }

    /** Returns null: while a handshake runs, there is no place where it is known and the application asked. */
    @Override
    public @Nullable String getHandshakeApplicationProtocol() {
        return null;
    }

    @Override
    public void setHandshakeApplicationProtocolSelector(
            @Nullable BiFunction<SSLSocket, List<String>, String> selector) {
        parameters.alpnSelector(selector);
    }

    @Override
    public @Nullable BiFunction<SSLSocket, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return parameters.alpnSelector().orElse(null);
    }

    @Override
    public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {
        if (listener == null) {
            throw new IllegalArgumentException("no listener");
        }
        listeners.add(listener);
    }

    @Override
    public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {
        if (listener == null || !listeners.remove(listener)) {
            throw new IllegalArgumentException("not a listener of this socket");
        }
    }

    @Override
    public void setUseClientMode(boolean client) {
        if (client == getUseClientMode()) {
            return;
        }
        if (connection != null) {
            throw new IllegalArgumentException("the handshake has begun, the side cannot change any more");
        }
        SocketRole turned = role.turned();
        parameters = turned.parameters().changedLike(parameters, role.parameters());
        role = turned;
    }

    @Override
    public boolean getUseClientMode() {
        return role instanceof SocketRole.Client;
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        parameters.needClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return parameters.needClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        parameters.wantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return parameters.wantClientAuth();
    }

    @Override
    public void setEnableSessionCreation(boolean allow) {
        parameters.sessionCreation(allow);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return parameters.sessionCreation();
    }

    // Streams and the end

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

    private void checkOpen() throws SocketException {
        if (closed.get()) {
            throw new SocketException("Socket is closed");
        }
        if (!underlay().isConnected()) {
            throw new SocketException("Socket is not connected");
        }
    }

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        if (millis < 0) {
            throw new IllegalArgumentException("timeout can't be negative");
        }
        if (closed.get()) {
            throw new SocketException("Socket is closed");
        }
        soTimeout = millis;
    }

    @Override
    public int getSoTimeout() throws SocketException {
        if (closed.get()) {
            throw new SocketException("Socket is closed");
        }
        return soTimeout;
    }

    /** Sends close_notify and ends our direction; the peer's goes on. */
    @Override
    public void shutdownOutput() throws IOException {
        checkOpen();
        if (outputShut) {
            throw new SocketException("Socket output is already shutdown");
        }
        handshaken();
        outputShut = true;
        connection().shutdownOutput();
    }

    /** Ends reading, also for who waits in a read; what the peer still sends is not looked at. */
    @Override
    public void shutdownInput() throws IOException {
        checkOpen();
        if (inputShut) {
            throw new SocketException("Socket input is already shutdown");
        }
        inputShut = true;
        Connection used = connection;
        if (used != null) {
            used.shutdownInput();
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

    @Override
    public boolean isClosed() {
        return closed.get();
    }

    /** Sends close_notify, within a second at most, and closes what is below. Wakes the threads that read and write. */
    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            Connection used = connection;
            if (used == null) {
                underlay().close();
            } else {
                used.close();
            }
        }
    }

    /** Closes what is below without a word to the peer, as Node's {@code destroy} does. */
    public void abort() throws IOException {
        if (closed.compareAndSet(false, true)) {
            Connection used = connection;
            if (used == null) {
                underlay().close();
            } else {
                used.abort();
            }
        }
    }

    @Override
    public String toString() {
        return "TlsSocket[%s, %s]"
                .formatted(
                        underlay().remoteAddress(),
                        result().map(done -> done.version() + " " + done.suite().name())
                                .orElse("before the handshake"));
    }

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
            handshaken();
            // It may have been ended while we negotiated, which the connection was not there to be told.
            return inputShut ? -1 : connection().read(into, offset, length, soTimeout);
        }

        @Override
        public int available() throws IOException {
            checkOpen();
            Connection used = connection;
            return used == null || inputShut ? 0 : used.available();
        }

        @Override
        public void close() throws IOException {
            TlsSocket.this.close();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, from.length);
            handshaken();
            connection().write(from, offset, length);
        }

        @Override
        public void close() throws IOException {
            TlsSocket.this.close();
        }
    }
}
