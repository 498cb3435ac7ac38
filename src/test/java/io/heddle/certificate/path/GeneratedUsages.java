package io.heddle.certificate.path;

import static io.heddle.certificate.path.ChainPlan.leaf;

import io.heddle.certificate.TestCertificate;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/** Generated chains about what a certificate may be used for: path lengths, key usages, critical and unreadable extensions. */
final class GeneratedUsages {
    private static final KeyPurposeId[] PURPOSES = {
        KeyPurposeId.id_kp_serverAuth,
        KeyPurposeId.id_kp_clientAuth,
        KeyPurposeId.anyExtendedKeyUsage,
        KeyPurposeId.id_kp_codeSigning,
        KeyPurposeId.getInstance(new ASN1ObjectIdentifier("1.3.6.1.4.1.311.10.3.3")),
        KeyPurposeId.getInstance(new ASN1ObjectIdentifier("2.16.840.1.113730.4.1"))
    };

    private GeneratedUsages() {}

    /** Path lengths at every place, self-issued CAs, and the verification's own limit. */
    static void pathLength(ChainPlan plan) {
        plan.with(plan.random.nextInt(5));
        int[] names = IntStream.range(0, plan.leafPosition()).toArray();
        for (int position = 0; position < plan.leafPosition(); position++) {
            // A CA with the name of the one above it does not count, RFC 5280 6.1.4 (l).
            boolean selfIssued = position > 0 && plan.percent(20);
            int length = plan.percent(55) ? -1 : plan.random.nextInt(4);
            if (selfIssued) {
                plan.certificates.set(
                        position, plan.authority(names[position - 1], position).ca());
                names[position] = names[position - 1];
            }
            if (length >= 0) {
                plan.certificates.get(position).ca(length);
            }
            plan.note((selfIssued ? "self-issued " : "") + "CA " + position + " of", length < 0 ? "any" : length);
        }
        if (plan.percent(15)) {
            int length = plan.random.nextInt(2);
            plan.leaf().ca(length).keyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign);
            plan.note("leaf is a CA of", length);
        }
        if (plan.percent(20)) {
            plan.depth = plan.random.nextInt(4);
            plan.note("verify depth", plan.depth);
        }
        plan.eitherRole();
    }

    /** Extended key usages of the leaf and of the CAs above it. */
    static void extendedKeyUsage(ChainPlan plan) {
        plan.with(1 + plan.random.nextInt(2));
        plan.eitherRole();
        for (int position = 0; position <= plan.leafPosition(); position++) {
            if (position < plan.leafPosition() && plan.percent(50)) {
                continue;
            }
            List<KeyPurposeId> purposes = plan.some(3, PURPOSES);
            boolean critical = plan.percent(30);
            if (purposes.isEmpty()) {
                continue;
            }
            plan.certificates
                    .get(position)
                    .extension(
                            Extension.extendedKeyUsage,
                            critical,
                            new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
            plan.note(
                    "at",
                    position,
                    critical ? "critical" : "",
                    purposes.stream().map(GeneratedUsages::name).toList());
        }
    }

    /** Key usages and basic constraints of all certificates, and the old ways to be a CA. */
    static void keyUsage(ChainPlan plan) {
        plan.with(plan.random.nextInt(3));
        int[] bits = {
            KeyUsage.digitalSignature,
            KeyUsage.nonRepudiation,
            KeyUsage.keyEncipherment,
            KeyUsage.dataEncipherment,
            KeyUsage.keyAgreement,
            KeyUsage.keyCertSign,
            KeyUsage.cRLSign
        };
        for (int position = 0; position < plan.leafPosition(); position++) {
            if (plan.percent(50)) {
                continue;
            }
            TestCertificate bare = plan.authority(position);
            plan.certificates.set(position, bare);
            switch (plan.random.nextInt(7)) {
                case 0 -> plan.note("no extensions at", position);
                case 1 -> {
                    bare.version1();
                    plan.note("version 1 at", position);
                }
                case 2 -> {
                    bare.keyUsage(KeyUsage.keyCertSign);
                    plan.note("keyCertSign alone at", position);
                }
                case 3 -> {
                    bare.extension(Extension.basicConstraints, true, new BasicConstraints(false));
                    plan.note("CA false at", position);
                }
                case 4 -> {
                    bare.extension(Extension.basicConstraints, plan.percent(50), new BasicConstraints(true));
                    plan.note("CA true alone at", position);
                }
                default -> {
                    int usage = plan.pick(
                            KeyUsage.digitalSignature,
                            KeyUsage.cRLSign,
                            KeyUsage.keyCertSign,
                            KeyUsage.keyCertSign | KeyUsage.digitalSignature);
                    bare.ca().extension(Extension.keyUsage, plan.percent(70), new KeyUsage(usage));
                    plan.note("CA with usage", usage, "at", position);
                }
            }
        }
        if (plan.percent(70)) {
            int usage = 0;
            for (int count = 1 + plan.random.nextInt(2); count > 0; count--) {
                usage |= bits[plan.random.nextInt(bits.length)];
            }
            plan.leaf().extension(Extension.keyUsage, plan.percent(70), new KeyUsage(usage));
            plan.note("leaf with usage", usage);
        }
        if (plan.percent(20)) {
            plan.leaf().extension(Extension.basicConstraints, plan.percent(50), new BasicConstraints(plan.percent(50)));
            plan.note("leaf with basicConstraints");
        }
        plan.eitherRole();
    }

    /** Unknown and unreadable extensions, key identifiers that lead nowhere. */
    static void extensions(ChainPlan plan) {
        plan.with(1 + plan.random.nextInt(2));
        int position = plan.random.nextInt(plan.leafPosition() + 1);
        TestCertificate certificate = plan.certificates.get(position);
        switch (plan.random.nextInt(6)) {
            case 0 -> {
                boolean critical = plan.percent(70);
                certificate.extension(ChainCases.UNKNOWN_EXTENSION, critical, DERNull.INSTANCE);
                plan.note("unknown", critical ? "critical" : "uncritical", "extension");
            }
            case 1 -> {
                int bits = 1 << plan.random.nextInt(8);
                boolean critical = plan.percent(50);
                certificate.extension(
                        ChainCases.NETSCAPE_CERT_TYPE, critical, new DERBitString(new byte[] {(byte) bits}, 0));
                plan.note(critical ? "critical" : "", "Netscape type", bits);
            }
            case 2 -> {
                var other = ChainPlan.KEY.pair(59).getPublic();
                certificate.extension(
                        plan.pick(Extension.subjectKeyIdentifier, Extension.authorityKeyIdentifier),
                        false,
                        plan.percent(50)
                                ? new AuthorityKeyIdentifier(new byte[] {1, 2, 3})
                                : new AuthorityKeyIdentifier(other.getEncoded()));
                plan.note("wrong key identifier");
            }
            case 3 -> {
                certificate.withoutKeyIdentifiers();
                plan.note("no key identifiers");
            }
            default -> {
                ASN1ObjectIdentifier type = plan.pick(
                        Extension.subjectAlternativeName,
                        Extension.extendedKeyUsage,
                        Extension.keyUsage,
                        Extension.basicConstraints,
                        Extension.nameConstraints,
                        Extension.certificatePolicies,
                        Extension.policyConstraints,
                        Extension.inhibitAnyPolicy,
                        Extension.authorityKeyIdentifier,
                        Extension.cRLDistributionPoints,
                        Extension.issuerAlternativeName,
                        Extension.privateKeyUsagePeriod,
                        Extension.subjectInfoAccess,
                        Extension.freshestCRL,
                        ChainCases.NETSCAPE_CERT_TYPE);
                byte[] content = plan.pick(
                        new byte[] {0x30, 0}, new byte[] {5, 0}, new byte[] {}, new byte[] {0x30, 3, 1, 1}, new byte[] {
                            0x30, 2, 5, 0
                        });
                // Java parses no certificate with a critical extension that it cannot read.
                certificate.extension(type, false, content);
                plan.note(type, "with content", HexFormat.of().formatHex(content));
            }
        }
        plan.note("at", position);
        if (plan.percent(20)) {
            plan.leaf(leaf("CN=leaf").version1());
            plan.note("leaf of version 1");
        }
        plan.eitherRole();
    }

    private static String name(KeyPurposeId purpose) {
        if (purpose.equals(KeyPurposeId.id_kp_serverAuth)) {
            return "server";
        } else if (purpose.equals(KeyPurposeId.id_kp_clientAuth)) {
            return "client";
        }
        return purpose.equals(KeyPurposeId.anyExtendedKeyUsage) ? "any" : purpose.getId();
    }
}
