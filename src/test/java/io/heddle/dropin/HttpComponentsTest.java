package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The classic server of Apache HttpCore 5 and Apache HttpClient 5. */
@Tag("interop")
@ExtendWith(LeakCheck.class)
class HttpComponentsTest {
    /**
     * The first client of a JVM probes the supported socket options on sockets that it leaves to the garbage collector.
     */
    @BeforeAll
    static void probe_socket_options() {
        PoolingHttpClientConnectionManagerBuilder.create().build().close();
    }

    private static HttpServer server(Combination combination) throws Exception {
        HttpServer server = ServerBootstrap.bootstrap()
                .setLocalAddress(InetAddress.getLoopbackAddress())
                .setListenerPort(0)
                .setCanonicalHostName("localhost")
                .setSslContext(combination.server())
                .setSslSetupHandler(parameters -> parameters.setProtocols(new String[] {combination.protocol()}))
                .register("/echo", (request, response, context) -> {
                    String body = EntityUtils.toString(request.getEntity());
                    response.setEntity(new StringEntity("echo of " + body, ContentType.TEXT_PLAIN));
                })
                .create();
        server.start();
        return server;
    }

    private static PoolingHttpClientConnectionManager connections(Combination combination) {
        return PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(new DefaultClientTlsStrategy(combination.client()))
                .setDefaultTlsConfig(TlsConfig.custom()
                        .setSupportedProtocols(combination.protocol())
                        .build())
                .build();
    }

    private static void exchange(CloseableHttpClient client, HttpServer server, String connection) throws Exception {
        var request = new HttpPost("https://localhost:" + server.getLocalPort() + "/echo");
        String body = "a body ".repeat(5_000);
        request.setEntity(new StringEntity(body, ContentType.TEXT_PLAIN));
        request.setHeader(HttpHeaders.CONNECTION, connection);
        String answer = client.execute(request, response -> {
            assertThat(response.getCode()).isEqualTo(200);
            return EntityUtils.toString(response.getEntity());
        });
        assertThat(answer).isEqualTo("echo of " + body);
    }

    @EachCombination
    void a_connection_is_kept_alive_and_the_next_one_resumes(Combination combination) throws Exception {
        try (var handshakes = new Handshakes();
                HttpServer server = server(combination);
                PoolingHttpClientConnectionManager connections = connections(combination);
                CloseableHttpClient client =
                        HttpClients.custom().setConnectionManager(connections).build()) {
            exchange(client, server, "keep-alive");
            exchange(client, server, "keep-alive");
            assertThat(connections.getTotalStats().getAvailable()).isEqualTo(1);
            handshakes.assertServed(combination, "", false);

            connections.closeIdle(TimeValue.ZERO_MILLISECONDS);
            exchange(client, server, "keep-alive");
            handshakes.assertServed(combination, "", false, true);
        }
    }

    @EachCombination
    void a_server_that_closes_after_each_answer_is_resumed(Combination combination) throws Exception {
        try (var handshakes = new Handshakes();
                HttpServer server = server(combination);
                CloseableHttpClient client = HttpClients.custom()
                        .setConnectionManager(connections(combination))
                        .build()) {
            exchange(client, server, "close");
            exchange(client, server, "close");
            exchange(client, server, "close");
            handshakes.assertServed(combination, "", false, true, true);
        }
    }
}
