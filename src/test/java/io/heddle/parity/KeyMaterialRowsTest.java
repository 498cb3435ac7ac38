package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT1;
import static io.heddle.parity.Agents.AGENT10;
import static io.heddle.parity.Agents.CA1;
import static io.heddle.parity.Agents.CA2;
import static io.heddle.parity.Agents.CA5;
import static io.heddle.parity.Agents.EC10;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.SecureContext;
import io.heddle.Tls;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.Openssl;
import io.heddle.protocol.TlsVersion;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows of the area pfx/pem: the values of {@code cert}, {@code key} and {@code pfx}, as seen by the
 * peer of a connection.
 */
class KeyMaterialRowsTest {
    private static final char[] SAMPLE = "sample".toCharArray();

    @TempDir
    private Path directory;

    /** Returns a PKCS#12 file created by the JDK, with this identity and further certificates. */
    private static byte[] pfx(Identity identity, char[] passphrase, X509Certificate... more) throws Exception {
        List<Certificate> chain = new ArrayList<>(identity.chain());
        chain.addAll(List.of(more));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", identity.key(), passphrase, chain.toArray(Certificate[]::new));
        return stored(store, passphrase);
    }

    private static byte[] stored(KeyStore store, char[] passphrase) throws Exception {
        var out = new ByteArrayOutputStream();
        store.store(out, passphrase);
        return out.toByteArray();
    }

    @DisplayName("PFX-01: a self-signed identity from PKCS#12 on both sides")
    @Test
    void accepts_a_self_signed_identity_from_pkcs12() throws Exception {
        byte[] file =
                pfx(TestPki.certificate("CN=localhost").key(TestPki.Key.P256, 3).selfSigned(), SAMPLE);
        try (var server = Loopback.serve(
                o -> o.pfx(file, SAMPLE), o -> o.requestCert(true).rejectUnauthorized(false))) {
            ConnectionResult result = server.exchange(o -> o.pfx(file, SAMPLE).rejectUnauthorized(false))
                    .worked();

            assertThat(result.server().authorized()).isFalse();
            assertThat(result.server().authorizationError()).contains(Code.DEPTH_ZERO_SELF_SIGNED_CERT);
        }
    }

    @DisplayName(
            "CC-03: the CA inside PKCS#12 is an anchor; the local certificate can be read repeatedly")
    @Test
    void trusts_the_ca_inside_pkcs12() throws Exception {
        byte[] file = pfx(AGENT1, SAMPLE, CA1.leaf());
        try (var server = Loopback.serve(
                o -> o.pfx(file, SAMPLE), o -> o.requestCert(true).rejectUnauthorized(false))) {
            ConnectionResult result = server.exchange(o -> o.servername("agent1").pfx(file).passphrase(SAMPLE))
                    .worked();

            assertThat(result.server().authorized()).isTrue();
            assertThat(result.server().authorizationError()).isEmpty();
            assertThat(result.server().peerCertificates()).startsWith(AGENT1.leaf());
            for (int i = 0; i < 10; i++) {
                assertThat(result.client().getCertificate().orElseThrow().certificate())
                        .isEqualTo(AGENT1.leaf());
            }
        }
    }

    @DisplayName("PFX-02: each way to pass a key with its passphrase, from texts and files")
    @Test
    @Tag("interop")
    void decrypts_encrypted_keys() throws Exception {
        String plain = TestPki.pem(AGENT1.key());
        Path plainFile = Files.writeString(directory.resolve("key.pem"), plain);
        Path file = directory.resolve("encrypted.pem");
        Openssl.run(
                        "pkey",
                        "-in",
                        plainFile.toString(),
                        "-aes256",
                        "-passout",
                        "pass:password",
                        "-out",
                        file.toString())
                .succeeded();
        String encrypted = Files.readString(file);
        char[] right = "password".toCharArray();
        char[] wrong = "invalid".toCharArray();

        List<Consumer<SecureContext.Builder>> good = List.of(
                o -> o.key(encrypted).passphrase(right),
                o -> o.key(file).passphrase(right),
                o -> o.passphrase(right).key(encrypted),
                o -> o.key(plain),
                o -> o.key(plainFile),
                o -> o.key(plain).passphrase(wrong),
                o -> o.key(plainFile).passphrase(wrong),
                o -> o.key(encrypted, right),
                o -> o.key(file, right),
                o -> o.key(encrypted, right).passphrase(wrong),
                o -> o.key(file, right).passphrase(wrong),
                o -> o.key(plain, right).passphrase(wrong));
        for (Consumer<SecureContext.Builder> key : good) {
            Consumer<SecureContext.Builder> context = key.andThen(o -> o.cert(Agents.pem(AGENT1)));
            try (var server = Loopback.serve(context)) {
                server.exchange(o -> o.rejectUnauthorized(false)).worked();
            }
        }

        List<Consumer<SecureContext.Builder>> bad = List.of(
                o -> o.key(encrypted),
                o -> o.key(file),
                o -> o.key(encrypted).passphrase(wrong),
                o -> o.key(file).passphrase(wrong),
                o -> o.key(encrypted, wrong),
                o -> o.key(encrypted, wrong).passphrase(right),
                o -> o.key(file, wrong).passphrase(right));
        for (Consumer<SecureContext.Builder> key : bad) {
            assertThatExceptionOfType(InvalidOption.class)
                    .isThrownBy(() -> Tls.createSecureContext(key.andThen(o -> o.cert(Agents.pem(AGENT1)))))
                    .withMessageStartingWith("key")
                    .withMessageEndingWith("(bad decrypt)")
                    .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OSSL_BAD_DECRYPT"));
        }
    }

    @DisplayName("PFX-03: no newline at the end, as text and from a file")
    @Test
    void accepts_pem_without_a_final_newline() throws Exception {
        String cert = Agents.pem(AGENT1).stripTrailing();
        String key = TestPki.pem(AGENT1.key()).stripTrailing();
        Path certFile = Files.writeString(directory.resolve("cert.pem"), cert);
        Path keyFile = Files.writeString(directory.resolve("key.pem"), key);

        try (var server = Loopback.serve(o -> o.cert(cert).key(key))) {
            server.exchange(o -> o.rejectUnauthorized(false)).worked();
        }
        try (var server = Loopback.serve(o -> o.cert(certFile).key(keyFile))) {
            server.exchange(o -> o.rejectUnauthorized(false)).worked();
        }
    }

    @DisplayName("PFX-04: PKCS#12 without a key")
    @Test
    void refuses_pkcs12_without_a_key() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("other", AGENT1.leaf());
        byte[] file = stored(store, SAMPLE);

        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Tls.createSecureContext(o -> o.pfx(file, SAMPLE)))
                .withMessage("pfx: holds no private key (unable to load private key from PFX data)")
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_CRYPTO_OPERATION_FAILED"));
    }

    @DisplayName("PFX-06: PKCS#12 with old algorithms is read, where Node cannot")
    @Test
    @Tag("interop")
    void reads_pkcs12_with_old_algorithms() throws Exception {
        Path key = Files.writeString(directory.resolve("key.pem"), TestPki.pem(AGENT1.key()));
        Path cert = Files.writeString(directory.resolve("cert.pem"), Agents.pem(AGENT1));
        Path out = directory.resolve("legacy.p12");
        Openssl.run(
                        "pkcs12",
                        "-export",
                        "-legacy",
                        "-inkey",
                        key.toString(),
                        "-in",
                        cert.toString(),
                        "-passout",
                        "pass:legacy",
                        "-out",
                        out.toString())
                .succeeded();

        try (var server = Loopback.serve(o -> o.pfx(out, "legacy".toCharArray()))) {
            server.exchange(o -> o.rejectUnauthorized(false)).worked();
        }
    }

    @DisplayName("PFX-07, PFX-08: an RSA and an EC identity together, from PEM and PKCS#12 in any order")
    @Test
    void serves_with_both_an_rsa_and_an_ec_identity() throws Exception {
        String rsaKey = TestPki.pem(AGENT10.key());
        String ecKey = TestPki.pem(EC10.key());
        String rsaCert = TestPki.pem(AGENT10.chain());
        String ecCert = TestPki.pem(EC10.chain());
        byte[] rsaPfx = pfx(AGENT10, SAMPLE, CA2.leaf());
        byte[] ecPfx = pfx(EC10, SAMPLE, CA5.leaf());
        byte[] bareEcPfx = pfx(EC10, new char[0]);

        bothIdentities(o -> o.key(ecKey).key(rsaKey).cert(rsaCert).cert(ecCert));
        bothIdentities(o -> o.key(rsaKey).key(ecKey).cert(rsaCert).cert(ecCert));
        bothIdentities(o -> o.cert(ecCert).cert(rsaCert).key(rsaKey).key(ecKey));
        bothIdentities(o -> o.key(ecKey).cert(ecCert).pfx(rsaPfx, SAMPLE));
        bothIdentities(o -> o.key(rsaKey).cert(rsaCert).pfx(ecPfx).passphrase(SAMPLE));
        bothIdentities(o -> o.pfx(rsaPfx, SAMPLE).pfx(ecPfx, SAMPLE));
        bothIdentities(o -> o.pfx(rsaPfx, SAMPLE).pfx(bareEcPfx));
    }

    private static void bothIdentities(Consumer<SecureContext.Builder> context) throws Exception {
        try (var server = Loopback.serve(context)) {
            ConnectionResult ec = server.exchange(o -> o.host("agent10.example.com")
                            .ca(Agents.leaves(CA2, CA5))
                            .ciphers("ECDHE-ECDSA-AES256-GCM-SHA384")
                            .maxVersion(TlsVersion.TLS_1_2))
                    .worked();
            var ecInfo = ec.client().getPeerCertificate().orElseThrow();
            assertThat(ecInfo.asn1Curve()).contains("prime256v1");
            assertThat(ecInfo.subject().all("CN")).containsExactly("agent10.example.com");
            assertThat(ec.client().peerCertificates()).startsWith(EC10.chain().toArray(X509Certificate[]::new));

            ConnectionResult rsa = server.exchange(o -> o.host("agent10.example.com")
                            .ca(Agents.leaves(CA2, CA5))
                            .ciphers("ECDHE-RSA-AES256-GCM-SHA384")
                            .maxVersion(TlsVersion.TLS_1_2))
                    .worked();
            assertThat(rsa.client().getPeerCertificate().orElseThrow().exponent())
                    .contains("0x10001");
            assertThat(rsa.client().peerCertificates())
                    .startsWith(AGENT10.chain().toArray(X509Certificate[]::new));
        }
    }
}
