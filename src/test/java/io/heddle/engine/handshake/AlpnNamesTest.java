package io.heddle.engine.handshake;

import static io.heddle.HelloParts.ALPN;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.HelloParts;
import io.heddle.RawPeer;
import io.heddle.RawRecord;
import io.heddle.TlsPair;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.BareServer;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Protocol names that are not UTF-8: RFC 7301 3.1 allows any bytes, and RFC 8701 has 0x8a8a for GREASE. */
class AlpnNamesTest {
    private static final int[] GREASE = {0, 3, 2, 0x8a, 0x8a};
    private static final int[] GREASE_AND_H2 = {0, 6, 2, 0x8a, 0x8a, 2, 'h', '2'};

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_server_chooses_among_the_others(TlsVersion version) throws Exception {
        try (TlsPair pair = TlsPair.of(version).server(server -> server.alpnProtocols("http/1.1", "h2"));
                RawPeer client = pair.rawClient()) {
            client.send(HelloParts.client(pair.clientHello())
                    .extension(ALPN, GREASE_AND_H2)
                    .toBytes());
            RawRecord answer = client.readRecord().orElseThrow();
            assertThat(answer.type()).isEqualTo(RawRecord.HANDSHAKE);
            if (version == TlsVersion.TLS_1_2) {
                assertThat(answer.body()).containsSequence(0, ALPN, 0, 5, 0, 3, 2, 'h', '2');
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_server_has_nothing_in_common_with_them(TlsVersion version) throws Exception {
        try (TlsPair pair = TlsPair.of(version).server(server -> server.alpnProtocols("h2"));
                RawPeer client = pair.rawClient()) {
            client.send(HelloParts.client(pair.clientHello())
                    .extension(ALPN, GREASE)
                    .toBytes());
            assertThat(client.failure()).returns(Code.ERR_SSL_NO_APPLICATION_PROTOCOL, TlsFailure::code);
            assertThat(client.readFatalAlert()).isEqualTo(Alert.NO_APPLICATION_PROTOCOL);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_server_without_protocols_goes_on(TlsVersion version) throws Exception {
        try (TlsPair pair = TlsPair.of(version);
                RawPeer client = pair.rawClient()) {
            client.send(HelloParts.client(pair.clientHello())
                    .extension(ALPN, GREASE)
                    .toBytes());
            assertThat(client.readRecord().orElseThrow().type()).isEqualTo(RawRecord.HANDSHAKE);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_client_did_not_offer_them(TlsVersion version) throws Exception {
        try (TlsPair pair = TlsPair.of(version).client(client -> client.alpnProtocols("h2", "http/1.1"));
                RawPeer wire = pair.rawServer()) {
            var protocol = new BareServer.Handshake(UnaryOperator.identity());
            protocol.accept(new BareServer(
                            HandshakeSettings.protocolVersion(version),
                            TestPki.server("localhost"),
                            Sigalg.ECDSA_SECP256R1_SHA256)
                    .with(ALPN, (byte) 0, (byte) 3, (byte) 2, (byte) 0x8a, (byte) 0x8a));
            protocol.offerInput(wire.readFlight());
            byte[] out = new byte[protocol.getAvailableOutputBytes()];
            protocol.readOutput(out, 0, out.length);
            wire.send(out);
            wire.end();
            assertThat(wire.failure())
                    .returns(Code.ERR_SSL_ILLEGAL_PARAMETER, TlsFailure::code)
                    .hasMessageStartingWith("alpn: the server chose 0x8a8a, the client offered [h2, http/1.1]");
        }
    }
}
