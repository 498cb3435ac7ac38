package io.heddle.certificate.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each code once, with its complete message. {@link OpenSslVerifyTest} shows that they are OpenSSL's codes. */
class VerdictTest {
    private static final List<ChainCases.Case> CASES = Stream.concat(
                    ChainCases.all().stream(), ChainCases.stricter().stream())
            .toList();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    self-signed leaf | DEPTH_ZERO_SELF_SIGNED_CERT | "CN=leaf" is self-signed and not trusted, depth 0
                    no trust anchor, root sent | SELF_SIGNED_CERT_IN_CHAIN | the root "CN=root" is not trusted, depth 2
                    no trust anchor, leaf alone | UNABLE_TO_VERIFY_LEAF_SIGNATURE | "CN=leaf" came without its issuer, depth 0
                    no trust anchor, leaf and intermediate | UNABLE_TO_GET_ISSUER_CERT_LOCALLY | no trusted certificate issued "CN=middle", depth 1
                    only the intermediate is trusted | UNABLE_TO_GET_ISSUER_CERT | the issuer of the trusted "CN=middle" is missing, depth 1
                    chain longer than allowed | CERT_CHAIN_TOO_LONG | the chain is not at its end with "CN=middle", at most 1 may stand between leaf and root, depth 2
                    leaf signed by another CA of the root's name | CERT_SIGNATURE_FAILURE | "CN=leaf" is not signed with the key of "CN=root", depth 0
                    issued by a server | INVALID_PURPOSE | "CN=server" must not be used for a TLS server, depth 1
                    server certificate for a client | INVALID_PURPOSE | "CN=leaf" must not be used for a TLS client, depth 0
                    intermediate that is a CA by key usage alone | INVALID_CA | "CN=bare" is not a CA, depth 1
                    issued by a CA that may not sign certificates | KEYUSAGE_NO_CERTSIGN | the key usage of "CN=usage" does not allow it to sign certificates, depth 1
                    path length 0 and a CA below | PATH_LENGTH_EXCEEDED | "CN=zero" allows 0 CAs below it, there are 1, depth 2
                    unknown critical extension | UNHANDLED_CRITICAL_EXTENSION | "CN=leaf" has critical extensions that are not understood: [1.3.6.1.4.1.55555.1], depth 0
                    CRL of a stranger | UNABLE_TO_GET_CRL | there is no CRL of the issuer of "CN=root", depth 1
                    CRL of a CA that may not sign any | KEYUSAGE_NO_CRL_SIGN | the key usage of "CN=mute" does not allow it to sign CRLs, depth 1
                    CRL with a wrong signature | CRL_SIGNATURE_FAILURE | the CRL is not signed with the key of "CN=root", depth 1
                    CRL with a critical extension | UNHANDLED_CRITICAL_CRL_EXTENSION | the CRL of "CN=root" has a critical extension that is not understood, depth 1
                    CRL for CAs only, and a leaf | UNABLE_TO_GET_CRL | there is no CRL about certificates such as "CN=leaf", depth 0
                    names: DNS name not permitted | PERMITTED_VIOLATION | the names of "CN=leaf" are not among those that "CN=constrained" may issue, depth 0
                    names: excluded DNS name | EXCLUDED_VIOLATION | the names of "CN=leaf" are among those that "CN=constrained" may not issue, depth 0
                    leaf with RSA 512 | EE_KEY_TOO_SMALL | the key of "CN=leaf" (RSA 512) is too weak for security level 1, depth 0
                    root with RSA 512 | CA_KEY_TOO_SMALL | the key of "CN=tiny root" (RSA 512) is too weak for security level 1, depth 1
                    leaf signed with SHA-1 | CA_MD_TOO_WEAK | the signature of "CN=leaf" (SHA1withRSA) is too weak for security level 1, depth 0
                    """)
    void names_the_problem_and_its_depth(String name, TlsFailure.Code code, String sentence) {
        TlsFailure failure = chain(name).verdict().failure().orElseThrow();

        assertThat(failure).hasMessage("certificate: " + sentence);
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.alert()).isEqualTo(code.alert());
    }

    @Test
    void names_the_validity_period() {
        assertThat(sentence("leaf expired")).matches("certificate: \"CN=leaf\" was valid until [-0-9T:]+Z, depth 0");
        assertThat(sentence("leaf not yet valid"))
                .matches("certificate: \"CN=leaf\" is valid from [-0-9T:]+Z on, depth 0");
        assertThat(sentence("CRL expired"))
                .matches("certificate: the CRL of \"CN=root\" was valid until [-0-9T:]+Z, depth 1");
        assertThat(sentence("CRL not yet valid"))
                .matches("certificate: the CRL of \"CN=root\" is valid from [-0-9T:]+Z on, depth 1");
        assertThat(sentence("leaf revoked")).matches("certificate: \"CN=leaf\" was revoked on [-0-9T:]+Z, depth 0");
    }

    @Test
    void the_java_platform_has_the_last_word() {
        assertThat(sentence("a policy demanded and none given"))
                .startsWith("certificate: the Java platform refuses \"CN=");
        assertThat(chain("a policy demanded and none given").verdict().code())
                .contains(TlsFailure.Code.NO_EXPLICIT_POLICY);
    }

    @Test
    void a_delta_crl_revokes_but_cannot_stand_for_a_whole_one() {
        Identity leaf = TestPki.server("a.example");
        var whole = TestPki.crl(TestPki.ca());
        var delta = TestPki.crl(
                TestPki.ca(),
                TestPki.NOW.minusSeconds(60),
                TestPki.NOW.plusSeconds(60),
                ChainCases::delta,
                leaf.leaf());
        TrustStore trust = TestPki.trust().withCrls(List.of(whole, delta));

        assertThat(ChainVerifier.verify(leaf.chain(), trust, Purpose.SERVER, TestPki.NOW)
                        .code())
                .contains(TlsFailure.Code.CERT_REVOKED);
        assertThat(chain("delta CRL alone").verdict().code()).contains(TlsFailure.Code.UNABLE_TO_GET_CRL);
    }

    @Test
    void a_good_verdict_has_no_failure() {
        Verdict verdict = chain("leaf under a trusted root").verdict();

        assertThat(verdict.ok()).isTrue();
        assertThat(verdict.failure()).isEmpty();
        assertThat(verdict.code()).isEmpty();
    }

    @Test
    void higher_security_levels_refuse_more() {
        Identity root = TestPki.root("root", TestPki.Key.RSA_1024, 70);
        Identity leaf = TestPki.certificate("CN=leaf").server("a.example").issuedBy(root);
        var trust = TrustStore.of(root.chain());

        assertThat(ChainVerifier.verify(leaf.chain(), trust, Purpose.SERVER, TestPki.NOW)
                        .ok())
                .isTrue();
        assertThat(ChainVerifier.verify(
                                leaf.chain(), trust, Purpose.SERVER, TestPki.NOW, new ChainVerifier.Limits(100, 2))
                        .code())
                .contains(TlsFailure.Code.CA_KEY_TOO_SMALL);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ChainVerifier.Limits(101, 1))
                .withMessage("verify depth: 101 is outside 0 to 100");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ChainVerifier.Limits(1, 6))
                .withMessage("security level: 6 is outside 0 to 5");
    }

    private static String sentence(String name) {
        return "certificate: " + chain(name).verdict().problem().orElseThrow().sentence();
    }

    private static ChainCases.Case chain(String name) {
        return CASES.stream()
                .filter(chain -> chain.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
