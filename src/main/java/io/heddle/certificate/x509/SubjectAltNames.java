package io.heddle.certificate.x509;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * The text in which Node shows the alternative names of a certificate: {@code DNS:a.example, IP Address:192.0.2.1}.
 *
 * <p>Since names are joined with a comma and a blank, a hostile name that contains these could pass for several
 * (CVE-2021-44532). A name with ambiguous characters is therefore written as a JSON string literal.
 */
public final class SubjectAltNames {
    public static final String SUBJECT_ALT_NAME = "2.5.29.17";
    public static final String SMTP_UTF8_MAILBOX = "1.3.6.1.5.5.7.8.9";

    private static final Map<String, String> OTHER_NAMES = Map.of(
            SMTP_UTF8_MAILBOX,
            "SmtpUTF8Mailbox",
            "1.3.6.1.5.5.7.8.5",
            "XmppAddr",
            "1.3.6.1.5.5.7.8.7",
            "SRVName",
            "1.3.6.1.4.1.311.20.2.3",
            "UPN",
            "1.3.6.1.5.5.7.8.8",
            "NAIRealm");

    private static final String UNREADABLE = "DNS:";

    private SubjectAltNames() {}

    /**
     * Returns the text, empty if the certificate has no such extension. An unreadable extension becomes a name that
     * matches no host, as in Node since 22: if it were empty, the common name would be used.
     */
    public static Optional<String> text(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(SUBJECT_ALT_NAME);
        if (extension == null) {
            return Optional.empty();
        }
        ASN1Primitive content = ParsedCertificate.content(extension);
        if (content == null) {
            return Optional.of(UNREADABLE);
        }
        try {
            List<String> names = new ArrayList<>();
            for (GeneralName name : GeneralNames.getInstance(content).getNames()) {
                names.add(text(name));
            }
            return Optional.of(String.join(", ", names));
        } catch (IOException | RuntimeException unreadable) {
            return Optional.of(UNREADABLE);
        }
    }

    /** Returns one name with its prefix. */
    public static String text(GeneralName name) throws IOException {
        return switch (name.getTagNo()) {
            case GeneralName.dNSName -> "DNS:" + escaped(latin1(name), "", false);
            case GeneralName.rfc822Name -> "email:" + escaped(latin1(name), "", false);
            case GeneralName.uniformResourceIdentifier -> "URI:" + escaped(latin1(name), "", false);
            case GeneralName.iPAddress ->
                "IP Address:"
                        + address(ASN1OctetString.getInstance(name.getName()).getOctets());
            case GeneralName.registeredID ->
                "Registered ID:"
                        + ASN1ObjectIdentifier.getInstance(name.getName()).getId();
            case GeneralName.directoryName ->
                "DirName:" + escaped(X500Text.rfc2253(X500Name.getInstance(name.getName())), "", true);
            case GeneralName.otherName -> "othername:" + otherName(ASN1Sequence.getInstance(name.getName()));
            case GeneralName.x400Address -> "X400Name:<unsupported>";
            default -> "EdiPartyName:<unsupported>";
        };
    }

    /**
     * Returns an unambiguous form: the value itself if it is harmless, else a JSON string literal.
     *
     * @param prefix the text before the value, inside the literal if there is one
     * @param unicode whether characters beyond ASCII are text; otherwise they are bytes that the standard forbids
     */
    private static String escaped(String value, String prefix, boolean unicode) {
        boolean harmless = value.chars()
                .allMatch(c ->
                        c >= ' ' && c != '"' && c != '\\' && c != ',' && c != '\'' && (unicode ? c != 0x7f : c <= '~'));
        if (harmless) {
            return prefix + value;
        }
        var literal = new StringBuilder("\"").append(prefix);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                literal.append('\\').append(c);
            } else if (c >= ' ' && c != ',' && (unicode ? c != 0x7f : c <= '~')) {
                literal.append(c);
            } else {
                literal.append("\\u%04x".formatted((int) c));
            }
        }
        return literal.append('"').toString();
    }

    /** Returns the bytes of a name that should be IA5, unchanged. */
    private static String latin1(GeneralName name) {
        return new String(ASN1IA5String.getInstance(name.getName()).getOctets(), StandardCharsets.ISO_8859_1);
    }

    private static String address(byte[] bytes) {
        if (bytes.length == 4) {
            return IpLiteral.format(bytes).orElseThrow();
        }
        if (bytes.length != 16) {
            return "<invalid length=" + bytes.length + ">";
        }
        var text = new StringBuilder();
        for (int i = 0; i < 16; i += 2) {
            text.append(i == 0 ? "" : ":").append("%X".formatted(((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff)));
        }
        return text.toString();
    }

    private static String otherName(ASN1Sequence name) {
        String type = OTHER_NAMES.get(
                ASN1ObjectIdentifier.getInstance(name.getObjectAt(0)).getId());
        ASN1Primitive value = ASN1TaggedObject.getInstance(name.getObjectAt(1))
                .getExplicitBaseObject()
                .toASN1Primitive();
        if (type != null && type.equals("SRVName") && value instanceof ASN1IA5String ia5) {
            return escaped(new String(ia5.getOctets(), StandardCharsets.ISO_8859_1), type + ":", false);
        }
        if (type != null && !type.equals("SRVName") && value instanceof ASN1UTF8String utf8) {
            return escaped(X500Text.of(utf8), type + ":", true);
        }
        return "<unsupported>";
    }
}
