package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.certificate;
import static io.heddle.failure.TlsFailure.Code.EXCLUDED_VIOLATION;
import static io.heddle.failure.TlsFailure.Code.PERMITTED_VIOLATION;
import static io.heddle.failure.TlsFailure.Code.SUBTREE_MINMAX;
import static io.heddle.failure.TlsFailure.Code.UNSPECIFIED;
import static io.heddle.failure.TlsFailure.Code.UNSUPPORTED_CONSTRAINT_SYNTAX;
import static io.heddle.failure.TlsFailure.Code.UNSUPPORTED_CONSTRAINT_TYPE;
import static io.heddle.failure.TlsFailure.Code.UNSUPPORTED_NAME_SYNTAX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bouncycastle.asn1.x509.GeneralName.dNSName;
import static org.bouncycastle.asn1.x509.GeneralName.registeredID;
import static org.bouncycastle.asn1.x509.GeneralName.rfc822Name;
import static org.bouncycastle.asn1.x509.GeneralName.uniformResourceIdentifier;

import io.heddle.certificate.Identity;
import io.heddle.certificate.Problem;
import io.heddle.certificate.TestCertificate;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure.Code;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of a leaf under the name constraints of its issuer, where what matches a host has to be what is constrained. */
class NameConstraintTest {
    private static final Identity ROOT = TestPki.root("constraining root", TestPki.Key.P256, 30);

    @ParameterizedTest
    @ValueSource(
            strings = {"*.victim.test", "www.victim.test", "www.victim.test.", "WWW.Victim.TEST", "w*.victim.test"})
    void constrains_a_common_name_that_a_host_could_match(String commonName) {
        TestCertificate leaf = certificate("CN=" + commonName).extendedKeyUsage(KeyPurposeId.id_kp_serverAuth);
        X509Certificate certificate =
                leaf.issuedBy(permitting(dns("allowed.test"))).leaf();

        assertThat(matches("www.victim.test", certificate)
                        && code(leaf, permitting(dns("allowed.test"))).isEmpty())
                .isFalse();
        assertThat(code(
                        certificate("CN=www.allowed.test").extendedKeyUsage(KeyPurposeId.id_kp_serverAuth),
                        permitting(dns("allowed.test"))))
                .isEmpty();
    }

    @Test
    void refuses_a_common_name_outside_of_the_permitted_names() {
        assertThat(code(
                        certificate("CN=*.victim.test").extendedKeyUsage(KeyPurposeId.id_kp_serverAuth),
                        permitting(dns("allowed.test"))))
                .contains(PERMITTED_VIOLATION);
    }

    @ParameterizedTest
    @CsvSource({
        // excluded, name, refused
        "secret.corp.test, *.corp.test, true",
        "secret.corp.test, s*.corp.test, true",
        "secret.corp.test, *t.corp.test, true",
        "secret.corp.test, x*.corp.test, false",
        "secret.corp.test, *.other.test, false",
        "secret.corp.test, *.secret.corp.test, true",
        "secret.corp.test, *.a.corp.test, false",
        "corp.test, *.corp.test, true",
        "corp.test, *.xcorp.test, false",
        ".corp.test, *.corp.test, true",
        "xn--bcher-kva.corp.test, x*.corp.test, false",
        "xn--bcher-kva.corp.test, *.corp.test, true",
        "SECRET.corp.test, secret.CORP.test, true",
        "secret.corp.test, public.corp.test, false",
    })
    void excludes_a_wildcard_that_stands_for_an_excluded_name(String excluded, String name, boolean refused) {
        TestCertificate leaf = certificate("CN=leaf").server(name);

        assertThat(code(leaf, excluding(dns(excluded))))
                .isEqualTo(refused ? Optional.of(EXCLUDED_VIOLATION) : Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        // permitted, name, accepted
        "corp.test, *.corp.test, true",
        "corp.test, *.a.corp.test, true",
        "www.corp.test, *.corp.test, false",
        "corp.test, corp.test, true",
        "test, *.test, true",
        "corp.test, a.corp.test.evil.test, false",
    })
    void permits_a_wildcard_only_if_all_that_it_stands_for_is_permitted(
            String permitted, String name, boolean accepted) {
        TestCertificate leaf = certificate("CN=leaf").server(name);

        assertThat(code(leaf, permitting(dns(permitted))))
                .isEqualTo(accepted ? Optional.empty() : Optional.of(PERMITTED_VIOLATION));
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret.corp.test.", "*.corp.test.", "a..test", ".corp.test", " secret.corp.test"})
    void refuses_dns_names_that_are_none_under_constraints_and_never_matches_them(String name) {
        TestCertificate leaf = certificate("CN=leaf").server(name);

        assertThat(code(leaf, excluding(dns("secret.corp.test")))).contains(UNSUPPORTED_NAME_SYNTAX);
        X509Certificate unconstrained = leaf.issuedBy(ROOT).leaf();
        assertThat(matches("secret.corp.test", unconstrained)).isFalse();
        assertThat(matches("secret.corp.test.", unconstrained)).isFalse();
    }

    @Test
    void permits_all_names_by_an_empty_dns_subtree_and_excludes_all_by_one() {
        TestCertificate leaf = certificate("CN=leaf").server("a.example");

        assertThat(code(leaf, permitting(dns("")))).isEmpty();
        assertThat(code(leaf, excluding(dns("")))).contains(EXCLUDED_VIOLATION);
        assertThat(code(leaf, permitting(dns(""), new GeneralName(new X500Name("O=Other")))))
                .contains(PERMITTED_VIOLATION);
    }

    @Test
    void refuses_a_common_name_of_thousands_of_labels_without_an_error() {
        String name = "a" + ".a".repeat(4_000);
        TestCertificate leaf = certificate("CN=" + name).extendedKeyUsage(KeyPurposeId.id_kp_serverAuth);

        // No host could match it. JDK 25 refuses it all the same, JDK 21 does not.
        assertThat(code(leaf, permitting(dns("allowed.test"))))
                .isIn(Optional.empty(), Optional.of(PERMITTED_VIOLATION));
        assertThat(matches(name, leaf.issuedBy(ROOT).leaf())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "corp.test, a@corp.test, true",
        "corp.test, a@x.corp.test, false",
        ".corp.test, a@x.corp.test, true",
        ".corp.test, a@corp.test, false",
        "a@corp.test, a@CORP.test, true",
        "a@corp.test, b@corp.test, false",
    })
    void compares_mail_addresses(String permitted, String address, boolean accepted) {
        GeneralName base = new GeneralName(rfc822Name, permitted);
        TestCertificate leaf = withNames(new GeneralName(rfc822Name, address));

        assertThat(code(leaf, permitting(base)))
                .isEqualTo(accepted ? Optional.empty() : Optional.of(PERMITTED_VIOLATION));
        assertThat(code(leaf, excluding(base)))
                .isEqualTo(accepted ? Optional.of(EXCLUDED_VIOLATION) : Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "corp.test, https://corp.test/x, true",
        "corp.test, https://user:secret@CORP.test:8443/x, true",
        "corp.test, https://a.corp.test/, false",
        ".corp.test, https://a.corp.test?x=y, true",
        ".corp.test, https://corp.test, false",
        "corp.test, https://evil.test?@corp.test, false",
    })
    void compares_hosts_of_uris(String permitted, String uri, boolean accepted) {
        GeneralName base = new GeneralName(uniformResourceIdentifier, permitted);

        assertThat(code(withNames(new GeneralName(uniformResourceIdentifier, uri)), permitting(base)))
                .isEqualTo(accepted ? Optional.empty() : Optional.of(PERMITTED_VIOLATION));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "urn:a:b",
                "https://192.0.2.1/",
                "https://[2001:db8::1]/",
                "//corp.test.",
                "https:///x",
                "h ttp://corp.test"
            })
    void refuses_uris_without_a_host_name_under_constraints(String uri) {
        GeneralName base = new GeneralName(uniformResourceIdentifier, "corp.test");

        assertThat(code(withNames(new GeneralName(uniformResourceIdentifier, uri)), excluding(base)))
                .contains(UNSUPPORTED_NAME_SYNTAX);
    }

    @Test
    void refuses_constraints_that_cannot_be_compared_where_such_a_name_is() {
        GeneralName identifier = new GeneralName(registeredID, "1.2.3.4");
        assertThat(code(withNames(identifier), excluding(identifier))).contains(UNSUPPORTED_CONSTRAINT_TYPE);
        assertThat(code(certificate("CN=leaf").server("a.example"), excluding(identifier)))
                .isEmpty();
        for (GeneralName base : List.of(dns("*.corp.test"), dns("corp.test."))) {
            assertThat(code(certificate("CN=leaf").server("a.example"), excluding(base)))
                    .as("%s", base)
                    .contains(UNSUPPORTED_CONSTRAINT_SYNTAX);
        }
        var ranged = new GeneralSubtree(dns("corp.test"), BigInteger.ZERO, BigInteger.TEN);
        assertThat(code(
                        certificate("CN=leaf").server("a.corp.test"),
                        issuer(new NameConstraints(new GeneralSubtree[] {ranged}, null))))
                .contains(SUBTREE_MINMAX);
    }

    @Test
    void ends_at_a_bound_of_names_times_constraints() {
        GeneralName[] bases =
                IntStream.range(0, 600).mapToObj(i -> dns("n" + i + ".test")).toArray(GeneralName[]::new);
        GeneralName[] names =
                IntStream.range(0, 500).mapToObj(i -> dns("m" + i + ".example")).toArray(GeneralName[]::new);

        assertThat(code(withNames(names), excluding(bases))).contains(UNSPECIFIED);
        GeneralName[] fewer = Arrays.copyOf(names, 300);
        assertThat(code(withNames(fewer), excluding(bases))).isEmpty();
    }

    @Test
    void are_not_compared_below_a_root_that_is_not_trusted() {
        Identity issuer = excluding(dns("example"));
        Identity leaf = certificate("CN=leaf").server("a.example").issuedBy(issuer);

        List<Code> codes =
                ChainVerifier.verify(leaf.chain(), TrustStore.of(List.of()), Purpose.SERVER, TestPki.NOW)
                        .problems()
                        .stream()
                        .map(Problem::code)
                        .toList();

        assertThat(codes).isNotEmpty().doesNotContain(EXCLUDED_VIOLATION);
        assertThat(code(certificate("CN=leaf").server("a.example"), issuer)).contains(EXCLUDED_VIOLATION);
    }

    private static boolean matches(String host, X509Certificate certificate) {
        return ServerIdentity.check(host, certificate).isEmpty();
    }

    private static TestCertificate withNames(GeneralName... names) {
        return certificate("CN=leaf, O=Heddle")
                .extendedKeyUsage(KeyPurposeId.id_kp_serverAuth)
                .extension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }

    private static GeneralName dns(String name) {
        return new GeneralName(dNSName, name);
    }

    private static Identity permitting(GeneralName... bases) {
        return issuer(new NameConstraints(subtrees(bases), null));
    }

    private static Identity excluding(GeneralName... bases) {
        return issuer(new NameConstraints(null, subtrees(bases)));
    }

    private static GeneralSubtree[] subtrees(GeneralName... bases) {
        return Arrays.stream(bases).map(GeneralSubtree::new).toArray(GeneralSubtree[]::new);
    }

    private static Identity issuer(ASN1Encodable constraints) {
        return certificate("CN=constrained")
                .key(TestPki.Key.P256, 46)
                .ca()
                .extension(Extension.nameConstraints, true, constraints)
                .issuedBy(ROOT);
    }

    private static Optional<Code> code(TestCertificate leaf, Identity issuer) {
        return ChainVerifier.verify(
                        leaf.key(TestPki.Key.P256, 1).issuedBy(issuer).chain(),
                        TrustStore.of(ROOT.chain()),
                        Purpose.SERVER,
                        TestPki.NOW)
                .code();
    }
}
