package io.heddle.parity;

import static io.heddle.parity.Agents.AGENT2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heddle.ConnectOptions;
import io.heddle.EphemeralKeyInfo;
import io.heddle.SecureContext;
import io.heddle.Tls;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.file.Pem;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import javax.crypto.spec.DHParameterSpec;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the area ecdh/dh. */
class GroupRowsTest {
    private static final String DHE = "DHE-RSA-AES128-GCM-SHA256";

    @DisplayName("DH-01: no ephemeral key with RSA key exchange")
    @Test
    void rsa_key_exchange_has_no_group() throws Exception {
        assertThat(info(o -> {}, "AES256-SHA256")).isEmpty();
    }

    @DisplayName("DH-01: the group of ECDHE as the client sees it")
    @ParameterizedTest
    @CsvSource({
        "prime256v1, prime256v1, 256",
        "secp384r1, secp384r1, 384",
        "secp521r1, secp521r1, 521",
        "X25519, X25519, 253",
        "X448, X448, 448"
    })
    void reports_the_curve(String curve, String name, int size) throws Exception {
        assertThat(info(o -> o.ecdhCurve(curve), "ECDHE-RSA-AES256-GCM-SHA384"))
                .contains(new EphemeralKeyInfo("ECDH", name, size));
    }

    @DisplayName("DH-01, DH-03: the size of the prime of DHE; auto follows the certificate")
    @ParameterizedTest
    @CsvSource({"auto, 2048", "1024, 1024", "2048, 2048", "3072, 3072"})
    void reports_the_size_of_the_prime(String dhparam, int size) throws Exception {
        String option = dhparam.equals("auto") ? dhparam : dh(Integer.parseInt(dhparam));
        assertThat(info(o -> o.dhparam(option), "DHE-RSA-AES256-GCM-SHA384" + levelFor(size)))
                .contains(new EphemeralKeyInfo("DH", "", size));
    }

    /** Level 2, the default, refuses primes below 2048 bits. */
    private static String levelFor(int bits) {
        return bits < 2048 ? ":@SECLEVEL=1" : "";
    }

    private static Optional<EphemeralKeyInfo> info(Consumer<SecureContext.Builder> options, String suite)
            throws Exception {
        try (var server = Loopback.serve(
                options.andThen(o -> o.identity(AGENT2).ciphers(suite).maxVersion(TlsVersion.TLS_1_2)))) {
            return server.exchange(o -> o.rejectUnauthorized(false).ciphers(suite))
                    .worked()
                    .client()
                    .getEphemeralKeyInfo();
        }
    }

    @DisplayName("DH-02: the minimum size that the client accepts")
    @ParameterizedTest
    @CsvSource({"1024, 2048, false", "2048, 2048, true", "2048, 3072, false", "3072, 3072, true", "1024, 1024, true"})
    void refuses_a_prime_below_minDHSize(int given, int least, boolean good) throws Exception {
        try (var server = Loopback.serve(o -> o.identity(AGENT2)
                .ciphers(DHE + levelFor(given))
                .dhparam(dh(given))
                .maxVersion(TlsVersion.TLS_1_2))) {
            ConnectionResult result = server.exchange(o ->
                    o.rejectUnauthorized(false).ciphers(DHE + levelFor(given)).minDHSize(least));
            if (good) {
                result.worked();
            } else {
                result.clientFailed(Code.ERR_TLS_DH_PARAM_SIZE);
                assertThat(result.clientError())
                        .hasMessageStartingWith(
                                "dh: the server's parameters have %d bits, at least %d are required", given, least);
            }
        }
    }

    @DisplayName("DH-02: the security level of the client, as in Node since 24")
    @Test
    void refuses_a_prime_that_the_security_level_does_not_allow() throws Exception {
        try (var server = Loopback.serve(o -> o.identity(AGENT2)
                .ciphers(DHE + levelFor(1024))
                .dhparam(dh(1024))
                .maxVersion(TlsVersion.TLS_1_2))) {
            ConnectionResult result =
                    server.exchange(o -> o.rejectUnauthorized(false).ciphers(DHE));
            result.clientFailed(Code.ERR_SSL_DH_KEY_TOO_SMALL).serverFailed(Code.ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE);
            assertThat(result.clientError())
                    .hasMessageStartingWith(
                            "dh: the server's parameters have 1024 bits, the security level asks for 2048");
        }
    }

    @DisplayName("DH-02: an invalid size")
    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void refuses_a_minDHSize_below_1(int bits) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> ConnectOptions.builder().minDHSize(bits))
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_OUT_OF_RANGE"));
    }

    @DisplayName("DH-02, DH-03: primes below 1024 bits, and those that a security level requires")
    @Test
    void refuses_small_primes() {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Tls.createSecureContext(o -> o.dhparam(dh(512))))
                .withMessageContaining("DH parameter is less than 1024 bits")
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_INVALID_ARG_VALUE"));
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Tls.createSecureContext(o -> o.dhparam(dh(1024))))
                .withMessage("dhparam: the prime has 1024 bits, security level 2 asks for 2048 (dh key too small)")
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_SSL_DH_KEY_TOO_SMALL"));
    }

    @DisplayName("DH-03: without dhparam there is no DHE; text without parameters is refused, where Node ignores it")
    @Test
    void falls_back_to_ecdhe_without_dhparam() throws Exception {
        Consumer<SecureContext.Builder> both = o -> o.identity(AGENT2)
                .ciphers("DHE-RSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256")
                .maxVersion(TlsVersion.TLS_1_2);
        try (var server = Loopback.serve(both)) {
            assertThat(server.exchange(o -> o.rejectUnauthorized(false))
                            .worked()
                            .client()
                            .getCipher()
                            .name())
                    .isEqualTo("ECDHE-RSA-AES128-SHA256");
        }
        try (var server = Loopback.serve(both.andThen(o -> o.dhparam("auto")))) {
            assertThat(server.exchange(o -> o.rejectUnauthorized(false))
                            .worked()
                            .client()
                            .getCipher()
                            .name())
                    .isEqualTo("DHE-RSA-AES128-SHA256");
        }
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Tls.createSecureContext(o -> o.dhparam("not parameters")))
                .withMessage("dhparam: contains no DH PARAMETERS (a file is given as a Path)");
    }

    @DisplayName("DH-04, DH-05, DH-06: one curve, the default, and several of which some are unusual")
    @ParameterizedTest
    @ValueSource(strings = {"prime256v1", "auto", "secp256k1:prime256v1:secp521r1"})
    void connects_with_a_curve_of_the_list(String curves) throws Exception {
        String suite = "-ALL:ECDHE-RSA-AES128-SHA256";
        try (var server = Loopback.serve(
                o -> o.identity(AGENT2).ciphers(suite).ecdhCurve(curves).maxVersion(TlsVersion.TLS_1_2))) {
            server.exchange(o -> o.rejectUnauthorized(false).ciphers(suite)).worked();
        }
    }

    @DisplayName("DH-06: curves that are not in TLS")
    @ParameterizedTest
    @ValueSource(strings = {"wap-wsg-idm-ecid-wtls1", "c2pnb163v1", "prime192v3"})
    void refuses_other_curves(String curve) {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() -> Tls.createSecureContext(o -> o.ecdhCurve(curve)))
                .withMessageContaining("Failed to set ECDH curve")
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_CRYPTO_OPERATION_FAILED"));
    }

    @DisplayName("DH-06: groups and signatures that no enabled version can use")
    @Test
    void refuses_groups_and_signatures_that_no_version_can_use() {
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() ->
                        Tls.createSecureContext(o -> o.ecdhCurve("secp256k1").minVersion(TlsVersion.TLS_1_3)))
                .withMessage(
                        "ecdhCurve: no group of \"secp256k1\" can be negotiated in [TLSv1.3] with security level 2")
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_SSL_NO_SUITABLE_GROUPS"));
        assertThatExceptionOfType(InvalidOption.class)
                .isThrownBy(() ->
                        Tls.createSecureContext(o -> o.sigalgs("RSA+SHA256").minVersion(TlsVersion.TLS_1_3)))
                .withMessage("sigalgs: nothing in \"RSA+SHA256\" can sign a handshake of [TLSv1.3]")
                .satisfies(e -> assertThat(e.code()).isEqualTo("ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM"));
    }

    @DisplayName("DH-08: a server that only has an EC key")
    @Test
    void serves_with_only_an_ec_key() throws Exception {
        Identity ec =
                TestPki.certificate("C=US, CN=agent2").key(TestPki.Key.P256, 48).selfSigned();
        try (var server = Loopback.serve(Agents.identity(ec))) {
            ConnectionResult result =
                    server.exchange(o -> o.rejectUnauthorized(false)).worked();

            assertThat(result.client()
                            .getPeerCertificate()
                            .orElseThrow()
                            .subject()
                            .all("C"))
                    .containsExactly("US");
        }
    }

    /** Returns parameters in PEM; the primes are those of RFCs, except the small one, whose primality is irrelevant. */
    private static String dh(int bits) {
        var p = switch (bits) {
            case 1024 -> DHStandardGroups.rfc2409_1024.getP();
            case 2048 -> DHStandardGroups.rfc3526_2048.getP();
            case 3072 -> DHStandardGroups.rfc3526_3072.getP();
            default -> new BigInteger(bits, new Random(1)).setBit(bits - 1).setBit(0);
        };
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("DH");
            parameters.init(new DHParameterSpec(p, BigInteger.TWO));
            return Pem.write("DH PARAMETERS", parameters.getEncoded());
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }
}
