package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.heddle.ConnectOptions;
import io.heddle.HelloBytes;
import io.heddle.PskKind;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.callback.PskIdentity;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.PreSharedKey;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.Vector;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKIdentity;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.PSKTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsPSKIdentity;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pre-shared keys against peers that break the rules: modified clients and servers of bctls. */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
class PskRulesTest {
    private static final byte[] IDENTITY = PskKind.IDENTITY.getBytes(StandardCharsets.UTF_8);

    private final ProviderCrypto crypto = new ProviderCrypto(new SecureRandom());
    private final BlockingQueue<TlsSocket> accepted = new ArrayBlockingQueue<>(8);
    private final BlockingQueue<TlsFailure> failures = new ArrayBlockingQueue<>(8);

    /** A client of bctls, which accepts any certificate. */
    private class Client extends DefaultTlsClient {
        Client() {
            super(PskRulesTest.this.crypto);
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {
                    // Any certificate is accepted.
                }

                @Override
                public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
                    return null;
                }
            };
        }
    }

    private TlsServer serve(SecureContext.Builder context) throws IOException {
        ServerOptions options = ServerOptions.builder(context.build())
                .pskCallback((socket, identity) -> Optional.of(PskKind.key()))
                .build();
        return Tls.createServer(options, accepted::add)
                .onTlsClientError((failure, socket) -> failures.add(failure))
                .listen("127.0.0.1", 0);
    }

    /**
     * An attacker can replay a recorded ClientHello, whose binder verifies. With a HelloRetryRequest the second one is
     * to prove the key anew; RFC 8446 4.1.2 does not let it leave the key out.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_the_first_client_hello_offers_the_second_offers_too(boolean ticket) throws Exception {
        SecureContext.Builder context = SecureContext.builder()
                .identity(TestPki.server("localhost"))
                .ciphers("TLS_AES_128_GCM_SHA256")
                .ecdhCurve("P-384")
                .minVersion(TlsVersion.TLS_1_3);
        try (TlsServer server = serve(context)) {
            TlsPSKExternal offered =
                    ticket ? ticketOf(server) : PreSharedKey.external(IDENTITY, crypto.createSecret(PskKind.key()));
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                socket.setSoTimeout(20_000);
                var once = new OfferedOnce(offered);
                var protocol = new Forgetful(socket, once);
                assertThatExceptionOfType(TlsFatalAlertReceived.class)
                        .isThrownBy(() -> protocol.connect(new Client() {
                            @Override
                            public Vector getExternalPSKs() {
                                return TlsUtils.vectorOfOne(once);
                            }
                        }))
                        .returns(AlertDescription.illegal_parameter, TlsFatalAlertReceived::getAlertDescription);
                assertThat(once.hellos).as("ClientHellos").isEqualTo(2);
            }
        }
    }

    private TlsPSKExternal ticketOf(TlsServer server) throws Exception {
        ConnectOptions options = ConnectOptions.builder()
                .port(server.port())
                .ca(TestPki.ca().chain())
                .build();
        try (TlsSocket socket = Tls.connect(options)) {
            byte[] session = socket.awaitSession(Duration.ofSeconds(20)).orElseThrow();
            SessionState state = SessionState.fromDer(session);
            assertThat(accepted.poll(20, TimeUnit.SECONDS)).isNotNull();
            Suite suite = Suite.of(state.cipherSuite()).orElseThrow();
            return PreSharedKey.ofTicket(state.ticket().orElseThrow(), state.masterSecret(), suite, crypto);
        }
    }

    /** Calls itself a key for another hash after the first ClientHello, so that bctls drops it from the second one. */
    private static final class OfferedOnce implements TlsPSKExternal {
        private final TlsPSKExternal psk;
        private int hellos;

        OfferedOnce(TlsPSKExternal psk) {
            this.psk = psk;
        }

        @Override
        public byte[] getIdentity() {
            return psk.getIdentity();
        }

        @Override
        public TlsSecret getKey() {
            return psk.getKey();
        }

        @Override
        public int getPRFAlgorithm() {
            return hellos == 0 ? PRFAlgorithm.tls13_hkdf_sha256 : PRFAlgorithm.tls13_hkdf_sha384;
        }
    }

    /** A client whose second ClientHello has no binders, as it has no keys. */
    private static final class Forgetful extends TlsClientProtocol {
        private final OfferedOnce offered;

        Forgetful(Socket socket, OfferedOnce offered) throws IOException {
            super(socket.getInputStream(), socket.getOutputStream());
            this.offered = offered;
        }

        @Override
        protected void sendClientHelloMessage() throws IOException {
            if (retryGroup >= 0) {
                assertThat(clientHello.getExtensions().containsKey(HelloBytes.PRE_SHARED_KEY))
                        .isFalse();
                clientHello = new ClientHello(
                        clientHello.getVersion(),
                        clientHello.getRandom(),
                        clientHello.getSessionID(),
                        null,
                        clientHello.getCipherSuites(),
                        clientHello.getExtensions(),
                        0);
            }
            super.sendClientHelloMessage();
            offered.hellos++;
        }
    }

    @Test
    void an_identity_that_is_too_long_is_refused() throws Exception {
        var client = new Client() {
            @Override
            public int[] getCipherSuites() {
                return new int[] {CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256};
            }

            @Override
            protected ProtocolVersion[] getSupportedVersions() {
                return ProtocolVersion.TLSv12.only();
            }

            @Override
            public TlsPSKIdentity getPSKIdentity() {
                return new BasicTlsPSKIdentity(new byte[257], PskKind.key());
            }
        };
        try (TlsServer server = serve(SecureContext.builder().ciphers("PSK+AESGCM"));
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            var protocol = new TlsClientProtocol(socket.getInputStream(), socket.getOutputStream());
            assertThat(catchThrowable(() -> protocol.connect(client))).hasMessageContaining("handshake_failure");
            assertThat(failures.poll(20, TimeUnit.SECONDS))
                    .hasMessageStartingWith("psk: the client sent an identity of 257 bytes, at most 256 are allowed")
                    .returns(Code.ERR_SSL_DATA_LENGTH_TOO_LONG, TlsFailure::code);
        }
    }

    @Test
    void a_hint_that_is_too_long_is_refused() throws Exception {
        var manager = new TlsPSKIdentityManager() {
            @Override
            public byte[] getHint() {
                return new byte[257];
            }

            @Override
            public byte[] getPSK(byte[] identity) {
                return PskKind.key();
            }
        };
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = listener.accept()) {
                    new TlsServerProtocol(socket.getInputStream(), socket.getOutputStream())
                            .accept(new PSKTlsServer(crypto, manager));
                } catch (IOException e) {
                    // The client has left.
                }
            });
            ConnectOptions options = ConnectOptions.builder()
                    .host("127.0.0.1")
                    .port(listener.getLocalPort())
                    .ciphers("PSK+AES")
                    .pskCallback(hint -> Optional.of(new PskIdentity("x", PskKind.key())))
                    .build();
            assertThatExceptionOfType(TlsFailure.class)
                    .isThrownBy(() -> Tls.connect(options))
                    .withMessageStartingWith(
                            "psk: the server sent an identity hint of 257 bytes, at most 256 are allowed")
                    .returns(Code.ERR_SSL_DATA_LENGTH_TOO_LONG, TlsFailure::code)
                    .returns(Optional.of(Alert.HANDSHAKE_FAILURE), TlsFailure::alert);
        }
    }
}
