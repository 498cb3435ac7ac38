package io.heddle.load;

import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.certificate.TestPki;
import java.io.IOException;

/** A server of Heddle to put load on. */
public final class LoadServer {
    private LoadServer() {}

    /** Starts one on a free port of 127.0.0.1 that sends back what it gets, with a certificate of {@link TestPki} for these names. */
    public static TlsServer echo(String... names) throws IOException {
        return Tls.createServer(
                        ServerOptions.of(Tls.createSecureContext(options -> options.identity(TestPki.server(names)))),
                        socket -> socket.getInputStream().transferTo(socket.getOutputStream()))
                .listen("127.0.0.1", 0);
    }
}
