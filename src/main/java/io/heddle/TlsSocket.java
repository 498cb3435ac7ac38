package io.heddle;

import io.heddle.engine.Connection;
import io.heddle.engine.handshake.ClientAuthRequirement;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.HandshakeCompletedListener;
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
public final class TlsSocket extends NegotiatedSocket {
    private final ReentrantLock opening = new ReentrantLock();
    private final HandshakeListeners listeners = new HandshakeListeners();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final InputStream in = new SocketInput(this);
    private final OutputStream out = new SocketOutput(this);

    /** Written when a handshake is complete, read by anyone. */
    private volatile @Nullable SocketSession session;

    /** Written once with the session, where somebody records; read by who closes. */
    private volatile FlightRecords.@Nullable End record;

    /** Under {@link #opening}: a handshake is recorded once, however many threads wait for it. */
    private boolean recorded;

    private volatile boolean handshaking;

    private volatile boolean inputShut;
    private volatile boolean outputShut;

    TlsSocket(Underlay underlay, SocketRole role) {
        super(underlay, role);
    }

    /**
     * Makes the client's side of TLS over a connected socket. Unlike {@link Tls#connect(ConnectOptions)} it does nothing before
     * its first use; the server is verified all the same. Closing it closes the socket.
     *
     * @param options without a transport of their own; the host is whom the certificate must be for, and the time limit is the
     *     handshake's
     * @throws IllegalArgumentException if the options have a socket, streams or a path
     * @see <a href="https://nodejs.org/api/tls.html#new-tlstlssocketsocket-options">Node new tls.TLSSocket</a>
     */
    public TlsSocket(Socket connected, ConnectOptions options) {
        this(new Underlay.OverSocket(connected, null, true), SocketRole.Client.over(options));
    }

    /** Makes the server's side of TLS over a connected socket; as {@link Tls#accept(Socket, ServerOptions)}. */
    public TlsSocket(Socket connected, ServerOptions options) {
        this(new Underlay.OverSocket(connected, null, true), SocketRole.Server.of(options));
    }

    /** Makes the client's side of TLS over a channel in blocking mode; see {@link #TlsSocket(Socket, ConnectOptions)}. */
    public TlsSocket(SocketChannel connected, ConnectOptions options) {
        this(new Underlay.OverChannel(connected), SocketRole.Client.over(options));
    }

    /** Makes the server's side of TLS over a channel in blocking mode; as {@link Tls#accept(SocketChannel, ServerOptions)}. */
    public TlsSocket(SocketChannel connected, ServerOptions options) {
        this(new Underlay.OverChannel(connected), SocketRole.Server.of(options));
    }

    /** Makes the client's side of TLS over a pair of streams; see {@link #TlsSocket(Socket, ConnectOptions)}. */
    public TlsSocket(InputStream in, OutputStream out, ConnectOptions options) {
        this(new Underlay.OverStreams(in, out), SocketRole.Client.over(options));
    }

    /** Makes the server's side of TLS over a pair of streams; as {@link Tls#accept(InputStream, OutputStream, ServerOptions)}. */
    public TlsSocket(InputStream in, OutputStream out, ServerOptions options) {
        this(new Underlay.OverStreams(in, out), SocketRole.Server.of(options));
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

    /**
     * Negotiates. The deadline's failure is told at the deadline on another thread, since this one may be in a callback of the
     * application that does not return; then it is thrown as well, if it ever can be.
     */
    void startHandshake(Consumer<TlsFailure> atDeadline) throws IOException {
        checkOpen();
        handshaken(atDeadline);
    }

    private Connection connection() throws IOException {
        Connection known = begun();
        if (known != null) {
            return known;
        }
        opening.lock();
        try {
            known = begun();
            if (known == null) {
                checkOpen();
                known = role().open(underlay().transport(), new Endpoint.OfSocket(this), parameters());
                known.maxPacket(parameters().maximumPacketSize());
                known.onRenegotiation(this::renegotiated);
                begin(known);
            }
            return known;
        } finally {
            opening.unlock();
        }
    }

    private HandshakeResult handshaken() throws IOException {
        return handshaken(failure -> {});
    }

    private HandshakeResult handshaken(Consumer<TlsFailure> atDeadline) throws IOException {
        Optional<HandshakeResult> done = result();
        if (done.isPresent()) {
            return done.get();
        }
        Duration limit = role().handshakeTimeout();
        int timeout = soTimeout();
        boolean shorter = timeout > 0 && Duration.ofMillis(timeout).compareTo(limit) < 0;
        FlightRecords.Handshake recording = FlightRecords.handshake();
        handshaking = true;
        try {
            HandshakeResult made = connection().handshake(shorter ? Duration.ofMillis(timeout) : limit, atDeadline);
            completed(made);
            if (recording != null && firstToRecord()) {
                recording.completed(FlightRecords.Subject.of(this), made);
            }
            return made;
        } catch (IOException | RuntimeException e) {
            if (recording != null && firstToRecord()) {
                recording.failed(FlightRecords.Subject.of(this), e);
            }
            if (shorter
                    && e instanceof TlsFailure failure
                    && failure.code() == TlsFailure.Code.ERR_TLS_HANDSHAKE_TIMEOUT) {
                var told = new SocketTimeoutException("Read timed out");
                told.initCause(e);
                throw told;
            }
            if (e instanceof IOException failure) {
                throw role().sides().told(failure, true);
            }
            throw e;
        } finally {
            handshaking = false;
        }
    }

    private boolean firstToRecord() {
        opening.lock();
        try {
            boolean first = !recorded;
            recorded = true;
            return first;
        } finally {
            opening.unlock();
        }
    }

    private void completed(HandshakeResult made) {
        opening.lock();
        try {
            if (session != null) {
                return;
            }
            negotiationEnded();
            session = session(made);
            record = FlightRecords.end();
        } finally {
            opening.unlock();
        }
        listeners.tell(this, session);
    }

    private void renegotiated(HandshakeResult made) {
        negotiationEnded();
        SocketSession anew = session(made);
        session = anew;
        listeners.tell(this, anew);
    }

    private SocketSession session(@Nullable HandshakeResult made) {
        Instant now = role().context().clock().instant();
        SessionFacts facts = made != null
                ? SessionFacts.of(made, identity())
                : negotiatedSoFar().map(soFar -> SessionFacts.of(soFar, now)).orElseGet(() -> SessionFacts.none(now));
        return new SocketSession(
                facts,
                role().context().sigalgs(),
                getUseClientMode() ? role().peerHost() : peerAddress(),
                getPort(),
                role().sides().sessionContext(getUseClientMode()).orElse(null));
    }

    private SocketSession nullSession() {
        negotiationEnded();
        return session(null);
    }

    private @Nullable String peerAddress() {
        var address = getInetAddress();
        return address == null ? null : address.getHostAddress();
    }

    /**
     * Waits until there is a session that a later connection can resume; a TLS 1.3 server sends it after the handshake.
     * Application data that comes in the meantime is kept for reading.
     *
     * @return the session, empty if none came in time
     */
    public Optional<byte[]> awaitSession(Duration limit) throws IOException {
        HandshakeResult done = handshaken();
        if (done.version() == io.heddle.protocol.TlsVersion.TLS_1_3) {
            connection().awaitTicket(limit);
        }
        return getSessionData();
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

    /**
     * Negotiates anew, in TLS 1.2 and below, and returns when that is done; {@link #renegotiate(RenegotiateOptions)} says more.
     */
    public void renegotiate() throws IOException {
        renegotiate(Optional.empty());
    }

    /**
     * Negotiates anew and asks the client for a certificate, or no longer, in TLS 1.2 and below; for servers. Returns when that is
     * done: what the socket tells of the peer, its certificate and the suite is then of the new negotiation. No session is resumed.
     *
     * <p>Another thread may read and write meanwhile; what it writes is held back until the end. Where nobody reads, application
     * data that comes first is kept for the next read. Always secure renegotiation, RFC 5746.
     *
     * @throws TlsFailure {@code ERR_SSL_WRONG_SSL_VERSION} in TLS 1.3, which has none; {@code ERR_SSL_NO_RENEGOTIATION} if the
     *     peer does not take part, or cannot; after both a server's connection goes on. Else the negotiation failed, which ends it
     * @throws IllegalArgumentException on a client, which asks for no certificate
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketrenegotiateoptions-callback">Node renegotiate</a>
     */
    public void renegotiate(RenegotiateOptions options) throws IOException {
        if (getUseClientMode()) {
            throw new IllegalArgumentException("renegotiate: a client cannot ask for a certificate, only a server can");
        }
        renegotiate(Optional.of(options.demand()));
    }

    private void renegotiate(Optional<ClientAuthRequirement> clientCertificates) throws IOException {
        handshaken();
        connection().renegotiate(clientCertificates, role().handshakeTimeout());
    }

    /**
     * Ends the connection, with {@code ERR_TLS_RENEGOTIATION_DISABLED}, when the peer begins a renegotiation from now on; {@link
     * SecureOption#NO_RENEGOTIATION} refuses it without ending the connection.
     *
     * @see <a href="https://nodejs.org/api/tls.html#tlssocketdisablerenegotiation">Node disableRenegotiation</a>
     */
    public void disableRenegotiation() throws IOException {
        connection().disableRenegotiation();
    }

    /** Changes the keys of both directions, RFC 8446 4.6.3. Does nothing below TLS 1.3, whose keys stay. */
    public void updateKeys() throws IOException {
        handshaken();
        connection().updateKeys();
    }

    @Override
    public void enableTrace() {
        enableTrace(line -> SocketObservers.log(line, this));
    }

    // JSSE

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
     * Returns the session that is being negotiated, null when no handshake runs. Where the application is asked in the middle of
     * one (an application protocol selector, key and trust managers) it has the server name, the version, what the peer has
     * shown and, where that is chosen before, the cipher suite.
     */
    @Override
    public @Nullable SSLSession getHandshakeSession() {
        boolean asked = negotiatedSoFar().isPresent();
        return asked || (handshaking && session == null) ? session(null) : null;
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
    public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {
        listeners.remove(listener);
    }

    // Streams and the end

    /** Reads for the socket's stream; see {@link InputStream#read(byte[], int, int)}. */
    int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0 || inputShut) {
            checkOpen();
            return length == 0 ? 0 : -1;
        }
        handshaken();
        // It may have been ended while we negotiated, which the connection was not there to be told.
        try {
            return inputShut ? -1 : connection().read(into, offset, length, soTimeout());
        } catch (TlsFailure e) {
            throw role().sides().told(e, false);
        }
    }

    int available() throws IOException {
        checkOpen();
        Connection used = begun();
        return used == null || inputShut ? 0 : used.available();
    }

    /** Writes for the socket's stream. */
    void write(byte[] from, int offset, int length) throws IOException {
        handshaken();
        connection().write(from, offset, length);
    }

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
        Connection used = begun();
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

    /** Returns whether {@link #close} or {@link #abort} was called, or a failure of TLS has ended the connection. */
    @Override
    public boolean isClosed() {
        Connection used = begun();
        return closed.get() || (used != null && used.hasFailed());
    }

    /** Sends close_notify, within a second at most, and closes what is below. Wakes the threads that read and write. */
    @Override
    public void close() throws IOException {
        end(Connection::close);
    }

    /** Closes what is below without a word to the peer, as Node's {@code destroy} does. */
    public void abort() throws IOException {
        end(Connection::abort);
    }

    /** As {@link #close}, with the alert of this failure in place of close_notify. */
    void closeWithAlert(TlsFailure cause) throws IOException {
        end(used -> used.closeWithAlert(cause));
    }

    private interface Closing {
        void close(Connection used) throws IOException;
    }

    private void end(Closing closing) throws IOException {
        if (closed.compareAndSet(false, true)) {
            Connection used = begun();
            if (used == null) {
                underlay().close();
            } else {
                try {
                    closing.close(used);
                } finally {
                    recordEnd(used);
                }
            }
        }
    }

    private void recordEnd(Connection used) {
        FlightRecords.End recording = record;
        if (recording != null) {
            recording.closed(this, used);
        }
    }

    @Override
    public String toString() {
        return "TlsSocket[%s, %s]"
                .formatted(
                        underlay().remoteAddress(),
                        result().map(done -> done.version() + " " + done.suite().name())
                                .orElseGet(this::withoutResult));
    }

    private String withoutResult() {
        Connection used = begun();
        if (used != null && used.hasFailed()) {
            return "the handshake failed"
                    + used.failureCode().map(code -> ": " + code).orElse("");
        }
        return isClosed() ? "closed before the handshake" : "before the handshake";
    }
}
