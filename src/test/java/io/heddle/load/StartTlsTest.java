package io.heddle.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The words before TLS, against servers that follow a script and then speak TLS. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class StartTlsTest {
    private static final SecureContext CONTEXT =
            Tls.createSecureContext(options -> options.identity(TestPki.server("localhost")));

    /** ">" comes from the server, "<" from the client. */
    private static Stream<Arguments> talks() {
        return Stream.of(
                Arguments.of(
                        StartTls.SMTP,
                        List.of(
                                ">220-mx.test\r\n220 ready\r\n",
                                "<EHLO heddle.invalid\r\n",
                                ">250-mx.test\r\n250-SIZE 1\r\n250 STARTTLS\r\n",
                                "<STARTTLS\r\n",
                                ">220 go\r\n")),
                Arguments.of(
                        StartTls.IMAP,
                        List.of(">* OK hello\r\n", "<a STARTTLS\r\n", ">* CAPABILITY x\r\na OK begin\r\n")),
                Arguments.of(StartTls.POP3, List.of(">+OK hello\r\n", "<STLS\r\n", ">+OK begin\r\n")),
                Arguments.of(StartTls.POSTGRES, List.of("<" + bytes("0000000804d2162f"), ">S")),
                Arguments.of(
                        StartTls.LDAP,
                        List.of(
                                "<" + bytes("301d02010177188016") + "1.3.6.1.4.1.1466.20037",
                                ">" + bytes("300c02010178070a010004000400"))),
                Arguments.of(
                        StartTls.LDAP,
                        List.of(
                                "<" + bytes("301d02010177188016") + "1.3.6.1.4.1.1466.20037",
                                ">" + bytes("308400000010020101788400000007" + "0a010004000400"))));
    }

    private static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(StartTls.SMTP, List.of(">554 no\r\n"), "554 no"),
                Arguments.of(
                        StartTls.SMTP,
                        List.of(
                                ">220 a\r\n",
                                "<EHLO heddle.invalid\r\n",
                                ">250 a\r\n",
                                "<STARTTLS\r\n",
                                ">454 no TLS\r\n"),
                        "454 no TLS"),
                Arguments.of(StartTls.IMAP, List.of(">* OK a\r\n", "<a STARTTLS\r\n", ">a BAD what\r\n"), "a BAD what"),
                Arguments.of(StartTls.POP3, List.of(">+OK a\r\n", "<STLS\r\n", ">-ERR no\r\n"), "-ERR no"),
                Arguments.of(StartTls.POSTGRES, List.of("<" + bytes("0000000804d2162f"), ">N"), "N"),
                Arguments.of(
                        StartTls.LDAP,
                        List.of(
                                "<" + bytes("301d02010177188016") + "1.3.6.1.4.1.1466.20037",
                                ">" + bytes("300c02010178070a010204000400")),
                        "LDAP result code 2"));
    }

    private static String bytes(String hex) {
        return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
    }

    /** Follows the script with each connection, and returns what did not go by it. */
    private static void serve(ServerSocket server, List<String> script) {
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    follow(socket, script);
                    try (TlsSocket tls = Tls.accept(socket, ServerOptions.of(CONTEXT))) {
                        InputStream in = tls.getInputStream();
                        in.transferTo(tls.getOutputStream());
                    }
                } catch (IOException e) {
                    // The client has left, or will see it.
                }
            }
        });
    }

    private static void follow(Socket socket, List<String> script) throws IOException {
        for (String step : script) {
            byte[] text = step.substring(1).getBytes(ISO_8859_1);
            if (step.startsWith(">")) {
                socket.getOutputStream().write(text);
            } else if (!new String(socket.getInputStream().readNBytes(text.length), ISO_8859_1)
                    .equals(step.substring(1))) {
                throw new IOException("the client does not follow the script");
            }
        }
    }

    private static LoadResult run(StartTls protocol, List<String> script) throws Exception {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            serve(server, script);
            return Load.run(LoadOptions.builder(ConnectOptions.builder()
                            .host("localhost")
                            .port(server.getLocalPort())
                            .ca(List.of(TestPki.ca().leaf()))
                            .timeout(Duration.ofSeconds(5))
                            .build())
                    .startTls(protocol)
                    .connections(1)
                    .handshakes(2)
                    .build());
        }
    }

    @ParameterizedTest
    @MethodSource("talks")
    void talks_until_the_server_is_ready(StartTls protocol, List<String> script) throws Exception {
        LoadResult result = run(protocol, script);
        assertThat(result.total().failures()).isEmpty();
        assertThat(result.total().handshakes().full()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void a_server_that_refuses_is_a_failure(StartTls protocol, List<String> script, String said) throws Exception {
        LoadResult result = run(protocol, script);
        assertThat(result.total().failures())
                .containsExactly(new LoadFailure(
                        LoadFailure.Phase.HANDSHAKE,
                        "ERR_STARTTLS_REFUSED",
                        2,
                        "starttls: the %s server said \"%s\"".formatted(protocol, said)));
    }
}
