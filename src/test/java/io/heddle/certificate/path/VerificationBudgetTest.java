package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.certificate;
import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestCertificate;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.junit.jupiter.api.Test;

/** The bound of the work that a peer's chain can cause. */
class VerificationBudgetTest {
    private static final Identity ROOT = TestPki.root("budget root", TestPki.Key.P256, 30);

    @Test
    void ends_when_the_thread_is_interrupted_meanwhile() {
        Identity middle =
                certificate("CN=middle").key(TestPki.Key.P256, 32).ca().issuedBy(ROOT);
        Identity leaf = certificate("CN=leaf").server("a.example").issuedBy(middle);
        var interrupting = new CountedCertificate(middle.leaf()) {
            @Override
            void counted() {
                Thread.currentThread().interrupt();
            }
        };

        Verdict verdict;
        try {
            verdict = verdict(List.of(leaf.leaf(), interrupting), List.of(ROOT.leaf()));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(verdict.code()).contains(Code.UNSPECIFIED);
        assertThat(verdict.problem().orElseThrow().sentence())
                .isEqualTo("the verification ended before the signature of \"CN=leaf\": at most 200 are checked, "
                        + "within the time of the handshake, depth 0");
    }

    @Test
    void goes_on_when_the_thread_was_interrupted_before() {
        Identity leaf = certificate("CN=leaf").server("a.example").issuedBy(ROOT);

        Thread.currentThread().interrupt();
        try {
            assertThat(verdict(leaf.chain(), ROOT.chain()).problems()).isEmpty();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void checks_few_signatures_of_a_chain_that_leads_to_no_anchor() {
        var checked = new AtomicInteger();
        List<X509Certificate> chain = longChain(60, checked);

        Verdict verdict = verdict(chain, List.of());

        assertThat(verdict.code()).contains(Code.UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
        assertThat(checked).hasValue(VerificationBudget.MOST_UNTRUSTED_SIGNATURES);
    }

    @Test
    void checks_no_signature_below_a_bad_one() {
        var checked = new AtomicInteger();
        List<X509Certificate> chain = longChain(60, checked);
        Identity mimic = TestPki.root("budget root", TestPki.Key.P256, 30);
        X509Certificate top = certificate("CN=c59")
                .key(TestPki.Key.P256, 59)
                .ca()
                .withoutKeyIdentifiers()
                .certificateIssuedBy(TestPki.certificate("CN=budget root")
                        .key(TestPki.Key.P256, 31)
                        .ca()
                        .withoutKeyIdentifiers()
                        .selfSigned());
        var forged = new ArrayList<>(chain.subList(0, 59));
        forged.add(counted(top, checked));

        Verdict verdict = verdict(forged, List.of(mimic.leaf()));

        assertThat(verdict.code()).contains(Code.CERT_SIGNATURE_FAILURE);
        assertThat(checked.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void tries_as_many_paths_as_it_has_signatures_for() {
        var checked = new AtomicInteger();
        List<X509Certificate> presented = new ArrayList<>();
        Identity below = certificate("CN=leaf").server("a.example").issuedBy(anonymous("CN=middle", 40));
        presented.add(below.leaf());
        for (int serial = 0; serial < 400; serial++) {
            // Each names the root as its issuer, and none is signed by it.
            X509Certificate mimic = certificate("CN=middle")
                    .key(TestPki.Key.P256, 40)
                    .ca()
                    .withoutKeyIdentifiers()
                    .certificateIssuedBy(TestPki.root("budget root", TestPki.Key.P256, 31));
            presented.add(counted(mimic, checked));
        }

        assertThat(verdict(presented, ROOT.chain()).ok()).isFalse();
        assertThat(checked.get()).isBetween(2, VerificationBudget.MOST_SIGNATURES);
    }

    @Test
    void refuses_policy_mappings_that_double_at_each_certificate() {
        Identity issuer = ROOT;
        for (int level = 0; level < 30; level++) {
            issuer = doubling(
                            certificate("CN=level " + level)
                                    .key(TestPki.Key.P256, 32 + level % 2)
                                    .ca(),
                            true)
                    .issuedBy(issuer);
        }
        Identity leaf =
                doubling(certificate("CN=leaf").server("a.example"), false).issuedBy(issuer);

        Verdict verdict = verdict(leaf.chain(), ROOT.chain());

        assertThat(verdict.code()).contains(Code.UNSPECIFIED);
        assertThat(verdict.problem().orElseThrow().sentence()).contains("a tree of more than 1000 nodes");
    }

    private static TestCertificate doubling(TestCertificate certificate, boolean mapped) {
        var first = new ASN1ObjectIdentifier("1.2.3.4.1");
        var second = new ASN1ObjectIdentifier("1.2.3.4.2");
        TestCertificate with = certificate.extension(
                Extension.certificatePolicies, false, new CertificatePolicies(new PolicyInformation[] {
                    new PolicyInformation(first), new PolicyInformation(second)
                }));
        return mapped
                ? with.extension(Extension.policyMappings, false, new DERSequence(new DERSequence[] {
                    pair(first, first), pair(first, second), pair(second, first), pair(second, second)
                }))
                : with;
    }

    private static DERSequence pair(ASN1ObjectIdentifier from, ASN1ObjectIdentifier to) {
        return new DERSequence(new ASN1ObjectIdentifier[] {from, to});
    }

    private static Identity anonymous(String name, int key) {
        return certificate(name)
                .key(TestPki.Key.P256, key)
                .ca()
                .withoutKeyIdentifiers()
                .selfSigned();
    }

    /** Returns a leaf and certificates up to one that {@link #ROOT} issued. */
    private static List<X509Certificate> longChain(int length, AtomicInteger checked) {
        Identity issuer = ROOT;
        for (int i = length - 1; i > 0; i--) {
            issuer = certificate("CN=c" + i)
                    .key(TestPki.Key.P256, 40 + i % 2)
                    .ca()
                    .issuedBy(issuer);
        }
        List<X509Certificate> chain = new ArrayList<>();
        Identity leaf = certificate("CN=leaf").server("a.example").issuedBy(issuer);
        for (X509Certificate certificate : leaf.chain()) {
            chain.add(counted(certificate, checked));
        }
        assertThat(IntStream.range(0, chain.size()).count()).isEqualTo(length);
        return chain;
    }

    private static X509Certificate counted(X509Certificate certificate, AtomicInteger checked) {
        return new CountedCertificate(certificate) {
            @Override
            void counted() {
                checked.incrementAndGet();
            }
        };
    }

    private static Verdict verdict(List<X509Certificate> presented, List<X509Certificate> trusted) {
        return ChainVerifier.verify(presented, TrustStore.of(trusted), Purpose.SERVER, TestPki.NOW);
    }
}
