package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.NOW;
import static io.heddle.certificate.TestPki.certificate;
import static io.heddle.certificate.TestPki.root;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestCertificate;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.x509.Purpose;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v2CRLBuilder;

/** Chains good and bad, each the smallest that shows one rule; compared with what OpenSSL and Node say about them. */
abstract class ChainCases {
    static final ASN1ObjectIdentifier UNKNOWN_EXTENSION = new ASN1ObjectIdentifier("1.3.6.1.4.1.55555.1");
    static final ASN1ObjectIdentifier NETSCAPE_CERT_TYPE = new ASN1ObjectIdentifier("2.16.840.1.113730.1.1");
    static final Duration DAY = Duration.ofDays(1);

    private final List<Case> cases = new ArrayList<>();
    final Identity root = root("root", TestPki.Key.P256, 30);
    final Identity other = root("other root", TestPki.Key.P256, 31);
    final Identity middle =
            certificate("CN=middle").key(TestPki.Key.P256, 32).ca().issuedBy(root);
    final Identity leaf = leaf().issuedBy(root);
    final Identity deep = leaf().issuedBy(middle);

    /**
     * One chain and what it is verified against.
     *
     * @param key the leaf's, so that a TLS connection can present the chain
     */
    record Case(
            String name,
            List<X509Certificate> presented,
            PrivateKey key,
            TrustStore trust,
            Purpose purpose,
            Instant at,
            ChainVerifier.Limits limits) {
        Verdict verdict() {
            return ChainVerifier.verify(presented, trust, purpose, at, limits);
        }

        Case at(Instant time) {
            return new Case(name, presented, key, trust, purpose, time, limits);
        }

        Case client() {
            return new Case(name, presented, key, trust, Purpose.CLIENT, at, limits);
        }

        Case depth(int depth) {
            return new Case(name, presented, key, trust, purpose, at, new ChainVerifier.Limits(depth, 1));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Returns all cases in which OpenSSL is followed to the letter. */
    static List<Case> all() {
        return Stream.of(new TrustCases(), new UsageCases(), new RevocationCases(), new NameCases())
                .flatMap(ChainCases::stream)
                .toList();
    }

    /** Returns the cases that OpenSSL accepts and Heddle refuses. */
    static List<Case> stricter() {
        return stream(new StricterCases()).toList();
    }

    /** Returns the cases that OpenSSL refuses on the path it chooses, and Heddle and the JDK accept on another. */
    static List<Case> otherPaths() {
        return stream(new OtherPathCases()).toList();
    }

    /** Adds the cases of this kind. */
    abstract void fill();

    private static Stream<Case> stream(ChainCases chains) {
        chains.fill();
        return chains.cases.stream();
    }

    static TestCertificate leaf() {
        return certificate("CN=leaf").key(TestPki.Key.P256, 1).server("a.example");
    }

    /** Makes it a delta CRL. */
    static void delta(X509v2CRLBuilder builder) {
        extension(builder, Extension.deltaCRLIndicator, true, new ASN1Integer(1));
    }

    static CRLDistPoint point(String uri) {
        return new CRLDistPoint(new DistributionPoint[] {
            new DistributionPoint(
                    new DistributionPointName(
                            new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri))),
                    null,
                    null)
        });
    }

    static void extension(X509v2CRLBuilder builder, ASN1ObjectIdentifier type, boolean critical, ASN1Encodable value) {
        try {
            builder.addExtension(type, critical, value);
        } catch (CertIOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    static List<X509Certificate> presented(Identity identity, X509Certificate... more) {
        var all = new ArrayList<>(identity.chain());
        all.addAll(List.of(more));
        return all;
    }

    void addCrls(String name, Identity leaf, X509CRL... crls) {
        add(name, leaf, leaf.chain(), TrustStore.of(root.chain()).withCrls(List.of(crls)));
    }

    void addPartial(String name, Identity leaf, List<X509Certificate> presented, X509Certificate trusted) {
        add(name, leaf, presented, TrustStore.of(List.of(trusted)).allowPartialTrustChain(true));
    }

    void add(String name, Identity leaf, Identity... trusted) {
        var anchors = new ArrayList<X509Certificate>();
        for (Identity anchor : trusted) {
            anchors.add(anchor.leaf());
        }
        add(name, leaf, leaf.chain(), anchors);
    }

    void add(String name, Identity leaf, List<X509Certificate> presented, List<X509Certificate> trusted) {
        add(name, leaf, presented, TrustStore.of(trusted));
    }

    void add(String name, Identity leaf, List<X509Certificate> presented, TrustStore trust) {
        cases.add(new Case(name, presented, leaf.key(), trust, Purpose.SERVER, NOW, ChainVerifier.Limits.DEFAULT));
    }

    /** Adds a chain whose leaf no identity can hold. */
    void add(String name, X509Certificate leaf, PrivateKey key, X509Certificate trusted) {
        cases.add(new Case(
                name,
                List.of(leaf),
                key,
                TrustStore.of(List.of(trusted)),
                Purpose.SERVER,
                NOW,
                ChainVerifier.Limits.DEFAULT));
    }

    void replaceLast(UnaryOperator<Case> change) {
        cases.set(cases.size() - 1, change.apply(cases.getLast()));
    }
}
