package io.heddle.engine.handshake;

import static io.heddle.HelloParts.ALPN;
import static io.heddle.HelloParts.COOKIE;
import static io.heddle.HelloParts.KEY_SHARE;
import static io.heddle.HelloParts.PRE_SHARED_KEY;
import static io.heddle.HelloParts.SERVER_NAME;
import static io.heddle.HelloParts.SUPPORTED_GROUPS;
import static io.heddle.HelloParts.SUPPORTED_VERSIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.heddle.HelloParts;
import io.heddle.RawPeer;
import io.heddle.RawRecord;
import io.heddle.TlsPair;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.BareServer;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Blame;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of a client for a server's first flight: RFC 8446 4.1.3, 4.1.4 and 4.2, RFC 7301 3.1. */
class ServerFlightRulesTest {
    private static final int UNKNOWN_EXTENSION = 0xfafa;
    private static final int AES_128 = 0x1301;
    private static final int AES_256 = 0x1302;
    private static final byte[] H2 = {0, 3, 2, 'h', '2'};

    interface Edit extends UnaryOperator<HelloParts> {}

    private static Arguments refused(String what, Code code, Edit edit) {
        return arguments(what, code, edit);
    }

    private static void send(TlsProtocol from, RawPeer wire) {
        byte[] out = new byte[from.getAvailableOutputBytes()];
        from.readOutput(out, 0, out.length);
        wire.send(out);
    }

    /**
     * Lets a server answer the ClientHello with its whole flight; a client that takes it finds the end of the stream.
     */
    private static void flight(RawPeer wire, BareServer server, UnaryOperator<byte[]> outgoing) throws IOException {
        var protocol = new BareServer.Handshake(outgoing);
        protocol.accept(server);
        protocol.offerInput(wire.readFlight());
        send(protocol, wire);
        wire.end();
    }

    private static TlsFailure refusal(RawPeer wire, Code code) {
        TlsFailure failure = wire.failure();
        assertThat(failure).returns(code, TlsFailure::code);
        assertThat(failure.code().blame()).isIn(Blame.PEER_MISBEHAVED, Blame.PEER_INCOMPATIBLE);
        assertThat(failure.getMessage()).hasSizeLessThan(300).doesNotContain("\n");
        return failure;
    }

    // ServerHello

    private static Stream<Arguments> hellos() {
        return Stream.of(
                refused(
                        "an unknown extension",
                        Code.ERR_SSL_UNSOLICITED_EXTENSION,
                        hello -> hello.another(UNKNOWN_EXTENSION)),
                refused(
                        "ALPN that was not asked for",
                        Code.ERR_SSL_UNSOLICITED_EXTENSION,
                        hello -> hello.extension(ALPN, H2)),
                refused(
                        "a key that was not offered",
                        Code.ERR_SSL_UNSOLICITED_EXTENSION,
                        hello -> hello.extension(PRE_SHARED_KEY, 0, 0)),
                refused("a cookie", Code.ERR_SSL_UNSOLICITED_EXTENSION, hello -> hello.extension(COOKIE, 0, 1, 7)),
                refused(
                        "groups",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(SUPPORTED_GROUPS, 0, 2, 0, 29)),
                refused(
                        "a server name",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(SERVER_NAME, new byte[0])),
                refused(
                        "a share twice",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.another(
                                KEY_SHARE, hello.extension(KEY_SHARE).orElseThrow())),
                refused("no share", Code.ERR_SSL_MISSING_EXTENSION, hello -> hello.without(KEY_SHARE)),
                refused("bytes behind the share", Code.ERR_SSL_BAD_LENGTH, hello -> hello.lengthened(KEY_SHARE)),
                refused("a share of another group", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> {
                    byte[] share = hello.extension(KEY_SHARE).orElseThrow();
                    share[1] = 24;
                    return hello.extension(KEY_SHARE, share);
                }),
                refused("legacy_version of SSL 3.0", Code.ERR_SSL_UNSUPPORTED_PROTOCOL, hello -> hello.version(0x0300)),
                refused("legacy_version 0xfefe", Code.ERR_SSL_UNSUPPORTED_PROTOCOL, hello -> hello.version(0xfefe)),
                refused("legacy_version of TLS 1.3", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.version(0x0304)),
                refused(
                        "TLS 1.2 in supported_versions",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(SUPPORTED_VERSIONS, 3, 3)),
                refused(
                        "0xfefe in supported_versions",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(SUPPORTED_VERSIONS, 0xfe, 0xfe)),
                refused(
                        "0x7a7a in supported_versions",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(SUPPORTED_VERSIONS, 0x7a, 0x7a)),
                refused(
                        "bytes behind the version",
                        Code.ERR_SSL_BAD_LENGTH,
                        hello -> hello.lengthened(SUPPORTED_VERSIONS)),
                refused(
                        "a share without TLS 1.3",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.without(SUPPORTED_VERSIONS)),
                refused("another session id", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.sessionId((byte) 1)),
                refused("no session id", Code.ERR_SSL_ILLEGAL_PARAMETER, HelloParts::sessionId),
                refused("compression", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.compression(1)),
                refused("a suite that was not offered", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.suites(0x1305)),
                refused("a suite of TLS 1.2", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> hello.suites(0xc02b)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hellos")
    void a_server_hello_is_refused_with(String what, Code code, Edit edit) throws Exception {
        try (TlsPair pair = TlsPair.create();
                RawPeer wire = pair.rawServer()) {
            flight(
                    wire,
                    new BareServer(),
                    message -> message[0] == HandshakeType.server_hello
                            ? edit.apply(HelloParts.server(RawRecord.of(RawRecord.HANDSHAKE, message)))
                                    .message()
                            : message);
            TlsFailure failure = refusal(wire, code);
            assertThat(wire.readFatalAlert()).isEqualTo(failure.alert().orElseThrow());
        }
    }

    @Test
    void a_server_hello_names_a_key_that_was_offered() throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.handshake();
            try (RawPeer wire = pair.rawServer()) {
                flight(
                        wire,
                        new BareServer(),
                        message -> message[0] == HandshakeType.server_hello
                                ? HelloParts.server(RawRecord.of(RawRecord.HANDSHAKE, message))
                                        .extension(PRE_SHARED_KEY, 0, 1)
                                        .message()
                                : message);
                refusal(wire, Code.ERR_SSL_ILLEGAL_PARAMETER);
            }
        }
    }

    /**
     * RFC 5246 7.4.1.3: the client's own id means that a session of TLS 1.2 goes on; that of RFC 8446 D.4 is of none.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_session_of_tls_1_2_is_resumed_only_if_it_was_offered(boolean ticketOfTls13) throws Exception {
        try (TlsPair pair = TlsPair.create()) {
            if (ticketOfTls13) {
                pair.handshake();
            }
            try (RawPeer wire = pair.rawServer()) {
                RawRecord first = wire.readRecord().orElseThrow();
                assertThat(HelloParts.client(first).extension(PRE_SHARED_KEY).isPresent())
                        .isEqualTo(ticketOfTls13);
                wire.sendRecord(
                        RawRecord.HANDSHAKE, HelloParts.answer(first, 0xc02b).message());
                wire.end();
                assertThat(refusal(wire, Code.ERR_SSL_ILLEGAL_PARAMETER))
                        .hasMessageStartingWith(
                                "session: the server resumes a session of TLS 1.2 or below, the client offered none");
                assertThat(wire.readFatalAlert()).isEqualTo(Alert.ILLEGAL_PARAMETER);
            }
        }
    }

    // Application protocol and other answers

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_protocol_is_one_that_was_offered(boolean tls13) throws Exception {
        for (byte[] bytes : new byte[][] {{0, 3, 2, 'h', '3'}, {0, 6, 5, 'h', '2', 0, 27, '['}, {0, 3, 2, 'H', '2'}}) {
            try (TlsPair pair = TlsPair.create().client(client -> client.alpnProtocols("h2", "http/1.1"));
                    RawPeer wire = pair.rawServer()) {
                flight(wire, server(tls13).with(ALPN, bytes), message -> message);
                assertThat(refusal(wire, Code.ERR_SSL_ILLEGAL_PARAMETER))
                        .hasMessageStartingWith("alpn: the server chose \"")
                        .hasMessageContaining("\", the client offered [h2, http/1.1]");
            }
        }
    }

    private static BareServer server(boolean tls13) {
        return new BareServer(
                tls13 ? ProtocolVersion.TLSv13 : ProtocolVersion.TLSv12,
                TestPki.server("localhost"),
                Sigalg.ECDSA_SECP256R1_SHA256);
    }

    private static BareServer rsaServer(TestPki.Key key, Sigalg sigalg, boolean tls13) {
        return new BareServer(
                tls13 ? ProtocolVersion.TLSv13 : ProtocolVersion.TLSv12, TestPki.server(key, "localhost"), sigalg);
    }

    private static Stream<Arguments> answers() {
        return Stream.of(
                arguments(
                        "an unknown extension",
                        Code.ERR_SSL_UNSOLICITED_EXTENSION,
                        true,
                        true,
                        UNKNOWN_EXTENSION,
                        new byte[0]),
                arguments(
                        "early data",
                        Code.ERR_SSL_UNSOLICITED_EXTENSION,
                        true,
                        true,
                        HelloParts.EARLY_DATA,
                        new byte[0]),
                arguments(
                        "a share among the encrypted",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        true,
                        false,
                        KEY_SHARE,
                        new byte[] {0, 29}),
                arguments(
                        "a version among the encrypted",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        true,
                        false,
                        SUPPORTED_VERSIONS,
                        new byte[] {3, 4}),
                arguments(
                        "a share in TLS 1.2", Code.ERR_SSL_ILLEGAL_PARAMETER, false, true, KEY_SHARE, new byte[] {0, 29
                        }),
                arguments(
                        "modes in TLS 1.2",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        false,
                        true,
                        HelloParts.PSK_KEY_EXCHANGE_MODES,
                        new byte[] {1, 1}),
                arguments("a name in the answer to one", Code.ERR_SSL_BAD_LENGTH, true, true, SERVER_NAME, new byte[] {0
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void an_answer_is_refused_with(String what, Code code, boolean tls13, boolean tls12, int type, byte[] content)
            throws Exception {
        for (boolean version : new boolean[] {true, false}) {
            if (version ? tls13 : tls12) {
                try (TlsPair pair = TlsPair.create();
                        RawPeer wire = pair.rawServer()) {
                    flight(wire, server(version).with(type, content), message -> message);
                    refusal(wire, code);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_protocol_is_one_and_has_a_name(boolean tls13) throws Exception {
        // As written by a server that does not look: the extension is one of another number until it is on the wire.
        for (byte[] bytes :
                new byte[][] {{0, 6, 2, 'h', '2', 2, 'h', '2'}, {0, 1, 0}, {0, 0}, {}, {0, 3, 2, 'h', '2', 0}}) {
            try (TlsPair pair = TlsPair.create().client(client -> client.alpnProtocols("h2"));
                    RawPeer wire = pair.rawServer()) {
                flight(
                        wire,
                        server(tls13).with(UNKNOWN_EXTENSION, bytes),
                        message -> unknownBecomesAlpn(message, tls13));
                refusal(wire, Code.ERR_SSL_BAD_LENGTH);
            }
        }
    }

    /** Changes the type of the unknown extension, in the message that has it and behind the random of a ServerHello. */
    private static byte[] unknownBecomesAlpn(byte[] message, boolean tls13) {
        if (message[0] != (tls13 ? HandshakeType.encrypted_extensions : HandshakeType.server_hello)) {
            return message;
        }
        for (int i = tls13 ? 4 : 38; i + 1 < message.length; i++) {
            if (message[i] == (byte) 0xfa && message[i + 1] == (byte) 0xfa) {
                byte[] changed = message.clone();
                changed[i] = 0;
                changed[i + 1] = ALPN;
                return changed;
            }
        }
        return message;
    }

    // HelloRetryRequest

    private static Stream<Arguments> retries() {
        return Stream.of(
                refused("nothing", Code.ERR_SSL_ILLEGAL_PARAMETER, retry -> retry),
                refused(
                        "the group of the share",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        retry -> retry.extension(KEY_SHARE, 0, 29)),
                refused(
                        "the group of the share and a cookie",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        retry -> retry.extension(KEY_SHARE, 0, 29).extension(COOKIE, 0, 1, 7)),
                refused(
                        "a group that was not offered",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        retry -> retry.extension(KEY_SHARE, 0x7a, 0x7a)),
                refused(
                        "bytes behind the group",
                        Code.ERR_SSL_BAD_LENGTH,
                        retry -> retry.extension(KEY_SHARE, 0, 23, 0)),
                refused("an empty cookie", Code.ERR_SSL_BAD_LENGTH, retry -> retry.extension(COOKIE, 0, 0)),
                refused(
                        "bytes behind the cookie",
                        Code.ERR_SSL_BAD_LENGTH,
                        retry -> retry.extension(COOKIE, 0, 1, 7, 0)),
                refused(
                        "an unknown extension",
                        Code.ERR_SSL_UNSOLICITED_EXTENSION,
                        retry -> retry.extension(COOKIE, 0, 1, 7).another(UNKNOWN_EXTENSION)),
                refused(
                        "no version",
                        Code.ERR_SSL_MISSING_EXTENSION,
                        retry -> retry.extension(COOKIE, 0, 1, 7).without(SUPPORTED_VERSIONS)),
                refused(
                        "another session id",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        retry -> retry.extension(COOKIE, 0, 1, 7).sessionId((byte) 1)),
                refused(
                        "a suite that was not offered",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        retry -> retry.extension(COOKIE, 0, 1, 7).suites(0x1305)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("retries")
    void a_hello_retry_request_is_refused_with(String what, Code code, Edit edit) throws Exception {
        try (TlsPair pair = TlsPair.create();
                RawPeer wire = pair.rawServer()) {
            RawRecord hello = wire.readRecord().orElseThrow();
            wire.sendRecord(
                    RawRecord.HANDSHAKE,
                    edit.apply(HelloParts.retry(hello, AES_128)).message());
            wire.end();
            refusal(wire, code);
        }
    }

    /** Sends a HelloRetryRequest and returns both ClientHellos. */
    private static HelloParts[] retried(RawPeer wire, Edit edit) throws IOException {
        RawRecord first = wire.readRecord().orElseThrow();
        wire.sendRecord(
                RawRecord.HANDSHAKE,
                edit.apply(HelloParts.retry(first, AES_128)).message());
        assertThat(wire.readRecord().orElseThrow().type()).isEqualTo(RawRecord.CHANGE_CIPHER_SPEC);
        RawRecord second = wire.readRecord().orElseThrow();
        return new HelloParts[] {HelloParts.client(first), HelloParts.client(second)};
    }

    /** RFC 8446 4.1.4: the same ClientHello, key shares included, with the cookie. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_cookie_alone_is_answered_with_the_same_client_hello(boolean resuming) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            if (resuming) {
                pair.handshake();
            }
            try (RawPeer wire = pair.rawServer()) {
                HelloParts[] hellos = retried(wire, retry -> retry.extension(COOKIE, 0, 2, 7, 8));
                assertThat(hellos[1].extension(COOKIE)).contains(new byte[] {0, 2, 7, 8});
                assertThat(hellos[0].extension(PRE_SHARED_KEY).isPresent()).isEqualTo(resuming);
                assertThat(sorted(hellos[1].without(COOKIE).without(PRE_SHARED_KEY)))
                        .isEqualTo(sorted(hellos[0].without(PRE_SHARED_KEY)));
            }
        }
    }

    /**
     * Both sides agree on what was said before, with and without a ticket that is offered; the client's share is used.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_handshake_goes_on_after_a_cookie_alone(boolean resuming) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            if (resuming) {
                pair.handshake();
            }
            try (RawPeer wire = pair.rawServer()) {
                var protocol = BareServer.Handshake.askingForCookie();
                protocol.accept(new BareServer());
                for (int flights = 0; protocol.isHandshaking() && flights < 4; flights++) {
                    protocol.offerInput(wire.readFlight());
                    send(protocol, wire);
                }
                assertThat(wire.problem()).isEmpty();
                assertThat(protocol.isHandshaking()).isFalse();
                assertThat(wire.heddle().isSessionReused()).isFalse();
                // The server took the second of two shares.
                assertThat(wire.heddle().getEphemeralKeyInfo().orElseThrow().name())
                        .isEqualTo("X25519");
                protocol.writeApplicationData(new byte[] {42}, 0, 1);
                send(protocol, wire);
                assertThat(wire.heddle().getInputStream().read()).isEqualTo(42);
            }
        }
    }

    /** The order of extensions has no meaning, and bctls keeps them in a table. */
    private static String sorted(HelloParts hello) {
        StringBuilder text = new StringBuilder();
        for (int type = 0; type < 0x10000; type++) {
            int number = type;
            hello.extension(type)
                    .ifPresent(content -> text.append(number)
                            .append('=')
                            .append(HexFormat.of().formatHex(content))
                            .append('\n'));
        }
        return text + HexFormat.of().formatHex(hello.message(), 4 + 2, 4 + 2 + 32 + 1 + 32);
    }

    @Test
    void a_cookie_and_a_group_are_answered_with_both() throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawServer()) {
            HelloParts[] hellos =
                    retried(wire, retry -> retry.extension(COOKIE, 0, 1, 7).extension(KEY_SHARE, 0, 23));
            assertThat(hellos[1].extension(COOKIE)).contains(new byte[] {0, 1, 7});
            assertThat(hellos[1].extension(KEY_SHARE).orElseThrow())
                    .hasSize(2 + 4 + 65)
                    .startsWith(0, 69, 0, 23);
        }
    }

    private static Stream<Arguments> afterRetry() {
        byte[] share = new byte[36];
        share[1] = 29;
        share[3] = 32;
        share[4] = 9;
        return Stream.of(
                refused(
                        "another HelloRetryRequest",
                        Code.ERR_SSL_UNEXPECTED_MESSAGE,
                        hello -> hello.asRetry().extension(COOKIE, 0, 1, 9)),
                refused(
                        "another suite",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.suites(AES_256).extension(KEY_SHARE, share)),
                refused(
                        "TLS 1.2",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(KEY_SHARE, share).extension(SUPPORTED_VERSIONS, 3, 3)),
                refused("no version", Code.ERR_SSL_MISSING_EXTENSION, hello -> hello.without(SUPPORTED_VERSIONS)),
                refused(
                        "a cookie",
                        Code.ERR_SSL_ILLEGAL_PARAMETER,
                        hello -> hello.extension(KEY_SHARE, share).extension(COOKIE, 0, 1, 7)),
                refused("a share of another group", Code.ERR_SSL_ILLEGAL_PARAMETER, hello -> {
                    byte[] other = share.clone();
                    other[1] = 23;
                    return hello.extension(KEY_SHARE, other);
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("afterRetry")
    void a_server_hello_after_a_retry_is_refused_with(String what, Code code, Edit edit) throws Exception {
        try (TlsPair pair = TlsPair.create();
                RawPeer wire = pair.rawServer()) {
            RawRecord first = wire.readRecord().orElseThrow();
            wire.sendRecord(
                    RawRecord.HANDSHAKE,
                    HelloParts.retry(first, AES_128).extension(COOKIE, 0, 1, 7).message());
            wire.readRecord();
            wire.readRecord();
            HelloParts hello = HelloParts.answer(first, AES_128).extension(SUPPORTED_VERSIONS, 3, 4);
            wire.sendRecord(RawRecord.HANDSHAKE, edit.apply(hello).message());
            wire.end();
            refusal(wire, code);
        }
    }

    // Signatures

    @ParameterizedTest
    @CsvSource({
        "RSA_2048, RSA_PKCS1_SHA256",
        "RSA_2048, RSA_PKCS1_SHA384",
        "RSA_2048, RSA_PKCS1_SHA512",
        "RSA_2048, RSA_PKCS1_SHA1",
        "RSA_2048, RSA_PSS_PSS_SHA256",
        "RSA_PSS_2048, RSA_PSS_RSAE_SHA256",
        "P256, ECDSA_SECP384R1_SHA384",
        "P256, ECDSA_SECP521R1_SHA512",
        "P384, ECDSA_SECP256R1_SHA256",
        "P521, ECDSA_SECP384R1_SHA384",
        "P256, ECDSA_SHA1",
        "ML_DSA_44, MLDSA87",
        "ML_DSA_65, MLDSA44"
    })
    void the_signature_of_a_server_of_tls_1_3_fits_its_key(TestPki.Key key, Sigalg sigalg) throws Exception {
        try (TlsPair pair = TlsPair.create().clientContext(context -> context.sigalgs(EVERY_SIGALG));
                RawPeer wire = pair.rawServer()) {
            flight(wire, rsaServer(key, sigalg, true), message -> message);
            assertThat(refusal(wire, Code.ERR_SSL_ILLEGAL_PARAMETER))
                    .hasMessageStartingWith(
                            "signature: the server signed with " + sigalg.standardName() + ", its key (");
        }
    }

    @Test
    void a_wrong_signature_of_ml_dsa_is_refused() throws Exception {
        try (TlsPair pair = TlsPair.create();
                RawPeer wire = pair.rawServer()) {
            flight(wire, rsaServer(TestPki.Key.ML_DSA_65, Sigalg.MLDSA65, true), message -> {
                if (message[0] == 15) {
                    message[1000] ^= 1;
                }
                return message;
            });
            assertThat(wire.failure().alert()).contains(Alert.DECRYPT_ERROR);
        }
    }

    private static final String EVERY_SIGALG = String.join(
            ":", Stream.of(Sigalg.values()).map(Sigalg::standardName).toList());

    @ParameterizedTest
    @CsvSource({
        "RSA_2048, RSA_PSS_PSS_SHA256",
        "RSA_PSS_2048, RSA_PSS_RSAE_SHA256",
        "RSA_PSS_2048, RSA_PKCS1_SHA256",
        "ML_DSA_65, MLDSA65"
    })
    void the_signature_of_a_server_of_tls_1_2_fits_its_key(TestPki.Key key, Sigalg sigalg) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2).clientContext(context -> context.sigalgs(EVERY_SIGALG));
                RawPeer wire = pair.rawServer()) {
            flight(wire, rsaServer(key, sigalg, false), message -> message);
            TlsFailure failure = wire.failure();
            assertThat(failure.code().blame()).isIn(Blame.PEER_MISBEHAVED, Blame.PEER_INCOMPATIBLE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_signature_is_of_a_scheme_that_was_offered(boolean tls13) throws Exception {
        try (TlsPair pair = TlsPair.create()
                        .clientContext(context -> context.sigalgs("ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256"));
                RawPeer wire = pair.rawServer()) {
            flight(wire, rsaServer(TestPki.Key.RSA_2048, Sigalg.RSA_PSS_RSAE_SHA384, tls13), message -> message);
            refusal(wire, Code.ERR_SSL_ILLEGAL_PARAMETER);
        }
    }
}
