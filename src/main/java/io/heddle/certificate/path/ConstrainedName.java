package io.heddle.certificate.path;

import io.heddle.certificate.DistinguishedName;
import io.heddle.certificate.x509.HostPattern;
import io.heddle.certificate.x509.IpLiteral;
import io.heddle.certificate.x509.ParsedCertificate;
import io.heddle.certificate.x509.SubjectAltNames;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * A name of a certificate, in the form in which name constraints are compared with it (RFC 5280 4.2.1.10). Immutable.
 *
 * <p>The names of a certificate are its subject, the email addresses in the subject, its alternative names, and for a
 * leaf the common names by which {@link ServerIdentity} would match a host.
 */
sealed interface ConstrainedName {
    /** Returns the tag of the form in {@link GeneralName}. */
    int form();

    /** A DNS name. */
    record Dns(HostPattern pattern) implements ConstrainedName {
        @Override
        public int form() {
            return GeneralName.dNSName;
        }
    }

    /**
     * An email address.
     *
     * @param mailbox the part before the last {@code @}, case-sensitive
     * @param host its labels, in lower case
     */
    record Mail(String mailbox, List<String> host) implements ConstrainedName {
        @Override
        public int form() {
            return GeneralName.rfc822Name;
        }
    }

    /**
     * The host of a URI.
     *
     * @param host its labels, in lower case
     */
    record Uri(List<String> host) implements ConstrainedName {
        @Override
        public int form() {
            return GeneralName.uniformResourceIdentifier;
        }
    }

    /** An IP address of 4 or 16 bytes. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a value
    record Address(byte[] bytes) implements ConstrainedName {
        @Override
        public int form() {
            return GeneralName.iPAddress;
        }
    }

    /** A distinguished name. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a value
    record Directory(RDN[] parts) implements ConstrainedName {
        @Override
        public int form() {
            return GeneralName.directoryName;
        }
    }

    /** A name that no constraint of its form can be compared with: it is malformed, or the form has no comparison. */
    record Incomparable(int form) implements ConstrainedName {}

    /**
     * Returns the names of a certificate.
     *
     * @param leaf whether its common names are treated as DNS names
     * @throws RuntimeException if its subject or its alternative names cannot be read
     */
    static List<ConstrainedName> of(ParsedCertificate link, boolean leaf) {
        List<ConstrainedName> names = new ArrayList<>();
        X500Name subject = X500Name.getInstance(link.subject.getEncoded());
        if (subject.size() > 0) {
            names.add(new Directory(subject.getRDNs()));
        }
        for (RDN rdn : subject.getRDNs(BCStyle.EmailAddress)) {
            names.add(mail(IETFUtils.valueToString(rdn.getFirst().getValue())));
        }
        boolean hasDns = false;
        byte[] extension = link.certificate.getExtensionValue(SubjectAltNames.SUBJECT_ALT_NAME);
        if (extension != null) {
            ASN1Primitive content = ParsedCertificate.content(extension);
            for (GeneralName name : GeneralNames.getInstance(content).getNames()) {
                names.add(of(name));
                hasDns |= name.getTagNo() == GeneralName.dNSName;
            }
        }
        if (leaf && !hasDns) {
            for (String commonName : DistinguishedName.of(link.subject).all("CN")) {
                HostPattern.parseCommonName(commonName)
                        .filter(HostPattern::matchesHosts)
                        .ifPresent(pattern -> names.add(new Dns(pattern)));
            }
        }
        return names;
    }

    private static ConstrainedName of(GeneralName name) {
        return switch (name.getTagNo()) {
            case GeneralName.dNSName ->
                HostPattern.parse(ia5(name)).<ConstrainedName>map(Dns::new).orElse(new Incomparable(name.getTagNo()));
            case GeneralName.rfc822Name -> mail(ia5(name));
            case GeneralName.uniformResourceIdentifier -> uri(ia5(name));
            case GeneralName.iPAddress -> {
                byte[] bytes = ASN1OctetString.getInstance(name.getName()).getOctets();
                yield bytes.length == 4 || bytes.length == 16
                        ? new Address(bytes)
                        : new Incomparable(GeneralName.iPAddress);
            }
            case GeneralName.directoryName ->
                new Directory(X500Name.getInstance(name.getName()).getRDNs());
            // An email address in UTF-8 has the form of other email addresses (RFC 9598 6).
            case GeneralName.otherName ->
                new Incomparable(isUtf8Mailbox(name) ? GeneralName.rfc822Name : GeneralName.otherName);
            default -> new Incomparable(name.getTagNo());
        };
    }

    private static boolean isUtf8Mailbox(GeneralName name) {
        return ASN1ObjectIdentifier.getInstance(
                        ASN1Sequence.getInstance(name.getName()).getObjectAt(0))
                .getId()
                .equals(SubjectAltNames.SMTP_UTF8_MAILBOX);
    }

    private static ConstrainedName mail(String address) {
        int at = address.lastIndexOf('@');
        String[] host = at < 1 ? new String[0] : HostPattern.labels(address.substring(at + 1));
        return host.length == 0
                ? new Incomparable(GeneralName.rfc822Name)
                : new Mail(address.substring(0, at), List.of(host));
    }

    /**
     * RFC 5280 4.2.1.10: a URI without a scheme or a host, or with an address for a host, is refused where URIs
     * are constrained.
     */
    private static ConstrainedName uri(String text) {
        Optional<String> host;
        try {
            URI uri = new URI(text);
            host = uri.getScheme() == null ? Optional.empty() : Optional.ofNullable(uri.getHost());
        } catch (URISyntaxException malformed) {
            host = Optional.empty();
        }
        String[] labels = host.filter(name -> IpLiteral.parse(name).isEmpty() && !name.startsWith("["))
                .map(HostPattern::labels)
                .orElse(new String[0]);
        return labels.length == 0 ? new Incomparable(GeneralName.uniformResourceIdentifier) : new Uri(List.of(labels));
    }

    /** Returns the bytes of a name that should be IA5, as they are. */
    private static String ia5(GeneralName name) {
        return new String(ASN1IA5String.getInstance(name.getName()).getOctets(), StandardCharsets.ISO_8859_1);
    }
}
