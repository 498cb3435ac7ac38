package io.heddle.certificate.path;

import static io.heddle.certificate.path.ChainPlan.leaf;

import io.heddle.certificate.x509.Purpose;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.jspecify.annotations.Nullable;

/** Generated chains about names: constraints on them, and host names and addresses that a certificate has to be for. */
final class GeneratedNames {
    private static final String[] DOMAINS = {
        "example.test",
        ".example.test",
        "test",
        "www.example.test",
        "EXAMPLE.test",
        "victim.test",
        "www.victim.test",
        "xn--bcher-kva.test",
        "example.test.",
        "*.example.test",
        "",
        "ample.test"
    };
    private static final String[] HOSTS = {
        "example.test",
        "www.example.test",
        "a.www.example.test",
        "victim.test",
        "www.victim.test",
        "WWW.Example.TEST",
        "xn--bcher-kva.test",
        "www.xn--bcher-kva.test",
        "www.example.test.",
        "leaf",
        "under_score.example.test",
        "myexample.test"
    };
    private static final String[] PATTERNS = {
        "*.example.test",
        "*.test",
        "*.www.example.test",
        "w*.example.test",
        "*w.example.test",
        "w*w.example.test",
        "**.example.test",
        "www.*.test",
        "*",
        "*.example.test.",
        "*.xn--bcher-kva.test",
        "x*.test",
        "xn--*.test",
        "*.victim.test",
        "*.*.test",
        ".example.test",
        "www..example.test",
        "www.example.test..",
        " www.example.test",
        "www.example.test\0.evil.test",
        "b\u00fccher.test",
        "*.co.uk",
        "*.com"
    };

    private static final String[] STRANGE_HOSTS = {
        "b\u00fccher.test",
        "wow.example.test",
        "xn--a.test",
        "www.example.test..",
        ".example.test",
        "*.example.test",
        "test",
        "a.co.uk",
        "example.com"
    };

    private GeneratedNames() {}

    /** Name constraints of the form dNSName, at any place above names in the leaf. */
    static void dnsConstraints(ChainPlan plan) {
        plan.with(1 + plan.random.nextInt(2));
        for (int count = 1 + plan.random.nextInt(2); count > 0; count--) {
            var permitted =
                    dns(plan.percent(40) ? List.of(plan.pick("test", "example.test", "")) : plan.some(2, DOMAINS));
            var excluded = dns(plan.some(permitted.isEmpty() ? 2 : 1, DOMAINS));
            constrain(plan, plan.random.nextInt(plan.leafPosition()), permitted, excluded);
        }
        if (plan.percent(20)) {
            wildcardOverExcluded(plan);
        } else {
            hostLeaf(plan);
        }
        if (plan.percent(15)) {
            plan.leaf().extendedKeyUsage(KeyPurposeId.id_kp_clientAuth);
            plan.purpose = Purpose.CLIENT;
            plan.host = "";
        }
    }

    /** Name constraints of all other forms. */
    static void otherConstraints(ChainPlan plan) {
        plan.with(1 + plan.random.nextInt(2));
        int form = plan.random.nextInt(6);
        for (int count = 1 + plan.random.nextInt(2); count > 0; count--) {
            List<GeneralName> permitted = bases(plan, plan.percent(90) ? form : plan.random.nextInt(6));
            List<GeneralName> excluded = bases(plan, plan.percent(90) ? form : plan.random.nextInt(6));
            constrain(plan, plan.random.nextInt(plan.leafPosition()), permitted, excluded);
        }
        String subject = plan.pick(
                "CN=leaf",
                "O=Heddle, CN=leaf",
                "O=Other, CN=leaf",
                "O=heddle, OU=A, CN=leaf",
                "E=a@example.test, CN=leaf",
                "CN=www.example.test",
                "CN=192.0.2.1");
        plan.note("subject", subject);
        plan.leaf(leaf(subject).extendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        List<GeneralName> names = names(plan, plan.percent(90) ? form : plan.random.nextInt(6));
        if (plan.percent(30)) {
            names.addAll(names(plan, plan.random.nextInt(6)));
        }
        alternatives(plan, names);
    }

    /** Host names against alternative names and common names, without constraints. */
    static void hosts(ChainPlan plan) {
        plan.with(plan.random.nextInt(2));
        hostLeaf(plan);
        if (plan.percent(5)) {
            alternatives(plan, dns(List.of(plan.pick("xn--bcher-kva.test", "*.xn--bcher-kva.test"))));
            plan.host = plan.pick("b\u00fccher.test", "www.b\u00fccher.test");
        }
    }

    /** Addresses in all spellings against the addresses, names and common name of the leaf. */
    static void addresses(ChainPlan plan) {
        plan.with(plan.random.nextInt(2));
        String subject = "CN=" + plan.pick("leaf", "192.0.2.1", "2001:db8::1", "*.0.2.1", "example.test");
        plan.leaf(leaf(subject).extendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        plan.note(subject);
        var names = new ArrayList<GeneralName>();
        for (String address : plan.some(
                3, "192.0.2.1", "192.0.2.2", "2001:db8::1", "::1", "::ffff:192.0.2.1", "0.0.0.0", "fe80::1", "short")) {
            names.add(
                    address.equals("short")
                            ? new GeneralName(GeneralName.iPAddress, new DEROctetString(new byte[] {(byte) 192, 0, 2}))
                            : new GeneralName(GeneralName.iPAddress, address));
        }
        for (String name : plan.some(1, "192.0.2.1", "*.0.2.1", "[2001:db8::1]", "2001:db8::1", "example.test")) {
            names.add(new GeneralName(GeneralName.dNSName, name));
        }
        alternatives(plan, names);
        plan.host = plan.percent(40)
                ? plan.pick("192.0.2.1", "2001:db8::1")
                : plan.pick(
                        "192.0.2.1",
                        "192.0.2.2",
                        "2001:db8::1",
                        "2001:DB8:0:0:0:0:0:1",
                        "2001:0db8::0001",
                        "::1",
                        "::ffff:192.0.2.1",
                        "::ffff:c000:201",
                        "192.0.2.01",
                        "192.0.2.1.",
                        "0.0.0.0",
                        "fe80::1",
                        "3221225985",
                        "192.0.513",
                        "example.test");
    }

    /** A wildcard that stands for an excluded host among others. */
    private static void wildcardOverExcluded(ChainPlan plan) {
        plan.with(1);
        plan.constrained.clear();
        plan.note("wildcard:");
        constrain(
                plan, plan.random.nextInt(2), List.of(), dns(List.of(plan.pick("www.example.test", "a.example.test"))));
        plan.leaf(leaf("CN=leaf").extendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        alternatives(plan, dns(List.of(plan.pick("*.example.test", "w*.example.test", "*.www.example.test"))));
        plan.host = plan.pick("www.example.test", "a.example.test", "wow.example.test");
    }

    private static void hostLeaf(ChainPlan plan) {
        String commonName = plan.percent(50) ? "leaf" : plan.percent(50) ? plan.pick(HOSTS) : plan.pick(PATTERNS);
        commonName = commonName.strip();
        plan.leaf(leaf("CN=" + commonName.replace("\0", "\\00")).extendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        plan.note("CN=" + TestText.visible(commonName));
        List<String> names = plan.some(2, HOSTS);
        names.addAll(plan.some(1, PATTERNS));
        List<GeneralName> all = dns(names);
        if (plan.percent(10)) {
            all.add(new GeneralName(GeneralName.rfc822Name, "a@example.test"));
        }
        alternatives(plan, all);
        names.add(commonName);
        plan.host = plan.percent(60)
                ? covered(plan, names)
                : plan.percent(70) ? plan.pick(HOSTS) : plan.pick(STRANGE_HOSTS);
    }

    /** Returns a host that one of the names is for, roughly. */
    private static String covered(ChainPlan plan, List<String> names) {
        String host = names.get(plan.random.nextInt(names.size())).strip().replace('\0', '0');
        host = host.replace("**", "*").replace("*", plan.pick("w", "a", "wow"));
        return plan.percent(50) && host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    private static List<GeneralName> dns(List<String> names) {
        var dns = new ArrayList<GeneralName>();
        for (String name : names) {
            dns.add(new GeneralName(GeneralName.dNSName, name));
        }
        return dns;
    }

    private static void alternatives(ChainPlan plan, List<GeneralName> names) {
        if (names.isEmpty()) {
            plan.note("no SAN");
            return;
        }
        plan.note("SAN", TestText.names(names));
        plan.leaf()
                .extension(
                        Extension.subjectAlternativeName,
                        plan.percent(10),
                        new GeneralNames(names.toArray(GeneralName[]::new)));
    }

    private static void constrain(
            ChainPlan plan, int position, List<GeneralName> permitted, List<GeneralName> excluded) {
        if ((permitted.isEmpty() && excluded.isEmpty() && plan.percent(80)) || !plan.constrained.add(position)) {
            return;
        }
        boolean critical = plan.percent(90);
        plan.certificates
                .get(position)
                .extension(
                        Extension.nameConstraints,
                        critical,
                        new NameConstraints(subtrees(plan, permitted), subtrees(plan, excluded)));
        plan.note(
                critical ? "" : "uncritical",
                "at",
                position,
                "permitted",
                TestText.names(permitted),
                "excluded",
                TestText.names(excluded) + ",");
    }

    private static GeneralSubtree @Nullable [] subtrees(ChainPlan plan, List<GeneralName> bases) {
        if (bases.isEmpty()) {
            return null;
        }
        boolean minimum = plan.percent(3);
        if (minimum) {
            plan.note("minimum 1");
        }
        return bases.stream()
                .map(base -> new GeneralSubtree(base, minimum ? BigInteger.ONE : BigInteger.ZERO, null))
                .toArray(GeneralSubtree[]::new);
    }

    /** Returns bases of constraints of a form: address, mail, URI, directory, other name, registered identifier. */
    private static List<GeneralName> bases(ChainPlan plan, int form) {
        return switch (form) {
            case 0 ->
                made(
                        GeneralName.iPAddress,
                        plan.some(
                                2,
                                "192.0.2.0/24",
                                "192.0.0.0/8",
                                "192.0.2.1/32",
                                "0.0.0.0/0",
                                "2001:db8::/32",
                                "::/0",
                                "192.0.2.5/24",
                                "hole",
                                "short"));
            case 1 ->
                made(
                        GeneralName.rfc822Name,
                        plan.some(2, "example.test", ".example.test", "a@example.test", "", "EXAMPLE.TEST", "@"));
            case 2 ->
                made(
                        GeneralName.uniformResourceIdentifier,
                        plan.some(2, "example.test", ".example.test", "", "192.0.2.1", "http://example.test/"));
            case 3 ->
                made(
                        GeneralName.directoryName,
                        plan.some(2, "O=Heddle", "O=Heddle, OU=A", "", "O=HEDDLE ", "CN=leaf", "O=Other"));
            case 4 -> made(GeneralName.otherName, plan.some(1, "a", "b"));
            default -> made(GeneralName.registeredID, plan.some(1, "1.2.3", "1.2.3.4"));
        };
    }

    private static List<GeneralName> names(ChainPlan plan, int form) {
        return switch (form) {
            case 0 ->
                made(GeneralName.iPAddress, plan.some(2, "192.0.2.1", "192.0.3.1", "10.0.0.1", "2001:db8::1", "::1"));
            case 1 ->
                made(
                        GeneralName.rfc822Name,
                        plan.some(
                                2,
                                "a@example.test",
                                "b@example.test",
                                "a@www.example.test",
                                "A@EXAMPLE.TEST",
                                "example.test",
                                "@example.test",
                                "a@b@example.test"));
            case 2 ->
                made(
                        GeneralName.uniformResourceIdentifier,
                        plan.some(
                                2,
                                "https://example.test/a",
                                "https://www.example.test:8443/",
                                "https://user@example.test/",
                                "https://192.0.2.1/",
                                "https://EXAMPLE.test/",
                                "urn:a:b",
                                "https://example.test@evil.test/",
                                "//example.test/"));
            case 3 -> made(GeneralName.directoryName, plan.some(2, "O=Heddle", "O=Heddle, OU=A", "O=Other", "CN=leaf"));
            case 4 -> made(GeneralName.otherName, plan.some(1, "a", "b"));
            default -> made(GeneralName.registeredID, plan.some(1, "1.2.3", "1.2.3.4"));
        };
    }

    private static List<GeneralName> made(int form, List<String> texts) {
        var names = new ArrayList<GeneralName>();
        for (String text : texts) {
            names.add(
                    switch (form) {
                        case GeneralName.iPAddress -> address(text);
                        case GeneralName.directoryName -> new GeneralName(new X500Name(text));
                        case GeneralName.otherName ->
                            new GeneralName(GeneralName.otherName, new DERSequence(new ASN1Encodable[] {
                                new ASN1ObjectIdentifier("1.3.6.1.4.1.55555.7"),
                                new DERTaggedObject(true, 0, new DERUTF8String(text))
                            }));
                        default -> new GeneralName(form, text);
                    });
        }
        return names;
    }

    /** Returns an address or, with a slash, a network: its address and its mask, RFC 5280 4.2.1.10. */
    private static GeneralName address(String text) {
        byte[] bytes = switch (text) {
            case "hole" -> new byte[] {(byte) 192, 0, 2, 0, -1, 0, -1, 0};
            case "short" -> new byte[] {(byte) 192, 0, 2, 0, -1, -1};
            default -> octets(text);
        };
        return new GeneralName(GeneralName.iPAddress, new DEROctetString(bytes));
    }

    private static byte[] octets(String text) {
        String[] parts = text.split("/", 2);
        byte[] address = ASN1OctetString.getInstance(new GeneralName(GeneralName.iPAddress, parts[0]).getName())
                .getOctets();
        if (parts.length == 1) {
            return address;
        }
        byte[] both = Arrays.copyOf(address, 2 * address.length);
        for (int bit = 0; bit < Integer.parseInt(parts[1]); bit++) {
            both[address.length + bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        return both;
    }
}
