package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.EachVersion;
import io.heddle.HelloBytes;
import io.heddle.RawRecord;
import io.heddle.TlsPair;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Suite;
import io.heddle.engine.compression.CertificateCompression;
import io.heddle.engine.crypto.ConnectionCiphers;
import io.heddle.engine.crypto.HandshakeSecret;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.ClientHandshake;
import io.heddle.engine.handshake.ClientResumption;
import io.heddle.engine.handshake.HandshakeResult.BindingMaterial;
import io.heddle.engine.handshake.ServerHandshake;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.SessionState;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Tests of the hooks that fill a gap or repair a defect of bctls 1.84; each fails without its hook. Those that need a
 * peer with keys are in {@link RecordRulesTest}.
 */
@Tag("provider")
class BctlsHooksTest {
    /** {@link ClientHandshake#sendClientHelloMessage}: bctls keeps the binders' length of the first ClientHello. */
    @Test
    void second_client_hello_without_its_psk_has_the_right_length() throws IOException {
        List<RawRecord> hellos = new ArrayList<>();
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)
                .clientContext(context -> context.ecdhCurve("X25519:P-256"))
                .toServer(bytes -> {
                    RawRecord.all(bytes).stream()
                            .filter(record -> record.type() == RawRecord.HANDSHAKE)
                            .forEach(hellos::add);
                    return bytes;
                })) {
            pair.handshake();
            assertThat(pair.session().cipherSuite()).as("SHA-384").isEqualTo(0x1302);
            // The suite of the retry has another hash, so the PSK goes.
            pair.serverContext(context -> context.ecdhCurve("P-256").ciphers("TLS_AES_128_GCM_SHA256"));
            hellos.clear();
            TlsPair.Connected both = pair.connect();
            both.exchange("after the retry");
            assertThat(both.resumed()).isFalse();
            assertThat(hellos).hasSize(2);
            assertThat(HelloBytes.of(hellos.getFirst()).extensions()).contains(HelloBytes.PRE_SHARED_KEY);
            assertThat(HelloBytes.of(hellos.getLast()).extensions()).doesNotContain(HelloBytes.PRE_SHARED_KEY);
            ByteBuffer header = ByteBuffer.wrap(hellos.getLast().body());
            assertThat(header.getInt(0) & 0xffffff).isEqualTo(header.remaining() - 4);
        }
    }

    /** {@link ClientHandshake#handleHandshakeMessage}: bctls rejects a renewed ticket as unexpected. */
    @Test
    void client_takes_a_renewed_ticket_on_a_resumed_handshake() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)) {
            pair.handshake();
            byte[] first = pair.session().ticket().orElseThrow();
            pair.keys()
                    .set(TicketKeys.fromBytes(
                            TicketKeys.random(new SecureRandom()).toBytes(),
                            pair.keys().current().toBytes()));
            assertThat(pair.handshake().resumption()).contains("ticket");
            assertThat(pair.session().ticket().orElseThrow()).isNotEqualTo(first);
        }
    }

    /** {@link ClientResumption#extensions}: bctls sends it with a PSK only, and some servers send no ticket without. */
    @Test
    void psk_key_exchange_modes_are_sent_without_a_psk() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            HelloBytes hello = HelloBytes.of(pair.clientHello());
            assertThat(hello.extensions()).doesNotContain(HelloBytes.PRE_SHARED_KEY);
            assertThat(hello.extension(HelloBytes.PSK_KEY_EXCHANGE_MODES).orElseThrow())
                    .containsExactly(1, 1);
        }
    }

    /** {@link BindingMaterial}: bctls exports while it completes the handshake, and never again. */
    @EachVersion
    void keying_material_is_exported_after_the_handshake(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.handshake();
            assertThat(both.client().exportKeyingMaterial(32, "EXPORTER-Channel-Binding"))
                    .isEqualTo(both.server().exportKeyingMaterial(32, "EXPORTER-Channel-Binding"));
        }
    }

    /**
     * {@link ConnectionCiphers#created}: bctls has no key log, but requests a cipher when the secrets are present and
     * unused.
     */
    @Test
    void secrets_are_there_before_anything_is_sealed_with_them() throws IOException {
        List<String> order = new ArrayList<>();
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)
                .server(server -> server.onKeylog((line, socket) -> order.add(line.substring(0, line.indexOf(' '))))
                        .enableTrace((line, socket) -> order.add(line.replaceFirst(", .*", ""))))) {
            pair.handshake();
            assertThat(order)
                    .containsSubsequence(
                            "Sent Message: ServerHello",
                            "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                            "Sent Message: EncryptedExtensions",
                            "Sent Message: Finished",
                            "SERVER_TRAFFIC_SECRET_0",
                            "Received Message: Finished",
                            "EXPORTER_SECRET",
                            "Sent Message: NewSessionTicket");
        }
    }

    /** {@link ProviderCrypto}: the JDK's providers do not have bctls' names of RSA-PSS with a digest. */
    @EachVersion
    void rsa_pss_signatures_are_made_and_verified_by_the_jdk(TlsVersion version) throws IOException {
        for (int bits : new int[] {256, 384, 512}) {
            for (TestPki.Key key : new TestPki.Key[] {TestPki.Key.RSA_2048, TestPki.Key.RSA_PSS_2048}) {
                String sigalg = "rsa_pss_%s_sha%d".formatted(key == TestPki.Key.RSA_2048 ? "rsae" : "pss", bits);
                try (var pair = TlsPair.of(version)
                        .serverIdentity(TestPki.server(key, "localhost"))
                        .clientContext(context -> context.sigalgs(sigalg))) {
                    assertThat(pair.handshake().client().authorized())
                            .as(sigalg)
                            .isTrue();
                }
            }
        }
    }

    /** {@link ProviderCrypto#isSupportedEncryptionAlgorithm}: bctls looks for BouncyCastle's names of ChaCha20. */
    @EachVersion
    void chacha20_poly1305_runs_on_the_jdk(TlsVersion version) throws IOException {
        var crypto = new ProviderCrypto(new SecureRandom());
        Suite suite = Suite.of(version == TlsVersion.TLS_1_3 ? 0x1303 : 0xCCA9).orElseThrow();
        assertThat(crypto.runs(suite)).isTrue();
        try (var pair = TlsPair.of(version).serverContext(context -> context.ciphers(suite.name()))) {
            TlsPair.Connected both = pair.connect();
            both.exchange("over ChaCha20");
            assertThat(both.client().getCipher().name()).isEqualTo(suite.name());
        }
    }

    /**
     * {@link HandshakeSecret}: bctls derives every binder as one of an external PSK. Computed here by the RFC only.
     */
    @Test
    void binder_is_that_of_a_resumption_psk() throws Exception {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.handshake();
            SessionState session = pair.session();
            byte[] message = pair.clientHello().body();
            String digest = session.masterSecret().length == 48 ? "384" : "256";
            int hashLength = session.masterSecret().length;
            byte[] binder = Arrays.copyOfRange(message, message.length - hashLength, message.length);
            byte[] truncated = Arrays.copyOf(message, message.length - hashLength - 3);

            MessageDigest sha = MessageDigest.getInstance("SHA-" + digest);
            byte[] early = hmac(digest, new byte[hashLength], session.masterSecret());
            byte[] binderKey = expand(digest, early, "res binder", sha.digest(), hashLength);
            byte[] finishedKey = expand(digest, binderKey, "finished", new byte[0], hashLength);
            assertThat(binder).isEqualTo(hmac(digest, finishedKey, sha.digest(truncated)));
        }
    }

    private static byte[] hmac(String digest, byte[] key, byte[] data) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA" + digest);
        mac.init(new SecretKeySpec(key, "RAW"));
        return mac.doFinal(data);
    }

    /** HKDF-Expand-Label of RFC 8446 7.1, for at most one block. */
    private static byte[] expand(String digest, byte[] secret, String label, byte[] context, int length)
            throws Exception {
        byte[] name = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer info = ByteBuffer.allocate(2 + 1 + name.length + 1 + context.length + 1);
        info.putShort((short) length).put((byte) name.length).put(name);
        info.put((byte) context.length).put(context).put((byte) 1);
        return hmac(digest, secret, info.array());
    }

    /** {@link ClientResumption}'s table of extensions: bctls writes an age of 0. */
    @Test
    void obfuscated_ticket_age_is_the_real_one() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)) {
            pair.handshake();
            pair.clock().advance(Duration.ofSeconds(77));
            HelloBytes hello = HelloBytes.of(pair.clientHello());
            ByteBuffer psk =
                    ByteBuffer.wrap(hello.extension(HelloBytes.PRE_SHARED_KEY).orElseThrow());
            long sent = psk.getInt(4 + psk.getShort(2)) & 0xffff_ffffL;
            assertThat((sent - pair.session().ticketAgeAdd()) & 0xffff_ffffL).isEqualTo(77_000);
            assertThat(pair.handshake().resumed()).isTrue();
        }
    }

    /** {@link ServerHandshake#handleAlertWarningMessage} and the client's: bctls answers and closes both directions. */
    @EachVersion
    void close_notify_ends_one_direction_only(TlsVersion version) throws IOException {
        try (var pair = TlsPair.of(version)) {
            TlsPair.Connected both = pair.connect();
            both.client().shutdownOutput();
            assertThat(both.server().getInputStream().read()).isEqualTo(-1);
            both.server().getOutputStream().write(7);
            assertThat(both.client().getInputStream().read()).isEqualTo(7);
            assertThat(both.client().closeNotifyReceived()).isFalse();
        }
    }

    /** {@link ProviderCrypto#createKemDomain}: bctls mixes the providers of ML-KEM's keys and mechanism. */
    @Test
    void hybrid_group_has_its_keys_and_mechanism_from_one_provider() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)
                .clientContext(context -> context.ecdhCurve("X25519MLKEM768"))
                .serverContext(context -> context.ecdhCurve("X25519MLKEM768"))) {
            TlsPair.Connected both = pair.connect();
            both.exchange("after quanta");
            assertThat(both.server().getEphemeralKeyInfo().orElseThrow().type()).isEqualTo("TLSGroup");
        }
    }

    /** {@link ClientHandshake#receiveServerHelloMessage}: bctls takes encrypt_then_mac from the session. */
    @Test
    void encrypt_then_mac_is_agreed_on_anew_when_a_session_resumes() throws IOException {
        try (var pair = TlsPair.of(TlsVersion.TLS_1_2)
                .clientContext(context -> context.ciphers("ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0"))
                .serverContext(context -> context.ciphers("ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0"))) {
            pair.handshake();
            TlsPair.Connected both = pair.connect();
            assertThat(both.resumed()).isTrue();
            both.exchange("MAC over ciphertext");
        }
    }

    /**
     * {@link CertificateCompression#onto}: bctls writes the header of a Certificate before it calls {@code
     * Certificate.encode}, and takes what is there afterwards into its transcript; {@link
     * CertificateCompression#request}: it has no other extensions for a CertificateRequest than its own; {@link
     * ServerHandshake#handleHandshakeMessage}, {@link ClientHandshake#handleHandshakeMessage}: it refuses a
     * CompressedCertificate in every state.
     */
    @Test
    void certificates_are_compressed_in_both_directions() throws IOException {
        List<String> messages = new ArrayList<>();
        try (var pair = TlsPair.of(TlsVersion.TLS_1_3)
                .serverIdentity(TestPki.serverWithIntermediate("localhost"))
                .clientIdentity(TestPki.client("client"))
                .clientContext(context -> context.certificateCompression("zlib"))
                .serverContext(context -> context.certificateCompression("zlib"))
                .server(server -> server.requestCert(true)
                        .enableTrace((line, socket) -> messages.add(line.replaceFirst(", .*", ""))))) {
            pair.handshake();
            assertThat(messages)
                    .containsSubsequence(
                            "Sent Message: CertificateRequest",
                            "Sent Message: CompressedCertificate",
                            "Sent Message: CertificateVerify",
                            "Received Message: CompressedCertificate",
                            "Received Message: CertificateVerify");
            // The transcript of the resumption secret is Heddle's own.
            assertThat(pair.connect().resumed()).isTrue();
        }
    }
}
