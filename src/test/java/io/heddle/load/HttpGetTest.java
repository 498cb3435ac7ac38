package io.heddle.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.certificate.TestPki;
import io.heddle.load.LoadFigures.RequestCounts;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests over HTTP/1.1, against servers that answer with fixed bytes. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class HttpGetTest {
    private static final SecureContext CONTEXT =
            Tls.createSecureContext(options -> options.identity(TestPki.server("localhost")));

    private static LoadResult run(String answer, boolean close) throws Exception {
        try (TlsServer server = Tls.createServer(CONTEXT, socket -> {
                    var head = new ByteArrayOutputStream();
                    for (int b = socket.getInputStream().read();
                            b >= 0;
                            b = socket.getInputStream().read()) {
                        head.write(b);
                        if (head.toString(US_ASCII).endsWith("\r\n\r\n")) {
                            assertThat(head.toString(US_ASCII))
                                    .isEqualTo(
                                            "GET /a?b HTTP/1.1\r\nHost: localhost:%d\r\nUser-Agent: heddle-load\r\nAccept: */*\r\n\r\n"
                                                    .formatted(socket.getLocalPort()));
                            head.reset();
                            socket.getOutputStream().write(answer.getBytes(US_ASCII));
                            if (close) {
                                return;
                            }
                        }
                    }
                })
                .listen("127.0.0.1", 0)) {
            return Load.run(LoadOptions.builder(ConnectOptions.builder()
                            .host("localhost")
                            .port(server.port())
                            .ca(List.of(TestPki.ca().leaf()))
                            .timeout(Duration.ofSeconds(2))
                            .build())
                    .mode(LoadOptions.Mode.REQUEST)
                    .http("/a?b")
                    .connections(1)
                    .requests(3)
                    .build());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302\r\nContent-Length: 1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n"
            })
    void keeps_the_connection_after_a_whole_answer(String answer) throws Exception {
        LoadResult result = run(answer, false);
        assertThat(result.total().failures()).isEmpty();
        assertThat(result.total().requests()).isEqualTo(new RequestCounts(3, 0));
        assertThat(result.total().handshakes().full()).isEqualTo(1);
        assertThat(result.total().bytesReceived()).isEqualTo(3L * answer.length());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
                "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\n\r\nuntil the end"
            })
    void connects_anew_where_the_server_ends_the_connection(String answer) throws Exception {
        LoadResult result = run(answer, true);
        assertThat(result.total().failures()).isEmpty();
        assertThat(result.total().requests()).isEqualTo(new RequestCounts(3, 0));
        assertThat(result.total().handshakes().full()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "what?\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxyz"
            })
    void an_answer_that_is_none_fails(String answer) throws Exception {
        LoadResult result = run(answer, false);
        assertThat(result.total().requests()).isEqualTo(new RequestCounts(0, 3));
        assertThat(result.total().failed("ERR_WRONG_ANSWER")).isEqualTo(3);
    }

    @Test
    void a_status_of_400_and_above_is_a_failure() throws Exception {
        LoadResult result = run("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", false);
        assertThat(result.total().failed("HTTP_503")).isEqualTo(3);
        assertThat(result.total().request().isEmpty()).isTrue();
    }

    @Test
    void an_answer_that_breaks_off_is_a_failure() throws Exception {
        LoadResult result = run("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", true);
        assertThat(result.total().failed("ECONNRESET")).isEqualTo(3);
    }
}
