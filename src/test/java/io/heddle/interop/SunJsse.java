package io.heddle.interop;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The JDK's own TLS, in this JVM. */
final class SunJsse {
    private static final char[] PASSWORD = "irrelevant".toCharArray();

    private SunJsse() {}

    /** Returns a context that trusts {@link TestPki#ca()} and has this identity, if there is one. */
    static SSLContext context(@Nullable Identity identity) {
        try {
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(null, null);
            trust.setCertificateEntry("ca", TestPki.ca().leaf());
            var trusts = TrustManagerFactory.getInstance("PKIX");
            trusts.init(trust);

            KeyManager[] managers = {};
            if (identity != null) {
                KeyStore identityStore = KeyStore.getInstance("PKCS12");
                identityStore.load(null, null);
                identityStore.setKeyEntry(
                        "own", identity.key(), PASSWORD, identity.chain().toArray(new X509Certificate[0]));
                var keys = KeyManagerFactory.getInstance("PKIX");
                keys.init(identityStore, PASSWORD);
                managers = keys.getKeyManagers();
            }
            SSLContext context = SSLContext.getInstance("TLS", "SunJSSE");
            context.init(managers, trusts.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The server's part of one connection. */
    interface Handler<T> {
        T handle(SSLSocket socket) throws Exception;
    }

    /** A JDK server on a free port of 127.0.0.1. */
    static final class Server implements AutoCloseable {
        private final SSLServerSocket listening;

        Server(SSLContext context) throws IOException {
            listening = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
            listening.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
        }

        SSLServerSocket socket() {
            return listening;
        }

        int port() {
            return listening.getLocalPort();
        }

        /** Serves the next connection on a separate thread. */
        <T> CompletableFuture<T> serve(Handler<T> handler) {
            var result = new CompletableFuture<T>();
            Thread.ofVirtual().start(() -> {
                try (SSLSocket socket = (SSLSocket) listening.accept()) {
                    socket.setSoTimeout((int) RunningProgram.LIMIT.toMillis());
                    result.complete(handler.handle(socket));
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
            return result;
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }

    /** Returns the result of {@link Server#serve}, or fails with the exception that it threw. */
    static <T> T of(CompletableFuture<T> served) throws Exception {
        return served.get(RunningProgram.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
