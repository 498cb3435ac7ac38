package io.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpExchangeTest {
    private static final String OK =
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 18\r\n";
    private static final String BODY = "protocol: TLSv1.3\n";

    private static String answer(String requests) throws IOException {
        var out = new ByteArrayOutputStream();
        var in = new ByteArrayInputStream(requests.getBytes(StandardCharsets.ISO_8859_1));
        HttpExchange.serve(in, out, Map.of("protocol", "TLSv1.3"));
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void answers_pipelined_requests_in_their_order_and_on_one_connection() throws IOException {
        assertThat(answer("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3))).isEqualTo((OK + "\r\n" + BODY).repeat(3));
    }

    @Test
    void closes_where_the_client_wants_it_and_says_so() throws IOException {
        assertThat(answer("GET / HTTP/1.1\r\nconnection:  CLOSE\r\n\r\nGET / HTTP/1.1\r\n\r\n"))
                .isEqualTo(OK + "Connection: close\r\n\r\n" + BODY);
    }

    @Test
    void closes_after_a_request_of_version_1_0_unless_asked_not_to() throws IOException {
        assertThat(answer("GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n"))
                .isEqualTo(OK + "Connection: close\r\n\r\n" + BODY);
        assertThat(answer("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".repeat(2)))
                .isEqualTo((OK + "Connection: keep-alive\r\n\r\n" + BODY).repeat(2));
    }

    @Test
    void skips_bodies() throws IOException {
        assertThat(answer("POST / HTTP/1.1\r\nContent-Length: 20000\r\n\r\n" + "x".repeat(20000)
                        + "GET / HTTP/1.1\r\n\r\n"))
                .isEqualTo((OK + "\r\n" + BODY).repeat(2));
    }

    @Test
    void asks_for_a_body_that_waits_for_it() throws IOException {
        assertThat(answer("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx"))
                .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n" + OK + "\r\n" + BODY);
    }

    @Test
    void closes_after_a_body_of_unknown_length() throws IOException {
        assertThat(answer("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"))
                .isEqualTo(OK + "Connection: close\r\n\r\n" + BODY);
    }

    @Test
    void answers_head_without_a_body() throws IOException {
        assertThat(answer("HEAD / HTTP/1.1\r\n\r\n")).isEqualTo(OK + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n"})
    void refuses_what_is_no_request(String text) throws IOException {
        assertThat(answer(text)).startsWith("HTTP/1.1 400 Bad Request\r\n").contains("Connection: close\r\n");
    }

    @Test
    void refuses_a_head_without_end() throws IOException {
        assertThat(answer("GET / HTTP/1.1\r\nX: " + "y".repeat(70_000)))
                .startsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n");
    }

    @Test
    void an_unfinished_request_is_not_answered() throws IOException {
        assertThat(answer("GET / HTTP/1.1\r\nHost: a")).isEmpty();
        assertThat(answer("")).isEmpty();
    }
}
