package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.Problem;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChainVerifierTest {
    @ParameterizedTest
    @EnumSource(
            value = TestPki.Key.class,
            names = {"RSA_512"},
            mode = EnumSource.Mode.EXCLUDE)
    void accepts_a_leaf_of_each_kind_of_key_under_a_root_of_the_same_kind(TestPki.Key key) {
        Identity root = TestPki.root("root", key, 20);
        Identity server =
                TestPki.certificate("CN=leaf").key(key, 21).server("a.example").issuedBy(root);

        Verdict verdict = server(server.chain(), TrustStore.of(root.chain()));

        assertThat(verdict.problems()).isEmpty();
        assertThat(verdict.path()).containsExactly(server.leaf(), root.leaf());
        assertThat(server(server.chain(), TrustStore.of(List.of())).code())
                .contains(Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE);
    }

    @Test
    void finds_the_way_through_certificates_in_any_order_with_others_between() {
        Identity server = TestPki.serverWithIntermediate("a.example");
        X509Certificate stranger = TestPki.selfSigned("stranger").leaf();
        List<X509Certificate> presented = List.of(
                server.leaf(), stranger, TestPki.ca().leaf(), server.chain().get(1), stranger);

        assertThat(server(presented, TestPki.trust()).path())
                .containsExactly(
                        server.leaf(), server.chain().get(1), TestPki.ca().leaf());
        assertThat(server(presented, TestPki.trust()).ok()).isTrue();
    }

    @Test
    void names_the_last_of_several_problems_as_openssl_and_node_do() {
        Identity expired =
                TestPki.certificate("CN=old").server("a.example").expired().issuedBy(TestPki.ca());

        Verdict verdict = ChainVerifier.verify(expired.chain(), TrustStore.of(List.of()), Purpose.SERVER, NOW);

        assertThat(verdict.problems())
                .extracting(Problem::code)
                .containsExactly(
                        Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                        Code.UNABLE_TO_VERIFY_LEAF_SIGNATURE,
                        Code.CERT_HAS_EXPIRED);
        assertThat(verdict.failure().orElseThrow())
                .hasMessage("certificate: \"CN=old\" was valid until %s, depth 0"
                        .formatted(Instant.ofEpochSecond(NOW.getEpochSecond() - 86400)));
    }

    @Test
    void judges_for_the_time_that_it_is_given() {
        Instant longAgo = Instant.parse("2003-04-05T06:07:08Z");
        Instant end = longAgo.plusSeconds(86_400);
        Identity root = TestPki.certificate("CN=old root")
                .key(TestPki.Key.P256, 20)
                .ca()
                .valid(longAgo, end)
                .selfSigned();
        Identity server = TestPki.certificate("CN=old")
                .server("a.example")
                .valid(longAgo, end)
                .issuedBy(root);
        TrustStore trust = TrustStore.of(root.chain());

        assertThat(ChainVerifier.verify(server.chain(), trust, Purpose.SERVER, longAgo.plusSeconds(1))
                        .problems())
                .isEmpty();
        assertThat(server(server.chain(), trust).code()).contains(Code.CERT_HAS_EXPIRED);
    }

    private static Verdict server(List<X509Certificate> presented, TrustStore trust) {
        return ChainVerifier.verify(presented, trust, Purpose.SERVER, NOW);
    }
}
