package io.heddle.dropin;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient.Version;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Protocol;
import okio.ByteString;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The JDK's HTTP on the engine: {@code HttpsServer}, which has no HTTP/2, and {@code java.net.http.HttpClient}. */
@Tag("interop")
@ExtendWith(LeakCheck.class)
class JdkHttpTest {
    private static final Logger MOCK_LOG = Logger.getLogger(MockWebServer.class.getName());

    /** A server configuration for one version. */
    private static final class Only extends HttpsConfigurator {
        private final String protocol;

        Only(SSLContext context, String protocol) {
            super(context);
            this.protocol = protocol;
        }

        @Override
        public void configure(HttpsParameters target) {
            SSLParameters parameters = getSSLContext().getDefaultSSLParameters();
            parameters.setProtocols(new String[] {protocol});
            target.setSSLParameters(parameters);
        }
    }

    private static HttpsServer server(Combination combination, ExecutorService threads) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new Only(combination.server(), combination.protocol()));
        server.setExecutor(threads);
        server.createContext("/echo", exchange -> {
            byte[] body;
            try (InputStream in = exchange.getRequestBody()) {
                body = in.readAllBytes();
            }
            byte[] echo = "echo of ".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, echo.length + body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(echo);
                out.write(body);
            }
        });
        server.start();
        return server;
    }

    @EachCombination
    void server_and_client_over_http_1(Combination combination) throws Exception {
        try (var handshakes = new Handshakes();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            HttpsServer server = server(combination, threads);
            try {
                JdkHttpClient.exchangeOverTwoConnections(
                        combination, Version.HTTP_1_1, server.getAddress().getPort());
                handshakes.assertServed(combination, "", false, true);
            } finally {
                server.stop(0);
            }
        }
    }

    /** Returns an HTTP/2 echo server on sockets. */
    private static MockWebServer http2(Combination combination) throws IOException {
        MOCK_LOG.setLevel(Level.OFF);
        var server = new MockWebServer();
        server.setProtocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1));
        server.useHttps(combination.server().getSocketFactory());
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                ByteString body = request.getBody();
                return new MockResponse.Builder()
                        .body("echo of " + (body == null ? "nothing" : body.utf8()))
                        .build();
            }
        });
        server.start(InetAddress.getLoopbackAddress(), 0);
        return server;
    }

    @EachCombination
    void client_over_http_2_with_a_server_on_sockets(Combination combination) throws Exception {
        try (var handshakes = new Handshakes();
                MockWebServer server = http2(combination)) {
            JdkHttpClient.exchangeOverTwoConnections(combination, Version.HTTP_2, server.getPort());
            handshakes.assertServed(combination, "h2", false, true);
        }
    }
}
