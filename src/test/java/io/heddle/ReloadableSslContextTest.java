package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates, trust and revocation lists that change while a server socket and a socket factory use them. */
class ReloadableSslContextTest {
    private static final Identity OLD = TestPki.server("localhost");
    private static final Identity NEW = TestPki.server(TestPki.Key.RSA_2048, "localhost");

    @TempDir
    private Path folder;

    private Path cert;
    private Path key;
    private Path crl;
    private ReloadableSslContext reloadable;
    private SSLServerSocket server;

    @BeforeEach
    void listens() throws IOException {
        cert = folder.resolve("cert.pem");
        key = folder.resolve("key.pem");
        crl = folder.resolve("crl.pem");
        write(OLD);
        Files.writeString(crl, TestPki.pem(TestPki.crl(TestPki.ca())));
        reloadable = SslContexts.reloadable(Tls.createSecureContext(
                o -> o.cert(cert).key(key).ca(List.of(TestPki.ca().leaf())).crl(crl)));
        server = (SSLServerSocket) reloadable
                .sslContext()
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void closes() throws IOException {
        server.close();
        reloadable.close();
    }

    private void write(Identity identity) throws IOException {
        Files.writeString(cert, TestPki.pem(identity.chain()));
        Files.writeString(key, TestPki.pem(identity.key()));
    }

    /** Returns the server certificate on a new connection of the factory, which has also received the tickets. */
    private X509Certificate meets() throws Exception {
        var accepted = CompletableFuture.runAsync(() -> {
            try (Socket socket = server.accept()) {
                socket.getInputStream().transferTo(socket.getOutputStream());
            } catch (IOException e) {
                // The client reports it with its own message.
            }
        });
        try (var client = (SSLSocket)
                reloadable.sslContext().getSocketFactory().createSocket("localhost", server.getLocalPort())) {
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
            return (X509Certificate) client.getSession().getPeerCertificates()[0];
        } finally {
            accepted.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void reload_takes_the_files_as_they_are_now() throws Exception {
        assertThat(meets()).isEqualTo(OLD.leaf());
        write(NEW);
        assertThat(meets()).isEqualTo(OLD.leaf());
        reloadable.reload();
        forgetSessions();
        assertThat(meets()).isEqualTo(NEW.leaf());
    }

    /** A resumed connection has the certificate of its session. */
    private void forgetSessions() {
        SSLSessionContext sessions = reloadable.sslContext().getClientSessionContext();
        Collections.list(sessions.getIds())
                .forEach(id -> sessions.getSession(id).invalidate());
        assertThat(sessions.getIds().hasMoreElements()).isFalse();
    }

    @Test
    void reload_of_files_that_do_not_fit_changes_nothing_and_reports_the_reason() throws Exception {
        Files.writeString(cert, TestPki.pem(NEW.chain()));
        assertThatThrownBy(reloadable::reload)
                .isInstanceOf(InvalidOption.class)
                .hasMessageContaining("key values mismatch");
        assertThat(meets()).isEqualTo(OLD.leaf());
    }

    @Test
    void revocation_counts_after_the_reload() throws Exception {
        meets();
        Files.writeString(crl, TestPki.pem(TestPki.crl(TestPki.ca(), OLD.leaf())));
        reloadable.reload();
        assertThatThrownBy(this::meets)
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("revoked");
    }

    @Test
    void other_context_serves_new_connections() throws Exception {
        reloadable.setSecureContext(Tls.createSecureContext(
                o -> o.identity(NEW).ca(List.of(TestPki.ca().leaf()))));
        assertThat(meets()).isEqualTo(NEW.leaf());
        assertThat(reloadable.reload().secureContext().identities()).hasSize(1);
        assertThat(meets()).isEqualTo(NEW.leaf());
    }

    @Test
    void context_of_a_name_is_added_under_the_server_socket() throws Exception {
        reloadable.addContext(
                "localhost",
                Tls.createSecureContext(
                        o -> o.identity(NEW).ca(List.of(TestPki.ca().leaf()))));
        assertThat(meets()).isEqualTo(NEW.leaf());
    }

    @Test
    void watching_reloads_when_certificate_and_key_fit_again() throws Exception {
        var errors = new CopyOnWriteArrayList<Throwable>();
        var reloads = new CopyOnWriteArrayList<SecureContext>();
        reloadable.onError(errors::add).onReload(reloads::add).watch(Duration.ofMillis(5));
        Files.writeString(cert, TestPki.pem(NEW.chain()));
        // It may read the file while it is half written.
        await().untilAsserted(() ->
                assertThat(errors).anySatisfy(error -> assertThat(error).hasMessageContaining("key values mismatch")));
        assertThat(reloads).isEmpty();
        assertThat(meets()).isEqualTo(OLD.leaf());
        Files.writeString(key, TestPki.pem(NEW.key()));
        await().until(() -> !reloads.isEmpty());
        assertThat(reloads.getFirst().identities().getFirst().leaf()).isEqualTo(NEW.leaf());
        reloadable.close();
    }

    @Test
    void files_renewed_before_the_watch_begins_are_taken_up() throws Exception {
        write(NEW);
        reloadable.watch(Duration.ofMillis(5));
        await().untilAsserted(() -> assertThat(
                        reloadable.secureContext().identities().getFirst().leaf())
                .isEqualTo(NEW.leaf()));
        assertThat(meets()).isEqualTo(NEW.leaf());
    }

    @Test
    void file_of_a_name_renewed_before_the_watch_begins_is_taken_up() throws Exception {
        Path other = folder.resolve("other.pem");
        Path otherKey = folder.resolve("other-key.pem");
        Files.writeString(other, TestPki.pem(OLD.chain()));
        Files.writeString(otherKey, TestPki.pem(OLD.key()));
        var reloads = new CopyOnWriteArrayList<SecureContext>();
        reloadable.onReload(reloads::add);
        reloadable.addContext(
                "other.example", Tls.createSecureContext(o -> o.cert(other).key(otherKey)));
        Files.writeString(other, TestPki.pem(NEW.chain()));
        Files.writeString(otherKey, TestPki.pem(NEW.key()));
        reloadable.watch(Duration.ofMillis(5));
        await().until(() -> !reloads.isEmpty());
    }

    @Test
    void unchanged_files_are_not_reloaded() {
        var reloads = new CopyOnWriteArrayList<SecureContext>();
        reloadable.onReload(reloads::add).watch(Duration.ofMillis(5));
        await().during(Duration.ofMillis(200)).until(reloads::isEmpty);
    }

    @Test
    void error_in_a_reload_or_a_listener_does_not_end_the_watch() throws Exception {
        var errors = new CopyOnWriteArrayList<Throwable>();
        var reloads = new CopyOnWriteArrayList<SecureContext>();
        reloadable
                .onReload(context -> {
                    reloads.add(context);
                    throw new StackOverflowError("the listener of reloads");
                })
                .onError(error -> {
                    errors.add(error);
                    throw new AssertionError("the listener of errors");
                })
                .watch(Duration.ofMillis(5));
        write(NEW);
        await().until(() -> errors.stream().anyMatch(StackOverflowError.class::isInstance));
        int before = reloads.size();
        write(OLD);
        await().until(() -> reloads.size() > before);
        assertThat(meets()).isEqualTo(OLD.leaf());
    }

    @Test
    void watching_what_is_of_no_file_is_refused() {
        try (var other = SslContexts.reloadable(Tls.createSecureContext(o -> o.identity(OLD)))) {
            assertThatThrownBy(() -> other.watch(Duration.ofSeconds(1)))
                    .isInstanceOf(InvalidOption.class)
                    .hasMessage("watch: the context was made of no file");
        }
    }

    @Test
    void sessions_go_on_resuming_after_a_reload() throws Exception {
        var first = reloadable.sslContext();
        meets();
        reloadable.reload();
        assertThat(reloadable.sslContext()).isSameAs(first);
        assertThat(resumes()).isTrue();
    }

    private boolean resumes() throws Exception {
        var accepted = CompletableFuture.supplyAsync(() -> {
            try (var socket = (TlsSocket) server.accept()) {
                socket.getInputStream().transferTo(socket.getOutputStream());
                return socket.isSessionReused();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        try (var client = (SSLSocket)
                reloadable.sslContext().getSocketFactory().createSocket("localhost", server.getLocalPort())) {
            client.startHandshake();
        }
        return accepted.get(30, TimeUnit.SECONDS);
    }
}
