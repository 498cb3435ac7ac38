package io.heddle.bench;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.TlsTransport;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Suite;
import io.heddle.session.CaffeineSessionStore;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocket;

/** Heddle, by its public API. */
final class HeddleStack implements TlsStack {
    private final Setup setup;
    private final ServerOptions server;
    private final SecureContext client;
    private final ConcurrentHashMap<Integer, byte[]> sessions = new ConcurrentHashMap<>();

    HeddleStack(Setup setup) {
        this.setup = setup;
        SecureContext context =
                common(setup).identity(TestPki.server(setup.key(), Setup.HOST)).build();
        var options = ServerOptions.builder(context);
        if (setup.resumption() == Setup.Resumption.ID) {
            options.tickets(false).sessionStore(CaffeineSessionStore.builder().build());
        }
        this.server = options.build();
        this.client = common(setup).ca(List.of(TestPki.ca().leaf())).build();
    }

    private static SecureContext.Builder common(Setup setup) {
        return SecureContext.builder()
                .minVersion(setup.version())
                .maxVersion(setup.version())
                .ecdhCurve(setup.ecdhCurve())
                .ciphers(Suite.ofStandardName(setup.suite()).orElseThrow().name());
    }

    @Override
    public SSLSocket client(Socket below) throws IOException {
        var options = ConnectOptions.builder()
                .host(Setup.HOST)
                .transport(TlsTransport.of(below))
                .secureContext(client)
                .rejectUnauthorized(setup.verified());
        byte[] session = sessions.get(below.getPort());
        if (session != null) {
            options.session(session);
        }
        return Tls.connect(options.build());
    }

    @Override
    public SSLSocket server(Socket below) {
        return Tls.accept(TlsTransport.of(below), server);
    }

    @Override
    public void remember(Socket socket) {
        if (setup.resumes()) {
            ((TlsSocket) socket).getSessionData().ifPresent(session -> sessions.put(socket.getPort(), session));
        }
    }

    @Override
    public String toString() {
        return "Heddle";
    }
}
