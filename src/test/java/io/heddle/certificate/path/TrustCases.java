package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.NOW;
import static io.heddle.certificate.TestPki.certificate;
import static io.heddle.certificate.TestPki.root;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.file.TrustedCertificate;
import io.heddle.certificate.x509.Purpose;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Chains that lead to an anchor, or do not: order, cross-signing, dates, signatures. */
final class TrustCases extends ChainCases {
    @Override
    void fill() {
        trust();
        order();
        partial();
        purposes();
        dates();
        signatures();
    }

    private void trust() {
        add("leaf under a trusted root", leaf, root);
        add("leaf and intermediate under a trusted root", deep, root);
        add("no trust anchor, leaf alone", leaf);
        add("no trust anchor, leaf and intermediate", deep);
        add("no trust anchor, root sent", deep, presented(deep, root.leaf()), List.of());
        add("root sent and trusted", deep, presented(deep, root.leaf()), root.chain());
        add("another root is trusted", leaf, other);
        add("leaf whose intermediate was not sent", deep, List.of(deep.leaf()), root.chain());
        Identity lonely = leaf().key(TestPki.Key.P256, 33).selfSigned();
        add("self-signed leaf", lonely);
        add("self-signed leaf that is trusted", lonely, lonely);
        add("self-signed leaf and its twin", lonely, presented(lonely, lonely.leaf()), List.of());
        add("leaf itself listed as trusted", leaf, leaf);
        add("only the intermediate is trusted", deep, List.of(deep.leaf()), List.of(middle.leaf()));
        add("only the intermediate is trusted, root sent", deep, presented(deep, root.leaf()), List.of(middle.leaf()));
        add("intermediate known from the trust store", deep, List.of(deep.leaf()), List.of(root.leaf(), middle.leaf()));
        Identity first = root("first", TestPki.Key.RSA_2048, 34);
        add("leaf under an RSA root", leaf().issuedBy(first), first);
        Identity versionOne = new Identity(
                TestPki.Key.P256.pair(35).getPrivate(),
                List.of(certificate("CN=old root")
                        .key(TestPki.Key.P256, 35)
                        .version1()
                        .certificateSelfSigned()));
        add("root of version 1", leaf().issuedBy(versionOne), versionOne);
        Identity noKeyCertSign = leaf().keyUsage(KeyUsage.digitalSignature)
                .key(TestPki.Key.P256, 33)
                .selfSigned();
        add("self-signed leaf without keyCertSign that is trusted", noKeyCertSign, noKeyCertSign);
    }

    /** OpenSSL's settings of a TRUSTED CERTIFICATE. */
    private void purposes() {
        for (Set<Purpose> purposes :
                List.of(Set.<Purpose>of(), Set.of(Purpose.SERVER), Set.of(Purpose.CLIENT), Set.of(Purpose.values()))) {
            add("root trusted for " + purposes, deep, deep.chain(), trusted(purposes, root.leaf()));
            add("root trusted for " + purposes + ", a client", deep, deep.chain(), trusted(purposes, root.leaf()));
            replaceLast(Case::client);
            Identity lonely = leaf().key(TestPki.Key.P256, 33).selfSigned();
            add("self-signed leaf trusted for " + purposes, lonely, lonely.chain(), trusted(purposes, lonely.leaf()));
        }
        Set<Purpose> clients = Set.of(Purpose.CLIENT);
        add(
                "root trusted for all, its intermediate in the store for clients",
                deep,
                deep.chain(),
                TrustStore.of(root.chain()).plusTrusted(List.of(new TrustedCertificate(middle.leaf(), clients))));
        add(
                "only the intermediate is trusted, for clients",
                deep,
                deep.chain(),
                trusted(clients, middle.leaf()).allowPartialTrustChain(true));
        add(
                "leaf itself listed as trusted, for clients",
                leaf,
                leaf.chain(),
                trusted(clients, leaf.leaf()).allowPartialTrustChain(true));
    }

    private static TrustStore trusted(Set<Purpose> purposes, X509Certificate certificate) {
        return TrustStore.ofTrusted(List.of(new TrustedCertificate(certificate, purposes)));
    }

    private void order() {
        X509Certificate stranger = TestPki.selfSigned("stranger").leaf();
        Identity second =
                certificate("CN=second").key(TestPki.Key.P256, 36).ca().issuedBy(middle);
        Identity third = leaf().issuedBy(second);
        add(
                "certificates in the wrong order, one twice, one strange",
                third,
                List.of(third.leaf(), stranger, root.leaf(), middle.leaf(), second.leaf(), middle.leaf()),
                root.chain());
        add("a certificate of the middle missing", third, List.of(third.leaf(), middle.leaf()), root.chain());
        X509Certificate crossed =
                certificate("CN=root").key(TestPki.Key.P256, 30).ca().certificateIssuedBy(other);
        add("cross-signed root, old root trusted", deep, presented(deep, crossed), other.chain());
        add("cross-signed root, new root trusted", deep, presented(deep, crossed), root.chain());
        add("cross-signed root, both trusted", deep, presented(deep, crossed), List.of(other.leaf(), root.leaf()));
        X509Certificate stale =
                certificate("CN=root").key(TestPki.Key.P256, 30).ca().expired().certificateIssuedBy(other);
        add("cross-signed root expired, new root trusted", deep, presented(deep, stale), root.chain());
        X509Certificate staleMiddle = certificate("CN=middle")
                .key(TestPki.Key.P256, 32)
                .ca()
                .expired()
                .certificateIssuedBy(root);
        add(
                "intermediate sent expired and renewed",
                deep,
                List.of(deep.leaf(), staleMiddle, middle.leaf()),
                root.chain());
        Identity one = certificate("CN=one").key(TestPki.Key.P256, 37).ca().issuedBy(root);
        Identity two = certificate("CN=two").key(TestPki.Key.P256, 38).ca().issuedBy(one);
        X509Certificate back =
                certificate("CN=one").key(TestPki.Key.P256, 37).ca().certificateIssuedBy(two);
        Identity circle = leaf().issuedBy(two);
        add("two intermediates vouch for each other", circle, List.of(circle.leaf(), two.leaf(), back), root.chain());
        add(
                "two intermediates vouch for each other in the trust store",
                circle,
                List.of(circle.leaf()),
                List.of(two.leaf(), back));
        add("chain as long as allowed", third, root);
        replaceLast(c -> c.depth(2));
        add("chain longer than allowed", third, root);
        replaceLast(c -> c.depth(1));
        add("chain longer than allowed, no trust anchor", third);
        replaceLast(c -> c.depth(0));
    }

    private void partial() {
        addPartial("partial: the intermediate ends the chain", deep, List.of(deep.leaf()), middle.leaf());
        addPartial("partial: the leaf is listed", deep, List.of(deep.leaf()), deep.leaf());
        addPartial("partial: the leaf is listed, intermediate sent", deep, deep.chain(), deep.leaf());
        addPartial("partial: a strange intermediate is listed", leaf, leaf.chain(), middle.leaf());
        addPartial("partial: leaf and intermediate under a root", deep, deep.chain(), root.leaf());
        addPartial("partial: no known issuer", deep, deep.chain(), other.leaf());
        Identity expired = certificate("CN=middle")
                .key(TestPki.Key.P256, 32)
                .ca()
                .expired()
                .issuedBy(root);
        addPartial("partial: the intermediate has expired", deep, List.of(deep.leaf()), expired.leaf());
    }

    private void dates() {
        add("leaf expired", leaf().expired().issuedBy(root), root);
        add("leaf not yet valid", leaf().notYetValid().issuedBy(root), root);
        add("leaf expired, no trust anchor", leaf().expired().issuedBy(root));
        Identity expiredMiddle = certificate("CN=middle")
                .key(TestPki.Key.P256, 32)
                .ca()
                .expired()
                .issuedBy(root);
        add("intermediate expired", leaf().issuedBy(expiredMiddle), root);
        add("intermediate expired, no trust anchor", leaf().issuedBy(expiredMiddle));
        add(
                "intermediate not yet valid",
                leaf().issuedBy(certificate("CN=middle")
                        .key(TestPki.Key.P256, 32)
                        .ca()
                        .notYetValid()
                        .issuedBy(root)),
                root);
        Identity expiredRoot =
                certificate("CN=root").key(TestPki.Key.P256, 30).ca().expired().selfSigned();
        add("root expired", leaf, expiredRoot);
        add("root and leaf expired", leaf().expired().issuedBy(root), expiredRoot);
        add(
                "self-signed leaf expired",
                leaf().key(TestPki.Key.P256, 33).expired().selfSigned());
        add(
                "self-signed leaf expired and trusted",
                leaf().key(TestPki.Key.P256, 33).expired().selfSigned(),
                leaf().key(TestPki.Key.P256, 33).expired().selfSigned());
        Identity timed = leaf().valid(NOW.minus(DAY), NOW.plusSeconds(3600)).issuedBy(root);
        add("in the last second", timed, root);
        replaceLast(c -> c.at(NOW.plusSeconds(3599)));
        add("in the second of notAfter", timed, root);
        replaceLast(c -> c.at(NOW.plusSeconds(3600)));
        add("in the second of notBefore", leaf, root);
        replaceLast(c -> c.at(leaf.leaf().getNotBefore().toInstant()));
        add("in the second before notBefore", leaf, root);
        replaceLast(c -> c.at(leaf.leaf().getNotBefore().toInstant().minusSeconds(1)));
    }

    private void signatures() {
        Identity anonymous = certificate("CN=root")
                .key(TestPki.Key.P256, 30)
                .ca()
                .withoutKeyIdentifiers()
                .selfSigned();
        Identity mimic = certificate("CN=root")
                .key(TestPki.Key.P256, 39)
                .ca()
                .withoutKeyIdentifiers()
                .selfSigned();
        Identity forged = leaf().withoutKeyIdentifiers().issuedBy(mimic);
        add("leaf signed by another CA of the root's name", forged, anonymous);
        add("the same with the mimic sent", forged, presented(forged, mimic.leaf()), anonymous.chain());
        add("the mimic sent, no trust anchor", forged, presented(forged, mimic.leaf()), List.of());
        Identity marked = leaf().issuedBy(root("root", TestPki.Key.P256, 39));
        add("the root's name, another key identifier", marked, root);
        add(
                "two roots of one name, distinguished by key identifier",
                marked,
                marked.chain(),
                List.of(root.leaf(), root("root", TestPki.Key.P256, 39).leaf()));
        Identity forgedMiddle = certificate("CN=middle")
                .key(TestPki.Key.P256, 32)
                .ca()
                .withoutKeyIdentifiers()
                .issuedBy(mimic);
        add("intermediate with a wrong signature", leaf().issuedBy(forgedMiddle), anonymous);
        add(
                "wrong signature and expired",
                leaf().withoutKeyIdentifiers().expired().issuedBy(mimic),
                anonymous);
        Identity sameName = certificate("CN=root")
                .key(TestPki.Key.P256, 40)
                .server("a.example")
                .issuedBy(root);
        add("leaf of its issuer's name", sameName, root);
        add("leaf of its issuer's name, no trust anchor", sameName);
        Identity rsaMimic = certificate("CN=root")
                .key(TestPki.Key.RSA_2048, 41)
                .ca()
                .withoutKeyIdentifiers()
                .selfSigned();
        add(
                "root of the right name but another kind of key",
                leaf().withoutKeyIdentifiers().issuedBy(rsaMimic),
                anonymous);
    }
}
