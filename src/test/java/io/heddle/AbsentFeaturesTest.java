package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.TestPki;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Features that {@code docs/absent.md} names: what a ClientHello offers of them is ignored, a client offers none of
 * them and refuses an answer that it did not ask for. With sockets and engines, in both versions.
 */
class AbsentFeaturesTest {
    private static final int CLIENT_CERTIFICATE_TYPE = 19;
    private static final int SERVER_CERTIFICATE_TYPE = 20;
    private static final int QUIC_TRANSPORT_PARAMETERS = 57;
    private static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;

    private static final int SERVER_HELLO = 2;

    /** An outer ClientHello of ECH: HKDF-SHA256 with AES-128-GCM, a key of 32 bytes and a payload of 144. */
    private static byte[] encryptedClientHello() {
        ByteBuffer extension = ByteBuffer.allocate(1 + 4 + 1 + 2 + 32 + 2 + 144);
        extension.put((byte) 0).putShort((short) 1).putShort((short) 1).put((byte) 7);
        extension.putShort((short) 32).put(new byte[32]).putShort((short) 144);
        return extension.array();
    }

    record Offer(String feature, int type, byte[] content) {
        @Override
        public String toString() {
            return feature;
        }
    }

    private static List<Offer> offers() {
        return List.of(
                new Offer("Encrypted Client Hello", ENCRYPTED_CLIENT_HELLO, encryptedClientHello()),
                new Offer("a raw public key or X.509 of the server", SERVER_CERTIFICATE_TYPE, new byte[] {2, 2, 0}),
                new Offer("a raw public key of the client", CLIENT_CERTIFICATE_TYPE, new byte[] {1, 2}),
                new Offer("QUIC", QUIC_TRANSPORT_PARAMETERS, new byte[] {1, 1, 7}));
    }

    private static Stream<Arguments> offersOfEachVersion() {
        return offers().stream()
                .flatMap(offer ->
                        Stream.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3).map(version -> Arguments.of(version, offer)));
    }

    private static byte[] hello(TlsVersion version, Offer offer) throws Exception {
        try (TlsPair pair = TlsPair.of(version)) {
            return HelloParts.client(pair.clientHello())
                    .another(offer.type(), offer.content())
                    .toBytes();
        }
    }

    @ParameterizedTest
    @MethodSource("offersOfEachVersion")
    void a_server_ignores_the_offer(TlsVersion version, Offer offer) throws Exception {
        byte[] hello = hello(version, offer);
        try (var pair = TlsPair.of(version);
                RawPeer client = pair.rawClient()) {
            client.send(hello);
            RawRecord first = client.readRecord().orElseThrow();
            assertThat(HelloBytes.messageTypes(first)).first().isEqualTo(SERVER_HELLO);
        }
    }

    @ParameterizedTest
    @MethodSource("offersOfEachVersion")
    void an_engine_ignores_the_offer(TlsVersion version, Offer offer) throws Exception {
        SecureContext context = Tls.createSecureContext(own -> own.identity(TestPki.server("localhost")));
        SSLEngine engine = SslContexts.of(context).createSSLEngine();
        engine.setUseClientMode(false);
        ByteBuffer from = ByteBuffer.wrap(hello(version, offer));
        engine.beginHandshake();
        for (int steps = 0; steps < 100 && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP; steps++) {
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                engine.getDelegatedTask().run();
            } else {
                engine.unwrap(from, ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()));
            }
        }
        ByteBuffer to = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), to);
        byte[] sent = new byte[to.flip().remaining()];
        to.get(sent);
        assertThat(HelloBytes.messageTypes(RawRecord.all(sent).getFirst()))
                .first()
                .isEqualTo(SERVER_HELLO);
    }

    /** RFC 7250 4.2: nothing that the server has would be accepted. */
    @Test
    void a_client_that_accepts_raw_public_keys_alone_is_refused() throws Exception {
        var offer = new Offer("a raw public key alone", SERVER_CERTIFICATE_TYPE, new byte[] {1, 2});
        for (TlsVersion version : List.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)) {
            byte[] hello = hello(version, offer);
            try (var pair = TlsPair.of(version);
                    RawPeer client = pair.rawClient()) {
                client.send(hello);
                assertThat(client.failure())
                        .hasMessageStartingWith(
                                "certificate: the client accepts the server_certificate_type [2], X.509 (0) is required")
                        .returns(Code.ERR_SSL_BAD_EXTENSION, TlsFailure::code)
                        .returns(Optional.of(Alert.UNSUPPORTED_CERTIFICATE), TlsFailure::alert);
            }
        }
    }

    @Test
    void a_client_offers_none_of_them() throws Exception {
        for (TlsVersion version : List.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)) {
            try (TlsPair pair = TlsPair.of(version)) {
                HelloParts hello = HelloParts.client(pair.clientHello());
                List<Integer> offered = new ArrayList<>();
                offers().forEach(offer -> hello.extension(offer.type()).ifPresent(found -> offered.add(offer.type())));
                assertThat(offered).isEmpty();
                assertThat(hello.extension(HelloParts.EARLY_DATA)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("offers")
    void a_client_refuses_an_answer_that_it_did_not_ask_for(Offer offer) throws Exception {
        for (TlsVersion version : List.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3)) {
            try (var pair = TlsPair.of(version);
                    RawPeer server = pair.rawServer()) {
                RawRecord hello = server.readRecord().orElseThrow();
                HelloParts answer = HelloParts.answer(hello, version == TlsVersion.TLS_1_3 ? 0x1301 : 0xc02b);
                if (version == TlsVersion.TLS_1_3) {
                    answer.extension(HelloParts.SUPPORTED_VERSIONS, 3, 4);
                }
                server.send(answer.another(offer.type(), offer.content()).toBytes());
                assertThat(server.failure().code()).isEqualTo(Code.ERR_SSL_UNSOLICITED_EXTENSION);
            }
        }
    }

    @Test
    void a_record_of_dtls_is_a_wrong_version() throws Exception {
        byte[] datagram = {22, (byte) 0xfe, (byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};
        try (var pair = TlsPair.create();
                RawPeer client = pair.rawClient()) {
            client.send(datagram);
            TlsFailure failure = client.failure();
            assertThat(failure.code()).isEqualTo(Code.ERR_SSL_WRONG_VERSION_NUMBER);
        }
    }
}
