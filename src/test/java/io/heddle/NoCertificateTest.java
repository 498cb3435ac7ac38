package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.TestPki;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A server without a certificate, as each kind of server reports it. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NoCertificateTest {
    private static final SecureContext EMPTY = Tls.createSecureContext(o -> {});

    private static ConnectOptions.Builder client(TlsVersion version) {
        return Stack.options().minVersion(version).maxVersion(version);
    }

    private static String sentence(TlsVersion version) {
        return "certificate: the server has no certificate, the client asked for \"localhost\" (%s)"
                .formatted(version == TlsVersion.TLS_1_3 ? "no suitable signature algorithm" : "no shared cipher");
    }

    private static Code code(TlsVersion version) {
        return version == TlsVersion.TLS_1_3
                ? Code.ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM
                : Code.ERR_SSL_NO_SHARED_CIPHER;
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_server_reports_it_for_each_connection(TlsVersion version) throws Exception {
        BlockingQueue<TlsFailure> failures = new LinkedBlockingQueue<>();
        try (TlsServer server = Tls.createServer(EMPTY, socket -> {})) {
            server.onTlsClientError((failure, socket) -> failures.add(failure));
            server.listen("127.0.0.1", 0);
            ConnectOptions options = client(version).port(server.port()).build();
            assertThatThrownBy(() -> Tls.connect(options))
                    .isInstanceOfSatisfying(
                            TlsFailure.class,
                            failure ->
                                    assertThat(failure.code()).isEqualTo(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE));
            TlsFailure failure = failures.poll(SocketPair.LIMIT_SECONDS, TimeUnit.SECONDS);
            assertThat(failure).hasMessage(sentence(version) + " (sent alert 40 handshake_failure)");
            assertThat(failure.code()).isEqualTo(code(version));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void an_engine_reports_it(TlsVersion version) throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                var client = new TlsSocket(
                        TlsTransport.of(tcp.client()), client(version).build());
                var engine = new EngineOverSocket(tcp.server(), ServerOptions.of(EMPTY), false);
                var sides = new SocketPair(client, client)) {
            Future<?> connecting = sides.run(() -> {
                client.startHandshake();
                return null;
            });
            assertThatThrownBy(engine::handshake).hasMessageStartingWith(sentence(version));
            assertThat(SocketPair.failure(connecting)).isInstanceOf(TlsFailure.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2,false", "TLS_1_3,false", "TLS_1_2,true", "TLS_1_3,true"})
    void a_socket_of_jsse_reports_it(TlsVersion version, boolean keyManager) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS", new HeddleProvider());
        KeyStore none = KeyStore.getInstance("PKCS12");
        none.load(null, null);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(none, new char[0]);
        context.init(keyManager ? keys.getKeyManagers() : null, null, null);
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                var client = new TlsSocket(
                        TlsTransport.of(tcp.client()), client(version).build());
                var server = (SSLSocket) context.getSocketFactory().createSocket(tcp.server(), null, true);
                var sides = new SocketPair(client, server)) {
            server.setUseClientMode(false);
            Future<?> connecting = sides.run(() -> {
                client.startHandshake();
                return null;
            });
            String message = sentence(version);
            assertThatThrownBy(server::startHandshake)
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageStartingWith(
                            keyManager
                                    ? message.replace(
                                            "server has no certificate",
                                            "server's key manager has no certificate of a kind that the client can check")
                                    : message);
            assertThat(SocketPair.failure(connecting)).isInstanceOf(TlsFailure.class);
        }
    }

    // The warning of a server that listens

    private static List<String> warningsOf(ServerOptions options) throws Exception {
        Logger log = Logger.getLogger(TlsServer.class.getName());
        List<String> warnings = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                warnings.add(new SimpleFormatter().formatMessage(record));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        log.addHandler(handler);
        log.setUseParentHandlers(false);
        try (TlsServer server = Tls.createServer(options, socket -> {})) {
            server.listen("127.0.0.1", 0);
        } finally {
            log.setUseParentHandlers(true);
            log.removeHandler(handler);
        }
        return warnings;
    }

    @Test
    void a_server_that_listens_without_one_warns() throws Exception {
        assertThat(warningsOf(ServerOptions.of(EMPTY)))
                .singleElement()
                .asString()
                .matches(
                        "127\\.0\\.0\\.1:\\d+: the server has no certificate, no context of a name and no callback .*");
    }

    @Test
    void a_server_that_can_have_one_does_not_warn() throws Exception {
        SecureContext with = Tls.createSecureContext(o -> o.identity(TestPki.server("localhost")));
        for (ServerOptions options : List.of(
                ServerOptions.of(with),
                ServerOptions.builder(EMPTY)
                        .sniCallback(name -> Optional.of(with))
                        .build(),
                ServerOptions.builder(EMPTY)
                        .pskCallback((socket, identity) -> Optional.empty())
                        .build())) {
            assertThat(warningsOf(options)).isEmpty();
        }
    }
}
