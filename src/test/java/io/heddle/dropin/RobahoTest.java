package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import robaho.net.httpserver.DefaultHttpServerProvider;

/**
 * robaho's httpserver, a reimplementation of the JDK's {@code HttpsServer} on sockets and virtual threads, with the
 * JDK's {@code HttpsURLConnection}.
 */
@Tag("interop")
@ExtendWith(LeakCheck.class)
class RobahoTest {
    private static final Logger LOG = Logger.getLogger("robaho.net.httpserver");

    private static HttpsServer server(Combination combination, ExecutorService threads) throws IOException {
        LOG.setLevel(Level.OFF);
        HttpsServer server = new DefaultHttpServerProvider()
                .createHttpsServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(combination.server()));
        server.setExecutor(threads);
        server.createContext("/echo", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
        return server;
    }

    private static void exchange(SSLContext context, int port, String connection) throws IOException {
        byte[] body = "a body ".repeat(5_000).getBytes(StandardCharsets.UTF_8);
        var request = (HttpsURLConnection)
                URI.create("https://localhost:" + port + "/echo").toURL().openConnection();
        request.setSSLSocketFactory(context.getSocketFactory());
        request.setRequestProperty("Connection", connection);
        request.setDoOutput(true);
        try (OutputStream out = request.getOutputStream()) {
            out.write(body);
        }
        assertThat(request.getResponseCode()).isEqualTo(200);
        try (InputStream in = request.getInputStream()) {
            assertThat(in.readAllBytes()).isEqualTo(body);
        }
    }

    // robaho's server requests a TLS socket that does not close the one below, and leaves that to
    // the garbage collector.
    @LeakCheck.Forgets(sockets = 3)
    @EachCombination
    void the_next_connection_resumes(Combination combination) throws Exception {
        SSLContext client = combination.limitedClient();
        try (var handshakes = new Handshakes();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            HttpsServer server = server(combination, threads);
            try {
                int port = server.getAddress().getPort();
                exchange(client, port, "close");
                exchange(client, port, "close");
                exchange(client, port, "close");
                handshakes.assertServed(combination, "", false, true, true);
            } finally {
                server.stop(0);
            }
        }
    }
}
