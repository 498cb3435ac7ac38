package io.heddle.certificate.x509;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.ASN1UniversalString;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;

/** The text of distinguished names and their attributes, with OpenSSL's short names. */
public final class X500Text {
    private static final Map<String, String> SHORT_NAMES = Map.ofEntries(
            Map.entry("2.5.4.3", "CN"),
            Map.entry("2.5.4.4", "SN"),
            Map.entry("2.5.4.5", "serialNumber"),
            Map.entry("2.5.4.6", "C"),
            Map.entry("2.5.4.7", "L"),
            Map.entry("2.5.4.8", "ST"),
            Map.entry("2.5.4.9", "street"),
            Map.entry("2.5.4.10", "O"),
            Map.entry("2.5.4.11", "OU"),
            Map.entry("2.5.4.12", "title"),
            Map.entry("2.5.4.13", "description"),
            Map.entry("2.5.4.15", "businessCategory"),
            Map.entry("2.5.4.16", "postalAddress"),
            Map.entry("2.5.4.17", "postalCode"),
            Map.entry("2.5.4.18", "postOfficeBox"),
            Map.entry("2.5.4.20", "telephoneNumber"),
            Map.entry("2.5.4.41", "name"),
            Map.entry("2.5.4.42", "GN"),
            Map.entry("2.5.4.43", "initials"),
            Map.entry("2.5.4.44", "generationQualifier"),
            Map.entry("2.5.4.45", "x500UniqueIdentifier"),
            Map.entry("2.5.4.46", "dnQualifier"),
            Map.entry("2.5.4.65", "pseudonym"),
            Map.entry("2.5.4.72", "role"),
            Map.entry("2.5.4.97", "organizationIdentifier"),
            Map.entry("1.2.840.113549.1.9.1", "emailAddress"),
            Map.entry("1.2.840.113549.1.9.2", "unstructuredName"),
            Map.entry("1.2.840.113549.1.9.8", "unstructuredAddress"),
            Map.entry("0.9.2342.19200300.100.1.1", "UID"),
            Map.entry("0.9.2342.19200300.100.1.3", "mail"),
            Map.entry("0.9.2342.19200300.100.1.25", "DC"),
            Map.entry("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
            Map.entry("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
            Map.entry("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"));

    private X500Text() {}

    /** Returns OpenSSL's short name of an attribute type, else its dotted number. */
    public static String shortName(ASN1ObjectIdentifier type) {
        return SHORT_NAMES.getOrDefault(type.getId(), type.getId());
    }

    /** Returns the text of a value of any string type; undecodable bytes become the replacement character. */
    public static String of(ASN1Encodable value) {
        ASN1Primitive primitive = value.toASN1Primitive();
        if (primitive instanceof ASN1UTF8String || primitive instanceof ASN1UniversalString) {
            boolean utf8 = primitive instanceof ASN1UTF8String;
            return new String(content(primitive), utf8 ? StandardCharsets.UTF_8 : Charset.forName("UTF-32BE"));
        }
        return primitive instanceof ASN1String string ? string.getString() : primitive.toString();
    }

    /** Returns the content bytes; BouncyCastle's decoding throws for invalid UTF-8 and returns UTF-32 in hex. */
    private static byte[] content(ASN1Primitive primitive) {
        try {
            byte[] der = primitive.getEncoded(ASN1Encoding.DER);
            int header = 2 + (der[1] < 0 ? der[1] & 0x7f : 0);
            return Arrays.copyOfRange(der, header, der.length);
        } catch (IOException impossible) {
            throw new IllegalStateException("a string has an encoding", impossible);
        }
    }

    /** Returns a name in one line, most specific part first (RFC 2253); characters beyond ASCII and controls are kept. */
    public static String rfc2253(X500Name name) {
        List<String> parts = new ArrayList<>();
        for (RDN rdn : name.getRDNs()) {
            List<String> attributes = new ArrayList<>();
            for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
                attributes.add(shortName(attribute.getType()) + "=" + value(attribute.getValue()));
            }
            parts.addFirst(String.join("+", attributes.reversed()));
        }
        return String.join(",", parts);
    }

    private static String value(ASN1Encodable value) {
        String text = of(value);
        var escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean special = ",+\"\\<>;".indexOf(c) >= 0
                    || (i == 0 && (c == '#' || c == ' '))
                    || (i == text.length() - 1 && c == ' ');
            if (special) {
                escaped.append('\\');
            }
            escaped.append(c);
        }
        return escaped.toString();
    }
}
