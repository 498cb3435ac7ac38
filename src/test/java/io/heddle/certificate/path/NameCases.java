package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.certificate;
import static io.heddle.certificate.TestPki.root;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestCertificate;
import io.heddle.certificate.TestPki;
import java.util.List;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.jspecify.annotations.Nullable;

/** Name constraints and the names below them. */
final class NameCases extends ChainCases {
    @Override
    void fill() {
        names();
    }

    private void names() {
        GeneralName example = new GeneralName(GeneralName.dNSName, "example");
        constrained("permitted DNS name", leaf(), example, null);
        constrained("DNS name not permitted", certificate("CN=leaf").server("a.test"), example, null);
        constrained(
                "DNS name permitted by a leading dot", leaf(), new GeneralName(GeneralName.dNSName, ".example"), null);
        constrained(
                "DNS name with only the end in common", certificate("CN=leaf").server("myexample"), example, null);
        constrained("excluded DNS name", leaf(), null, example);
        constrained("DNS name besides the excluded one", certificate("CN=leaf").server("a.test"), null, example);
        constrained(
                "one of two DNS names not permitted",
                certificate("CN=leaf").server("a.example", "a.test"),
                example,
                null);
        constrained(
                "common name as DNS name not permitted",
                certificate("CN=a.test").extendedKeyUsage(KeyPurposeId.id_kp_serverAuth),
                example,
                null);
        constrained(
                "common name as DNS name permitted",
                certificate("CN=a.example").extendedKeyUsage(KeyPurposeId.id_kp_serverAuth),
                example,
                null);
        constrained(
                "common name as DNS name excluded",
                certificate("CN=a.example").extendedKeyUsage(KeyPurposeId.id_kp_serverAuth),
                null,
                example);
        constrained(
                "common name that is no DNS name",
                certificate("CN=some body").extendedKeyUsage(KeyPurposeId.id_kp_serverAuth),
                example,
                null);
        constrained("common name besides a DNS name", certificate("CN=a.test").server("a.example"), example, null);
        GeneralName network = new GeneralName(
                GeneralName.iPAddress, new DEROctetString(new byte[] {(byte) 192, 0, 2, 0, -1, -1, -1, 0}));
        constrained("permitted IP address", certificate("CN=leaf").server("192.0.2.1"), network, null);
        constrained("IP address not permitted", certificate("CN=leaf").server("192.0.3.1"), network, null);
        constrained("excluded IP address", certificate("CN=leaf").server("192.0.2.1"), null, network);
        constrained(
                "IPv6 address where IPv4 is permitted", certificate("CN=leaf").server("2001:db8::1"), network, null);
        GeneralName directory = new GeneralName(new X500Name("O=Heddle"));
        constrained("permitted subject", certificate("O=Heddle, CN=leaf").server("a.example"), directory, null);
        constrained("subject not permitted", certificate("O=Other, CN=leaf").server("a.example"), directory, null);
        constrained("excluded subject", certificate("O=Heddle, CN=leaf").server("a.example"), null, directory);
        GeneralName mail = new GeneralName(GeneralName.rfc822Name, "example.org");
        constrained(
                "email in the subject not permitted",
                certificate("CN=leaf, E=a@example.com").server("a.example"),
                mail,
                null);
        constrained(
                "email in the subject permitted",
                certificate("CN=leaf, E=a@example.org").server("a.example"),
                mail,
                null);
        constrained(
                "email of a host within the domain",
                certificate("CN=leaf, E=a@sub.example.org").server("a.example"),
                mail,
                null);
        GeneralName uri = new GeneralName(GeneralName.uniformResourceIdentifier, "example.org");
        constrained(
                "URI permitted",
                certificate("CN=leaf")
                        .extension(
                                Extension.subjectAlternativeName,
                                false,
                                new GeneralNames(new GeneralName(
                                        GeneralName.uniformResourceIdentifier, "https://example.org/x"))),
                uri,
                null);
        constrained(
                "URI not permitted",
                certificate("CN=leaf")
                        .extension(
                                Extension.subjectAlternativeName,
                                false,
                                new GeneralNames(new GeneralName(
                                        GeneralName.uniformResourceIdentifier, "https://example.com/x"))),
                uri,
                null);
        Identity narrow = certificate("CN=narrow")
                .key(TestPki.Key.P256, 46)
                .ca()
                .extension(
                        Extension.nameConstraints,
                        true,
                        new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(directory)}, null))
                .selfSigned();
        Identity outside =
                certificate("CN=outside").key(TestPki.Key.P256, 47).ca().issuedBy(narrow);
        add(
                "constraints of the root on the intermediate's subject",
                certificate("O=Heddle, CN=leaf").server("a.example").issuedBy(outside),
                narrow);
        Identity renewed =
                certificate("CN=narrow").key(TestPki.Key.P256, 47).ca().issuedBy(narrow);
        Identity below = certificate("O=Heddle, CN=leaf").server("a.example").issuedBy(renewed);
        add(
                "constraints of the root on a self-issued intermediate",
                below,
                List.of(below.leaf(), renewed.leaf()),
                narrow.chain());
        Identity selfIssued = certificate("CN=narrow").server("a.example").issuedBy(narrow);
        add("constraints of the root on a self-issued leaf", selfIssued, narrow);
        Identity examples = certificate("CN=examples")
                .key(TestPki.Key.P256, 46)
                .ca()
                .extension(
                        Extension.nameConstraints,
                        true,
                        new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(example)}, null))
                .selfSigned();
        add(
                "constraints of the root on an intermediate whose common name looks like a DNS name",
                leaf().issuedBy(certificate("CN=ca.test")
                        .key(TestPki.Key.P256, 47)
                        .ca()
                        .issuedBy(examples)),
                examples);
    }

    private void constrained(
            String name, TestCertificate leaf, @Nullable GeneralName permitted, @Nullable GeneralName excluded) {
        Identity issuer = certificate("CN=constrained")
                .key(TestPki.Key.P256, 46)
                .ca()
                .extension(
                        Extension.nameConstraints,
                        true,
                        new NameConstraints(
                                permitted == null ? null : new GeneralSubtree[] {new GeneralSubtree(permitted)},
                                excluded == null ? null : new GeneralSubtree[] {new GeneralSubtree(excluded)}))
                .issuedBy(root);
        add("names: " + name, leaf.key(TestPki.Key.P256, 1).issuedBy(issuer), root);
    }
}
