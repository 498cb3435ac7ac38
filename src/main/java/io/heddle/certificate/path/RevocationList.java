package io.heddle.certificate.path;

import io.heddle.certificate.x509.IssuerSignature;
import io.heddle.certificate.x509.ParsedCertificate;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRLReason;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.jspecify.annotations.Nullable;

/** A CRL with its parsed properties that {@link Revocation} needs, created once and shared by all connections. */
final class RevocationList {
    private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    private static final String DELTA_CRL_INDICATOR = "2.5.29.27";
    private static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
    private static final String CRL_DISTRIBUTION_POINTS = "2.5.29.31";
    private static final Set<String> UNDERSTOOD =
            Set.of(AUTHORITY_KEY_IDENTIFIER, ISSUING_DISTRIBUTION_POINT, DELTA_CRL_INDICATOR, "2.5.29.20");

    /** reasonCode and invalidityDate; certificateIssuer belongs to indirect lists, which are not used. */
    private static final Set<String> UNDERSTOOD_OF_ENTRIES = Set.of("2.5.29.21", "2.5.29.24");

    final X509CRL crl;
    final @Nullable AuthorityKeyIdentifier authorityKeyId;
    final Instant thisUpdate;
    final Instant nextUpdate;
    final boolean delta;
    /** Whether it is indirect or for some reasons only; OpenSSL ignores such lists by default. */
    final boolean special;

    /** Whether all critical extensions, of the list and of its entries, are known (RFC 5280 5.2 and 5.3). */
    final boolean understood;

    /** Entries that revoke a serial number for which the JDK returns another entry, with the reason removeFromCRL. */
    private final Map<BigInteger, X509CRLEntry> revokedAlthoughReleased = new HashMap<>();

    private final boolean hasScope;
    private final @Nullable IssuingDistributionPoint scope;
    /** The key under which the signature was found good; written by any thread, each time with an equal key. */
    private volatile @Nullable PublicKey goodUnder;

    RevocationList(X509CRL crl) {
        this.crl = crl;
        thisUpdate = crl.getThisUpdate().toInstant();
        Date next = crl.getNextUpdate();
        nextUpdate = next == null ? Instant.MAX : next.toInstant();
        authorityKeyId = ParsedCertificate.authorityKeyId(crl.getExtensionValue(AUTHORITY_KEY_IDENTIFIER));
        delta = crl.getExtensionValue(DELTA_CRL_INDICATOR) != null;
        byte[] encodedScope = crl.getExtensionValue(ISSUING_DISTRIBUTION_POINT);
        hasScope = encodedScope != null;
        scope = scope(ParsedCertificate.content(encodedScope));
        special = scope != null && (scope.isIndirectCRL() || scope.getOnlySomeReasons() != null);
        Set<String> critical = crl.getCriticalExtensionOIDs();
        boolean known = critical == null || UNDERSTOOD.containsAll(critical);
        Set<? extends X509CRLEntry> entries = crl.getRevokedCertificates();
        for (X509CRLEntry entry : entries == null ? Set.<X509CRLEntry>of() : entries) {
            Set<String> criticalOfEntry = entry.getCriticalExtensionOIDs();
            known &= criticalOfEntry == null || UNDERSTOOD_OF_ENTRIES.containsAll(criticalOfEntry);
            if (isRevoked(entry) && !isRevoked(crl.getRevokedCertificate(entry.getSerialNumber()))) {
                revokedAlthoughReleased.put(entry.getSerialNumber(), entry);
            }
        }
        understood = known;
    }

    /**
     * Returns the entry that revokes a certificate, null if there is none. If there are several entries, one that
     * revokes it wins.
     */
    @Nullable
    X509CRLEntry revoking(BigInteger serialNumber) {
        X509CRLEntry entry = crl.getRevokedCertificate(serialNumber);
        return isRevoked(entry) ? entry : revokedAlthoughReleased.get(serialNumber);
    }

    private static boolean isRevoked(@Nullable X509CRLEntry entry) {
        return entry != null && entry.getRevocationReason() != CRLReason.REMOVE_FROM_CRL;
    }

    boolean isNotYetValid(Instant at) {
        return at.isBefore(thisUpdate);
    }

    /** Returns whether the next list is due; a list without nextUpdate never expires. */
    boolean isExpired(Instant at) {
        return !at.isBefore(nextUpdate);
    }

    /**
     * Returns whether the scope of the list includes this certificate (RFC 5280 6.3.3 (b)). That of indirect lists and
     * lists for some reasons never does.
     */
    boolean covers(ParsedCertificate link) {
        if (!hasScope) {
            return true;
        }
        if (scope == null || special || scope.onlyContainsAttributeCerts()) {
            return false;
        }
        boolean ca = link.certificate.getBasicConstraints() >= 0;
        if (ca ? scope.onlyContainsUserCerts() : scope.onlyContainsCACerts()) {
            return false;
        }
        return scope.getDistributionPoint() == null || namesPointOf(link, scope.getDistributionPoint());
    }

    /** Returns whether the list is signed with this key; a good result is cached, because a CRL may be large. */
    boolean isSignedWith(PublicKey key) {
        if (key.equals(goodUnder)) {
            return true;
        }
        try {
            IssuerSignature.verify(crl, key);
        } catch (GeneralSecurityException | RuntimeException bad) {
            return false;
        }
        goodUnder = key;
        return true;
    }

    private static boolean namesPointOf(ParsedCertificate link, DistributionPointName wanted) {
        ASN1Primitive content = ParsedCertificate.content(link.certificate.getExtensionValue(CRL_DISTRIBUTION_POINTS));
        if (content == null || wanted.getType() != DistributionPointName.FULL_NAME) {
            return false;
        }
        try {
            for (DistributionPoint point : CRLDistPoint.getInstance(content).getDistributionPoints()) {
                DistributionPointName offered = point.getDistributionPoint();
                if (offered != null
                        && offered.getType() == DistributionPointName.FULL_NAME
                        && shareName(offered, wanted)) {
                    return true;
                }
            }
        } catch (RuntimeException unreadable) {
            return false;
        }
        return false;
    }

    private static boolean shareName(DistributionPointName one, DistributionPointName other) {
        for (GeneralName a : GeneralNames.getInstance(one.getName()).getNames()) {
            for (GeneralName b : GeneralNames.getInstance(other.getName()).getNames()) {
                if (a.equals(b)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static @Nullable IssuingDistributionPoint scope(@Nullable ASN1Primitive content) {
        try {
            return content == null ? null : IssuingDistributionPoint.getInstance(content);
        } catch (RuntimeException unreadable) {
            return null;
        }
    }
}
