package io.heddle.endpoint;

import io.heddle.callback.OcspResponseListener;
import io.heddle.callback.PskClientCallback;
import io.heddle.callback.ServerIdentityCheck;
import io.heddle.session.SessionState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The checked options of a client's connections, of which a {@link ClientRole} makes the settings of a handshake.
 *
 * @param session the session to resume
 * @param observers adds the listeners of the options to those of a connection
 */
public record ClientConfig(
        ContextSettings context,
        Server server,
        Handshake handshake,
        Verification verification,
        Ocsp ocsp,
        Optional<SessionState> session,
        Consumer<SocketObservers> observers) {
    /** The refusal of a session together with a required OCSP response. */
    public static final String SESSION_WITHOUT_OCSP =
            "requireOCSP: a session was given as well, which would resume without an OCSP response";

    /**
     * The server to connect to.
     *
     * @param host null if unknown
     * @param port negative if unknown
     * @param servername the name in SNI
     * @param checkedName the name that the server's certificate must be valid for
     */
    public record Server(@Nullable String host, int port, Optional<String> servername, String checkedName) {
        /** The server of a connection that is given none: the name to check is Node's default. */
        public static final Server UNKNOWN = new Server("localhost", 0, Optional.empty(), "localhost");
    }

    /**
     * The negotiation of the handshake.
     *
     * @param timeout how long connecting and the handshake may take together
     * @param minDHSize the smallest prime that a server may have for DHE, in bits
     * @param psk the supplier of a pre-shared key
     */
    public record Handshake(
            Duration timeout, List<String> alpnProtocols, int minDHSize, Optional<PskClientCallback> psk) {
        /** Node's timeout. */
        public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(2);

        /** Node's size. */
        public static final int DEFAULT_MIN_DH_SIZE = 1024;

        /** The defaults. */
        public static final Handshake DEFAULT =
                new Handshake(DEFAULT_TIMEOUT, List.of(), DEFAULT_MIN_DH_SIZE, Optional.empty());
    }

    /**
     * The verification of the server's certificate.
     *
     * @param rejectUnauthorized whether a server without a valid one is refused
     * @param identity the check that the certificate is for the server's name
     */
    public record Verification(boolean rejectUnauthorized, ServerIdentityCheck identity) {
        /** The defaults. */
        public static final Verification DEFAULT = new Verification(true, PeerCheck.BY_NODES_RULES);
    }

    /**
     * The OCSP response to the server's certificate.
     *
     * @param request whether the server is asked for one
     * @param require whether a server that sends none is refused
     */
    public record Ocsp(boolean request, boolean require, OcspResponseListener listener) {
        /** The listener of clients that request a response and look at it later. */
        public static final OcspResponseListener IGNORE = (response, chain, verdict) -> {};

        /** No response is requested. */
        public static final Ocsp NONE = new Ocsp(false, false, IGNORE);
    }

    /** Returns the default options for a context. */
    public static ClientConfig of(ContextSettings context) {
        return new ClientConfig(
                context,
                Server.UNKNOWN,
                Handshake.DEFAULT,
                Verification.DEFAULT,
                Ocsp.NONE,
                Optional.empty(),
                observers -> {});
    }

    /** Returns these options with another context. */
    public ClientConfig with(ContextSettings other) {
        return new ClientConfig(other, server, handshake, verification, ocsp, session, observers);
    }
}
