package io.heddle.certificate.path;

import io.heddle.certificate.x509.HostPattern;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * A subtree of names that an issuer permits or excludes (RFC 5280 4.2.1.10). Immutable.
 *
 * <p>Why not BouncyCastle's {@code PKIXNameConstraintValidator}: it unites and intersects subtrees, whose cost is the
 * square of their number; it compares a wildcard as text and not as the names that it matches; and it fails on an
 * empty subtree.
 */
sealed interface NameSubtree {
    /** Returns the tag of the form in {@link GeneralName}. */
    int form();

    /** Returns whether everything that a name matches is in the subtree. The name is of the same form. */
    boolean contains(ConstrainedName name);

    /** Returns whether anything that a name matches is in the subtree. The name is of the same form. */
    default boolean touches(ConstrainedName name) {
        return contains(name);
    }

    /**
     * DNS names that end in these labels.
     *
     * @param labels in lower case; none for all names
     * @param below whether only longer names are meant: the text begins with a dot, which RFC 5280 does not define for
     *     DNS names
     */
    record Dns(List<String> labels, boolean below) implements NameSubtree {
        @Override
        public int form() {
            return GeneralName.dNSName;
        }

        @Override
        public boolean contains(ConstrainedName name) {
            if (!(name instanceof ConstrainedName.Dns dns)) {
                return false;
            }
            List<String> pattern = Arrays.asList(dns.pattern().labels());
            return below ? isBelow(pattern, labels) : endsWith(pattern, labels);
        }

        /** A wildcard also touches the subtree if one of the names that it matches is the top of the subtree. */
        @Override
        public boolean touches(ConstrainedName name) {
            if (contains(name)) {
                return true;
            }
            if (below
                    || !(name instanceof ConstrainedName.Dns dns)
                    || !dns.pattern().isWildcard()) {
                return false;
            }
            List<String> pattern = Arrays.asList(dns.pattern().labels());
            return pattern.size() == labels.size()
                    && pattern.subList(1, pattern.size()).equals(labels.subList(1, labels.size()))
                    && (!dns.pattern().matchesHosts() || dns.pattern().covers(labels.getFirst()));
        }
    }

    /**
     * Email addresses.
     *
     * @param mailbox the single mailbox; empty for all mailboxes of the hosts
     * @param labels of the host, in lower case
     * @param below whether hosts below it are meant and not the host itself
     */
    record Mail(String mailbox, List<String> labels, boolean below) implements NameSubtree {
        @Override
        public int form() {
            return GeneralName.rfc822Name;
        }

        @Override
        public boolean contains(ConstrainedName name) {
            return name instanceof ConstrainedName.Mail mail
                    && (mailbox.isEmpty() || mailbox.equals(mail.mailbox()))
                    && (below ? isBelow(mail.host(), labels) : mail.host().equals(labels));
        }
    }

    /**
     * URIs of a host.
     *
     * @param labels of the host, in lower case
     * @param below whether hosts below it are meant and not the host itself
     */
    record Uri(List<String> labels, boolean below) implements NameSubtree {
        @Override
        public int form() {
            return GeneralName.uniformResourceIdentifier;
        }

        @Override
        public boolean contains(ConstrainedName name) {
            return name instanceof ConstrainedName.Uri uri
                    && (below ? isBelow(uri.host(), labels) : uri.host().equals(labels));
        }
    }

    /** IP addresses: an address followed by a mask, of 4 or 16 bytes each. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a value
    record Network(byte[] addressAndMask) implements NameSubtree {
        @Override
        public int form() {
            return GeneralName.iPAddress;
        }

        @Override
        public boolean contains(ConstrainedName name) {
            if (!(name instanceof ConstrainedName.Address address)
                    || address.bytes().length * 2 != addressAndMask.length) {
                return false;
            }
            byte[] bytes = address.bytes();
            for (int i = 0; i < bytes.length; i++) {
                if (((bytes[i] ^ addressAndMask[i]) & addressAndMask[bytes.length + i]) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Distinguished names that begin with these parts. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a value
    record Directory(RDN[] parts) implements NameSubtree {
        @Override
        public int form() {
            return GeneralName.directoryName;
        }

        @Override
        public boolean contains(ConstrainedName name) {
            if (!(name instanceof ConstrainedName.Directory directory) || directory.parts().length < parts.length) {
                return false;
            }
            for (int i = 0; i < parts.length; i++) {
                if (!IETFUtils.rDNAreEqual(parts[i], directory.parts()[i])) {
                    return false;
                }
            }
            return true;
        }
    }

    /** A subtree of a form that has no comparison. */
    record Incomparable(int form) implements NameSubtree {
        @Override
        public boolean contains(ConstrainedName name) {
            return false;
        }
    }

    /**
     * Parses the subtree of a constraint.
     *
     * @throws IllegalArgumentException if RFC 5280 does not allow the text or its length
     */
    static NameSubtree of(GeneralName base) {
        return switch (base.getTagNo()) {
            case GeneralName.dNSName -> dns(ia5(base));
            case GeneralName.rfc822Name -> {
                String text = ia5(base);
                int at = text.lastIndexOf('@');
                boolean below = at < 0 && text.startsWith(".");
                yield new Mail(text.substring(0, Math.max(at, 0)), host(text.substring(below ? 1 : at + 1)), below);
            }
            case GeneralName.uniformResourceIdentifier -> {
                String text = ia5(base);
                boolean below = text.startsWith(".");
                yield new Uri(host(text.substring(below ? 1 : 0)), below);
            }
            case GeneralName.iPAddress -> {
                byte[] bytes = ASN1OctetString.getInstance(base.getName()).getOctets();
                if (bytes.length != 8 && bytes.length != 32) {
                    throw new IllegalArgumentException("an IP range of %d bytes".formatted(bytes.length));
                }
                yield new Network(bytes);
            }
            case GeneralName.directoryName ->
                new Directory(X500Name.getInstance(base.getName()).getRDNs());
            default -> new Incomparable(base.getTagNo());
        };
    }

    /**
     * RFC 5280 4.2.1.10: a name satisfies the constraint if it can be built by adding labels to it, so all names
     * satisfy an empty one.
     */
    private static Dns dns(String text) {
        boolean below = text.startsWith(".");
        return text.isEmpty() ? new Dns(List.of(), false) : new Dns(host(text.substring(below ? 1 : 0)), below);
    }

    private static List<String> host(String text) {
        String[] labels = HostPattern.labels(text);
        if (labels.length == 0 || text.indexOf('*') >= 0) {
            throw new IllegalArgumentException("a subtree that is not of host names");
        }
        return List.of(labels);
    }

    private static String ia5(GeneralName name) {
        return new String(ASN1IA5String.getInstance(name.getName()).getOctets(), StandardCharsets.ISO_8859_1);
    }

    private static boolean endsWith(List<String> name, List<String> end) {
        return name.size() >= end.size()
                && name.subList(name.size() - end.size(), name.size()).equals(end);
    }

    private static boolean isBelow(List<String> name, List<String> top) {
        return name.size() > top.size() && endsWith(name, top);
    }
}
