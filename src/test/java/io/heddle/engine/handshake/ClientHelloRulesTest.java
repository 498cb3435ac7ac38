package io.heddle.engine.handshake;

import static io.heddle.HelloParts.ALPN;
import static io.heddle.HelloParts.COOKIE;
import static io.heddle.HelloParts.EARLY_DATA;
import static io.heddle.HelloParts.EC_POINT_FORMATS;
import static io.heddle.HelloParts.ENCRYPT_THEN_MAC;
import static io.heddle.HelloParts.EXTENDED_MASTER_SECRET;
import static io.heddle.HelloParts.KEY_SHARE;
import static io.heddle.HelloParts.PRE_SHARED_KEY;
import static io.heddle.HelloParts.PSK_KEY_EXCHANGE_MODES;
import static io.heddle.HelloParts.SERVER_NAME;
import static io.heddle.HelloParts.SIGNATURE_ALGORITHMS;
import static io.heddle.HelloParts.SUPPORTED_GROUPS;
import static io.heddle.HelloParts.SUPPORTED_VERSIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.heddle.HelloBytes;
import io.heddle.HelloParts;
import io.heddle.RawPeer;
import io.heddle.RawRecord;
import io.heddle.TlsPair;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Blame;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of a ClientHello: RFC 8446 4.1.2, 4.2 and 9.2, RFC 5246 7.4.1.2 and E.1. */
class ClientHelloRulesTest {
    private static final int UNKNOWN_EXTENSION = 0xfafa;
    private static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;
    private static final int PADDING = 21;
    private static final int P_256 = 23;
    private static final int X25519 = 29;
    private static final int SERVER_HELLO = 2;

    interface Edit extends UnaryOperator<HelloParts> {}

    private static Arguments refused(String what, Code code, Edit edit) {
        return arguments(what, code, edit);
    }

    /** Checks a failure that the peer caused, and the alert in the clear. */
    private static TlsFailure refusal(RawPeer client, Code code) throws IOException {
        // A server that goes on finds the end of the stream, and the test does not have to wait.
        client.end();
        TlsFailure failure = client.failure();
        assertThat(failure).returns(code, TlsFailure::code);
        assertThat(failure.code().blame()).isIn(Blame.PEER_MISBEHAVED, Blame.PEER_INCOMPATIBLE);
        assertThat(failure.getMessage()).hasSizeLessThan(300).doesNotContain("\n");
        return failure;
    }

    private static RawRecord answer(RawPeer client) throws IOException {
        RawRecord first = client.readRecord().orElseThrow();
        assertThat(first.type()).as("type of %s", first).isEqualTo(RawRecord.HANDSHAKE);
        assertThat(HelloBytes.messageTypes(first)).first().isEqualTo(SERVER_HELLO);
        return first;
    }

    private static boolean isRetry(RawRecord hello) {
        return hello.body()[6] == (byte) 0xcf && hello.body()[7] == (byte) 0x21;
    }

    private static byte[] share(int group, int length) {
        return ByteBuffer.allocate(4 + length)
                .putShort((short) group)
                .putShort((short) length)
                .array();
    }

    private static byte[] list(byte[]... entries) {
        int length = Stream.of(entries).mapToInt(entry -> entry.length).sum();
        ByteBuffer out = ByteBuffer.allocate(2 + length).putShort((short) length);
        Stream.of(entries).forEach(out::put);
        return out.array();
    }

    private static byte[] names(String... names) {
        byte[][] entries = Stream.of(names)
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .map(name -> ByteBuffer.allocate(3 + name.length)
                        .put((byte) 0)
                        .putShort((short) name.length)
                        .put(name)
                        .array())
                .toArray(byte[][]::new);
        return list(entries);
    }

    // Versions

    private static Stream<Arguments> brokenTls13() {
        return Stream.of(
                refused("legacy_version of SSL 3.0", Code.ERR_SSL_UNSUPPORTED_PROTOCOL, hello -> hello.version(0x0300)),
                refused("two compression methods", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.compression(0, 1)),
                refused("null compression twice", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.compression(0, 0)),
                refused("no key_share", Code.ERR_SSL_MISSING_EXTENSION, hello -> hello.without(KEY_SHARE)),
                refused("no groups", Code.ERR_SSL_MISSING_EXTENSION, hello -> hello.without(SUPPORTED_GROUPS)),
                refused(
                        "neither key_share nor groups",
                        Code.ERR_SSL_MISSING_EXTENSION,
                        hello -> hello.without(KEY_SHARE).without(SUPPORTED_GROUPS)),
                refused("no sigalgs", Code.ERR_SSL_MISSING_EXTENSION, hello -> hello.without(SIGNATURE_ALGORITHMS)),
                refused(
                        "two shares of one group",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(SUPPORTED_GROUPS, 0, 2, 0, X25519)
                                .extension(KEY_SHARE, list(share(X25519, 32), share(X25519, 32)))),
                refused(
                        "a share of a group that is not offered",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(SUPPORTED_GROUPS, 0, 2, 0, P_256)
                                .extension(KEY_SHARE, list(share(X25519, 32)))),
                refused(
                        "an empty share",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.extension(KEY_SHARE, list(share(X25519, 0)))),
                refused("bytes behind the shares", Code.ERR_SSL_BAD_LENGTH, hello -> hello.lengthened(KEY_SHARE)),
                refused("no modes", Code.ERR_SSL_BAD_LENGTH, hello -> hello.extension(PSK_KEY_EXCHANGE_MODES, 0)),
                refused(
                        "bytes behind the modes",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.lengthened(PSK_KEY_EXCHANGE_MODES)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenTls13")
    void a_client_hello_of_tls_1_3_is_refused_with(String what, Code code, Edit edit) throws Exception {
        try (TlsPair pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            client.send(edit.apply(HelloParts.client(pair.clientHello())).toBytes());
            TlsFailure failure = refusal(client, code);
            assertThat(client.readFatalAlert()).isEqualTo(failure.alert().orElseThrow());
        }
    }

    @Test
    void supported_versions_fill_their_extension() throws Exception {
        try (TlsPair pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            client.send(HelloParts.client(pair.clientHello())
                    .lengthened(SUPPORTED_VERSIONS)
                    .toBytes());
            refusal(client, Code.ERR_SSL_BAD_LENGTH);
        }
    }

    private static Stream<Arguments> brokenEverywhere() {
        return Stream.of(
                refused("an empty protocol list", Code.ERR_SSL_BAD_LENGTH, hello -> hello.extension(ALPN, 0, 0)),
                refused(
                        "an empty ALPN extension",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.extension(ALPN, new byte[0])),
                refused(
                        "a protocol without a name",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.extension(ALPN, 0, 3, 1, 'a', 0)),
                refused(
                        "a list longer than ALPN",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.extension(ALPN, 0, 9, 1, 'a')),
                refused(
                        "bytes behind the protocols",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.extension(ALPN, 0, 2, 1, 'a', 0)),
                refused("no server name", Code.ERR_SSL_BAD_LENGTH, hello -> hello.extension(SERVER_NAME, 0, 0)),
                refused(
                        "an empty server name",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.extension(SERVER_NAME, 0, 3, 0, 0, 0)),
                refused("bytes behind the names", Code.ERR_SSL_BAD_LENGTH, hello -> hello.lengthened(SERVER_NAME)),
                refused(
                        "two host names",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(SERVER_NAME, names("a", "b"))),
                refused("no group", Code.ERR_SSL_BAD_LENGTH, hello -> hello.extension(SUPPORTED_GROUPS, 0, 0)),
                refused(
                        "half a group",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.extension(SUPPORTED_GROUPS, 0, 3, 0, 29, 0)),
                refused(
                        "bytes behind the groups",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.lengthened(SUPPORTED_GROUPS)),
                refused("no sigalg", Code.ERR_SSL_BAD_LENGTH, hello -> hello.extension(SIGNATURE_ALGORITHMS, 0, 0)),
                refused(
                        "half a sigalg",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.extension(SIGNATURE_ALGORITHMS, 0, 3, 4, 3, 4)),
                refused(
                        "bytes behind the sigalgs",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.lengthened(SIGNATURE_ALGORITHMS)),
                refused("compression but no null", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.compression(1)),
                refused("no compression", Code.ERR_SSL_BAD_LENGTH, HelloParts::compression),
                refused(
                        "an extension twice",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.another(SERVER_NAME, names("a"))),
                refused(
                        "an unknown extension twice",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.another(UNKNOWN_EXTENSION).another(UNKNOWN_EXTENSION)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenEverywhere")
    void a_client_hello_is_refused_with(String what, Code code, Edit edit) throws Exception {
        for (TlsVersion version : new TlsVersion[] {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}) {
            try (TlsPair pair = TlsPair.of(version);
                    RawPeer client = pair.rawClient()) {
                client.send(edit.apply(HelloParts.client(pair.clientHello())).toBytes());
                refusal(client, code);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0304, 0x0305, 0x0401, 0x0600, 0xfefe, 0xfefd, 0xffff})
    void a_version_above_tls_1_2_means_tls_1_2_without_supported_versions(int version) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer client = pair.rawClient()) {
            client.send(HelloParts.client(pair.clientHello()).version(version).toBytes());
            assertThat(answer(client).body()).startsWith(2).containsSequence(3, 3);
            assertThat(client.heddle().getHandshakeSession()).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x0002, 0x0200, 0x02ff, 0x0300})
    void a_version_below_tls_is_refused(int version) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer client = pair.rawClient()) {
            client.send(HelloParts.client(pair.clientHello()).version(version).toBytes());
            assertThat(refusal(client, Code.ERR_SSL_UNSUPPORTED_PROTOCOL).alert())
                    .contains(Alert.PROTOCOL_VERSION);
        }
    }

    private static Stream<Arguments> allowed() {
        return Stream.of(
                arguments(TlsVersion.TLS_1_2, "two compression methods", (Edit) hello -> hello.compression(1, 0)),
                arguments(TlsVersion.TLS_1_2, "a broken key_share", (Edit) hello -> hello.extension(KEY_SHARE, 7)),
                arguments(TlsVersion.TLS_1_2, "no groups", (Edit) hello -> hello.without(SUPPORTED_GROUPS)),
                arguments(TlsVersion.TLS_1_3, "legacy_version of TLS 1.3", (Edit) hello -> hello.version(0x0304)),
                arguments(TlsVersion.TLS_1_3, "legacy_version of TLS 1.0", (Edit) hello -> hello.version(0x0301)),
                arguments(TlsVersion.TLS_1_3, "an unknown extension", (Edit) hello -> hello.another(UNKNOWN_EXTENSION)),
                arguments(TlsVersion.TLS_1_3, "compressed points", (Edit)
                        hello -> hello.extension(EC_POINT_FORMATS, 1, 1)),
                arguments(TlsVersion.TLS_1_3, "broken points", (Edit) hello -> hello.extension(EC_POINT_FORMATS, 7)),
                arguments(TlsVersion.TLS_1_3, "broken MAC order", (Edit) hello -> hello.extension(ENCRYPT_THEN_MAC, 7)),
                arguments(TlsVersion.TLS_1_3, "broken master secret", (Edit)
                        hello -> hello.extension(EXTENDED_MASTER_SECRET, 7)),
                arguments(TlsVersion.TLS_1_3, "a version of GREASE and a reserved one", (Edit)
                        hello -> hello.extension(SUPPORTED_VERSIONS, 6, 0x7a, 0x7a, 0xfe, 0xfe, 3, 4)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("allowed")
    void a_client_hello_is_answered_with(TlsVersion version, String what, Edit edit) throws Exception {
        try (TlsPair pair = TlsPair.of(version);
                RawPeer client = pair.rawClient()) {
            client.send(edit.apply(HelloParts.client(pair.clientHello())).toBytes());
            assertThat(isRetry(answer(client))).isFalse();
        }
    }

    // server_name

    @ParameterizedTest(name = "{index}")
    @ValueSource(
            strings = {
                "a\0b",
                "\0",
                "a\u001bb",
                "bell\u0007",
                "a b",
                "a\tb",
                "m\u00fcnchen.example",
                "a..b",
                ".a",
                ".",
                "a/b",
                "a:443",
                "*.example",
                "a\"b",
                "a%b",
                "[::1]",
                "a,b",
                "user@a"
            })
    void a_server_name_is_a_host_name(String name) throws Exception {
        for (TlsVersion version : new TlsVersion[] {TlsVersion.TLS_1_2, TlsVersion.TLS_1_3}) {
            try (TlsPair pair = TlsPair.of(version);
                    RawPeer client = pair.rawClient()) {
                client.send(HelloParts.client(pair.clientHello())
                        .extension(SERVER_NAME, names(name))
                        .toBytes());
                TlsFailure failure = refusal(client, Code.ERR_SSL_ILLEGAL_PARAMETER);
                assertThat(failure.alert()).contains(Alert.UNRECOGNIZED_NAME);
                assertThat(failure.getMessage()).startsWith("servername: the client asked for \"");
                assertThat(client.readFatalAlert()).isEqualTo(Alert.UNRECOGNIZED_NAME);
            }
        }
    }

    private static Stream<String> hostNames() {
        String label = "a".repeat(63);
        return Stream.of(
                "localhost",
                "LocalHost",
                "_dmarc.a_b.example",
                "xn--mnchen-3ya.example",
                "a.example.",
                "-a-.example",
                "3com",
                "127.0.0.1",
                "::1",
                "2001:db8::7",
                "::ffff:127.0.0.1",
                label + ".b",
                String.join(".", label, label, label, "a".repeat(61)),
                String.join(".", label, label, label, "a".repeat(61)) + ".");
    }

    @ParameterizedTest
    @MethodSource("hostNames")
    void a_host_name_or_an_address_goes_on(String name) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer client = pair.rawClient()) {
            client.send(HelloParts.client(pair.clientHello())
                    .extension(SERVER_NAME, names(name))
                    .toBytes());
            answer(client);
        }
    }

    @Test
    void a_host_name_is_no_longer_than_dns_allows() throws Exception {
        String label = "a".repeat(63);
        for (String name :
                new String[] {label + "a.b", String.join(".", label, label, label, label, "a"), "a.".repeat(30_000)}) {
            try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                    RawPeer client = pair.rawClient()) {
                client.send(HelloParts.client(pair.clientHello())
                        .extension(SERVER_NAME, names(name))
                        .toBytes());
                assertThat(refusal(client, Code.ERR_SSL_ILLEGAL_PARAMETER).alert())
                        .contains(Alert.UNRECOGNIZED_NAME);
            }
        }
    }

    // Pre-shared keys

    /** Returns the ClientHello of a client that has a ticket. */
    private static HelloParts resuming(TlsPair pair) throws IOException {
        pair.handshake();
        HelloParts hello = HelloParts.client(pair.clientHello());
        assertThat(hello.extension(PRE_SHARED_KEY)).isPresent();
        return hello;
    }

    private static Stream<Arguments> brokenPsk() {
        return Stream.of(
                refused("no modes", Code.ERR_SSL_MISSING_EXTENSION, hello -> hello.without(PSK_KEY_EXCHANGE_MODES)),
                refused(
                        "an empty list of modes",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.extension(PSK_KEY_EXCHANGE_MODES, 0)),
                refused("no key_share", Code.ERR_SSL_MISSING_EXTENSION, hello -> hello.without(KEY_SHARE)),
                refused("no groups", Code.ERR_SSL_MISSING_EXTENSION, hello -> hello.without(SUPPORTED_GROUPS)),
                refused("something behind it", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> {
                    byte[] psk = hello.extension(PRE_SHARED_KEY).orElseThrow();
                    return hello.without(PRE_SHARED_KEY).another(PRE_SHARED_KEY, psk);
                }),
                refused("bytes behind it", Code.ERR_SSL_BAD_LENGTH, hello -> hello.lengthened(PRE_SHARED_KEY)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenPsk")
    void a_pre_shared_key_is_refused_with(String what, Code code, Edit edit) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            HelloParts hello = edit.apply(resuming(pair));
            try (RawPeer client = pair.rawClient()) {
                client.send(hello.toBytes());
                refusal(client, code);
            }
        }
    }

    /**
     * Changes the second ClientHello of a client that has a ticket and is asked for another share, and returns the
     * server's failure.
     */
    private static Optional<Throwable> secondOfResuming(Edit edit) throws IOException {
        var hellos = new AtomicInteger();
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)
                .clientContext(context -> context.ecdhCurve("X25519:P-256"))
                .serverContext(context -> context.ecdhCurve("P-256"))) {
            pair.handshake();
            pair.toServer(bytes -> {
                int at = bytes[0] == RawRecord.CHANGE_CIPHER_SPEC ? 6 : 0;
                boolean hello = bytes.length > at + 5 && bytes[at] == RawRecord.HANDSHAKE && bytes[at + 5] == 1;
                if (!hello || hellos.incrementAndGet() != 2) {
                    return bytes;
                }
                byte[] body = Arrays.copyOfRange(bytes, at + 5, bytes.length);
                HelloParts second = HelloParts.client(RawRecord.of(RawRecord.HANDSHAKE, body));
                assertThat(second.extension(PRE_SHARED_KEY)).isPresent();
                byte[] changed = edit.apply(second).toBytes();
                return ByteBuffer.allocate(at + changed.length)
                        .put(bytes, 0, at)
                        .put(changed)
                        .array();
            });
            TlsPair.Outcome outcome = pair.attempt();
            assertThat(hellos).hasValue(2);
            return outcome.serverProblem();
        }
    }

    @Test
    void a_second_client_hello_keeps_the_key_that_decided_the_suite() throws Exception {
        assertThat(secondOfResuming(hello -> hello)).isEmpty();
        assertThat(secondOfResuming(hello -> hello.without(PRE_SHARED_KEY)))
                .get(InstanceOfAssertFactories.type(TlsFailure.class))
                .returns(Code.ERR_SSL_ILLEGAL_PARAMETER, TlsFailure::code)
                .extracting(TlsFailure::getMessage, InstanceOfAssertFactories.STRING)
                .startsWith("psk: the client left out a key in the ClientHello after a HelloRetryRequest");
    }

    @Test
    void a_second_client_hello_adds_no_key() throws Exception {
        byte[] psk;
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            psk = resuming(pair).extension(PRE_SHARED_KEY).orElseThrow();
        }
        retried(hello -> hello, (client, hello) -> {
            client.send(hello.last(PRE_SHARED_KEY, psk).toBytes());
            assertThat(refusal(client, Code.ERR_SSL_ILLEGAL_PARAMETER))
                    .hasMessageStartingWith("psk: the client added a key in the ClientHello after a HelloRetryRequest");
        });
    }

    // The second ClientHello

    private static HelloParts withoutShares(HelloParts hello) {
        return hello.extension(KEY_SHARE, 0, 0);
    }

    private static Stream<Arguments> changes() {
        return Stream.of(
                refused("another random", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.random((byte) 1)),
                refused("another session id", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.sessionId((byte) 1)),
                refused("other suites", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.suites(0x1301)),
                refused("another legacy_version", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.version(0x0301)),
                refused("legacy_version of SSL 3.0", Code.ERR_SSL_UNSUPPORTED_PROTOCOL, hello -> hello.version(0x0300)),
                refused("compression", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.compression(0, 1)),
                refused(
                        "another name",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(SERVER_NAME, names("other"))),
                refused("no name", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.without(SERVER_NAME)),
                refused(
                        "other versions",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(SUPPORTED_VERSIONS, 4, 3, 4, 3, 1)),
                refused(
                        "other sigalgs",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(SIGNATURE_ALGORITHMS, 0, 2, 4, 3)),
                refused("ALPN", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.extension(ALPN, 0, 2, 1, 'a')),
                refused(
                        "an unknown extension",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.another(UNKNOWN_EXTENSION)),
                refused("early data", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.another(EARLY_DATA)),
                refused("no key_share", Code.ERR_SSL_MISSING_EXTENSION, hello -> hello.without(KEY_SHARE)),
                refused("no share", Code.ERR_SSL_ILLEGAL_PARAMETER, ClientHelloRulesTest::withoutShares),
                refused(
                        "two shares",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(KEY_SHARE, list(share(X25519, 32), share(P_256, 65)))),
                refused("no cookie", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.without(COOKIE)),
                refused("another cookie", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.extension(COOKIE, 0, 1, 7)),
                refused(
                        "a share of another group",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(KEY_SHARE, list(share(P_256, 65)))));
    }

    private interface Second {
        void send(RawPeer client, HelloParts hello) throws IOException;
    }

    /** Sends a ClientHello without key shares, and the second one with what the HelloRetryRequest asks for. */
    private static void retried(Edit first, Second second) throws IOException {
        try (TlsPair pair = TlsPair.create().clientContext(context -> context.ecdhCurve("X25519:P-256"));
                RawPeer client = pair.rawClient()) {
            HelloParts hello = HelloParts.client(pair.clientHello());
            byte[] shares = hello.extension(KEY_SHARE).orElseThrow();
            client.send(first.apply(withoutShares(hello)).toBytes());
            RawRecord retry = answer(client);
            assertThat(isRetry(retry)).isTrue();
            HelloParts requested = HelloParts.server(retry);
            assertThat(requested.extension(KEY_SHARE)).contains(new byte[] {0, shares[3]});
            requested.extension(COOKIE).ifPresent(cookie -> hello.extension(COOKIE, cookie));
            second.send(client, hello.extension(KEY_SHARE, shares));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void a_second_client_hello_is_refused_with(String what, Code code, Edit edit) throws Exception {
        retried(hello -> hello, (client, hello) -> {
            client.send(edit.apply(hello).toBytes());
            TlsFailure failure = refusal(client, code);
            assertThat(client.readFatalAlert()).isEqualTo(failure.alert().orElseThrow());
        });
    }

    @Test
    void a_second_client_hello_may_differ_where_the_rfc_allows_it() throws Exception {
        retried(
                hello -> hello.extension(PADDING, 0, 0, 0).another(ENCRYPTED_CLIENT_HELLO, (byte) 1),
                (client, hello) -> {
                    client.send(hello.without(PADDING)
                            .extension(ENCRYPTED_CLIENT_HELLO, 2)
                            .toBytes());
                    client.readRecord(); // change_cipher_spec behind the HelloRetryRequest
                    assertThat(isRetry(answer(client))).isFalse();
                });
    }

    // Size

    private static byte[] filler(int length) {
        return new byte[length];
    }

    /**
     * As long as the lists of RFC 8446 4.1.2 can be: 32 bytes of id, 2^16-2 of suites, 2^8-1 methods, 2^16-1 of
     * extensions.
     */
    private static HelloParts longest(HelloParts hello, boolean tls13) {
        int[] suites = new int[32_767];
        Arrays.fill(suites, 0x5a5a);
        suites[suites.length - 1] = tls13 ? 0x1301 : 0xc02b;
        int methods = tls13 ? 1 : 255;
        hello.sessionId(filler(32)).suites(suites).compression(new int[methods]);
        int rest = 2 + 32 + 1 + 32 + 2 + 65_534 + 1 + methods + 2 + 65_535 - (hello.message().length - 4);
        return hello.another(UNKNOWN_EXTENSION, filler(rest - 4));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_longest_client_hello_is_taken(boolean tls13) throws Exception {
        try (TlsPair pair = TlsPair.of(tls13 ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2);
                RawPeer client = pair.rawClient()) {
            HelloParts hello = longest(HelloParts.client(pair.clientHello()), tls13);
            assertThat(hello.message()).hasSizeGreaterThan(131_000);
            client.send(hello.toBytes());
            assertThat(isRetry(answer(client))).isFalse();
        }
    }

    /** Nothing is read, and no memory reserved, for a message that its header already shows to be too long. */
    @Test
    void a_client_hello_that_cannot_be_is_refused_at_its_header() throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer client = pair.rawClient()) {
            int length = 2 + 32 + 1 + 32 + 2 + 65_534 + 1 + 255 + 2 + 65_535 + 1;
            client.sendRecord(
                    RawRecord.HANDSHAKE, (byte) 1, (byte) (length >>> 16), (byte) (length >>> 8), (byte) length);
            assertThat(refusal(client, Code.ERR_SSL_EXCESSIVE_MESSAGE_SIZE)).hasMessageContaining("131396");
        }
    }

    /** Only a ClientHello is that long; a header that is cut in two is read all the same. */
    @ParameterizedTest
    @ValueSource(ints = {11, 16, 20})
    void another_message_keeps_its_limit(int type) throws Exception {
        int length = 100 * 1024 + 1;
        byte[] header = {(byte) type, (byte) (length >>> 16), (byte) (length >>> 8), (byte) length};
        for (int cut = 0; cut < header.length; cut++) {
            try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2);
                    RawPeer client = pair.rawClient()) {
                client.send(pair.clientHello().toBytes());
                answer(client);
                if (cut > 0) {
                    client.sendRecord(RawRecord.HANDSHAKE, Arrays.copyOf(header, cut));
                }
                client.sendRecord(RawRecord.HANDSHAKE, Arrays.copyOfRange(header, cut, 4));
                assertThat(refusal(client, Code.ERR_SSL_EXCESSIVE_MESSAGE_SIZE)).hasMessageContaining("102400");
            }
        }
    }
}
