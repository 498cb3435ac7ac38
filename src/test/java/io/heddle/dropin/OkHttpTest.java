package io.heddle.dropin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.X509TrustManager;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.Call;
import okhttp3.ConnectionSpec;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.TlsVersion;
import okhttp3.internal._UtilJvmKt;
import okio.Okio;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** OkHttp and its MockWebServer, a server on TLS sockets that supports HTTP/2. */
@Tag("interop")
@ExtendWith(LeakCheck.class)
class OkHttpTest {
    private static final Logger SERVER_LOG = Logger.getLogger(MockWebServer.class.getName());

    private static MockWebServer server(Combination combination, Protocol... protocols) throws IOException {
        SERVER_LOG.setLevel(Level.OFF);
        var server = new MockWebServer();
        server.setProtocols(List.of(protocols));
        server.useHttps(combination.server().getSocketFactory());
        server.start(InetAddress.getLoopbackAddress(), 0);
        return server;
    }

    /** Returns a client that passes each connection to {@code probe} before a request is sent on it. */
    private static OkHttpClient client(Combination combination, Interceptor probe) {
        ConnectionSpec only = new ConnectionSpec.Builder(ConnectionSpec.MODERN_TLS)
                .tlsVersions(TlsVersion.forJavaName(combination.protocol()))
                .build();
        return new OkHttpClient.Builder()
                .connectionSpecs(List.of(only))
                .sslSocketFactory(combination.client().getSocketFactory(), (X509TrustManager) DropIn.trustManagers()[0])
                .dns(name -> List.of(InetAddress.getLoopbackAddress()))
                .addNetworkInterceptor(probe)
                .build();
    }

    private static OkHttpClient client(Combination combination) {
        return client(combination, chain -> chain.proceed(chain.request()));
    }

    private static void finish(OkHttpClient client) {
        client.connectionPool().evictAll();
        client.dispatcher().executorService().shutdown();
    }

    private static Call call(OkHttpClient client, MockWebServer server, String body) {
        return client.newCall(new Request.Builder()
                .url(server.url("/orders").newBuilder().host(Combination.DOTTED).build())
                .post(RequestBody.create(body, MediaType.get("text/plain")))
                .build());
    }

    private static void exchange(Combination combination, OkHttpClient client, MockWebServer server, Protocol protocol)
            throws Exception {
        String question = "a question ".repeat(5_000);
        String answer = "an answer ".repeat(5_000);
        server.enqueue(new MockResponse.Builder().body(answer).build());
        try (Response response = call(client, server, question).execute()) {
            assertThat(response.protocol()).isEqualTo(protocol);
            assertThat(response.body().string()).isEqualTo(answer);
        }
        RecordedRequest received = server.takeRequest();
        assertThat(requireNonNull(received.getBody()).utf8()).isEqualTo(question);
        assertThat(received.getHandshakeServerNames()).containsExactly(Combination.DOTTED);
        assertThat(requireNonNull(received.getHandshake()).tlsVersion().javaName())
                .isEqualTo(combination.protocol());
    }

    @EachCombination
    void http_2_is_negotiated_and_the_next_connection_resumes(Combination combination) throws Exception {
        OkHttpClient client = client(combination);
        try (var handshakes = new Handshakes();
                MockWebServer server = server(combination, Protocol.HTTP_2, Protocol.HTTP_1_1)) {
            exchange(combination, client, server, Protocol.HTTP_2);
            exchange(combination, client, server, Protocol.HTTP_2);
            handshakes.assertServed(combination, "h2", false);

            // The connection is closed by this thread while the client's own thread reads.
            client.connectionPool().evictAll();
            assertThat(client.connectionPool().connectionCount()).isZero();
            exchange(combination, client, server, Protocol.HTTP_2);
            handshakes.assertServed(combination, "h2", false, true);
        } finally {
            finish(client);
        }
    }

    /** OkHttp's own probe of a connection that was idle for 10 s or more: a read with a timeout of 1 ms. */
    private static Response probe(Interceptor.Chain chain) throws IOException {
        Socket socket = requireNonNull(chain.connection()).socket();
        int timeout = socket.getSoTimeout();
        for (int i = 0; i < 20; i++) {
            assertThat(_UtilJvmKt.isHealthy(socket, Okio.buffer(Okio.source(socket))))
                    .isTrue();
        }
        assertThat(socket.getSoTimeout()).isEqualTo(timeout);
        return chain.proceed(chain.request());
    }

    @EachCombination
    void a_connection_survives_the_health_probe(Combination combination) throws Exception {
        OkHttpClient client = client(combination, OkHttpTest::probe);
        try (var handshakes = new Handshakes();
                MockWebServer server = server(combination, Protocol.HTTP_1_1)) {
            for (int i = 0; i < 3; i++) {
                exchange(combination, client, server, Protocol.HTTP_1_1);
            }
            handshakes.assertServed(combination, "http/1.1", false);
            client.connectionPool().evictAll();
            exchange(combination, client, server, Protocol.HTTP_1_1);
            handshakes.assertServed(combination, "http/1.1", false, true);
        } finally {
            finish(client);
        }
    }

    @EachCombination
    void another_thread_ends_a_call_that_waits_for_its_answer(Combination combination) throws Exception {
        OkHttpClient client = client(combination);
        try (var handshakes = new Handshakes();
                MockWebServer server = server(combination, Protocol.HTTP_1_1)) {
            exchange(combination, client, server, Protocol.HTTP_1_1);
            server.enqueue(new MockResponse.Builder()
                    .onResponseStart(SocketEffect.Stall.INSTANCE)
                    .build());
            Call stuck = call(client, server, "anyone?");
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<RecordedRequest> received = threads.submit(() -> {
                    RecordedRequest request = requireNonNull(server.takeRequest(10, TimeUnit.SECONDS));
                    stuck.cancel();
                    return request;
                });
                assertThatThrownBy(stuck::execute).isInstanceOf(IOException.class);
                assertThat(received.get().getTarget()).isEqualTo("/orders");
            }
            assertThat(stuck.isCanceled()).isTrue();
            exchange(combination, client, server, Protocol.HTTP_1_1);
            handshakes.assertServed(combination, "http/1.1", false, true);
        } finally {
            finish(client);
        }
    }
}
