package io.heddle.endpoint;

import io.heddle.engine.handshake.HandshakeInfo;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.ServerSettings;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The local end of one connection, a socket or an engine, as its handshakes see it: its observers, the callbacks that
 * are given the socket or engine, and the facts a handshake makes known before it is complete.
 *
 * <p>Callbacks and observers are set before the handshake. Thread-safe after that.
 */
public final class Endpoint implements ContextManagers.Caller {
    private final @Nullable SSLSocket socket;
    private final @Nullable SSLEngine engine;
    private final SocketObservers observers = new SocketObservers();

    private @Nullable Function<List<String>, @Nullable String> protocolSelector;
    private Optional<ServerSettings.PreSharedKeys> preSharedKeys = Optional.empty();

    /** Written by a server's handshake when it has read the ClientHello, read by any thread. */
    private volatile Optional<String> requestedName = Optional.empty();

    /** Written before the handshake, read by any thread. */
    private volatile List<X509Certificate> offeredIdentity = List.of();

    /** Written by the thread that performs the handshake, read by any thread. */
    private volatile Optional<HandshakeInfo> negotiating = Optional.empty();

    /** The source of the result, written when the connection is opened; read by any thread. */
    private volatile Supplier<Optional<HandshakeResult>> result = Optional::empty;

    private Endpoint(@Nullable SSLSocket socket, @Nullable SSLEngine engine) {
        this.socket = socket;
        this.engine = engine;
    }

    public static Endpoint of(SSLSocket socket) {
        return new Endpoint(socket, null);
    }

    public static Endpoint of(SSLEngine engine) {
        return new Endpoint(null, engine);
    }

    /** Connects this end to its connection, which from now on has the result. */
    public void opened(Supplier<Optional<HandshakeResult>> resultOfConnection) {
        result = resultOfConnection;
    }

    /** Returns the socket for JSSE's managers, null for an engine. */
    @Override
    public @Nullable SSLSocket sslSocket() {
        return socket;
    }

    /** Returns the engine for JSSE's managers, null for a socket. */
    @Override
    public @Nullable SSLEngine sslEngine() {
        return engine;
    }

    public SocketObservers observers() {
        return observers;
    }

    /**
     * Returns the selector of the application protocol, by the contract of {@code
     * setHandshakeApplicationProtocolSelector}.
     */
    public Optional<Function<List<String>, @Nullable String>> protocolSelector() {
        return Optional.ofNullable(protocolSelector);
    }

    public void protocolSelector(@Nullable Function<List<String>, @Nullable String> selector) {
        protocolSelector = selector;
    }

    /** Returns the callback of a server for pre-shared keys, which is given the socket; an engine has none. */
    public Optional<ServerSettings.PreSharedKeys> preSharedKeys() {
        return preSharedKeys;
    }

    public void preSharedKeys(Optional<ServerSettings.PreSharedKeys> callback) {
        preSharedKeys = callback;
    }

    /** Returns the server name: that of the completed handshake, else the one requested by the client in this one. */
    public Optional<String> servername() {
        return result().flatMap(HandshakeResult::servername).or(() -> requestedName);
    }

    void requestedName(Optional<String> servername) {
        requestedName = servername;
    }

    /** Sets the local certificates of the session that is offered, which a resumed handshake does not show again. */
    void offeredIdentity(List<X509Certificate> identity) {
        offeredIdentity = identity;
    }

    /** Returns the local certificates of this connection, those of the session if it was resumed; empty for none. */
    public List<X509Certificate> identity() {
        List<X509Certificate> shown = result().map(HandshakeResult::localChain).orElse(List.of());
        boolean resumed = result().flatMap(HandshakeResult::resumption).isPresent();
        return resumed && shown.isEmpty() ? offeredIdentity : shown;
    }

    /** Returns what the handshake in progress has agreed on so far, for {@code getHandshakeSession}. */
    public Optional<HandshakeInfo> negotiating() {
        return negotiating;
    }

    @Override
    public void negotiating(HandshakeInfo soFar) {
        negotiating = Optional.of(soFar);
    }

    public void negotiationEnded() {
        negotiating = Optional.empty();
    }

    /** Returns what was negotiated, empty before that. */
    Optional<HandshakeResult> result() {
        return result.get();
    }
}
