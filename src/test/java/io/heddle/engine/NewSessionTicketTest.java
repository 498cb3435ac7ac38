package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.RawRecord;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The client's checks of the NewSessionTicket of TLS 1.3, RFC 8446 4.6.1. */
class NewSessionTicketTest {
    private static final byte NEW_SESSION_TICKET = 4;
    private static final byte[] TICKET = {'t', 'i', 'c', 'k', 'e', 't'};

    private static byte[] message(long lifetime, byte... ticket) {
        return message(lifetime, ticket, new byte[0]);
    }

    private static byte[] message(long lifetime, byte[] ticket, byte[] extensions) {
        ByteBuffer out = ByteBuffer.allocate(4 + 4 + 4 + 1 + 1 + 2 + ticket.length + 2 + extensions.length);
        out.put(NEW_SESSION_TICKET).put((byte) 0).putShort((short) (out.capacity() - 4));
        out.putInt((int) lifetime).putInt(7);
        out.put((byte) 1).put((byte) 0);
        out.putShort((short) ticket.length).put(ticket);
        out.putShort((short) extensions.length).put(extensions);
        return out.array();
    }

    /** Sends it, and data behind it so that reading ends. */
    private static HandshakeResult after(EnginePair client, byte[] message) throws Exception {
        client.send(RawRecord.HANDSHAKE, message);
        client.send(RawRecord.APPLICATION_DATA, (byte) 1);
        assertThat(client.read()).containsExactly(1);
        return client.heddle().result().orElseThrow();
    }

    private static void refused(byte[] message) throws Exception {
        refused(message, Alert.DECODE_ERROR);
    }

    private static void refused(byte[] message, Alert alert) throws Exception {
        try (EnginePair client = EnginePair.client(TlsVersion.TLS_1_3)) {
            client.send(RawRecord.HANDSHAKE, message);
            // If the message is accepted, reading ends with this.
            client.send(RawRecord.APPLICATION_DATA, (byte) 1);
            TlsFailure failure = catchThrowableOfType(TlsFailure.class, client::read);
            assertThat(failure).isNotNull();
            assertThat(failure.code().blame()).isEqualTo(TlsFailure.Blame.PEER_MISBEHAVED);
            assertThat(client.receive().body()).containsExactly(2, alert.number());
        }
    }

    @Test
    void a_ticket_is_a_session_for_its_lifetime() throws Exception {
        try (EnginePair client = EnginePair.client(TlsVersion.TLS_1_3)) {
            HandshakeResult result = after(client, message(600, TICKET));
            assertThat(result.tickets()).isEqualTo(1);
            SessionState session = result.session().orElseThrow();
            assertThat(session.ticket()).contains(TICKET);
            assertThat(session.ticketAgeAdd()).isEqualTo(7);
            assertThat(session.ticketLifetimeHint()).isEqualTo(Duration.ofMinutes(10));
            assertThat(session.timeout()).isEqualTo(Duration.ofMinutes(10));
        }
    }

    @Test
    void a_ticket_is_kept_for_seven_days_at_most() throws Exception {
        try (EnginePair client = EnginePair.client(TlsVersion.TLS_1_3)) {
            SessionState session =
                    after(client, message(0xffff_ffffL, TICKET)).session().orElseThrow();
            assertThat(session.ticketLifetimeHint()).isEqualTo(Duration.ofDays(7));
            assertThat(session.timeout()).isEqualTo(Duration.ofDays(7));
        }
    }

    @Test
    void a_ticket_without_a_lifetime_is_dropped() throws Exception {
        try (EnginePair client = EnginePair.client(TlsVersion.TLS_1_3)) {
            HandshakeResult result = after(client, message(0, TICKET));
            assertThat(result.tickets()).isZero();
            assertThat(result.session()).isEmpty();
        }
    }

    /** A ticket is opened in the reader's array; it is secret, and must not remain there. */
    @Test
    void nothing_of_a_ticket_stays_in_the_readers_array() throws Exception {
        try (EnginePair client = EnginePair.client(TlsVersion.TLS_1_3)) {
            client.send(RawRecord.HANDSHAKE, message(600, TICKET));
            client.send(RawRecord.APPLICATION_DATA, (byte) 1);
            byte[] into = new byte[1 << 16];
            assertThat(client.heddle().read(into, 0, into.length, 20_000)).isEqualTo(1);
            assertThat(into[0]).isEqualTo((byte) 1);
            assertThat(new String(into, StandardCharsets.ISO_8859_1)).doesNotContain("t", "i", "c", "k");
        }
    }

    @Test
    void an_empty_ticket_is_refused() throws Exception {
        refused(message(600));
    }

    @Test
    void bytes_behind_a_ticket_are_refused() throws Exception {
        byte[] message = message(600, TICKET);
        byte[] longer = Arrays.copyOf(message, message.length + 1);
        longer[3]++;
        refused(longer);
    }

    private static byte[] extension(int type, int... content) {
        ByteBuffer out = ByteBuffer.allocate(4 + content.length).putShort((short) type);
        out.putShort((short) content.length);
        for (int number : content) {
            out.put((byte) number);
        }
        return out.array();
    }

    private static byte[] both(byte[] one, byte[] other) {
        return ByteBuffer.allocate(one.length + other.length)
                .put(one)
                .put(other)
                .array();
    }

    @Test
    void unknown_extensions_and_the_permission_of_early_data_are_ignored() throws Exception {
        byte[] extensions = both(extension(0x7a7a, 1, 2), both(extension(42, 0, 0, 64, 0), extension(0xfafa)));
        try (EnginePair client = EnginePair.client(TlsVersion.TLS_1_3)) {
            assertThat(after(client, message(600, TICKET, extensions)).tickets())
                    .isEqualTo(1);
        }
    }

    /** RFC 8446 4.2. */
    @Test
    void an_extension_twice_is_refused() throws Exception {
        refused(message(600, TICKET, both(extension(0x7a7a), extension(0x7a7a))), Alert.ILLEGAL_PARAMETER);
        byte[] earlyData = extension(42, 0, 0, 64, 0);
        refused(message(600, TICKET, both(earlyData, earlyData)), Alert.ILLEGAL_PARAMETER);
    }

    /** RFC 8446 4.2: extensions that exist and are not defined for the message. */
    @Test
    void an_extension_of_another_message_is_refused() throws Exception {
        refused(message(600, TICKET, extension(51, 0, 29)), Alert.ILLEGAL_PARAMETER);
        refused(message(600, TICKET, extension(16, 0, 2, 1, 'a')), Alert.ILLEGAL_PARAMETER);
    }

    @Test
    void extensions_that_do_not_fill_their_lengths_are_refused() throws Exception {
        refused(message(600, TICKET, new byte[] {0x7a}));
        refused(message(600, TICKET, new byte[] {0x7a, 0x7a, 0}));
        refused(message(600, TICKET, new byte[] {0x7a, 0x7a, 0, 2, 1}));
        refused(message(600, TICKET, extension(42, 0, 0, 64)));
    }
}
