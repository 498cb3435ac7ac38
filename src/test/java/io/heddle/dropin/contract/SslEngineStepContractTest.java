package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.TestPki;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Engines in programs that take the steps in another order, in other pieces or at another time. */
class SslEngineStepContractTest {
    @BetweenEach
    void handshake_needs_no_space_for_data(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version).begin();
        for (int i = 0; i < 200; i++) {
            for (EngineEnd end : List.of(pair.client(), pair.server())) {
                if (end.finished() == 0 && end.engine().getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
                    SSLEngineResult result = end.unwrap(ByteBuffer.allocate(0));
                    assertThat(result.getStatus()).isIn(Status.OK, Status.BUFFER_UNDERFLOW);
                } else {
                    end.step();
                }
            }
        }
        pair.assertCarries();
    }

    @BetweenEach
    void handshake_that_arrives_in_single_bytes_completes(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version).begin();
        for (int i = 0; i < 200; i++) {
            for (EngineEnd end : List.of(pair.client(), pair.server())) {
                if (!end.hasIncoming()) {
                    end.step();
                    continue;
                }
                ByteBuffer bytes = end.incoming();
                ByteBuffer growing = ByteBuffer.allocate(bytes.remaining());
                while (bytes.hasRemaining()) {
                    growing.put(bytes.get()).flip();
                    SSLEngineResult result = end.unwrap(growing, ByteBuffer.allocate(20_000));
                    assertThat(result.bytesProduced()).isZero();
                    growing.compact();
                    while (end.engine().getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                        end.runTasks();
                    }
                    while (end.engine().getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                        end.wrap();
                    }
                }
                end.receive(growing.flip());
            }
        }
        pair.assertCarries();
    }

    @BetweenEach
    void data_right_behind_the_handshake_is_not_lost(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version).begin();
        for (int i = 0; i < 200 && pair.client().finished() == 0; i++) {
            pair.client().step();
            if (pair.client().finished() == 0) {
                pair.server().step();
            }
        }
        // The server has not processed the end of the handshake when the data already follows it.
        pair.client().send(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        ByteBuffer received = ByteBuffer.allocate(100_000);
        for (int i = 0; i < 200 && (pair.server().hasIncoming() || received.position() < 3); i++) {
            switch (pair.server().engine().getHandshakeStatus()) {
                case NEED_TASK -> pair.server().runTasks();
                case NEED_WRAP -> pair.server().wrap();
                default -> pair.server().unwrap(received);
            }
        }
        assertThat(received.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        pair.settle();
        pair.assertCarries();
    }

    @OnEachVersion
    void unwrap_consumes_nothing_while_a_wrap_is_needed(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        pair.client().engine().beginHandshake();
        ByteBuffer something = ByteBuffer.allocate(100);
        SSLEngineResult result = pair.client().unwrap(something, ByteBuffer.allocate(20_000));
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        assertThat(result.bytesConsumed()).isZero();
    }

    @OnEachVersion
    void wrap_produces_nothing_while_an_unwrap_is_needed(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        pair.client().wrap();
        for (int i = 0; i < 3; i++) {
            SSLEngineResult result = pair.client().wrap(ByteBuffer.allocate(10));
            assertThat(result.getStatus()).isEqualTo(Status.OK);
            assertThat(result.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
            assertThat(result.bytesConsumed() + result.bytesProduced()).isZero();
        }
        pair.settle();
        pair.assertCarries();
    }

    @OnEachVersion
    void session_of_the_handshake_is_available_between_the_calls(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).begin();
        List<SSLSession> client = new ArrayList<>();
        List<SSLSession> server = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            pair.client().step();
            collect(pair.client().engine(), client);
            pair.server().step();
            collect(pair.server().engine(), server);
        }
        assertThat(client)
                .isNotEmpty()
                .allMatch(session -> session.getProtocol().equals(version));
        assertThat(server)
                .isNotEmpty()
                .allMatch(session -> session.getProtocol().equals(version));
        assertThat(pair.client().engine().getHandshakeSession()).isNull();
        assertThat(pair.server().engine().getHandshakeSession()).isNull();
    }

    private static void collect(SSLEngine engine, List<SSLSession> sessions) {
        SSLSession session = engine.getHandshakeSession();
        if (session != null) {
            sessions.add(session);
        }
    }

    @OnEach
    void session_is_the_null_session_until_the_handshake_is_over(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_2).begin();
        for (int i = 0; i < 200 && pair.client().finished() == 0; i++) {
            assertThat(pair.client().engine().getSession().getCipherSuite()).isEqualTo("SSL_NULL_WITH_NULL_NULL");
            pair.client().step();
            pair.server().step();
        }
        assertThat(pair.client().engine().getSession().getProtocol()).isEqualTo(TLS_1_2);
    }

    @OnEachVersion
    void close_notify_in_the_same_buffer_as_data_comes_after_it(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().send(ByteBuffer.wrap(new byte[] {1}));
        pair.client().engine().closeOutbound();
        pair.client().wrap();
        ByteBuffer both = pair.server().incoming();
        ByteBuffer out = ByteBuffer.allocate(40_000);
        assertThat(pair.server().unwrap(both, out).getStatus()).isEqualTo(Status.OK);
        assertThat(out.position()).isOne();
        assertThat(pair.server().engine().isInboundDone()).isFalse();
        assertThat(pair.server().unwrap(both, out).getStatus()).isEqualTo(Status.CLOSED);
        assertThat(both.hasRemaining()).isFalse();
        assertThat(out.position()).isOne();
    }

    @OnEachVersion
    void close_notify_needs_no_buffer_space(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        pair.client().engine().closeOutbound();
        SSLEngineResult overflow = pair.client().wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(3));
        assertThat(overflow.getStatus()).isEqualTo(Status.BUFFER_OVERFLOW);
        assertThat(pair.client().engine().isOutboundDone()).isFalse();
        assertThat(pair.client().wrap().getStatus()).isEqualTo(Status.CLOSED);
        SSLEngineResult result = pair.server().unwrap(ByteBuffer.allocate(1000));
        assertThat(result.getStatus()).isEqualTo(Status.CLOSED);
    }

    @OnEachVersion
    void renegotiation_or_key_update_between_two_halves_of_data(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version).handshake();
        for (int i = 0; i < 3; i++) {
            pair.client().send(ByteBuffer.wrap(new byte[] {1}));
            assertThat(pair.server().takeAll()).containsExactly(1);
            pair.client().engine().beginHandshake();
            pair.settle();
            pair.assertCarries();
        }
    }

    @BetweenEach
    void data_in_transit_when_a_client_renegotiates_arrives(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version).handshake();
        pair.assertCarries();
        pair.server().send(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        pair.client().engine().beginHandshake();
        assertThat(settleTaking(pair, pair.client())).containsExactly(1, 2, 3);
        pair.assertCarries();
    }

    @BetweenEach
    void data_in_transit_when_a_server_renegotiates_arrives(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version).handshake();
        pair.assertCarries();
        pair.client().send(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        pair.server().engine().beginHandshake();
        assertThat(settleTaking(pair, pair.server())).containsExactly(1, 2, 3);
        pair.assertCarries();
    }

    /** Lets both sides work until there is nothing to do, and returns the data that this side received meanwhile. */
    private static byte[] settleTaking(EnginePair pair, EngineEnd taking) throws SSLException {
        EngineEnd other = taking == pair.client() ? pair.server() : pair.client();
        ByteBuffer received = ByteBuffer.allocate(50_000);
        for (int i = 0; i < 300; i++) {
            other.step();
            switch (taking.engine().getHandshakeStatus()) {
                case NEED_TASK -> taking.runTasks();
                case NEED_WRAP -> taking.wrap();
                default -> taking.unwrap(received);
            }
        }
        byte[] bytes = new byte[received.flip().remaining()];
        received.get(bytes);
        return bytes;
    }

    @OnEach
    void data_waits_for_the_end_of_a_renegotiation_or_does_not(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_2).handshake();
        pair.client().engine().beginHandshake();
        pair.client().wrap();
        ByteBuffer data = ByteBuffer.wrap(new byte[] {1, 2, 3});
        SSLEngineResult result = pair.client().wrap(data);
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
        assertThat(result.bytesConsumed()).isEqualTo(jsse == Jsse.SUN_JSSE ? 3 : 0);
    }

    @OnEachVersion
    void exception_of_a_manager_ends_the_handshake_as_a_failure(Jsse jsse, String version) throws Exception {
        KeyManager broken = new Broken();
        SSLContext server = jsse.context(
                "TLS", new KeyManager[] {broken}, Jsse.trust(TestPki.ca().leaf()));
        EnginePair pair = EnginePair.of(jsse.withoutKey(), server);
        pair.client().engine().setEnabledProtocols(new String[] {version});
        pair.begin();
        if (jsse.keepsExceptionsOfTasks()) {
            assertThat(pair.failsWhenAskedAgain(pair.server()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no idea");
            return;
        }
        assertThat(pair.failsFirst(pair.server())).isInstanceOf(SSLException.class);
        assertThat(pair.server().engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        while (!pair.server().engine().isOutboundDone()) {
            pair.server().wrap();
        }
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 20; i++) {
                        pair.client().step();
                    }
                })
                .isInstanceOf(SSLException.class);
    }

    @OnEachVersion
    void exception_of_a_selector_ends_the_handshake_as_a_failure(Jsse jsse, String version) throws Exception {
        EnginePair pair = EnginePair.of(jsse, version);
        var parameters = pair.client().engine().getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        pair.client().engine().setSSLParameters(parameters);
        pair.server().engine().setHandshakeApplicationProtocolSelector((engine, offered) -> {
            throw new IllegalStateException("no idea");
        });
        pair.begin();
        if (jsse.keepsExceptionsOfTasks()) {
            assertThat(pair.failsWhenAskedAgain(pair.server()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no idea");
            return;
        }
        assertThat(pair.failsFirst(pair.server())).isInstanceOf(SSLException.class);
    }

    @OnEachVersion
    void many_engines_of_two_contexts_perform_handshakes_concurrently(Jsse jsse, String version) throws Exception {
        SSLContext client = jsse.withoutKey();
        SSLContext server = jsse.context();
        List<Future<Object>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 40; i++) {
                all.add(threads.submit(() -> {
                    EnginePair pair = EnginePair.of(client, server);
                    pair.client().engine().setEnabledProtocols(new String[] {version});
                    pair.handshake().assertCarries();
                    return "done";
                }));
            }
            for (Future<Object> future : all) {
                assertThat(future.get(60, TimeUnit.SECONDS)).isEqualTo("done");
            }
        }
    }

    @OnEach
    void client_hello_in_two_records_is_one(Jsse jsse) throws Exception {
        EnginePair pair = EnginePair.of(jsse, TLS_1_2);
        pair.client().wrap();
        ByteBuffer hello = pair.server().incoming();
        int length = hello.remaining() - 5;
        int half = length / 2;
        byte[] message = new byte[length];
        hello.get(5, message);
        ByteBuffer first = record(hello, message, 0, half);
        ByteBuffer second = record(hello, message, half, length - half);
        ByteBuffer out = ByteBuffer.allocate(20_000);
        SSLEngineResult result = pair.server().unwrap(first, out);
        assertThat(result.getStatus()).isEqualTo(Status.OK);
        assertThat(result.bytesProduced()).isZero();
        assertThat(first.hasRemaining()).isFalse();
        pair.server().runTasks();
        assertThat(pair.server().engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
        pair.server().receive(second);
        pair.settle();
        pair.assertCarries();
    }

    private static ByteBuffer record(ByteBuffer like, byte[] message, int offset, int length) {
        return ByteBuffer.allocate(5 + length)
                .put(like.get(0))
                .put(like.get(1))
                .put(like.get(2))
                .putShort((short) length)
                .put(message, offset, length)
                .flip();
    }

    /** Fails whenever it is called for a server's key. */
    private static final class Broken extends X509ExtendedKeyManager {
        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
            throw new IllegalStateException("no idea");
        }

        @Override
        public String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            throw new IllegalStateException("no idea");
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return null;
        }
    }
}
