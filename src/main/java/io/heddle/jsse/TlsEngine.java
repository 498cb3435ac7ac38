package io.heddle.jsse;

import io.heddle.endpoint.Endpoint;
import io.heddle.endpoint.FlightRecords;
import io.heddle.endpoint.RoleSource;
import io.heddle.endpoint.SessionFacts;
import io.heddle.endpoint.SocketSession;
import io.heddle.endpoint.SslConfiguration;
import io.heddle.engine.RecordExchange;
import io.heddle.engine.handshake.HandshakeInfo;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * JSSE's engine: a connection whose records the caller transports, for programs with selectors. All operations that may
 * block (the application's callbacks, signatures, verification) run in the delegated tasks.
 *
 * <p>One thread may wrap while another unwraps.
 */
public final class TlsEngine extends SSLEngine {
    private final SslConfiguration configuration;
    private final Endpoint endpoint = Endpoint.of(this);
    private final ReentrantLock opening = new ReentrantLock();

    /** Written under {@link #opening} at the first use, read by any thread. */
    private volatile @Nullable RecordExchange exchange;

    /** Whether client or server mode was set, which JSSE requires before the handshake. Read by any thread. */
    private volatile boolean modeSet;

    /** Written if the engine is closed before its first use; read at the first use. */
    private volatile boolean inboundClosed;

    private volatile boolean outboundClosed;

    /** Written under {@link #opening}, read by any thread. */
    private volatile @Nullable SocketSession session;

    /** The handshake that negotiated {@link #session}; written under {@link #opening} before it. */
    private @Nullable HandshakeResult sessionOf;

    /** Guarded by {@link #opening}. */
    private FlightRecords.@Nullable Handshake recording;

    private @Nullable BiFunction<SSLEngine, List<String>, String> protocolSelector;

    public TlsEngine(RoleSource roles) {
        this.configuration = new SslConfiguration(roles.client(null, -1));
    }

    public TlsEngine(RoleSource roles, String host, int port) {
        super(host, port);
        this.configuration = new SslConfiguration(roles.client(host, port));
    }

    // The handshake

    @Override
    public void beginHandshake() throws SSLException {
        try {
            boolean again = result().isPresent() && !configuration.clientMode();
            exchange().begin(again ? Optional.of(requirement()) : Optional.empty());
        } catch (TlsFailure e) {
            throw translated(e);
        }
    }

    /** Returns the server's requirement for a renegotiation, which may have changed since the last handshake. */
    private ClientAuthRequirement requirement() {
        return new ClientAuthRequirement(configuration.clientCertificates(), Optional.empty());
    }

    private RecordExchange exchange() throws TlsFailure {
        RecordExchange open = exchange;
        if (open != null) {
            return open;
        }
        if (!modeSet) {
            throw new IllegalStateException("Client/Server mode has not yet been set.");
        }
        opening.lock();
        try {
            open = exchange;
            if (open == null) {
                recording = FlightRecords.handshake();
                open = configuration.role().exchange(endpoint, configuration);
                open.maxPacket(configuration.maximumPacketSize());
                if (inboundClosed) {
                    open.closeInbound();
                }
                if (outboundClosed) {
                    open.closeOutbound();
                }
                configuration.begin();
                endpoint.opened(open::result);
                exchange = open;
            }
            return open;
        } finally {
            opening.unlock();
        }
    }

    @Override
    public HandshakeStatus getHandshakeStatus() {
        RecordExchange open = exchange;
        return open == null ? HandshakeStatus.NOT_HANDSHAKING : open.status();
    }

    @Override
    public @Nullable Runnable getDelegatedTask() {
        RecordExchange open = exchange;
        return open == null ? null : open.task();
    }

    private SSLEngineResult completed(SSLEngineResult result) {
        if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
            endpoint.negotiationEnded();
            record(recorded -> recorded.completed(subject(), result().orElseThrow()));
        }
        return result;
    }

    private SSLException translated(TlsFailure failure) {
        record(recorded -> recorded.failed(subject(), failure));
        IOException translated = configuration.role().source().translate(failure, result().isEmpty());
        return translated instanceof SSLException ssl ? ssl : failure;
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
                result().flatMap(HandshakeResult::servername)
                        .or(() -> endpoint.negotiating().flatMap(HandshakeInfo::servername)));
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
            throw translated(e);
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
            throw translated(e);
        }
    }

    @Override
    public void closeInbound() throws SSLException {
        RecordExchange open = exchange;
        inboundClosed = true;
        if (open != null) {
            open.closeInbound();
        }
    }

    @Override
    public void closeOutbound() {
        RecordExchange open = exchange;
        outboundClosed = true;
        if (open != null) {
            open.closeOutbound();
        }
    }

    @Override
    public boolean isInboundDone() {
        RecordExchange open = exchange;
        return open == null ? inboundClosed : open.isInboundDone();
    }

    @Override
    public boolean isOutboundDone() {
        RecordExchange open = exchange;
        return open == null ? outboundClosed : open.isOutboundDone();
    }

    // JSSE

    @Override
    public SSLSession getSession() {
        HandshakeResult result = result().orElse(null);
        if (result == null) {
            return session(SessionFacts.none(now()));
        }
        // First without the lock, since programs call this for the buffer sizes of each record.
        SocketSession latest = session;
        if (latest != null && sessionOf == result) {
            return latest;
        }
        opening.lock();
        try {
            SocketSession current = session;
            if (current == null || sessionOf != result) {
                current = session(SessionFacts.of(result, endpoint.identity()));
                sessionOf = result;
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
        return configuration.role().session(facts, getPeerHost(), getPeerPort());
    }

    /**
     * Returns the session that is being negotiated, null outside handshakes; see {@link TlsSocket#getHandshakeSession}.
     */
    @Override
    public @Nullable SSLSession getHandshakeSession() {
        return endpoint.negotiating()
                .map(soFar -> session(SessionFacts.of(soFar, now())))
                .orElse(null);
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

    @Override
    public void setHandshakeApplicationProtocolSelector(
            @Nullable BiFunction<SSLEngine, List<String>, String> selector) {
        protocolSelector = selector;
        endpoint.protocolSelector(selector == null ? null : offered -> selector.apply(this, offered));
    }

    @Override
    public @Nullable BiFunction<SSLEngine, List<String>, String> getHandshakeApplicationProtocolSelector() {
        return protocolSelector;
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return configuration.supportedCipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return configuration.enabledCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        configuration.enableCipherSuites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return SslConfiguration.supportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return configuration.enabledProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        configuration.enableProtocols(protocols);
    }

    @Override
    public SSLParameters getSSLParameters() {
        return configuration.toSslParameters();
    }

    @Override
    public void setSSLParameters(SSLParameters params) {
        configuration.apply(params);
    }

    @Override
    public void setUseClientMode(boolean mode) {
        configuration.clientMode(mode);
        modeSet = true;
    }

    @Override
    public boolean getUseClientMode() {
        return modeSet && configuration.clientMode();
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        configuration.needClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return configuration.needClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        configuration.wantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return configuration.wantClientAuth();
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
        configuration.sessionCreation(flag);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return configuration.sessionCreation();
    }

    @Override
    public String toString() {
        return "TlsEngine[%s]"
                .formatted(result().map(result ->
                                result.version() + " " + result.suite().name())
                        .orElse("before the handshake"));
    }

    /** Returns the result of the last handshake, empty before the first one is complete. */
    public Optional<HandshakeResult> result() {
        RecordExchange open = exchange;
        return open == null ? Optional.empty() : open.result();
    }
}
