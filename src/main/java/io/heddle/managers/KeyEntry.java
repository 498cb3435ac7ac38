package io.heddle.managers;

import io.heddle.certificate.CertificateInfo;
import io.heddle.certificate.x509.Purpose;
import io.heddle.protocol.KeyType;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key of a key manager without its private part, as its certificates describe it. Immutable.
 *
 * @param alias its name in JSSE
 * @param chain the certificates, leaf first, at least one
 * @param type the type of the key
 * @param curve OpenSSL's name of an EC key's curve, such as {@code prime256v1}; empty for other types and
 *     unnamed curves
 */
record KeyEntry(String alias, List<X509Certificate> chain, KeyType type, String curve) {
    private static final String ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_ENCIPHERMENT = 2;

    /** Returns the key with this chain, empty if the chain is missing or has other certificates than X.509. */
    static Optional<KeyEntry> of(String alias, Certificate @Nullable [] chain) {
        if (chain == null || chain.length == 0) {
            return Optional.empty();
        }
        List<X509Certificate> certificates = new ArrayList<>(chain.length);
        for (Certificate certificate : chain) {
            if (!(certificate instanceof X509Certificate x509)) {
                return Optional.empty();
            }
            certificates.add(x509);
        }
        X509Certificate leaf = certificates.getFirst();
        KeyType type = KeyType.of(leaf.getPublicKey());
        String curve = type == KeyType.EC ? CertificateInfo.of(leaf).asn1Curve().orElse("") : "";
        return Optional.of(new KeyEntry(alias, List.copyOf(certificates), type, curve));
    }

    X509Certificate leaf() {
        return chain.getFirst();
    }

    /** Returns whether one of the issuers issued a certificate of the chain; true if there are none. */
    boolean issuedByOneOf(Set<Principal> issuers) {
        return issuers.isEmpty()
                || chain.stream().map(X509Certificate::getIssuerX500Principal).anyMatch(issuers::contains);
    }

    boolean isValidAt(Instant at) {
        return !at.isBefore(leaf().getNotBefore().toInstant())
                && !at.isAfter(leaf().getNotAfter().toInstant());
    }

    /** Returns whether the usages in the certificate, if any, allow the purpose. */
    boolean allows(Purpose purpose) {
        try {
            List<String> usages = leaf().getExtendedKeyUsage();
            if (usages != null
                    && !usages.contains(purpose.extendedKeyUsage())
                    && !usages.contains(ANY_EXTENDED_KEY_USAGE)) {
                return false;
            }
        } catch (CertificateParsingException e) {
            return false;
        }
        // A server decrypts and does not sign in the RSA key exchange of TLS 1.2.
        return mayBeUsed(DIGITAL_SIGNATURE)
                || (purpose == Purpose.SERVER && type == KeyType.RSA && mayBeUsed(KEY_ENCIPHERMENT));
    }

    /** Returns whether the certificate may be used to decrypt what a client encrypted to it. */
    boolean decrypts() {
        return type == KeyType.RSA && mayBeUsed(KEY_ENCIPHERMENT);
    }

    private boolean mayBeUsed(int bit) {
        boolean[] usage = leaf().getKeyUsage();
        return usage == null || (bit < usage.length && usage[bit]);
    }
}
