package io.heddle.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.ConnectOptions;
import io.heddle.ConnectionHandler;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.TlsTransport;
import io.heddle.certificate.TestPki;
import io.heddle.load.LoadOptions.StartTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
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

    /** The last words of a script, and what is to be said about them. */
    private static Stream<Arguments> refusals() {
        String ask = "<" + bytes("301d02010177188016") + "1.3.6.1.4.1.1466.20037";
        return Stream.of(
                Arguments.of(StartTls.SMTP, List.of(">554 no\r\n"), "greeted with \"554 no\""),
                Arguments.of(
                        StartTls.SMTP,
                        List.of(">220 a\r\n", "<EHLO heddle.invalid\r\n", ">502 what\r\n"),
                        "answered EHLO with \"502 what\""),
                Arguments.of(
                        StartTls.SMTP,
                        List.of(
                                ">220 a\r\n",
                                "<EHLO heddle.invalid\r\n",
                                ">250 a\r\n",
                                "<STARTTLS\r\n",
                                ">454 no TLS\r\n"),
                        "answered STARTTLS with \"454 no TLS\""),
                Arguments.of(
                        StartTls.IMAP, List.of(">* PREAUTH you are in\r\n"), "greeted with \"* PREAUTH you are in\""),
                Arguments.of(
                        StartTls.IMAP,
                        List.of(">* OK a\r\n", "<a STARTTLS\r\n", ">a BAD what\r\n"),
                        "answered STARTTLS with \"a BAD what\""),
                Arguments.of(
                        StartTls.IMAP,
                        List.of(">* OK a\r\n", "<a STARTTLS\r\n", ">* OK yes\r\n* BYE too many\r\n", "x"),
                        "answered STARTTLS with \"* BYE too many\""),
                Arguments.of(
                        StartTls.POP3,
                        List.of(">+OK a\r\n", "<STLS\r\n", ">-ERR no\r\n"),
                        "answered STLS with \"-ERR no\""),
                Arguments.of(
                        StartTls.POSTGRES,
                        List.of("<" + bytes("0000000804d2162f"), ">N"),
                        "answered SSLRequest with \"N\", it has no TLS"),
                Arguments.of(
                        StartTls.POSTGRES,
                        List.of("<" + bytes("0000000804d2162f"), ">E"),
                        "answered SSLRequest with \"E\", an error"),
                Arguments.of(
                        StartTls.POSTGRES,
                        List.of("<" + bytes("0000000804d2162f"), ">H"),
                        "answered SSLRequest with \"H\""),
                Arguments.of(
                        StartTls.LDAP,
                        List.of(ask, ">" + bytes("300e02010178090a010204000402") + "no"),
                        "answered StartTLS with message 1 with result code 2: \"no\""),
                // The notice of disconnection, RFC 4511 4.4.1, comes unasked.
                Arguments.of(
                        StartTls.LDAP,
                        List.of(ask, ">" + bytes("301002010078 0b0a01340400 0404".replace(" ", "")) + "full"),
                        "answered StartTLS with message 0 with result code 52: \"full\""),
                Arguments.of(
                        StartTls.LDAP,
                        List.of(ask, ">HTTP/1.1 400 Bad Request\r\n"),
                        "answered StartTLS with no LDAPMessage"),
                Arguments.of(
                        StartTls.LDAP,
                        List.of(ask, ">" + bytes("3084ffffffff")),
                        "answered StartTLS with an LDAPMessage of 4294967295 bytes"),
                Arguments.of(
                        StartTls.LDAP,
                        List.of(ask, ">" + bytes("3080")),
                        "answered StartTLS with a length of 0 bytes"));
    }

    /** What an LDAPMessage has inside that is none of ours, or broken at some place. */
    private static Stream<String> broken() {
        return Stream.of(
                "",
                "02",
                "0280",
                "02ff",
                "028001",
                "0281ff01",
                "0200",
                "020101",
                "02010161070a010004000400", // a BindResponse
                "02010178",
                "0201017880",
                "0201017884ffffffff",
                "020101788485868788" + "0a010004000400",
                "0201017800",
                "02010178030a0200",
                "02010178070a010104040400",
                "02010178070a010104000401",
                "0205000000000178070a010004000400",
                "0204ffffffff78070a010004000400");
    }

    private static String bytes(String hex) {
        return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
    }

    /** Follows the script with each connection, and returns what did not go by it. */
    private static void serve(ServerSocket server, List<String> script, ConnectionHandler then) {
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    follow(socket, script);
                    try (TlsSocket tls = Tls.accept(TlsTransport.of(socket), ServerOptions.of(CONTEXT))) {
                        then.handle(tls);
                    }
                } catch (Exception e) {
                    // The client has left, or will see it.
                }
            }
        });
    }

    /** "x" ends the connection. */
    private static void follow(Socket socket, List<String> script) throws IOException {
        for (String step : script) {
            if (step.equals("x")) {
                throw new IOException("the script ends the connection");
            }
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
        return run(protocol, script, Duration.ofSeconds(5));
    }

    private static LoadResult run(StartTls protocol, List<String> script, Duration timeout) throws Exception {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            serve(server, script, tls -> tls.getInputStream().transferTo(tls.getOutputStream()));
            return load(protocol, server, timeout);
        }
    }

    private static LoadResult load(StartTls protocol, ServerSocket server, Duration timeout) throws Exception {
        return Load.run(LoadOptions.builder(ConnectOptions.builder()
                        .host("localhost")
                        .port(server.getLocalPort())
                        .ca(List.of(TestPki.ca().leaf()))
                        .timeout(timeout)
                        .build())
                .startTls(protocol)
                .connections(1)
                .handshakes(2)
                .build());
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
                .containsExactly(new LoadFigures.Failure(
                        LoadFigures.Failure.Phase.HANDSHAKE,
                        "ERR_STARTTLS_REFUSED",
                        2,
                        "starttls: the %s server %s".formatted(protocol, said)));
    }

    private static void assertFailed(LoadResult result, String code, String sentence) {
        assertThat(result.total().failures())
                .containsExactly(new LoadFigures.Failure(LoadFigures.Failure.Phase.HANDSHAKE, code, 2, sentence));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void a_broken_answer_of_ldap_is_a_refusal(String message) throws Exception {
        String length = HexFormat.of().toHexDigits((byte) (message.length() / 2));
        assertFailed(
                run(
                        StartTls.LDAP,
                        List.of(
                                "<" + bytes("301d02010177188016") + "1.3.6.1.4.1.1466.20037",
                                ">" + bytes("30" + length + message))),
                "ERR_STARTTLS_REFUSED",
                "starttls: the LDAP server answered StartTLS with an LDAPMessage without an ExtendedResponse");
    }

    @ParameterizedTest
    @MethodSource("talks")
    void what_comes_in_the_clear_behind_the_answer_is_no_tls(StartTls protocol, List<String> script) throws Exception {
        List<String> injected = new ArrayList<>(script);
        injected.add(injected.removeLast() + "b OK you are in\r\n");
        String asked = switch (protocol) {
            case SMTP, IMAP -> "STARTTLS";
            case POP3 -> "STLS";
            case LDAP -> "StartTLS";
            case POSTGRES -> "SSLRequest";
        };
        assertFailed(
                run(protocol, injected),
                "ERR_STARTTLS_INJECTED",
                "starttls: the %s server sent 17 bytes in the clear behind its answer to %s: \"b OK you are in\""
                        .formatted(protocol, asked));
    }

    @Test
    void what_comes_in_the_clear_while_tls_begins_is_no_tls_either() throws Exception {
        LoadResult result =
                run(StartTls.POP3, List.of(">+OK a\r\n", "<STLS\r\n", ">+OK b\r\n", "<\u0016", ">+OK in\r\n"));
        assertThat(result.total().failures())
                .extracting(LoadFigures.Failure::code, LoadFigures.Failure::count)
                .containsExactly(tuple("ERR_SSL_WRONG_VERSION_NUMBER", 2L));
    }

    @Test
    void a_server_that_ends_the_connection() throws Exception {
        assertFailed(
                run(StartTls.POP3, List.of("x")),
                "ECONNRESET",
                "starttls: the POP3 server ended the connection and did not greet");
        assertFailed(
                run(StartTls.POP3, List.of(">+OK a\r\n", "<STLS\r\n", ">+O", "x")),
                "ECONNRESET",
                "starttls: the POP3 server ended the connection and did not answer STLS");
    }

    @Test
    void a_server_that_is_silent() throws Exception {
        // It waits for more than it is asked.
        assertFailed(
                run(StartTls.SMTP, List.of("<EHLO heddle.invalid\r\n"), Duration.ofMillis(200)),
                "ETIMEDOUT",
                "starttls: the SMTP server did not greet in time");
        assertFailed(
                run(StartTls.IMAP, List.of(">* OK a\r\n", "<a STARTTLS\r\nmore"), Duration.ofMillis(200)),
                "ETIMEDOUT",
                "starttls: the IMAP server did not answer STARTTLS in time");
    }

    /** Exim takes the end of TLS for a return to the clear, and waits there for a QUIT. */
    @ParameterizedTest
    @CsvSource({"SMTP, 515549540d0a", "POP3, 515549540d0a", "IMAP, 62204c4f474f55540d0a", "LDAP, 30050201024200"})
    void the_client_leaves_in_the_words_of_the_protocol(StartTls protocol, String goodbye) throws Exception {
        var heard = new ConcurrentLinkedQueue<String>();
        List<String> script = talks().map(Arguments::get)
                .filter(talk -> talk[0] == protocol)
                .map(talk ->
                        ((List<?>) talk[1]).stream().map(String.class::cast).toList())
                .findFirst()
                .orElseThrow();
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            serve(
                    server,
                    script,
                    tls -> heard.add(
                            HexFormat.of().formatHex(tls.getInputStream().readAllBytes())));
            LoadResult result = load(protocol, server, Duration.ofSeconds(5));
            assertThat(result.total().handshakes().full()).isEqualTo(2);
        }
        assertThat(heard).containsExactly(goodbye, goodbye);
    }
}
