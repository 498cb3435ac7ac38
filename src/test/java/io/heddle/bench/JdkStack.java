package io.heddle.bench;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Group;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** SunJSSE, with the JDK's default settings. Its client caches sessions by host and port itself. */
final class JdkStack implements TlsStack {
    private static final char[] NO_PASSWORD = new char[0];
    private static final String SERVER_TICKETS = "jdk.tls.server.enableSessionTicketExtension";

    private final Setup setup;
    private final SSLContext server;
    private final SSLContext client;

    JdkStack(Setup setup) throws GeneralSecurityException, IOException {
        this.setup = setup;
        this.server = server(setup);
        this.client = SSLContext.getInstance("TLS");
        client.init(null, setup.verified() ? trust() : new TrustManager[] {new AcceptingTrustManager()}, null);
        client.getClientSessionContext().setSessionCacheSize(1_000);
    }

    private static SSLContext server(Setup setup) throws GeneralSecurityException, IOException {
        Identity identity = TestPki.server(setup.key(), Setup.HOST);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry(
                "server", identity.key(), NO_PASSWORD, identity.chain().toArray(X509Certificate[]::new));
        // Not PKIX: that decrypts the key for every handshake, which would dominate the measurement.
        var keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(store, NO_PASSWORD);
        // Read when the context is created, and there is no other way to configure it.
        System.setProperty(SERVER_TICKETS, Boolean.toString(setup.resumption() != Setup.Resumption.ID));
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } finally {
            System.clearProperty(SERVER_TICKETS);
        }
    }

    private static TrustManager[] trust() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setCertificateEntry("ca", TestPki.ca().leaf());
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        return trust.getTrustManagers();
    }

    @Override
    public SSLSocket client(Socket below) throws IOException {
        var socket = (SSLSocket) client.getSocketFactory().createSocket(below, Setup.HOST, below.getPort(), true);
        SSLParameters parameters = common();
        if (setup.verified()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    @Override
    public SSLSocket server(Socket below) throws IOException {
        var socket = (SSLSocket) server.getSocketFactory().createSocket(below, null, true);
        socket.setSSLParameters(common());
        return socket;
    }

    private SSLParameters common() {
        var parameters = new SSLParameters(
                new String[] {setup.suite()}, new String[] {setup.version().protocol()});
        parameters.setNamedGroups(
                setup.groups().stream().map(Group::standardName).toArray(String[]::new));
        return parameters;
    }

    @Override
    public void remember(SSLSocket socket) {
        // The client's context does it.
    }

    @Override
    public String toString() {
        return "SunJSSE";
    }

    /** Accepts every chain: the rest of a handshake when verification costs nothing. */
    private static final class AcceptingTrustManager extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
