package io.heddle.bench;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Group;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;

/**
 * A TLS implementation behind JSSE's classes: SunJSSE, Conscrypt or BouncyCastle's. Keys and trust come from the JDK's
 * managers for all of them. The client caches sessions by host and port itself.
 */
final class JsseStack implements TlsStack {
    private static final char[] NO_PASSWORD = new char[0];
    private static final String SERVER_TICKETS = "jdk.tls.server.enableSessionTicketExtension";

    private final Setup setup;
    private final boolean conscrypt;
    private final SSLContext server;
    private final SSLContext client;

    JsseStack(Provider provider, Setup setup) throws GeneralSecurityException, IOException {
        this.setup = setup;
        this.conscrypt = Conscrypt.isConscrypt(provider);
        this.server = server(provider, setup);
        this.client = context(
                provider, null, setup.verified() ? trust(conscrypt) : new TrustManager[] {new AcceptingTrustManager()});
        client.getClientSessionContext().setSessionCacheSize(1_000);
    }

    private static SSLContext context(Provider provider, KeyManager @Nullable [] keys, TrustManager @Nullable [] trust)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS", provider);
        // Without one, BouncyCastle's asks the providers for an algorithm that only its own has.
        context.init(keys, trust, new SecureRandom());
        return context;
    }

    private static SSLContext server(Provider provider, Setup setup) throws GeneralSecurityException, IOException {
        Identity identity = TestPki.server(setup.key(), Setup.HOST);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry(
                "server", identity.key(), NO_PASSWORD, identity.chain().toArray(X509Certificate[]::new));
        // Not the JDK's PKIX: that decrypts the key for every handshake, which would dominate the measurement.
        // BouncyCastle's server asks for types of key that the JDK's managers do not have.
        var keys = isBouncyCastle(provider)
                ? KeyManagerFactory.getInstance("PKIX", provider)
                : KeyManagerFactory.getInstance("SunX509");
        keys.init(store, NO_PASSWORD);
        // Read when the context is created, and there is no other way to configure it.
        System.setProperty(SERVER_TICKETS, Boolean.toString(setup.resumption() != Setup.Resumption.ID));
        try {
            return context(provider, keys.getKeyManagers(), null);
        } finally {
            System.clearProperty(SERVER_TICKETS);
        }
    }

    private static boolean isBouncyCastle(Provider provider) {
        return provider instanceof BouncyCastleJsseProvider;
    }

    private static TrustManager[] trust(boolean conscrypt) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setCertificateEntry("ca", TestPki.ca().leaf());
        var trust = TrustManagerFactory.getInstance("PKIX", "SunJSSE");
        trust.init(store);
        TrustManager[] managers = trust.getTrustManagers();
        return conscrypt
                ? new TrustManager[] {new AcceptingTrustManager.OfConscrypt((X509ExtendedTrustManager) managers[0])}
                : managers;
    }

    @Override
    public SSLSocket client(Socket below) throws IOException {
        var socket = (SSLSocket) client.getSocketFactory().createSocket(below, Setup.HOST, below.getPort(), true);
        SSLParameters parameters = common(List.of(setup.version()));
        if (setup.verified()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        configure(socket, parameters);
        socket.startHandshake();
        return socket;
    }

    @Override
    public SSLSocket server(Socket below) throws IOException {
        var socket = (SSLSocket) server.getSocketFactory().createSocket(below, Setup.HOST, below.getPort(), true);
        socket.setUseClientMode(false);
        // Conscrypt's server chooses the certificate by the suites of TLS 1.2, in TLS 1.3 too.
        configure(
                socket, common(conscrypt ? List.of(TlsVersion.TLS_1_3, TlsVersion.TLS_1_2) : List.of(setup.version())));
        return socket;
    }

    private SSLParameters common(List<TlsVersion> versions) {
        var suites = conscrypt && setup.version() == TlsVersion.TLS_1_3
                ? new String[] {setup.suite(), setup.suite(TlsVersion.TLS_1_2)}
                : new String[] {setup.suite()};
        var parameters = new SSLParameters(
                suites, versions.stream().map(TlsVersion::protocol).toArray(String[]::new));
        if (!conscrypt) {
            parameters.setNamedGroups(groups());
        }
        return parameters;
    }

    private String[] groups() {
        return setup.groups().stream().map(Group::standardName).toArray(String[]::new);
    }

    private void configure(SSLSocket socket, SSLParameters parameters) {
        socket.setSSLParameters(parameters);
        if (conscrypt) {
            // Its own methods: it does not read these of the parameters.
            Conscrypt.setNamedGroups(
                    socket,
                    setup.groups().stream()
                            .map(group -> group == Group.P_256 ? "P-256" : group.standardName())
                            .toArray(String[]::new));
            Conscrypt.setUseSessionTickets(socket, setup.resumption() != Setup.Resumption.ID);
        }
    }

    @Override
    public String toString() {
        return client.getProvider().getName();
    }
}
