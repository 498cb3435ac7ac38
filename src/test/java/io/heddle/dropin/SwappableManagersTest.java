package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heddle.HeddleProvider;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import nl.altindag.ssl.util.KeyManagerUtils;
import nl.altindag.ssl.util.TrustManagerUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ayza's managers, whose keys and trust are swapped behind a context that stays. */
@Tag("interop")
class SwappableManagersTest {
    private static final Identity OLD = TestPki.server("localhost");
    private static final Identity NEW = TestPki.server(TestPki.Key.RSA_2048, "localhost");

    @Test
    void swapped_key_is_presented_on_the_next_connection() throws Exception {
        X509ExtendedKeyManager keys = KeyManagerUtils.createSwappableKeyManager(keyManager(OLD));
        SSLContext server = context(keys, trustManager(TestPki.ca().leaf()));
        SSLContext first = context(null, trustManager(TestPki.ca().leaf()));
        try (SSLServerSocket listening = listen(server)) {
            assertThat(serverCertificate(first, listening)).isEqualTo(OLD.leaf());
            KeyManagerUtils.swapKeyManager(keys, keyManager(NEW));
            // Another context, because a connection that resumes presents the certificate of its session.
            assertThat(serverCertificate(context(null, trustManager(TestPki.ca().leaf())), listening))
                    .isEqualTo(NEW.leaf());
        }
    }

    @Test
    void swapped_trust_applies_to_the_next_connection() throws Exception {
        SSLContext server = context(keyManager(OLD), trustManager(TestPki.ca().leaf()));
        X509ExtendedTrustManager trust = TrustManagerUtils.createSwappableTrustManager(
                trustManager(TestPki.selfSigned("localhost").leaf()));
        SSLContext client = context(null, trust);
        try (SSLServerSocket listening = listen(server)) {
            assertThatThrownBy(() -> serverCertificate(client, listening)).isInstanceOf(SSLHandshakeException.class);
            TrustManagerUtils.swapTrustManager(trust, trustManager(TestPki.ca().leaf()));
            assertThat(serverCertificate(client, listening)).isEqualTo(OLD.leaf());
        }
    }

    private static X509ExtendedKeyManager keyManager(Identity identity) {
        return KeyManagerUtils.createKeyManager(DropIn.store(identity), DropIn.PASSWORD);
    }

    private static X509ExtendedTrustManager trustManager(X509Certificate root) {
        return TrustManagerUtils.createTrustManager(List.of(root));
    }

    private static SSLContext context(@Nullable KeyManager keys, TrustManager trust) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS", new HeddleProvider());
        context.init(keys == null ? null : new KeyManager[] {keys}, new TrustManager[] {trust}, null);
        return context;
    }

    private static SSLServerSocket listen(SSLContext context) throws IOException {
        return (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    /** Returns the server certificate that a client receives. */
    private static X509Certificate serverCertificate(SSLContext client, SSLServerSocket server) throws Exception {
        var accepted = CompletableFuture.runAsync(() -> {
            try (var socket = server.accept()) {
                socket.getInputStream().transferTo(socket.getOutputStream());
            } catch (IOException e) {
                // The client reports the failure itself.
            }
        });
        try (var socket = (SSLSocket) client.getSocketFactory().createSocket("localhost", server.getLocalPort())) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        } finally {
            accepted.get(30, TimeUnit.SECONDS);
        }
    }
}
