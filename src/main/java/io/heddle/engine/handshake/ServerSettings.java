package io.heddle.engine.handshake;

import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.handshake.HandshakeSettings.RenegotiationLimit;
import io.heddle.engine.handshake.sessions.ServerSessions;
import io.heddle.engine.handshake.sessions.SessionEvents;
import io.heddle.session.ClientCertificatePolicy;
import java.util.List;
import java.util.Optional;

/**
 * The settings of a server's connection. Immutable.
 *
 * @param alpn empty for the first of the server's protocols that the client offers
 * @param renegotiation how often the client may begin a renegotiation
 */
public record ServerSettings(
        HandshakeSettings common,
        ServerContext.Selector contexts,
        ClientCertificatePolicy clientCertificates,
        KeyExchange keyExchange,
        Sessions sessions,
        Optional<AlpnSelector> alpn,
        RenegotiationLimit renegotiation) {
    /**
     * The settings of the key exchange.
     *
     * @param honorCipherOrder whether the server's order of suites and groups decides, not the client's
     * @param dh the groups for DHE in TLS 1.2 and below
     * @param preSharedKeys the pre-shared keys; empty where none are used
     */
    public record KeyExchange(boolean honorCipherOrder, DhGroups dh, Optional<PreSharedKeys> preSharedKeys) {}

    /**
     * The sessions of the server.
     *
     * @param events the listeners for the sessions of this connection alone
     */
    public record Sessions(ServerSessions server, SessionEvents events) {}

    /**
     * The choice of an application protocol.
     *
     * @param credentials the certificates of the connection in place of those of its context; an empty list keeps these
     */
    public record AlpnChoice(String protocol, List<Credential> credentials) {
        /** Copies the list. */
        public AlpnChoice {
            credentials = List.copyOf(credentials);
        }

        /** Returns the choice of a protocol alone. */
        public static AlpnChoice of(String protocol) {
            return new AlpnChoice(protocol, List.of());
        }
    }

    /**
     * The requirement of a server on its client's certificate in a handshake.
     *
     * @param rejectUnauthorized whether a client with a bad certificate is refused; empty where the verifier decides
     */
    public record ClientAuthRequirement(ClientCertificatePolicy policy, Optional<Boolean> rejectUnauthorized) {}

    /** Chooses the application protocol. May block. */
    @FunctionalInterface
    public interface AlpnSelector {
        /**
         * Returns one of the protocols that the client offered, or empty for none at all.
         *
         * @param negotiated what the handshake has agreed on so far
         * @throws Exception to end the handshake; a {@link io.heddle.failure.TlsFailure} with its alert
         */
        Optional<AlpnChoice> select(HandshakeInfo negotiated, List<String> offered) throws Exception;
    }

    /**
     * The pre-shared keys of the application.
     *
     * @param hint the identity hint for clients of TLS 1.2 and below
     */
    public record PreSharedKeys(Optional<String> hint, PskLookup lookup) {}

    /** The application's callback for pre-shared keys, bound to one connection. May block. */
    @FunctionalInterface
    public interface PskLookup {
        /**
         * Returns the key of an identity, which the engine copies; empty if it is unknown.
         *
         * @throws Exception to end the handshake; a {@link io.heddle.failure.TlsFailure} with its alert
         */
        Optional<byte[]> keyOf(String identity) throws Exception;
    }
}
