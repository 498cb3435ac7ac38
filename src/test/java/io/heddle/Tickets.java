package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.session.SessionState;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.server.TicketSealer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Sessions and tickets that Heddle would not issue, for tests of a server's handling. */
public final class Tickets {
    private Tickets() {}

    /** Returns the content of the ticket in a client's session. */
    public static SessionState open(TicketKeyManager keys, SessionState session) {
        Optional<TicketSealer.Opened> opened =
                new TicketSealer(keys, new SecureRandom()).open(session.ticket().orElseThrow());
        assertThat(opened).as("a ticket under these keys").isPresent();
        return opened.get().state();
    }

    /** Changes the content of the ticket of the pair's client; the client's part of the session stays unchanged. */
    public static void forge(TlsPair pair, UnaryOperator<SessionState> change) {
        SessionState sealed = change.apply(open(pair.keys(), pair.session()));
        byte[] ticket =
                new TicketSealer(pair.keys(), new SecureRandom()).seal(sealed).orElseThrow();
        replace(pair, ticket);
    }

    /** Replaces the ticket of the pair's client. */
    public static void replace(TlsPair pair, byte[] ticket) {
        pair.session(pair.session().toBuilder().ticket(ticket).build());
    }

    /** Sets the client's ticket to be issued now, with a lifetime of a week. */
    public static void refresh(TlsPair pair) {
        pair.session(pair.session().toBuilder()
                .time(pair.clock().instant())
                .ticketLifetimeHint(Duration.ofDays(7))
                .build());
    }

    /** As {@link #refresh}, where the session has a ticket. */
    public static void refreshIfTicket(TlsPair pair) {
        if (pair.session().ticket().isPresent()) {
            refresh(pair);
        }
    }

    /** Returns a session as Node would write it: the same secret, without the fields that only Heddle writes. */
    public static SessionState asNode(SessionState state) {
        SessionState.Builder node = SessionState.builder()
                .protocol(state.protocol())
                .cipherSuite(state.cipherSuite())
                .masterSecret(state.masterSecret())
                .sessionId(state.sessionId())
                .sessionIdContext(state.sessionIdContext())
                .extendedMasterSecret(state.extendedMasterSecret())
                .ticketAgeAdd(state.ticketAgeAdd())
                .verifyResult(state.verifyResult())
                .time(state.time())
                .timeout(state.timeout());
        state.peerCertificate().ifPresent(node::peerCertificate);
        return node.build();
    }
}
