package io.heddle.session.server;

import io.heddle.session.SessionState;
import io.heddle.session.TicketKey;
import io.heddle.session.TicketKeyManager;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * The encryption of sessions into tickets, and their decryption, with the current keys of a server.
 *
 * <p>Thread-safe, without a common lock.
 */
public final class TicketSealer {
    private final TicketKeyManager keys;
    private final SecureRandom random;

    /** Creates a sealer that uses the current keys at each call; {@code random} generates the IVs. */
    public TicketSealer(TicketKeyManager keys, SecureRandom random) {
        this.keys = keys;
        this.random = random;
    }

    /**
     * Returns a new ticket of a session under the sealing key, 80 to 65376 bytes. Two tickets of one session differ.
     *
     * @return empty if the session has more than 65280 bytes in DER (a peer with a huge chain); no ticket must be
     *     sent then
     */
    public Optional<byte[]> seal(SessionState session) {
        return keys.current().all().getFirst().seal(session, random);
    }

    /**
     * Opens a ticket that any server with one of the keys has sealed. {@link ResumptionPolicy} decides whether the session
     * may resume.
     *
     * @param ticket the bytes that the peer sent, of any length
     * @return empty if it is not a ticket under these keys or contains no session; a full handshake follows, never
     *     an alert
     */
    public Optional<Opened> open(byte[] ticket) {
        List<TicketKey> current = keys.current().all();
        for (TicketKey key : current) {
            // Several keys may have one name, so the next one is tried too.
            Optional<SessionState> session = key.open(ticket);
            if (session.isPresent()) {
                return Optional.of(new Opened(session.get(), key != current.getFirst()));
            }
        }
        return Optional.empty();
    }

    /**
     * The content of a ticket.
     *
     * @param state the session
     * @param renew whether the ticket is under an old key, one that opens and does not seal; the handshake then issues a new
     *     ticket ({@code ServerResumption.newTicket} in TLS 1.2, {@code ticket13} in TLS 1.3, which does so in any case)
     */
    public record Opened(SessionState state, boolean renew) {}
}
