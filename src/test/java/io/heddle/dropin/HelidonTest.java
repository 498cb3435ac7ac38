package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.tls.Tls;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.WebClient;
import io.helidon.webserver.WebServer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Helidon's WebServer and WebClient: both use a virtual thread per connection, as Heddle does. */
@Tag("interop")
@ExtendWith(LeakCheck.class)
class HelidonTest {
    private static final Logger LOG = Logger.getLogger("io.helidon");

    private final List<Integer> clientPorts = new CopyOnWriteArrayList<>();

    private WebServer server(Combination combination, boolean engine) {
        LOG.setLevel(Level.SEVERE);
        return WebServer.builder()
                .host("127.0.0.1")
                .port(0)
                .shutdownHook(false)
                .useNio(engine)
                .tls(Tls.builder().sslContext(combination.server()).build())
                .routing(routes -> routes.post("/echo", (request, response) -> {
                    clientPorts.add(request.remotePeer().port());
                    response.send("echo of " + request.content().as(String.class));
                }))
                .build()
                .start();
    }

    private static void exchange(WebClient client) {
        String body = "a body ".repeat(5_000);
        try (HttpClientResponse response = client.post("/echo").submit(body)) {
            assertThat(response.status().code()).isEqualTo(200);
            assertThat(response.as(String.class)).isEqualTo("echo of " + body);
        }
    }

    /**
     * A client's first connection serves one request, because it only detects the protocol; the next one is kept alive.
     */
    private void three_requests_on_two_connections(Combination combination, boolean engine) {
        WebServer server = server(combination, engine);
        WebClient client = WebClient.builder()
                .baseUri("https://localhost:" + server.port())
                .shareConnectionCache(false)
                .tls(Tls.builder()
                        .sslContext(combination.client())
                        .enabledProtocols(combination.protocols())
                        .build())
                .build();
        try (var handshakes = new Handshakes()) {
            exchange(client);
            exchange(client);
            exchange(client);
            assertThat(clientPorts.get(1)).isNotEqualTo(clientPorts.get(0)).isEqualTo(clientPorts.get(2));
            handshakes.assertServed(combination, "http/1.1", false, true);
        } finally {
            client.closeResource();
            server.stop();
        }
    }

    // Helidon 4.5.0 requests a TLS socket that does not close the channel below, and never closes the channel itself.
    @LeakCheck.Forgets(sockets = 2)
    @EachCombination
    void on_sockets(Combination combination) {
        three_requests_on_two_connections(combination, false);
    }

    @EachCombination
    void on_the_engine(Combination combination) {
        three_requests_on_two_connections(combination, true);
    }
}
