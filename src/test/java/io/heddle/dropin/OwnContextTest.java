package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.SslContexts;
import io.heddle.certificate.TestPki;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Programs on an {@code SSLContext} created from Heddle's own options, which offer features that JSSE has no API for.
 */
@Tag("interop")
@ExtendWith(LeakCheck.class)
class OwnContextTest {
    /**
     * The first client of a JVM probes the supported socket options on sockets that it leaves to the garbage collector.
     */
    @BeforeAll
    static void probe_socket_options() {
        PoolingHttpClientConnectionManagerBuilder.create().build().close();
    }

    private static SecureContext.Builder context(Combination combination) {
        return SecureContext.builder().minVersion(combination.version()).maxVersion(combination.version());
    }

    /** Returns a server's context, as it is created when its program restarts with the same ticket keys. */
    private static SSLContext server(Combination combination, TicketKeys keys) {
        return SslContexts.of(ServerOptions.builder(
                        context(combination).identity(combination.identity()).build())
                .ticketKeys(TicketKeyManager.of(keys))
                .build());
    }

    private static HttpServer start(SSLContext context, int port) throws IOException {
        // The port of the previous server may take a moment to be free.
        return await().atMost(Duration.ofSeconds(10))
                .ignoreExceptionsInstanceOf(BindException.class)
                .until(() -> started(context, port), server -> true);
    }

    private static HttpServer started(SSLContext context, int port) throws IOException {
        HttpServer server = ServerBootstrap.bootstrap()
                .setLocalAddress(InetAddress.getLoopbackAddress())
                .setListenerPort(port)
                .setSocketConfig(SocketConfig.custom().setSoReuseAddress(true).build())
                .setCanonicalHostName("localhost")
                .setSslContext(context)
                .register("/", (request, response, ignored) -> response.setEntity(new StringEntity("served")))
                .create();
        server.start();
        return server;
    }

    private static void assertServed(SSLContext client, int port) throws IOException {
        try (CloseableHttpClient http = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setTlsSocketStrategy(new DefaultClientTlsStrategy(client))
                        .build())
                .build()) {
            String answer = http.execute(
                    new HttpGet("https://localhost:" + port + "/"),
                    response -> EntityUtils.toString(response.getEntity()));
            assertThat(answer).isEqualTo("served");
        }
    }

    @EachCombination
    void a_restarted_server_resumes_with_the_same_ticket_keys(Combination combination) throws Exception {
        SSLContext client =
                SslContexts.of(context(combination).ca(TestPki.ca().chain()).build());
        TicketKeys keys = TicketKeys.random(new SecureRandom());
        int port;
        try (var handshakes = new Handshakes()) {
            try (HttpServer first = start(server(combination, keys), 0)) {
                port = first.getLocalPort();
                assertServed(client, port);
            }
            try (HttpServer second = start(server(combination, keys), port)) {
                assertServed(client, second.getLocalPort());
            }
            try (HttpServer other = start(server(combination, TicketKeys.random(new SecureRandom())), port)) {
                assertServed(client, other.getLocalPort());
            }
            handshakes.assertServed(combination, "", false, true, false);
        }
    }
}
