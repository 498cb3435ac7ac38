package io.heddle.parity;

import io.heddle.SecureContext;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestCertificate;
import io.heddle.certificate.TestPki;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;

/** The identities of the catalogue under its names, created anew with the same shape. */
final class Agents {
    static final Identity CA1 = TestPki.root("ca1", TestPki.Key.P256, 40);
    static final Identity CA2 = TestPki.root("ca2", TestPki.Key.P256, 41);

    /** RSA, issued by ca1, with access information and without alternative names. */
    static final Identity AGENT1 = rsa("CN=agent1", 40)
            .extension(
                    Extension.authorityInfoAccess,
                    false,
                    new AuthorityInformationAccess(
                            AccessDescription.id_ad_ocsp,
                            new GeneralName(GeneralName.uniformResourceIdentifier, "http://ocsp.example/")))
            .issuedBy(CA1);

    /** RSA, self-signed. */
    static final Identity AGENT2 = rsa("CN=agent2", 41).selfSigned();

    /** RSA, issued by ca2. */
    static final Identity AGENT3 = rsa("CN=agent3", 42).issuedBy(CA2);

    /** A client issued by ca2 and revoked by it. */
    static final Identity AGENT4 =
            TestPki.certificate("CN=agent4").key(TestPki.Key.P256, 42).client().issuedBy(CA2);

    /** The intermediate below ca1. */
    static final Identity CA3 =
            TestPki.certificate("CN=ca3").key(TestPki.Key.P256, 43).ca().issuedBy(CA1);

    /** RSA, issued by ca3, with non-ASCII letters; its chain includes ca3. */
    static final Identity AGENT6 = TestPki.certificate(new X500NameBuilder()
                    .addRDN(BCStyle.CN, "\u00c1d\u00e1m Lippai")
                    .addRDN(BCStyle.E, "adam@example.com")
                    .build())
            .key(TestPki.Key.RSA_2048, 43)
            .issuedBy(CA3);

    /** RSA below an intermediate below ca2, and EC below two intermediates of its own: the same name for both. */
    static final Identity AGENT10 = rsa("CN=agent10.example.com", 40)
            .issuedBy(
                    TestPki.certificate("CN=ca4").key(TestPki.Key.P256, 44).ca().issuedBy(CA2));

    static final Identity CA5 = TestPki.root("ca5", TestPki.Key.P256, 45);
    static final Identity EC10 = TestPki.certificate("CN=agent10.example.com")
            .key(TestPki.Key.P256, 46)
            .issuedBy(
                    TestPki.certificate("CN=ca6").key(TestPki.Key.P256, 47).ca().issuedBy(CA5));

    private Agents() {}

    private static TestCertificate rsa(String subject, int number) {
        return TestPki.certificate(subject).key(TestPki.Key.RSA_2048, number);
    }

    /** Returns the options of a context with this identity alone. */
    static Consumer<SecureContext.Builder> identity(Identity identity) {
        return context -> context.identity(identity);
    }

    /** Returns the certificates of these identities alone, without the rest of their chains. */
    static List<X509Certificate> leaves(Identity... identities) {
        return List.of(identities).stream().map(Identity::leaf).toList();
    }

    /** Returns these certificates in one PEM text. */
    static String pem(Identity... identities) {
        return TestPki.pem(leaves(identities));
    }
}
