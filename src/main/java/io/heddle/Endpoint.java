package io.heddle;

import io.heddle.engine.handshake.HandshakeInfo;
import io.heddle.engine.handshake.HandshakeResult;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A socket or an engine, as the settings of its connection see it. */
interface Endpoint extends Managers.Caller {
    SocketObservers observers();

    /** The client has asked for this name. */
    void askedFor(Optional<String> servername);

    /** A session is offered in which we are this, empty for nobody. */
    void offers(List<X509Certificate> identity);

    /** Returns who we are on this connection: what we have shown, or in a session that has been resumed; empty for nobody. */
    List<X509Certificate> identity();

    /** Returns the same for a connection that agreed on {@code result} and had offered {@code session}. */
    static List<X509Certificate> identity(Optional<HandshakeResult> result, List<X509Certificate> session) {
        List<X509Certificate> shown = result.map(HandshakeResult::localChain).orElse(List.of());
        boolean resumed = result.flatMap(HandshakeResult::resumption).isPresent();
        return resumed && shown.isEmpty() ? session : shown;
    }

    /** Returns what was negotiated, empty before that. */
    Optional<HandshakeResult> result();

    /** Returns who chooses the application protocol, by the contract of {@code setHandshakeApplicationProtocolSelector}. */
    Optional<Function<List<String>, @Nullable String>> protocolSelector();

    /** Returns the socket for callbacks that get one; an engine has none. */
    Optional<TlsSocket> socket();

    @Override
    default @Nullable SSLSocket sslSocket() {
        return socket().orElse(null);
    }

    @Override
    default @Nullable SSLEngine sslEngine() {
        return null;
    }

    /** A socket. */
    record OfSocket(TlsSocket made) implements Endpoint {
        @Override
        public SocketObservers observers() {
            return made.observers();
        }

        @Override
        public void askedFor(Optional<String> servername) {
            made.askedFor(servername);
        }

        @Override
        public void offers(List<X509Certificate> identity) {
            made.offers(identity);
        }

        @Override
        public List<X509Certificate> identity() {
            return made.identity();
        }

        @Override
        public void negotiating(HandshakeInfo soFar) {
            made.negotiating(soFar);
        }

        @Override
        public Optional<HandshakeResult> result() {
            return made.result();
        }

        @Override
        public Optional<Function<List<String>, @Nullable String>> protocolSelector() {
            return Optional.ofNullable(made.getHandshakeApplicationProtocolSelector())
                    .map(selector -> offered -> selector.apply(made, offered));
        }

        @Override
        public Optional<TlsSocket> socket() {
            return Optional.of(made);
        }
    }
}
