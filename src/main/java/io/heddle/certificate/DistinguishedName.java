package io.heddle.certificate;

import io.heddle.certificate.x509.X500Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * A subject or issuer as Node shows it: attribute short names, each with its values in certificate order. Immutable.
 *
 * <p>Values are the plain Unicode text. Nothing is escaped, so a value may hold line ends or NUL; a sentence that
 * quotes one has to make it printable.
 *
 * @param attributes by OpenSSL's short name ({@code CN}, {@code O}, {@code emailAddress}), else by dotted object
 *     identifier, in order of first occurrence
 */
public record DistinguishedName(Map<String, List<String>> attributes) {
    /** Copies the map, keeping its order. */
    public DistinguishedName {
        var copy = new LinkedHashMap<String, List<String>>();
        attributes.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        attributes = Collections.unmodifiableMap(copy);
    }

    /** Returns the name in its attributes; multi-valued parts are flattened. */
    public static DistinguishedName of(X500Principal principal) {
        var attributes = new LinkedHashMap<String, List<String>>();
        for (RDN rdn : parts(principal)) {
            for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
                attributes
                        .computeIfAbsent(X500Text.shortName(attribute.getType()), name -> new ArrayList<>(1))
                        .add(X500Text.of(attribute.getValue()));
            }
        }
        return new DistinguishedName(attributes);
    }

    /** A name that Java accepts and BouncyCastle does not has no parts, so that nothing matches it. */
    private static RDN[] parts(X500Principal principal) {
        try {
            return X500Name.getInstance(principal.getEncoded()).getRDNs();
        } catch (RuntimeException unreadable) {
            return new RDN[0];
        }
    }

    /** Returns all values of an attribute, none if it is absent. */
    public List<String> all(String shortName) {
        return attributes.getOrDefault(shortName, List.of());
    }
}
