package io.heddle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Channel binding of an application to its connection: exported keying material and the Finished messages. */
class BindingFlowTest {
    private static final byte[] NO_BYTES = {};

    private static byte[] exported(TlsSocket socket, byte[] context) throws TlsFailure {
        return socket.exportKeyingMaterial(48, "EXPORTER-heddle", context);
    }

    @EachVersion
    void both_ends_export_the_same(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version);
                TlsPair.Connected both = pair.connect()) {
            byte[] key = both.client().exportKeyingMaterial(128, "EXPORTER-heddle");
            assertThat(key).hasSize(128).isEqualTo(both.server().exportKeyingMaterial(128, "EXPORTER-heddle"));
            assertThat(exported(both.client(), "a".getBytes(UTF_8)))
                    .isEqualTo(exported(both.server(), "a".getBytes(UTF_8)))
                    .isNotEqualTo(exported(both.client(), "b".getBytes(UTF_8)));
            assertThat(both.client().exportKeyingMaterial(48, "other")).isNotEqualTo(exported(both.client(), NO_BYTES));
        }
    }

    @EachVersion
    void an_empty_context_is_none_in_tls_1_3_only(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)) {
            TlsSocket client = pair.handshake().client();
            boolean same =
                    Arrays.equals(client.exportKeyingMaterial(48, "EXPORTER-heddle"), exported(client, NO_BYTES));
            assertThat(same).isEqualTo(version == TlsVersion.TLS_1_3);
        }
    }

    @EachVersion
    void exports_after_close_as_well_and_other_keys_in_each_connection(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)) {
            TlsPair.Connected first = pair.connect();
            byte[] open = exported(first.client(), NO_BYTES);
            first.keepSession();
            first.close();
            assertThat(exported(first.client(), NO_BYTES)).isEqualTo(open);
            TlsPair.Connected resumed = pair.handshake();
            assertThat(resumed.resumed()).isTrue();
            assertThat(exported(resumed.client(), NO_BYTES))
                    .isEqualTo(exported(resumed.server(), NO_BYTES))
                    .isNotEqualTo(open);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"client finished", "server finished", "master secret", "extended master secret", "key expansion"
            })
    void labels_that_tls_uses_itself_are_refused_below_tls_1_3(String label) throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            TlsSocket client = pair.handshake().client();
            assertThat(catchThrowableOfType(TlsFailure.class, () -> client.exportKeyingMaterial(12, label)))
                    .hasMessage(
                            "exportKeyingMaterial: the label \"%s\" begins like one of [client finished, server finished,"
                                            .formatted(label)
                                    + " master secret, extended master secret, key expansion], which TLS 1.2 uses itself")
                    .returns(Code.ERR_SSL_TLS_ILLEGAL_EXPORTER_LABEL, TlsFailure::code);
        }
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            assertThat(pair.handshake().client().exportKeyingMaterial(12, label))
                    .hasSize(12);
        }
    }

    @Test
    void arguments_out_of_range_are_refused() throws IOException {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_3).clientContext(it -> it.ciphers("TLS_AES_128_GCM_SHA256"))) {
            TlsSocket client = pair.handshake().client();
            assertRefused(() -> client.exportKeyingMaterial(0, "x"), "the length is 0, 1 to 8160 are allowed");
            assertRefused(() -> client.exportKeyingMaterial(-3, "x"), "the length is -3, 1 to 8160 are allowed");
            assertRefused(() -> client.exportKeyingMaterial(8161, "x"), "the length is 8161, 1 to 8160 are allowed");
            assertRefused(
                    () -> client.exportKeyingMaterial(1, "x".repeat(250)),
                    "the length of the label is 250, 0 to 249 are allowed");
            assertRefused(
                    () -> client.exportKeyingMaterial(1, "x", new byte[65536]),
                    "the length of the context is 65536, 0 to 65535 are allowed");
            assertThat(client.exportKeyingMaterial(8160, "x".repeat(249), new byte[65535]))
                    .hasSize(8160);
            // As in Node; RFC 5705 sets no minimum length.
            assertThat(client.exportKeyingMaterial(8, "")).hasSize(8);
        }
    }

    private static void assertRefused(ThrowingCallable call, String reason) {
        assertThatThrownBy(call)
                .hasMessage("exportKeyingMaterial: " + reason)
                .isInstanceOfSatisfying(
                        InvalidOption.class,
                        refused -> assertThat(refused.code()).isEqualTo("ERR_OUT_OF_RANGE"));
    }

    @Test
    void before_the_handshake_there_is_nothing() throws IOException {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect();
                TlsSocket socket =
                        Tls.accept(TlsTransport.of(tcp.server()), ServerOptions.of(Stack.server(TlsVersion.TLS_1_3)))) {
            assertThat(catchThrowableOfType(TlsFailure.class, () -> socket.exportKeyingMaterial(32, "x")))
                    .hasMessage("exportKeyingMaterial: the TLS connection must be securely established")
                    .returns(Code.ERR_TLS_INVALID_STATE, TlsFailure::code);
            assertThat(socket.getFinished()).isEmpty();
            assertThat(socket.getPeerFinished()).isEmpty();
            assertThat(socket.getTLSTicket()).isEmpty();
        }
    }

    @EachVersion
    void what_one_end_sent_in_finished_the_other_received(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)) {
            TlsPair.Connected full = pair.handshake();
            assertFinished(full, version == TlsVersion.TLS_1_3 ? 48 : 12);
            TlsPair.Connected resumed = pair.handshake();
            assertThat(resumed.resumed()).isTrue();
            assertFinished(resumed, version == TlsVersion.TLS_1_3 ? 48 : 12);
            assertThat(tlsUnique(resumed.client())).isEqualTo(tlsUnique(resumed.server()));
            assertThat(tlsUnique(full.client()))
                    .isEqualTo(tlsUnique(full.server()))
                    .isNotEqualTo(tlsUnique(resumed.client()));
        }
    }

    private static void assertFinished(TlsPair.Connected both, int length) {
        byte[] ofClient = both.client().getFinished().orElseThrow();
        byte[] ofServer = both.server().getFinished().orElseThrow();
        assertThat(ofClient).hasSize(length).isNotEqualTo(ofServer);
        assertThat(both.server().getPeerFinished().orElseThrow()).isEqualTo(ofClient);
        assertThat(both.client().getPeerFinished().orElseThrow()).isEqualTo(ofServer);
    }

    /** RFC 5929 3.1: the first Finished of the handshake, the server's if it resumed. */
    private static byte[] tlsUnique(TlsSocket socket) {
        boolean oursFirst = socket.getUseClientMode() != socket.isSessionReused();
        return (oursFirst ? socket.getFinished() : socket.getPeerFinished()).orElseThrow();
    }
}
