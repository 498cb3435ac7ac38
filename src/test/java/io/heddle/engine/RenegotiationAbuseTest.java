package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.RawPeer;
import io.heddle.TlsPair;
import io.heddle.TlsSocket;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Vector;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.ServerOnlyTlsAuthentication;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forbidden acts of a client in a renegotiation, by a modified client of bctls. */
class RenegotiationAbuseTest {
    private String servername = "localhost";
    private String protocol = "h2";
    private boolean extended = true;

    /** Sends {@link #servername}. */
    private final class Peer extends DefaultTlsClient {
        Peer() {
            super(new BcTlsCrypto(new SecureRandom()));
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv12.only();
        }

        @Override
        @SuppressWarnings({"rawtypes", "JdkObsolete"})
        protected Vector getSNIServerNames() {
            return TlsUtils.vectorOfOne(
                    new ServerName(NameType.host_name, servername.getBytes(StandardCharsets.US_ASCII)));
        }

        @Override
        @SuppressWarnings({"rawtypes", "JdkObsolete"})
        protected Vector getProtocolNames() {
            return TlsUtils.vectorOfOne(ProtocolName.asUtf8Encoding(protocol));
        }

        @Override
        public boolean shouldUseExtendedMasterSecret() {
            return extended;
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new ServerOnlyTlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {
                    // The identity of the server does not matter here.
                }
            };
        }
    }

    private static class Client extends TlsClientProtocol {
        private int finished;

        Client(RawPeer heddle) {
            super(heddle.in(), heddle.out());
        }

        final void renegotiate() throws IOException {
            beginHandshake(true);
            resumeHandshake();
        }

        final void beginTwice() throws IOException {
            beginHandshake(true);
            sendClientHelloMessage();
            resumeHandshake();
        }

        /** The records of the second negotiation before its Finished. */
        void beforeSecondFinished() throws IOException {}

        @Override
        protected void sendFinishedMessage() throws IOException {
            if (++finished == 2) {
                beforeSecondFinished();
            }
            super.sendFinishedMessage();
        }
    }

    private static CompletableFuture<Throwable> reading(TlsSocket heddle) {
        var ended = new CompletableFuture<Throwable>();
        Thread.ofVirtual().start(() -> {
            try {
                while (heddle.getInputStream().read() >= 0) {
                    // The end is next.
                }
                ended.complete(new AssertionError("a clean end"));
            } catch (IOException e) {
                ended.complete(e);
            }
        });
        return ended;
    }

    private static void refused(CompletableFuture<Throwable> reading, Code code, String message) throws Exception {
        assertThat(reading.get(20, TimeUnit.SECONDS))
                .hasMessageStartingWith(message)
                .isInstanceOfSatisfying(
                        TlsFailure.class, failure -> assertThat(failure.code()).isEqualTo(code));
    }

    @Test
    void a_renegotiation_that_keeps_to_the_rules_is_no_abuse() throws Exception {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer raw = pair.rawClient()) {
            var client = new Client(raw);
            client.connect(new Peer());
            CompletableFuture<Throwable> reading = reading(raw.heddle());
            client.renegotiate();
            assertThat(reading).isNotDone();
            assertThat(raw.heddle().servername()).contains("localhost");
        }
    }

    @Test
    void another_server_name_is_refused() throws Exception {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer raw = pair.rawClient()) {
            var client = new Client(raw);
            client.connect(new Peer());
            CompletableFuture<Throwable> reading = reading(raw.heddle());
            servername = "shop.example.com";
            assertThatThrownBy(client::renegotiate).hasMessageContaining("handshake_failure");
            refused(
                    reading,
                    Code.ERR_SSL_HANDSHAKE_FAILURE,
                    "servername: the client asked for \"shop.example.com\" in a renegotiation, the connection is with"
                            + " \"localhost\"");
        }
    }

    @Test
    void another_application_protocol_is_refused() throws Exception {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2).server(server -> server.alpnProtocols("h2", "http/1.1"));
                RawPeer raw = pair.rawClient()) {
            var client = new Client(raw);
            client.connect(new Peer());
            CompletableFuture<Throwable> reading = reading(raw.heddle());
            protocol = "http/1.1";
            assertThatThrownBy(client::renegotiate).hasMessageContaining("no_application_protocol");
            refused(
                    reading,
                    Code.ERR_SSL_NO_APPLICATION_PROTOCOL,
                    "alpn: the client offered [http/1.1] in a renegotiation, the connection speaks \"h2\"");
        }
    }

    /** RFC 7627 5.4. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void another_kind_of_master_secret_is_refused(boolean atFirst) throws Exception {
        extended = atFirst;
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer raw = pair.rawClient()) {
            var client = new Client(raw);
            client.connect(new Peer());
            CompletableFuture<Throwable> reading = reading(raw.heddle());
            extended = !atFirst;
            assertThatThrownBy(client::renegotiate).hasMessageContaining("handshake_failure");
            refused(
                    reading,
                    Code.ERR_SSL_INCONSISTENT_EXTMS,
                    "renegotiation: the peer %s extended_master_secret".formatted(atFirst ? "left out" : "added"));
        }
    }

    /** Data under the new keys before Finished is not authenticated yet. */
    @Test
    void data_under_keys_that_are_not_proven_is_refused() throws Exception {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer raw = pair.rawClient()) {
            var client = new Client(raw) {
                @Override
                void beforeSecondFinished() throws IOException {
                    safeWriteRecord(ContentType.application_data, new byte[] {1, 2, 3}, 0, 3);
                }
            };
            client.connect(new Peer());
            CompletableFuture<Throwable> reading = reading(raw.heddle());
            assertThatThrownBy(client::renegotiate).isInstanceOf(IOException.class);
            refused(
                    reading,
                    Code.ERR_SSL_UNEXPECTED_MESSAGE,
                    "record: the peer sent application data under new keys before its Finished");
            assertThat(raw.heddle().bytesRead()).isZero();
        }
    }

    @Test
    void a_second_client_hello_is_refused() throws Exception {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer raw = pair.rawClient()) {
            var client = new Client(raw);
            client.connect(new Peer());
            CompletableFuture<Throwable> reading = reading(raw.heddle());
            assertThatThrownBy(client::beginTwice).isInstanceOf(IOException.class);
            refused(reading, Code.ERR_SSL_UNEXPECTED_MESSAGE, "handshake: a second ClientHello in one negotiation");
        }
    }
}
