package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.session.SessionState;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketSealer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Sessions and tickets that no Heddle would have made, for tests of what a server does with them. */
public final class Tickets {
    private Tickets() {}

    /** Returns what is in the ticket of a client's session. */
    public static SessionState open(TicketKeyManager keys, SessionState session) {
        Optional<TicketSealer.Opened> opened =
                new TicketSealer(keys, new SecureRandom()).open(session.ticket().orElseThrow());
        assertThat(opened).as("a ticket under these keys").isPresent();
        return opened.get().state();
    }

    /** Changes what is in the ticket that the pair's client has; its own side of the session stays as it is. */
    public static void forge(TlsPair pair, UnaryOperator<SessionState> change) {
        SessionState sealed = change.apply(open(pair.keys(), pair.session()));
        byte[] ticket =
                new TicketSealer(pair.keys(), new SecureRandom()).seal(sealed).orElseThrow();
        replace(pair, ticket);
    }

    /** Gives the pair's client another ticket. */
    public static void replace(TlsPair pair, byte[] ticket) {
        pair.session(pair.session().toBuilder().ticket(ticket).build());
    }

    /** Lets the pair's client believe that its ticket was made just now and lasts a week. */
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

    /** Returns a session as Node would have made it: the same secret, but nothing that only Heddle writes. */
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
