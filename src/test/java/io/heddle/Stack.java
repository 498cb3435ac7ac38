package io.heddle;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.endpoint.ClientRole;
import io.heddle.endpoint.ServerRole;
import io.heddle.engine.transport.TransportSource;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A TLS implementation whose sockets a test uses: the contract of JSSE must hold for both. */
enum Stack {
    HEDDLE {
        @Override
        SSLSocket client(Socket connected) {
            return client(connected, options().build());
        }

        @Override
        SSLSocket server(Socket connected) {
            return Tls.accept(TlsTransport.of(connected), ServerOptions.of(SERVER));
        }
    },
    /** Heddle as a provider of JSSE. */
    DROP_IN {
        @Override
        SSLSocket client(Socket connected) throws IOException {
            return layeredClient(HEDDLE_CONTEXT, connected);
        }

        @Override
        SSLSocket server(Socket connected) throws IOException {
            return layeredServer(HEDDLE_CONTEXT, connected);
        }
    },
    SUN_JSSE {
        @Override
        SSLSocket client(Socket connected) throws IOException {
            return layeredClient(SUN, connected);
        }

        @Override
        SSLSocket server(Socket connected) throws IOException {
            return layeredServer(SUN, connected);
        }
    };

    static final Identity IDENTITY = TestPki.server("localhost", "127.0.0.1");

    /** The context of a server for localhost; it trusts the clients of the test CA. */
    static final SecureContext SERVER = server(TlsVersion.TLS_1_3);

    private static final SSLContext SUN = context(Security.getProvider("SunJSSE"));

    private static final SSLContext HEDDLE_CONTEXT = context(new HeddleProvider());

    /** Returns a client that has not begun its handshake. */
    abstract SSLSocket client(Socket connected) throws IOException;

    /** Returns a server that has not begun its handshake. */
    abstract SSLSocket server(Socket connected) throws IOException;

    static TlsSocket client(Socket connected, ConnectOptions options) {
        return new TlsSocket(new TransportSource.OverSocket(connected, null, true), ClientRole.of(options.config()));
    }

    /** Returns a server over this transport, with this handshake timeout. */
    static TlsSocket server(TransportSource below, Duration limit) {
        return new TlsSocket(
                below,
                ServerRole.of(ServerOptions.builder(SERVER)
                        .handshakeTimeout(limit)
                        .build()
                        .config()));
    }

    /** Begins the options of a client that trusts the test CA. */
    static ConnectOptions.Builder options() {
        return ConnectOptions.builder()
                .host("localhost")
                .ca(List.of(TestPki.ca().leaf()));
    }

    /** Begins the options of a client that does not verify the server, whose certificate is of another process. */
    static ConnectOptions.Builder trustingAnyone() {
        return ConnectOptions.builder().host("localhost").rejectUnauthorized(false);
    }

    /** Returns the context of a server for localhost that supports versions up to this one. */
    static SecureContext server(TlsVersion highest) {
        return Tls.createSecureContext(
                o -> o.identity(IDENTITY).ca(List.of(TestPki.ca().leaf())).maxVersion(highest));
    }

    static SSLSocket layeredClient(SSLContext context, Socket connected) throws IOException {
        return (SSLSocket) context.getSocketFactory().createSocket(connected, "localhost", connected.getPort(), true);
    }

    static SSLSocket layeredServer(SSLContext context, Socket connected) throws IOException {
        return (SSLSocket) context.getSocketFactory().createSocket(connected, (InputStream) null, true);
    }

    private static SSLContext context(Provider provider) {
        try {
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            char[] none = new char[0];
            own.setKeyEntry("server", IDENTITY.key(), none, IDENTITY.chain().toArray(X509Certificate[]::new));
            var keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own, none);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", TestPki.ca().leaf());
            var trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS", provider);
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
