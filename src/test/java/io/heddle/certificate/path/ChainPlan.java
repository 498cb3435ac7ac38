package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.NOW;
import static io.heddle.certificate.TestPki.certificate;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestCertificate;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.x509.Purpose;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;

/**
 * A chain in the making: a root, CAs below it and a leaf, each of which may be changed before all are issued from the root down.
 *
 * <p>All choices come from one seeded source, and each is noted in the name of the case, so that a failure can be read and repeated.
 */
final class ChainPlan {
    /** The kind of all keys unless a case is about another: the cheapest in Java that all verifiers still accept. */
    static final TestPki.Key KEY = TestPki.Key.RSA_1024;

    /** Numbers of the shared keys: the leaf has the first, the certificate at position n from the root the n-th after it. */
    private static final int FIRST_KEY = 60;

    final Random random;
    /** The certificates to be issued, the root first and the leaf last. */
    final List<TestCertificate> certificates = new ArrayList<>();
    /** What was issued, in the same order; empty before {@link #issue()}. */
    final List<Identity> issued = new ArrayList<>();

    final List<X509Certificate> presented = new ArrayList<>();
    final List<X509Certificate> trusted = new ArrayList<>();
    final List<X509CRL> crls = new ArrayList<>();
    /** The positions that have name constraints. */
    final Set<Integer> constrained = new HashSet<>();

    Purpose purpose = Purpose.SERVER;
    Instant at = NOW;
    int depth = 100;
    boolean partial;
    String host = "";

    private final int number;
    private final StringBuilder story = new StringBuilder();

    ChainPlan(int number, Random random) {
        this.number = number;
        this.random = random;
    }

    /** Begins a chain with so many CAs between the root and the leaf. */
    ChainPlan with(int authorities) {
        certificates.clear();
        for (int position = 0; position <= authorities; position++) {
            certificates.add(authority(position).ca());
        }
        certificates.add(leaf("CN=leaf").server("a.example"));
        return this;
    }

    /** Begins the certificate of a CA at this distance from the root, without any extension that makes it one. */
    TestCertificate authority(int position) {
        return authority(position, position);
    }

    /** Begins the certificate of a CA with the name of one position and the key of another. */
    TestCertificate authority(int name, int key) {
        return certificate(subject(name == 0 ? "root" : "ca " + name)).key(KEY, FIRST_KEY + 1 + key);
    }

    /** Returns a name that no CA of another chain has, so that chains can be verified beside each other. */
    String subject(String name) {
        return "CN=" + name + " of " + number;
    }

    /** Begins a leaf. */
    static TestCertificate leaf(String subject) {
        return certificate(subject).key(KEY, FIRST_KEY);
    }

    int leafPosition() {
        return certificates.size() - 1;
    }

    TestCertificate leaf() {
        return certificates.getLast();
    }

    void leaf(TestCertificate other) {
        certificates.set(leafPosition(), other);
    }

    /** Makes it a client's chain in half of all cases. */
    void eitherRole() {
        if (random.nextBoolean()) {
            purpose = Purpose.CLIENT;
            leaf().extendedKeyUsage(KeyPurposeId.id_kp_clientAuth);
            note("client");
        }
    }

    /** Adds to the name of the case. */
    ChainPlan note(@Nullable Object... words) {
        for (@Nullable Object word : words) {
            story.append(story.isEmpty() ? "" : " ").append(word);
        }
        return this;
    }

    @SafeVarargs
    final <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Returns true in so many of a hundred cases. */
    boolean percent(int share) {
        return random.nextInt(100) < share;
    }

    /** Returns a few of the choices, each at most once, in any order. */
    @SafeVarargs
    final <T> List<T> some(int most, T... choices) {
        var left = new ArrayList<T>();
        for (T choice : choices) {
            left.add(choice);
        }
        var taken = new ArrayList<T>();
        for (int count = random.nextInt(most + 1); count > 0 && !left.isEmpty(); count--) {
            taken.add(left.remove(random.nextInt(left.size())));
        }
        return taken;
    }

    /** Issues the certificates, unless that was done, presents all but the root and trusts the root. */
    ChainPlan issue() {
        if (!issued.isEmpty()) {
            return this;
        }
        for (TestCertificate next : certificates) {
            issued.add(issued.isEmpty() ? next.selfSigned() : next.issuedBy(issued.getLast()));
        }
        for (int position = leafPosition(); position > 0; position--) {
            presented.add(issued.get(position).leaf());
        }
        trusted.add(issued.getFirst().leaf());
        return this;
    }

    /** Returns the certificate at this distance from the root, as it was issued. */
    X509Certificate at(int position) {
        return issued.get(position).leaf();
    }

    GeneratedChain finish(ChainKind kind) {
        issue();
        TrustStore trust = TrustStore.of(trusted).withCrls(crls).allowPartialTrustChain(partial);
        String name = kind + " " + number + ": " + story + (host.isEmpty() ? "" : " host " + host);
        var chain = new ChainCases.Case(
                name,
                List.copyOf(presented),
                issued.getLast().key(),
                trust,
                purpose,
                at,
                new ChainVerifier.Limits(depth, 1));
        return new GeneratedChain(kind, chain, host);
    }
}
