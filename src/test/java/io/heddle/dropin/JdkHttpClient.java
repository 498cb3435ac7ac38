package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** The JDK's {@code java.net.http.HttpClient}, which uses the {@code SSLEngine} of a context. */
final class JdkHttpClient implements AutoCloseable {
    private final HttpClient client;
    private final HttpClient.Version version;

    /** Creates a client with its own connections. */
    JdkHttpClient(Combination combination, SSLContext context, HttpClient.Version version) {
        var parameters = new SSLParameters();
        parameters.setProtocols(new String[] {combination.protocol()});
        this.version = version;
        client = HttpClient.newBuilder()
                .sslContext(context)
                .sslParameters(parameters)
                .version(version)
                .build();
    }

    /** Posts a body of several records to {@code /echo}, and expects it back after {@code "echo of "}. */
    void exchange(int port) throws IOException, InterruptedException {
        String body = "a body ".repeat(5_000);
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/echo"))
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.version()).isEqualTo(version);
        assertThat(response.body()).isEqualTo("echo of " + body);
    }

    /**
     * Exchanges twice over one connection of each of two clients of this context, the second of which is
     * expected to resume.
     */
    static void exchangeOverTwoConnections(Combination combination, HttpClient.Version version, int port) throws Exception {
        SSLContext context = combination.client();
        for (int i = 0; i < 2; i++) {
            try (var client = new JdkHttpClient(combination, context, version)) {
                client.exchange(port);
                client.exchange(port);
            }
        }
    }

    /** Posts an empty body to this path over a separate HTTP/1.1 connection, and returns the answer. */
    static String post(Combination combination, SSLContext context, int port, String path) throws Exception {
        try (var once = new JdkHttpClient(combination, context, HttpClient.Version.HTTP_1_1)) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
                    .POST(BodyPublishers.noBody())
                    .build();
            HttpResponse<String> response = once.client.send(request, BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return response.body();
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
