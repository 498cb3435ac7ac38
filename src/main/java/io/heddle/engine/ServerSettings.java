package io.heddle.engine;

import io.heddle.cipher.Suite;
import io.heddle.cipher.TlsVersion;
import io.heddle.session.ClientCertificatePolicy;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a connection of a server needs to know before its client speaks. Immutable; one serves many connections.
 *
 * @param dh the groups for DHE in TLS 1.2 and below
 * @param honorCipherOrder whether the server's order of suites and groups decides, not the client's
 */
public record ServerSettings(
        HandshakeSettings common,
        ServerContext.Selector contexts,
        ClientCertificatePolicy clientCertificates,
        boolean honorCipherOrder,
        ServerSessions sessions,
        AlpnSelector alpn,
        DhGroups dh) {
    /** What is known when the application protocol is chosen. */
    public record Negotiated(Optional<String> servername, TlsVersion version, Optional<Suite> suite) {}

    /**
     * What was chosen.
     *
     * @param credentials what the connection shows in place of those of its name; none keeps these
     */
    public record AlpnChoice(String protocol, List<Credential> credentials) {
        /** Copies the list. */
        public AlpnChoice {
            credentials = List.copyOf(credentials);
        }
    }

    /** Chooses the application protocol. May block. */
    @FunctionalInterface
    public interface AlpnSelector {
        /**
         * Returns one of the protocols that the client offered, or empty for none at all.
         *
         * @param negotiated what the handshake has agreed on so far
         * @throws Exception to end the handshake; a {@link io.heddle.failure.TlsFailure} with its alert
         */
        Optional<AlpnChoice> select(Negotiated negotiated, List<String> offered) throws Exception;
    }
}
