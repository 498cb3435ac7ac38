package io.heddle.certificate;

import io.heddle.certificate.x509.AltNameList;
import io.heddle.certificate.x509.ParsedCertificate;
import io.heddle.certificate.x509.SubjectAltNames;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;

/**
 * The authority information access of a certificate (RFC 5280 4.2.2.1) as Node shows it, such as {@code OCSP - URI}.
 */
final class InfoAccess {
    private static final String AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1";
    private static final Map<String, String> METHODS = Map.of(
            "1.3.6.1.5.5.7.48.1", "OCSP",
            "1.3.6.1.5.5.7.48.2", "CA Issuers",
            "1.3.6.1.5.5.7.48.3", "AD Time Stamping",
            "1.3.6.1.5.5.7.48.5", "CA Repository");

    private InfoAccess() {}

    static Map<String, List<String>> of(X509Certificate certificate) {
        ASN1Primitive content = ParsedCertificate.content(certificate.getExtensionValue(AUTHORITY_INFO_ACCESS));
        if (content == null) {
            return Map.of();
        }
        try {
            var access = new LinkedHashMap<String, List<String>>();
            for (AccessDescription description :
                    AuthorityInformationAccess.getInstance(content).getAccessDescriptions()) {
                String method = description.getAccessMethod().getId();
                String name = SubjectAltNames.text(description.getAccessLocation());
                int colon = name.indexOf(':');
                String kind = colon < 0 ? name : name.substring(0, colon);
                access.computeIfAbsent(METHODS.getOrDefault(method, method) + " - " + kind, key -> new ArrayList<>(1))
                        .add(plain(name.substring(colon + 1)));
            }
            access.replaceAll((key, values) -> List.copyOf(values));
            return Collections.unmodifiableMap(access);
        } catch (IOException | RuntimeException unreadable) {
            return Map.of();
        }
    }

    /** Decodes a JSON literal: names are separate values here, so none can be mistaken for several. */
    private static String plain(String value) {
        if (!value.startsWith("\"")) {
            return value;
        }
        try {
            return String.join("", AltNameList.split(value));
        } catch (AltNameList.Malformed impossible) {
            return value;
        }
    }
}
