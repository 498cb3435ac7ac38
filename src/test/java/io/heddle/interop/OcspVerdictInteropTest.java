package io.heddle.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.certificate.Identity;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.OcspVerdict.Status;
import io.heddle.certificate.TestOcsp;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.ocsp.OcspVerifier;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.interop.OpensslResponder.Entry;
import io.heddle.interop.SServer.Exchange;
import io.heddle.protocol.TlsVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Heddle's verdicts on responses of {@code openssl ocsp}: those stapled by {@code openssl s_server}, and those stapled
 * for {@code s_client}.
 */
@Tag("interop")
class OcspVerdictInteropTest {
    private static final Identity SERVER = TestPki.server("localhost");

    @TempDir
    private Path folder;

    private OpensslResponder responder() {
        return new OpensslResponder(folder);
    }

    private static OcspVerdict verify(byte[] response) {
        return verify(response, Instant.now());
    }

    private static OcspVerdict verify(byte[] response, Instant at) {
        return OcspVerifier.verify(response, SERVER.leaf(), TestPki.ca().leaf(), at, ChainVerifier.Limits.DEFAULT);
    }

    @Test
    void the_issuer_signs() throws Exception {
        for (String option : List.of("-resp_key_id", "-resp_no_certs")) {
            assertThat(verify(responder().response(SERVER, Entry.VALID, TestPki.ca(), "-ndays", "7", option))
                            .problem())
                    .as(option)
                    .isEmpty();
        }
    }

    @Test
    void revoked_unknown_and_a_bad_signature() throws Exception {
        OcspVerdict revoked = verify(responder().response(SERVER, Entry.REVOKED, TestPki.ca(), "-ndays", "7"));
        assertThat(revoked.status()).isEqualTo(Status.REVOKED);
        assertThat(revoked.revocationTime()).contains(TestPki.NOW.minus(Duration.ofDays(1)));
        assertThat(verify(responder().response(SERVER, Entry.ABSENT, TestPki.ca(), "-ndays", "7"))
                        .status())
                .isEqualTo(Status.UNKNOWN);
        assertThat(verify(responder().response(SERVER, Entry.VALID, TestPki.ca(), "-ndays", "7", "-badsig"))
                        .code())
                .contains(Code.OCSP_SIGNATURE_FAILURE);
    }

    @Test
    void delegates() throws Exception {
        Identity delegate = TestOcsp.delegate().issuedBy(TestPki.ca());
        assertThat(verify(responder().response(SERVER, Entry.VALID, delegate, "-ndays", "7"))
                        .problem())
                .isEmpty();
        Identity plain = TestPki.certificate("CN=No responder")
                .key(TestPki.Key.P256, 12)
                .extendedKeyUsage(KeyPurposeId.id_kp_serverAuth)
                .issuedBy(TestPki.ca());
        assertThat(verify(responder().response(SERVER, Entry.VALID, plain, "-ndays", "7"))
                        .code())
                .contains(Code.OCSP_VERIFY_FAILED);
        Identity other = TestPki.root("Somebody else", TestPki.Key.P256, 14);
        assertThat(verify(responder().response(SERVER, Entry.VALID, other, "-ndays", "7"))
                        .code())
                .contains(Code.OCSP_VERIFY_FAILED);
    }

    @Test
    void times() throws Exception {
        byte[] anHour = responder().response(SERVER, Entry.VALID, TestPki.ca(), "-nmin", "60");
        assertThat(verify(anHour).ok()).isTrue();
        assertThat(verify(anHour, Instant.now().plus(Duration.ofMinutes(70))).code())
                .contains(Code.OCSP_HAS_EXPIRED);
        assertThat(verify(anHour, Instant.now().minus(Duration.ofMinutes(10))).code())
                .contains(Code.OCSP_NOT_YET_VALID);
        byte[] endless = responder().response(SERVER, Entry.VALID, TestPki.ca());
        assertThat(verify(endless, Instant.now().plus(Duration.ofHours(24))).ok())
                .isTrue();
        assertThat(verify(endless, Instant.now().plus(Duration.ofHours(25))).code())
                .contains(Code.OCSP_HAS_EXPIRED);
    }

    @Test
    void a_signature_with_md5() throws Exception {
        Identity rsa = TestPki.certificate("CN=RSA responder")
                .key(TestPki.Key.RSA_2048, 12)
                .extendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning)
                .issuedBy(TestPki.ca());
        assertThat(verify(responder().response(SERVER, Entry.VALID, rsa, "-ndays", "7", "-rmd", "sha256"))
                        .problem())
                .isEmpty();
        for (String digest : List.of("md5", "sha1")) {
            assertThat(verify(responder().response(SERVER, Entry.VALID, rsa, "-ndays", "7", "-rmd", digest))
                            .problem()
                            .orElseThrow()
                            .sentence())
                    .contains("which security level 1 does not allow");
        }
    }

    // s_server staples the response that it was given

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void a_client_connects_to_s_server(TlsVersion version) throws Exception {
        var pair = new PemFiles(folder).write("server", SERVER);
        for (Entry entry : Entry.values()) {
            byte[] response = responder().response(SERVER, entry, TestPki.ca(), "-ndays", "7");
            Path file = Files.write(folder.resolve("stapled.der"), response);
            try (SServer server = SServer.start(pair, "-status_file", file.toString())) {
                if (entry == Entry.VALID) {
                    Exchange exchange =
                            server.exchange(server.client(version).requireOCSP(true).build());
                    assertThat(exchange.socket().ocspVerdict().orElseThrow().status())
                            .isEqualTo(Status.GOOD);
                    continue;
                }
                boolean revoked = entry == Entry.REVOKED;
                TlsFailure failure = catchThrowableOfType(
                        TlsFailure.class,
                        () -> Tls.connect(
                                        server.client(version).requestOCSP(true).build())
                                .close());
                assertThat(failure.code()).isEqualTo(revoked ? Code.CERT_REVOKED : Code.OCSP_CERT_UNKNOWN);
                server.program().awaitNextLine(revoked ? "certificate revoked" : "bad certificate status response");
                try (TlsSocket tolerant = Tls.connect(server.client(version)
                        .requestOCSP(true)
                        .rejectUnauthorized(false)
                        .build())) {
                    assertThat(tolerant.authorizationError()).contains(failure.code());
                    assertThat(tolerant.ocspResponse())
                            .hasValueSatisfying(received -> assertThat(received).isEqualTo(response));
                }
            }
        }
    }

    // s_client prints the response that a server staples

    private static ServerOptions.Builder options(TlsVersion version, byte[] response) {
        SecureContext context = SecureContext.builder()
                .identity(SERVER)
                .ca(TestPki.ca().chain())
                .minVersion(version)
                .maxVersion(version)
                .build();
        return ServerOptions.builder(context).onOcspRequest((certificate, issuer) -> Optional.of(response));
    }

    @ParameterizedTest
    @EnumSource(names = {"TLS_1_2", "TLS_1_3"})
    void s_client_connects_to_a_server(TlsVersion version) throws Exception {
        byte[] good = responder().response(SERVER, Entry.VALID, TestPki.ca(), "-ndays", "7");
        byte[] revoked = responder().response(SERVER, Entry.REVOKED, TestPki.ca(), "-ndays", "7");
        byte[] unknown = responder().response(SERVER, Entry.ABSENT, TestPki.ca(), "-ndays", "7");
        assertThat(status(options(version, good))).contains("Cert Status: good");
        assertThat(status(options(version, revoked))).contains("Cert Status: revoked");
        assertThat(status(options(version, unknown))).contains("OCSP response: no response sent");
        assertThat(status(options(version, unknown).verifyOCSP(false))).contains("Cert Status: unknown");
    }

    private static String status(ServerOptions.Builder options) throws Exception {
        try (EchoServer server = EchoServer.start(options.build())) {
            return server.openssl("-status").output();
        }
    }
}
