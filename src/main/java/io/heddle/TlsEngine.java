package io.heddle;

import io.heddle.engine.RecordExchange;
import io.heddle.engine.handshake.ClientAuthRequirement;
import io.heddle.engine.handshake.HandshakeInfo;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * JSSE's engine: a connection whose bytes its user carries, for programs with selectors of their own. What may block, callbacks of
 * the application, signatures and verification, is in the delegated tasks.
 *
 * <p>Wrapping and unwrapping by two threads at once is legal.
 */
final class TlsEngine extends SSLEngine implements Endpoint {
    private final Configuration configuration;
    private final SocketObservers observers = new SocketObservers();
    private final ReentrantLock opening = new ReentrantLock();

    /** Written under {@link #opening} by whoever begins, read by anyone. */
    private volatile @Nullable RecordExchange exchange;

    /** JSSE's rule: a user says which side he is. */
    private volatile boolean sideChosen;

    /** Written by who closes before anything has begun, read by who begins. */
    private volatile boolean inboundClosed;

    private volatile boolean outboundClosed;

    /** Written by the task that shakes hands, read by anyone. */
    private volatile Optional<HandshakeInfo> negotiating = Optional.empty();

    /** Written under {@link #opening}, read by anyone. */
    private volatile @Nullable SocketSession session;

    /** Written before the handshake: who we are in the session that is offered. */
    private List<X509Certificate> offered = List.of();

    private @Nullable HandshakeResult sessionOf;
    private FlightRecords.@Nullable Handshake recording;

    private @Nullable BiFunction<SSLEngine, List<String>, String> protocolSelector;

    TlsEngine(Sides sides) {
        this.configuration = new Configuration(sides.client(null, -1));
    }

    TlsEngine(Sides sides, String host, int port) {
        super(host, port);
        this.configuration = new Configuration(sides.client(host, port));
    }

    // The handshake

    @Override
    public void beginHandshake() throws SSLException {
        try {
            boolean again = result().isPresent() && !configuration.isClient();
            exchange().begin(again ? Optional.of(demand()) : Optional.empty());
        } catch (TlsFailure e) {
            throw told(e);
        }
    }

    /** A server may have changed its mind since the last handshake. */
    private ClientAuthRequirement demand() {
        SocketParameters parameters = configuration.parameters();
        return new ClientAuthRequirement(parameters.clientCertificates(), Optional.empty());
    }

    private RecordExchange exchange() throws TlsFailure {
        RecordExchange known = exchange;
        if (known != null) {
            return known;
        }
        if (!sideChosen) {
            throw new IllegalStateException("Client/Server mode has not yet been set.");
        }
        opening.lock();
        try {
            known = exchange;
            if (known == null) {
                recording = FlightRecords.handshake();
                known = configuration.role().exchange(this, configuration.parameters());
                known.maxPacket(configuration.parameters().maximumPacketSize());
                if (inboundClosed) {
                    known.closeInbound();
                }
                if (outboundClosed) {
                    known.closeOutbound();
                }
                exchange = known;
            }
            return known;
        } finally {
            opening.unlock();
        }
    }

    @Override
    public HandshakeStatus getHandshakeStatus() {
        RecordExchange used = exchange;
        return used == null ? HandshakeStatus.NOT_HANDSHAKING : used.status();
    }

    @Override
    public @Nullable Runnable getDelegatedTask() {
        RecordExchange used = exchange;
        return used == null ? null : used.task();
    }

    private SSLEngineResult completed(SSLEngineResult result) {
        if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
            negotiating = Optional.empty();
            record(recorded -> recorded.completed(subject(), result().orElseThrow()));
        }
        return result;
    }

    private SSLException told(TlsFailure failure) {
        record(recorded -> recorded.failed(subject(), failure));
        IOException told = configuration.role().sides().told(failure, result().isEmpty());
        return told instanceof SSLException ssl ? ssl : failure;
    }

    private void record(Consumer<FlightRecords.Handshake> end) {
        FlightRecords.Handshake begun;
        opening.lock();
        try {
            begun = recording;
            recording = null;
        } finally {
            opening.unlock();
        }
        if (begun != null) {
            end.accept(begun);
        }
    }

    private FlightRecords.Subject subject() {
        String host = getPeerHost();
        return new FlightRecords.Subject(
                getUseClientMode(),
                host == null ? "" : host + ":" + getPeerPort(),
                result().flatMap(HandshakeResult::servername).or(() -> negotiating.flatMap(HandshakeInfo::servername)));
    }

    // Records

    @Override
    public SSLEngineResult wrap(ByteBuffer[] srcs, int offset, int length, ByteBuffer dst) throws SSLException {
        var source = new EngineBuffers(srcs, offset, length);
        if (dst == null) {
            throw new IllegalArgumentException("dst == null");
        }
        EngineBuffers.requireWritable(dst);
        try {
            return completed(exchange().wrap(source, dst));
        } catch (TlsFailure e) {
            throw told(e);
        }
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer src, ByteBuffer[] dsts, int offset, int length) throws SSLException {
        if (src == null) {
            throw new IllegalArgumentException("src == null");
        }
        var room = new EngineBuffers(dsts, offset, length);
        room.requireWritable();
        try {
            return completed(exchange().unwrap(src, room));
        } catch (TlsFailure e) {
            throw told(e);
        }
    }

    @Override
    public void closeInbound() throws SSLException {
        RecordExchange used = exchange;
        inboundClosed = true;
        if (used != null) {
            used.closeInbound();
        }
    }

    @Override
    public void closeOutbound() {
        RecordExchange used = exchange;
        outboundClosed = true;
        if (used != null) {
            used.closeOutbound();
        }
    }

    @Override
    public boolean isInboundDone() {
        RecordExchange used = exchange;
        return used == null ? inboundClosed : used.isInboundDone();
    }

    @Override
    public boolean isOutboundDone() {
        RecordExchange used = exchange;
        return used == null ? outboundClosed : used.isOutboundDone();
    }

    // JSSE

    @Override
    public SSLSession getSession() {
        HandshakeResult made = result().orElse(null);
        SocketSession known = session;
        if (made == null || (known != null && sessionOf == made)) {
            return known != null && made != null ? known : session(SessionFacts.none(now()));
        }
        opening.lock();
        try {
            SocketSession current = session;
            if (current == null || sessionOf != made) {
                current = session(SessionFacts.of(made, identity()));
                sessionOf = made;
                session = current;
            }
            return current;
        } finally {
            opening.unlock();
        }
    }

    private Instant now() {
        return configuration.role().context().clock().instant();
    }

    private SocketSession session(SessionFacts facts) {
        SocketRole role = configuration.role();
        return new SocketSession(
                facts,
                role.context().sigalgs(),
                getPeerHost(),
                getPeerPort(),
                role.sides().sessionContext(configuration.isClient()).orElse(null));
    }

    /** Returns the session that is being negotiated, null when no handshake runs; as that of sockets. */
    @Override
    public @Nullable SSLSession getHandshakeSession() {
        return negotiating.map(soFar -> session(SessionFacts.of(soFar, now()))).orElse(null);
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
            @Nullable BiFunction<SSLEngine, List<String>, String> selector) {
        protocolSelector = selector;
    }

    @Override
    public @Nullable BiFunction<SSLEngine, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return protocolSelector;
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return configuration.parameters().supportedSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return configuration.parameters().suites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        configuration.suites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return SocketParameters.supportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return configuration.parameters().protocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        configuration.protocols(protocols);
    }

    @Override
    public SSLParameters getSSLParameters() {
        return configuration.toSslParameters();
    }

    @Override
    public void setSSLParameters(SSLParameters params) {
        configuration.parameters().take(params);
    }

    @Override
    public void setUseClientMode(boolean mode) {
        RecordExchange used = exchange;
        if (used != null && mode != getUseClientMode()) {
            throw new IllegalArgumentException("the handshake has begun, the side cannot change any more");
        }
        configuration.client(mode);
        sideChosen = true;
    }

    @Override
    public boolean getUseClientMode() {
        return sideChosen && configuration.isClient();
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        configuration.parameters().needClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return configuration.parameters().needClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        configuration.parameters().wantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return configuration.parameters().wantClientAuth();
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
        configuration.parameters().sessionCreation(flag);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return configuration.parameters().sessionCreation();
    }

    @Override
    public String toString() {
        return "TlsEngine[%s]"
                .formatted(
                        result().map(done -> done.version() + " " + done.suite().name())
                                .orElse("before the handshake"));
    }

    // Endpoint

    @Override
    public SocketObservers observers() {
        return observers;
    }

    @Override
    public void askedFor(Optional<String> servername) {
        // The session tells it; an engine has no other place for it.
    }

    @Override
    public void negotiating(HandshakeInfo soFar) {
        negotiating = Optional.of(soFar);
    }

    @Override
    public List<X509Certificate> identity() {
        return Endpoint.identity(result(), offered);
    }

    @Override
    public void offers(List<X509Certificate> identity) {
        offered = identity;
    }

    @Override
    public Optional<HandshakeResult> result() {
        RecordExchange used = exchange;
        return used == null ? Optional.empty() : used.result();
    }

    @Override
    public Optional<Function<List<String>, @Nullable String>> protocolSelector() {
        return Optional.ofNullable(protocolSelector).map(selector -> offered -> selector.apply(this, offered));
    }

    @Override
    public Optional<TlsSocket> socket() {
        return Optional.empty();
    }

    @Override
    public SSLEngine sslEngine() {
        return this;
    }
}
