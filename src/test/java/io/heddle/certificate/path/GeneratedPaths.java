package io.heddle.certificate.path;

import static io.heddle.certificate.TestPki.NOW;
import static io.heddle.certificate.TestPki.certificate;
import static io.heddle.certificate.path.ChainPlan.leaf;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestCertificate;
import io.heddle.certificate.TestPki;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Generated chains about the way to an anchor: cross-signing, duplicates, order, dates, signatures, strength. */
final class GeneratedPaths {
    private static final Duration DAY = Duration.ofDays(1);

    private GeneratedPaths() {}

    /**
     * A CA that two roots have certified, some of its certificates expired, some renewed under the same or another key; sent in any
     * order with any of the roots trusted.
     */
    static void crossSigned(ChainPlan plan) {
        boolean identifiers = plan.percent(70);
        plan.note(identifiers ? "" : "no key identifiers");
        Identity[] roots = {root("old root", 1, plan, identifiers), root("new root", 2, plan, identifiers)};
        var pool = new ArrayList<X509Certificate>();
        TestCertificate middle = middle(plan, identifiers);
        Identity issuer = middle.issuedBy(roots[0]);
        for (int side = 0; side < 2; side++) {
            for (int copy = plan.random.nextInt(3); copy > 0; copy--) {
                TestCertificate crossed = middle(plan, identifiers);
                String state = plan.pick("current", "current", "expired", "future", "other key");
                switch (state) {
                    case "expired" -> crossed.expired();
                    case "future" -> crossed.notYetValid();
                    case "other key" -> crossed.key(ChainPlan.KEY, 69);
                    default -> {}
                }
                pool.add(crossed.certificateIssuedBy(roots[side]));
                plan.note("by", side == 0 ? "old" : "new", state + ",");
            }
        }
        // The new root may also be certified by the old one, as when a root program changes.
        if (plan.percent(40)) {
            boolean expired = plan.percent(40);
            TestCertificate bridge = rootCertificate(plan.subject("new root"), 2, identifiers);
            pool.add((expired ? bridge.expired() : bridge).certificateIssuedBy(roots[0]));
            plan.note(expired ? "expired" : "", "bridge,");
        }
        TestCertificate leaf = leaf("CN=leaf").server("a.example");
        Identity end = (identifiers ? leaf : leaf.withoutKeyIdentifiers()).issuedBy(issuer);
        for (int sent = 0; sent < 2; sent++) {
            if (plan.percent(25)) {
                pool.add(roots[sent].leaf());
                plan.note(sent == 0 ? "old" : "new", "root sent,");
            }
        }
        Collections.shuffle(pool, plan.random);
        plan.certificates.clear();
        plan.certificates.add(leaf);
        plan.issued.add(end);
        plan.presented.add(end.leaf());
        plan.presented.addAll(pool);
        int trusted = 1 + plan.random.nextInt(3);
        for (int side = 0; side < 2; side++) {
            if ((trusted & 1 << side) != 0) {
                plan.trusted.add(roots[side].leaf());
            }
        }
        plan.note("trusted", trusted == 3 ? "both" : trusted == 1 ? "old" : "new");
        if (plan.percent(20)) {
            // Another root of the same name, before or behind the right one.
            Identity twin = root("old root", 3, plan, identifiers);
            plan.trusted.add(plan.random.nextInt(plan.trusted.size() + 1), twin.leaf());
            plan.note("and a twin of the old");
        }
        if (plan.percent(20) && !pool.isEmpty()) {
            plan.trusted.add(pool.getFirst());
            plan.note("and the first sent");
            plan.partial = plan.percent(50);
            plan.note(plan.partial ? "partial" : "");
        }
    }

    /** Validity of each certificate and the second that is asked about. */
    static void dates(ChainPlan plan) {
        plan.with(plan.random.nextInt(3));
        for (int position = 0; position <= plan.leafPosition(); position++) {
            if (plan.percent(50)) {
                continue;
            }
            Instant[] dates = plan.pick(
                    new Instant[] {NOW.minus(DAY), NOW.plus(DAY)},
                    new Instant[] {NOW.minus(DAY), NOW},
                    new Instant[] {NOW, NOW.plus(DAY)},
                    new Instant[] {NOW, NOW},
                    new Instant[] {NOW.minus(DAY), NOW.minusSeconds(1)},
                    new Instant[] {NOW.plusSeconds(1), NOW.plus(DAY)},
                    new Instant[] {Instant.parse("1949-01-01T00:00:00Z"), Instant.parse("2051-01-01T00:00:00Z")},
                    new Instant[] {NOW.minus(DAY), Instant.parse("9999-12-31T23:59:59Z")},
                    new Instant[] {NOW.plus(DAY), NOW.minus(DAY)});
            plan.certificates.get(position).valid(dates[0], dates[1]);
            plan.note("at", position, offset(dates[0]), "to", offset(dates[1]) + ",");
        }
        if (plan.percent(20)) {
            int seconds = plan.pick(-86_400, -1, 1, 86_399, 86_400, 86_401);
            plan.at = NOW.plusSeconds(seconds);
            plan.note("asked at", seconds);
        }
        plan.eitherRole();
    }

    /** Missing, strange, repeated and misordered certificates, bad signatures, weak keys and digests. */
    static void trust(ChainPlan plan) {
        plan.with(plan.random.nextInt(4));
        boolean identifiers = plan.percent(50);
        if (!identifiers) {
            plan.note("no key identifiers");
            plan.certificates.forEach(TestCertificate::withoutKeyIdentifiers);
        }
        int position = plan.random.nextInt(plan.leafPosition() + 1);
        TestPki.Key kind = plan.pick(
                ChainPlan.KEY,
                ChainPlan.KEY,
                TestPki.Key.P256,
                TestPki.Key.P384,
                TestPki.Key.RSA_2048,
                TestPki.Key.ED25519);
        if (kind != ChainPlan.KEY) {
            plan.certificates.get(position).key(kind, 60);
            plan.note(kind, "at", position);
        }
        if (position < plan.leafPosition() && plan.percent(20)) {
            if (kind == TestPki.Key.RSA_2048 || kind == ChainPlan.KEY) {
                plan.certificates.get(position + 1).signedWith("SHA1withRSA");
                plan.note("SHA-1 below", position);
            } else if (kind == TestPki.Key.P256) {
                plan.certificates.get(position + 1).signedWith("SHA1withECDSA");
                plan.note("SHA-1 below", position);
            }
        }
        plan.issue();
        switch (plan.random.nextInt(7)) {
            case 0 -> {
                if (plan.presented.size() > 1) {
                    int missing = 1 + plan.random.nextInt(plan.presented.size() - 1);
                    plan.presented.remove(missing);
                    plan.note("without the one at depth", missing);
                }
            }
            case 1 -> {
                Collections.shuffle(plan.presented.subList(1, plan.presented.size()), plan.random);
                plan.presented.add(plan.at(0));
                plan.presented.add(TestPki.selfSigned("stranger").leaf());
                Collections.shuffle(plan.presented.subList(1, plan.presented.size()), plan.random);
                plan.note("shuffled with root and stranger");
            }
            case 2 -> {
                plan.trusted.clear();
                plan.note("nothing trusted");
                if (plan.percent(50)) {
                    plan.presented.add(plan.at(0));
                    plan.note("root sent");
                }
            }
            case 3 -> {
                // A CA of the same name under another key signs the leaf.
                int above = plan.leafPosition() - 1;
                TestCertificate mimic = plan.authority(above, 8).ca();
                TestCertificate leaf = plan.leaf().signedWith("");
                plan.presented.set(0, leaf.certificateIssuedBy(mimic.selfSigned()));
                plan.note("leaf signed with another key");
            }
            case 4 -> {
                int trusted = plan.random.nextInt(plan.leafPosition() + 1);
                plan.trusted.set(0, plan.at(trusted));
                plan.partial = plan.percent(50);
                plan.note("trusted is", trusted, plan.partial ? "partial" : "");
            }
            case 5 -> {
                plan.presented.addAll(List.copyOf(plan.presented));
                plan.note("all twice");
            }
            default -> {
                if (plan.percent(50)) {
                    X509Certificate lonely = lonely(plan);
                    plan.presented.clear();
                    plan.presented.add(lonely);
                    plan.note("self-signed leaf");
                    if (plan.percent(60)) {
                        plan.trusted.add(lonely);
                        plan.note("trusted");
                    }
                    if (plan.percent(40)) {
                        plan.trusted.add(plan.random.nextInt(plan.trusted.size() + 1), lonely(plan));
                        plan.note("and its twin trusted");
                    }
                }
            }
        }
        if (plan.percent(15)) {
            plan.depth = plan.random.nextInt(3);
            plan.note("verify depth", plan.depth);
        }
    }

    private static X509Certificate lonely(ChainPlan plan) {
        return leaf(plan.subject("leaf")).server("a.example").selfSigned().leaf();
    }

    private static Identity root(String name, int key, ChainPlan plan, boolean identifiers) {
        TestCertificate root = rootCertificate(plan.subject(name), key, identifiers);
        if (plan.percent(15)) {
            plan.note(name, "expired");
            root.expired();
        }
        return root.selfSigned();
    }

    private static TestCertificate rootCertificate(String name, int key, boolean identifiers) {
        TestCertificate root = certificate(name).key(ChainPlan.KEY, 70 + key).ca();
        return identifiers ? root : root.withoutKeyIdentifiers();
    }

    private static TestCertificate middle(ChainPlan plan, boolean identifiers) {
        TestCertificate middle = plan.authority(1, 7).ca();
        return identifiers ? middle : middle.withoutKeyIdentifiers();
    }

    private static String offset(Instant date) {
        Duration offset = Duration.between(NOW, date);
        return offset.abs().compareTo(DAY) > 0 ? date.toString().substring(0, 4) : offset.toString();
    }
}
