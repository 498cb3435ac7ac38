package io.heddle.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.RawPeer;
import io.heddle.TlsPair;
import io.heddle.cipher.TlsVersion;
import io.heddle.session.SessionState;
import io.heddle.session.TicketSealer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Hashtable;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.NewSessionTicket;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server and bctls' own client, which can leave out what OpenSSL, Node, the JDK and Heddle always say. */
class BareClientTest {
    @SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
    private static final class Client extends DefaultTlsClient {
        private final ProtocolVersion version;
        private final boolean extended;
        private final AtomicReference<byte @Nullable []> ticket = new AtomicReference<>();

        Client(ProtocolVersion version, boolean extended) {
            super(new ProviderCrypto(new SecureRandom()));
            this.version = version;
            this.extended = extended;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return version.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return new int[] {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_AES_128_GCM_SHA256};
        }

        @Override
        public boolean shouldUseExtendedMasterSecret() {
            return extended;
        }

        @Override
        public Hashtable getClientExtensions() throws IOException {
            Hashtable extensions = super.getClientExtensions();
            extensions.put((Integer) ExtensionType.session_ticket, TlsUtils.EMPTY_BYTES);
            return extensions;
        }

        @Override
        public void notifyNewSessionTicket(NewSessionTicket sent) {
            ticket.set(sent.getTicket());
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {}

                @Override
                public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
                    return null;
                }
            };
        }
    }

    private static final class Handshake extends TlsClientProtocol {
        private int tickets;

        @Override
        protected void receive13NewSessionTicket(ByteArrayInputStream message) throws IOException {
            tickets++;
            super.receive13NewSessionTicket(message);
        }
    }

    private static Handshake handshake(Client client, RawPeer wire) throws IOException {
        var protocol = new Handshake();
        protocol.connect(client);
        while (protocol.isHandshaking()) {
            send(protocol, wire);
            if (protocol.isHandshaking()) {
                byte[] flight = wire.readFlight();
                assertThat(flight).as("what the server answers").isNotEmpty();
                protocol.offerInput(flight);
            }
        }
        send(protocol, wire);
        assertThat(wire.problem()).isEmpty();
        return protocol;
    }

    private static void send(TlsClientProtocol protocol, RawPeer wire) {
        byte[] out = new byte[protocol.getAvailableOutputBytes()];
        protocol.readOutput(out, 0, out.length);
        wire.send(out);
    }

    /** RFC 7627 5.3: else a session that was made without would resume as if it had it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_session_says_whether_it_was_made_with_an_extended_master_secret(boolean extended) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer wire = pair.rawClient()) {
            var client = new Client(ProtocolVersion.TLSv12, extended);
            handshake(client, wire);
            byte[] ticket = requireNonNull(client.ticket.get());
            SessionState state = new TicketSealer(pair.keys(), new SecureRandom())
                    .open(ticket)
                    .orElseThrow()
                    .state();
            assertThat(state.extendedMasterSecret()).isEqualTo(extended);
        }
    }

    /** RFC 8446 4.2.9: without psk_key_exchange_modes it could not use one. */
    @Test
    void a_client_of_tls_1_3_that_takes_no_tickets_gets_none() throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            Handshake client = handshake(new Client(ProtocolVersion.TLSv13, true), wire);
            wire.heddle().getOutputStream().write(42);
            while (client.getAvailableInputBytes() == 0) {
                byte[] sent = wire.readFlight();
                assertThat(sent).isNotEmpty();
                client.offerInput(sent);
            }
            assertThat(client.tickets).isZero();
        }
    }
}
