package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.Zstd;
import io.heddle.HelloParts;
import io.heddle.RawPeer;
import io.heddle.RawRecord;
import io.heddle.TlsPair;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.crypto.Sigalgs;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CompressedCertificate messages that a peer may not send (RFC 8879 4), to a client and to a server. */
class CompressedCertificateTest {
    private static final int COMPRESS_CERTIFICATE = 27;
    private static final int ZLIB = 1;
    private static final int BROTLI = 2;
    private static final int ZSTD = 3;
    private static final int LONGEST = 100 * 1024;

    /** Returns the message that takes the place of a Certificate with this body. */
    interface Fault {
        byte[] message(byte[] certificate) throws IOException;
    }

    private static byte[] handshake(int type, byte[] body) throws IOException {
        var message = new ByteArrayOutputStream();
        message.write(type);
        TlsUtils.writeOpaque24(body, message);
        return message.toByteArray();
    }

    private static byte[] compressed(int algorithm, int declared, byte[] data) throws IOException {
        var body = new ByteArrayOutputStream();
        TlsUtils.writeUint16(algorithm, body);
        TlsUtils.writeUint24(declared, body);
        TlsUtils.writeOpaque24(data, body);
        return handshake(HandshakeType.compressed_certificate, body.toByteArray());
    }

    private static byte[] compress(int algorithm, byte[] bytes) throws IOException {
        return switch (algorithm) {
            case ZLIB -> deflate(bytes);
            case BROTLI -> Encoder.compress(bytes);
            default -> Zstd.compress(bytes);
        };
    }

    private static byte[] deflate(byte[] bytes) {
        var deflater = new Deflater();
        deflater.setInput(bytes);
        deflater.finish();
        byte[] into = new byte[bytes.length + 100];
        int length = deflater.deflate(into);
        deflater.end();
        return Arrays.copyOf(into, length);
    }

    private static Arguments fault(String what, Code code, Alert alert, String message, Fault fault) {
        return arguments(what, code, alert, message, fault);
    }

    private static Arguments bad(String what, String message, Fault fault) {
        return fault(what, Code.ERR_SSL_BAD_DECOMPRESSION, Alert.BAD_CERTIFICATE, message, fault);
    }

    private static Arguments malformed(String what, String message, Fault fault) {
        return fault(what, Code.ERR_SSL_BAD_LENGTH, Alert.DECODE_ERROR, message, fault);
    }

    private static Stream<Arguments> ofEachAlgorithm(int algorithm) {
        return Stream.of(
                bad(
                        "declared too short",
                        "it decompresses to more bytes",
                        plain -> compressed(algorithm, plain.length - 1, compress(algorithm, plain))),
                bad(
                        "declared too long",
                        " bytes and sent one of ",
                        plain -> compressed(algorithm, plain.length + 1, compress(algorithm, plain))),
                bad(
                        "declared as empty",
                        "it decompresses to more bytes",
                        plain -> compressed(algorithm, 0, compress(algorithm, plain))),
                bad(
                        "garbage",
                        "cannot be decompressed",
                        plain -> compressed(algorithm, plain.length, Arrays.copyOf(new byte[] {9, 8, 7, 6, 5}, 64))),
                bad("cut", "cannot be decompressed", plain -> {
                    byte[] whole = compress(algorithm, plain);
                    return compressed(algorithm, plain.length, Arrays.copyOf(whole, whole.length / 2));
                }),
                bad("trailing bytes", "cannot be decompressed", plain -> {
                    byte[] whole = compress(algorithm, plain);
                    return compressed(algorithm, plain.length, Arrays.copyOf(whole, whole.length + 3));
                }),
                bad(
                        "a bomb",
                        "it decompresses to more bytes",
                        plain -> compressed(algorithm, LONGEST, compress(algorithm, new byte[8 << 20]))),
                fault(
                        "the longest length that there is",
                        Code.ERR_SSL_EXCESSIVE_MESSAGE_SIZE,
                        Alert.BAD_CERTIFICATE,
                        "certificate compression: the %s announced a Certificate of 16777215 bytes, at most 102400 bytes are allowed",
                        plain -> compressed(algorithm, 0xff_ffff, compress(algorithm, plain))),
                fault(
                        "a length above the limit",
                        Code.ERR_SSL_EXCESSIVE_MESSAGE_SIZE,
                        Alert.BAD_CERTIFICATE,
                        "announced a Certificate of 102401 bytes, at most 102400 bytes are allowed",
                        plain -> compressed(algorithm, LONGEST + 1, compress(algorithm, new byte[LONGEST + 1]))),
                malformed("a Certificate with a byte behind it", "", plain -> {
                    byte[] longer = Arrays.copyOf(plain, plain.length + 1);
                    return compressed(algorithm, longer.length, compress(algorithm, longer));
                }),
                malformed("nothing", "", plain -> compressed(algorithm, 0, compress(algorithm, new byte[0]))));
    }

    private static Stream<Arguments> faults() {
        Stream<Arguments> once = Stream.of(
                fault(
                        "an unknown algorithm",
                        Code.ERR_SSL_BAD_COMPRESSION_ALGORITHM,
                        Alert.ILLEGAL_PARAMETER,
                        "certificate compression: the %s used the algorithm 17185, [zlib, brotli, zstd] are allowed",
                        plain -> compressed(0x4321, plain.length, compress(ZLIB, plain))),
                fault(
                        "the reserved algorithm",
                        Code.ERR_SSL_BAD_COMPRESSION_ALGORITHM,
                        Alert.ILLEGAL_PARAMETER,
                        "certificate compression: the %s used the algorithm 0, [zlib, brotli, zstd] are allowed",
                        plain -> compressed(0, plain.length, plain)),
                malformed(
                        "no body",
                        "of 0 bytes whose lengths do not fit",
                        plain -> handshake(HandshakeType.compressed_certificate, new byte[0])),
                malformed(
                        "no compressed data",
                        "of 8 bytes whose lengths do not fit",
                        plain -> compressed(ZLIB, plain.length, new byte[0])),
                malformed("an inner length that is too short", "whose lengths do not fit", plain -> {
                    byte[] message = compressed(ZLIB, plain.length, compress(ZLIB, plain));
                    message[4 + 7]--;
                    return message;
                }),
                malformed("an inner length that is too long", "whose lengths do not fit", plain -> {
                    byte[] message = compressed(ZLIB, plain.length, compress(ZLIB, plain));
                    message[4 + 5]++;
                    return message;
                }));
        return Stream.concat(once, Stream.of(ZLIB, BROTLI, ZSTD).flatMap(CompressedCertificateTest::ofEachAlgorithm));
    }

    private static UnaryOperator<byte[]> replacing(int type, Fault fault) {
        return message -> {
            try {
                return message[0] == type ? fault.message(Arrays.copyOfRange(message, 4, message.length)) : message;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private static TlsPair pair(TlsVersion version) {
        return TlsPair.of(version)
                .clientContext(context -> context.certificateCompression("zlib", "brotli", "zstd"))
                .serverContext(context -> context.certificateCompression("zlib", "brotli", "zstd"));
    }

    private static void send(TlsProtocol from, RawPeer wire) {
        byte[] out = new byte[from.getAvailableOutputBytes()];
        from.readOutput(out, 0, out.length);
        wire.send(out);
    }

    /** Answers the ClientHello with the whole flight of a server, then ends. */
    private static TlsFailure flight(TlsPair pair, BareServer server, UnaryOperator<byte[]> outgoing)
            throws IOException {
        try (RawPeer wire = pair.rawServer()) {
            var protocol = new BareServer.Handshake(outgoing);
            protocol.accept(server);
            protocol.offerInput(wire.readFlight());
            send(protocol, wire);
            wire.end();
            return wire.failure();
        }
    }

    /** Answers the server's flight with that of a client that has a certificate, then ends. */
    private static TlsFailure answer(TlsPair pair, UnaryOperator<byte[]> outgoing) throws IOException {
        Identity identity = TestPki.client("client");
        try (RawPeer wire = pair.server(server -> server.requestCert(true)).rawClient()) {
            var protocol = new BareClient.Handshake(outgoing);
            protocol.connect(
                    new BareClient(ProtocolVersion.TLSv13, true).signing(identity, Sigalg.ECDSA_SECP256R1_SHA256));
            send(protocol, wire);
            byte[] flight = wire.readFlight();
            if (flight.length > 0 && flight[0] == RawRecord.HANDSHAKE) {
                protocol.offerInput(flight);
                send(protocol, wire);
            }
            wire.end();
            return wire.failure();
        }
    }

    private static void assertFailed(TlsFailure failure, String peer, Code code, Alert alert, String message) {
        assertThat(failure).returns(code, TlsFailure::code).hasMessageContaining(message.replace("%s", peer));
        assertThat(failure.alert()).contains(alert);
        // What bctls reads after the decompression has a sentence for both roles.
        assertThat(failure.getMessage())
                .containsAnyOf("the " + peer, "the peer's compressed_certificate(25) message")
                .hasSizeLessThan(300);
    }

    @ParameterizedTest(name = "{0}, {3}")
    @MethodSource("faults")
    void client_refuses(String what, Code code, Alert alert, String message, Fault fault) throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3)) {
            TlsFailure failure = flight(pair, new BareServer(), replacing(HandshakeType.certificate, fault));
            assertFailed(failure, "server", code, alert, message);
        }
    }

    @ParameterizedTest(name = "{0}, {3}")
    @MethodSource("faults")
    void server_refuses(String what, Code code, Alert alert, String message, Fault fault) throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3)) {
            TlsFailure failure = answer(pair, replacing(HandshakeType.certificate, fault));
            assertFailed(failure, "client", code, alert, message);
        }
    }

    private static byte[] valid(byte[] certificate) throws IOException {
        return compressed(ZLIB, certificate.length, compress(ZLIB, certificate));
    }

    private static void assertUnexpected(TlsFailure failure) {
        assertThat(failure.code()).isEqualTo(Code.ERR_SSL_UNEXPECTED_MESSAGE);
        assertThat(failure.alert()).contains(Alert.UNEXPECTED_MESSAGE);
    }

    /**
     * The same message with the option is the valid one: it is taken, and the signature over another transcript is not.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void client_without_the_option_expects_no_compressed_certificate(boolean enabled) throws IOException {
        try (TlsPair pair = enabled ? pair(TlsVersion.TLS_1_3) : TlsPair.of(TlsVersion.TLS_1_3)) {
            TlsFailure failure = flight(
                    pair, new BareServer(), replacing(HandshakeType.certificate, CompressedCertificateTest::valid));
            if (enabled) {
                assertThat(failure.alert()).contains(Alert.DECRYPT_ERROR);
            } else {
                assertUnexpected(failure);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void server_without_the_option_expects_no_compressed_certificate(boolean enabled) throws IOException {
        try (TlsPair pair = enabled ? pair(TlsVersion.TLS_1_3) : TlsPair.of(TlsVersion.TLS_1_3)) {
            TlsFailure failure = answer(pair, replacing(HandshakeType.certificate, CompressedCertificateTest::valid));
            if (enabled) {
                assertThat(failure.alert()).contains(Alert.DECRYPT_ERROR);
            } else {
                assertUnexpected(failure);
            }
        }
    }

    @Test
    void server_that_requested_no_certificate_expects_none() throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3);
                RawPeer wire = pair.rawClient()) {
            var protocol =
                    new BareClient.Handshake(replacing(HandshakeType.finished, body -> valid(new byte[] {0, 0, 0, 0})));
            protocol.connect(new BareClient(ProtocolVersion.TLSv13, true));
            send(protocol, wire);
            protocol.offerInput(wire.readFlight());
            send(protocol, wire);
            wire.end();
            assertUnexpected(wire.failure());
        }
    }

    @ParameterizedTest
    @ValueSource(
            shorts = {HandshakeType.encrypted_extensions, HandshakeType.certificate_verify, HandshakeType.finished})
    void client_expects_it_in_the_place_of_a_certificate_alone(short type) throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3)) {
            assertUnexpected(flight(pair, new BareServer(), replacing(type, body -> valid(new byte[] {0, 0, 0, 0}))));
        }
    }

    @ParameterizedTest
    @ValueSource(shorts = {HandshakeType.certificate_verify, HandshakeType.finished})
    void server_expects_it_in_the_place_of_a_certificate_alone(short type) throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3)) {
            // bctls seals no message behind a Finished, so the fault of the last one is that its place is taken.
            assertUnexpected(answer(pair, replacing(type, body -> valid(new byte[] {0, 0, 0, 0}))));
        }
    }

    @Test
    void tls_1_2_has_none() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2)
                .clientContext(context -> context.maxVersion(TlsVersion.TLS_1_3).certificateCompression("zlib"))) {
            assertUnexpected(flight(
                    pair,
                    new BareServer(ProtocolVersion.TLSv12, TestPki.server("localhost"), Sigalg.ECDSA_SECP256R1_SHA256),
                    replacing(HandshakeType.certificate, CompressedCertificateTest::valid)));
        }
    }

    /** The answer is the message itself: the extension is in no flight of a server (RFC 8879 3). */
    @ParameterizedTest
    @CsvSource({"TLS_1_2, ILLEGAL_PARAMETER", "TLS_1_3, ILLEGAL_PARAMETER"})
    void client_refuses_an_answer_to_its_extension(TlsVersion version, Alert alert) throws IOException {
        boolean tls13 = version == TlsVersion.TLS_1_3;
        try (TlsPair pair = TlsPair.of(version)
                .clientContext(context -> context.maxVersion(TlsVersion.TLS_1_3).certificateCompression("zlib"))) {
            BareServer server = new BareServer(
                            tls13 ? ProtocolVersion.TLSv13 : ProtocolVersion.TLSv12,
                            TestPki.server("localhost"),
                            Sigalg.ECDSA_SECP256R1_SHA256)
                    .with(COMPRESS_CERTIFICATE, new byte[] {2, 0, 1});
            TlsFailure failure = flight(pair, server, UnaryOperator.identity());
            assertThat(failure.alert()).contains(alert);
        }
    }

    private static Stream<byte[]> lists() {
        return Stream.of(
                new byte[0],
                new byte[] {0},
                new byte[] {1, 0},
                new byte[] {2, 0},
                new byte[] {2, 0, 1, 0},
                new byte[] {3, 0, 1, 0},
                new byte[] {2, 0, 1, 0, 2});
    }

    @ParameterizedTest
    @MethodSource("lists")
    void server_refuses_a_list_that_is_none(byte[] list) throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3)) {
            TlsFailure failure = answer(
                    pair,
                    message -> message[0] == HandshakeType.client_hello
                            ? HelloParts.client(RawRecord.of(RawRecord.HANDSHAKE, message))
                                    .extension(COMPRESS_CERTIFICATE, list)
                                    .message()
                            : message);
            assertFailed(
                    failure,
                    "client sent a list of algorithms",
                    Code.ERR_SSL_BAD_LENGTH,
                    Alert.DECODE_ERROR,
                    "certificate compression: ");
        }
    }

    @ParameterizedTest
    @MethodSource("lists")
    void client_refuses_a_list_that_is_none(byte[] list) throws IOException {
        try (TlsPair pair = pair(TlsVersion.TLS_1_3)) {
            BareServer server = new BareServer().asking(request());
            TlsFailure failure = flight(pair, server, replacing(HandshakeType.certificate_request, body -> {
                var extended = new ByteArrayOutputStream();
                extended.write(0);
                TlsUtils.writeUint16(body.length - 3 + 4 + list.length, extended);
                extended.write(body, 3, body.length - 3);
                TlsUtils.writeUint16(COMPRESS_CERTIFICATE, extended);
                TlsUtils.writeOpaque16(list, extended);
                return handshake(HandshakeType.certificate_request, extended.toByteArray());
            }));
            assertFailed(
                    failure,
                    "server sent a list of algorithms",
                    Code.ERR_SSL_BAD_LENGTH,
                    Alert.DECODE_ERROR,
                    "certificate compression: ");
        }
    }

    private static CertificateRequest request() throws IOException {
        return new CertificateRequest(
                TlsUtils.EMPTY_BYTES, Sigalgs.toVector(List.of(Sigalg.ECDSA_SECP256R1_SHA256)), null, null);
    }
}
