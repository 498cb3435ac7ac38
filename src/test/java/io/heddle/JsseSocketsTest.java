package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sockets of an {@code SSLContext} initialized with the JDK's managers. */
class JsseSocketsTest {
    private static final char[] NONE = {};

    @ParameterizedTest
    @CsvSource({
        "TLSv1.2,RSA_2048,SunX509",
        "TLSv1.2,P256,PKIX",
        "TLSv1.3,RSA_2048,PKIX",
        "TLSv1.3,P256,SunX509",
    })
    void second_connection_of_a_factory_resumes(String protocol, String key, String managers) throws Exception {
        SSLContext context = context(TestPki.server(TestPki.Key.valueOf(key), "localhost"), managers);
        try (var server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            server.setEnabledProtocols(new String[] {protocol});
            List<Boolean> resumed = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                var accepted = CompletableFuture.supplyAsync(() -> {
                    try (var socket = (TlsSocket) server.accept()) {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                        return socket.isSessionReused();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
                try (var client =
                        (SSLSocket) context.getSocketFactory().createSocket("localhost", server.getLocalPort())) {
                    byte[] text = "hello".getBytes(StandardCharsets.US_ASCII);
                    client.getOutputStream().write(text);
                    assertThat(client.getInputStream().readNBytes(text.length)).isEqualTo(text);
                    assertThat(client.getSession().getProtocol()).isEqualTo(protocol);
                    client.shutdownOutput();
                    assertThat(client.getInputStream().read()).isEqualTo(-1);
                }
                resumed.add(accepted.get(30, TimeUnit.SECONDS));
            }
            assertThat(resumed).containsExactly(false, true);
        }
    }

    @ParameterizedTest
    @CsvSource({"true,true,false", "false,false,true"})
    void engines_and_layered_sockets_ask_for_a_certificate_as_the_options_do(
            boolean rejectUnauthorized, boolean need, boolean want) throws Exception {
        SecureContext own = Tls.createSecureContext(o -> o.identity(TestPki.server("localhost")));
        SSLContext context = SslContexts.of(ServerOptions.builder(own)
                .requestCert(true)
                .rejectUnauthorized(rejectUnauthorized)
                .build());
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        assertThat(engine.getNeedClientAuth()).isEqualTo(need);
        assertThat(engine.getWantClientAuth()).isEqualTo(want);
        try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var plain = new Socket(listening.getInetAddress(), listening.getLocalPort());
                var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", 443, true)) {
            socket.setUseClientMode(false);
            assertThat(socket.getNeedClientAuth()).isEqualTo(need);
            assertThat(socket.getWantClientAuth()).isEqualTo(want);
        }
    }

    @Test
    void what_was_set_before_the_side_was_taken_counts() throws Exception {
        SSLEngine engine = SslContexts.of(Tls.createSecureContext(o -> o.identity(TestPki.server("localhost"))))
                .createSSLEngine();
        engine.setNeedClientAuth(true);
        engine.setEnableSessionCreation(false);
        engine.setUseClientMode(false);
        assertThat(engine.getNeedClientAuth()).isTrue();
        assertThat(engine.getEnableSessionCreation()).isFalse();
    }

    @Test
    void engine_is_refused_where_the_options_have_callbacks_that_get_the_socket() {
        SecureContext own = Tls.createSecureContext(o -> o.identity(TestPki.server("localhost")));
        SSLContext context = SslContexts.of(ServerOptions.builder(own)
                .pskCallback((socket, identity) -> Optional.empty())
                .build());
        assertThatThrownBy(context::createSSLEngine)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageStartingWith("SSLEngine: the options have a pskCallback");
        assertThat(SslContexts.of(own).createSSLEngine()).isNotNull();
    }

    private static SSLContext context(Identity identity, String managers) throws GeneralSecurityException, IOException {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("server", identity.key(), NONE, identity.chain().toArray(X509Certificate[]::new));
        own.setCertificateEntry("ca", TestPki.ca().leaf());
        var keys = KeyManagerFactory.getInstance(managers);
        keys.init(own, NONE);
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(own);
        SSLContext context = SSLContext.getInstance("TLS", new HeddleProvider());
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
