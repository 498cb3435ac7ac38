package io.heddle.certificate;

import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * A distinguished name in one line, most specific part first (RFC 2253), with OpenSSL's short names; characters beyond
 * ASCII and control characters are kept.
 */
final class Rfc2253 {
    private Rfc2253() {}

    static String text(X500Name name) {
        List<String> parts = new ArrayList<>();
        for (RDN rdn : name.getRDNs()) {
            List<String> attributes = new ArrayList<>();
            for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
                attributes.add(DistinguishedName.shortName(attribute.getType()) + "=" + value(attribute.getValue()));
            }
            parts.addFirst(String.join("+", attributes.reversed()));
        }
        return String.join(",", parts);
    }

    private static String value(ASN1Encodable value) {
        String text = DistinguishedName.text(value);
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
