package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.NOW;
import static io.heddle.certificate.TestPki.certificate;
import static io.heddle.certificate.TestPki.crl;
import static io.heddle.certificate.TestPki.root;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.math.BigInteger;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyConstraints;

/** Chains that a release of OpenSSL accepts, because it looks less closely, and Heddle refuses. */
final class StricterCases extends ChainCases {
    @Override
    void fill() {
        addCrls("delta CRL alone", leaf, crl(root, NOW.minus(DAY), NOW.plus(DAY), ChainCases::delta));
        GeneralName example = new GeneralName(GeneralName.dNSName, "example");
        Identity issuer = certificate("CN=constrained")
                .key(TestPki.Key.P256, 46)
                .ca()
                .extension(
                        Extension.nameConstraints,
                        true,
                        new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(example)}, null))
                .issuedBy(root);
        add(
                "common name of one label under a DNS constraint",
                certificate("CN=leaf").server("192.0.2.1").issuedBy(issuer),
                root);
        Identity policy = certificate("CN=policy")
                .key(TestPki.Key.P256, 46)
                .ca()
                .extension(Extension.policyConstraints, true, new PolicyConstraints(BigInteger.ZERO, null))
                .issuedBy(root);
        add("a policy demanded and none given", leaf().issuedBy(policy), root);
    }
}
