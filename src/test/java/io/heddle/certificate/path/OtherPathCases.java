package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.certificate;
import static io.heddle.certificate.TestPki.root;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Chains with several paths of the same names, of which the first that OpenSSL chooses is not good and another is. */
final class OtherPathCases extends ChainCases {
    @Override
    void fill() {
        Identity first = anonymous("CN=root", 30);
        Identity second = anonymous("CN=root", 39);
        Identity below = leaf().withoutKeyIdentifiers().issuedBy(second);
        add("two roots of one name, the right one second", below, below.chain(), List.of(first.leaf(), second.leaf()));
        var many = new ArrayList<X509Certificate>();
        for (int number = 50; number < 70; number++) {
            many.add(anonymous("CN=root", number).leaf());
        }
        many.add(second.leaf());
        add("twenty-one roots of one name, the right one last", below, below.chain(), many);
        X509Certificate crossed =
                certificate("CN=root").key(TestPki.Key.P256, 30).ca().certificateIssuedBy(other);
        add(
                "cross-signed root, new root sent, old trusted",
                deep,
                presented(deep, root.leaf(), crossed),
                other.chain());
        Identity stranger = root("stranger", TestPki.Key.P256, 37);
        X509Certificate middleOfStranger =
                certificate("CN=middle").key(TestPki.Key.P256, 32).ca().certificateIssuedBy(stranger);
        add(
                "cross-signed intermediate, the unknown root's first",
                deep,
                List.of(deep.leaf(), middleOfStranger, middle.leaf()),
                root.chain());
        X509Certificate mimic = certificate("CN=middle")
                .key(TestPki.Key.P256, 38)
                .ca()
                .withoutKeyIdentifiers()
                .certificateIssuedBy(root);
        Identity unmarked = certificate("CN=middle")
                .key(TestPki.Key.P256, 32)
                .ca()
                .withoutKeyIdentifiers()
                .issuedBy(root);
        Identity belowUnmarked = leaf().withoutKeyIdentifiers().issuedBy(unmarked);
        add(
                "two intermediates of one name, the right one second",
                belowUnmarked,
                List.of(belowUnmarked.leaf(), mimic, unmarked.leaf()),
                root.chain());
    }

    private static Identity anonymous(String name, int key) {
        return certificate(name)
                .key(TestPki.Key.P256, key)
                .ca()
                .withoutKeyIdentifiers()
                .selfSigned();
    }
}
