package io.heddle;

import java.util.List;
import java.util.Optional;

/**
 * A callback that selects the application protocol of a server's connection and another certificate if needed. May block.
 *
 * <pre>{@code
 * options.alpnCallback(offer -> offer.protocols().equals(List.of("acme-tls/1"))
 *         ? Optional.of(new AlpnCallback.Choice("acme-tls/1", challenges.get(offer.servername().orElse(""))))
 *         : Optional.of(AlpnCallback.Choice.of("http/1.1")));
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">Node ALPNCallback</a>
 */
@FunctionalInterface
public interface AlpnCallback {
    /**
     * Returns one of the protocols that the client offers, or empty to refuse it with no_application_protocol (120).
     *
     * @throws Exception to end the handshake; a {@link io.heddle.failure.TlsFailure} with its alert
     */
    Optional<Choice> select(Offer offer) throws Exception;

    /**
     * The protocols that a client offers.
     *
     * @param servername empty if it sent no server name
     * @param protocols the most preferred first; the callback is not called for a client that offers none
     */
    record Offer(Optional<String> servername, List<String> protocols) {
        /** Copies the list. */
        public Offer {
            protocols = List.copyOf(protocols);
        }
    }

    /**
     * The selected protocol, with the certificate to present.
     *
     * @param protocol one of those that were offered
     * @param context the context whose certificates this connection presents in place of the server's; its trust,
     *     versions and suites are ignored. Node's {@code tlsSocket.setKeyCert}
     */
    record Choice(String protocol, Optional<SecureContext> context) {
        /** Selects a protocol and another certificate for this connection. */
        public Choice(String protocol, SecureContext context) {
            this(protocol, Optional.of(context));
        }

        /** Selects a protocol; the certificate stays that of the server name. */
        public static Choice of(String protocol) {
            return new Choice(protocol, Optional.empty());
        }
    }
}
