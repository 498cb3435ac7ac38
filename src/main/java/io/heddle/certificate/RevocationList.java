package io.heddle.certificate;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.Date;
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

/** One CRL with the answers that {@link Revocation} asks for; made once and shared by all connections. */
final class RevocationList {
    private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    private static final String DELTA_CRL_INDICATOR = "2.5.29.27";
    private static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
    private static final String CRL_DISTRIBUTION_POINTS = "2.5.29.31";
    private static final Set<String> UNDERSTOOD =
            Set.of(AUTHORITY_KEY_IDENTIFIER, ISSUING_DISTRIBUTION_POINT, DELTA_CRL_INDICATOR, "2.5.29.20");

    final X509CRL crl;
    final @Nullable AuthorityKeyIdentifier authorityKeyId;
    final Instant thisUpdate;
    final Instant nextUpdate;
    final boolean delta;
    /** Whether it is indirect or for some reasons only; OpenSSL takes no notice of such lists, unless told to. */
    final boolean special;

    final boolean understood;

    private final boolean hasScope;
    private final @Nullable IssuingDistributionPoint scope;
    /** The key under which the signature was found good; written by any thread, each time with an equal key. */
    private volatile @Nullable PublicKey goodUnder;

    RevocationList(X509CRL crl) {
        this.crl = crl;
        thisUpdate = crl.getThisUpdate().toInstant();
        Date next = crl.getNextUpdate();
        nextUpdate = next == null ? Instant.MAX : next.toInstant();
        authorityKeyId = Link.authorityKeyId(crl.getExtensionValue(AUTHORITY_KEY_IDENTIFIER));
        delta = crl.getExtensionValue(DELTA_CRL_INDICATOR) != null;
        byte[] encodedScope = crl.getExtensionValue(ISSUING_DISTRIBUTION_POINT);
        hasScope = encodedScope != null;
        scope = scope(Link.content(encodedScope));
        special = scope != null && (scope.isIndirectCRL() || scope.getOnlySomeReasons() != null);
        Set<String> critical = crl.getCriticalExtensionOIDs();
        understood = critical == null || UNDERSTOOD.containsAll(critical);
    }

    boolean isNotYetValid(Instant at) {
        return at.isBefore(thisUpdate);
    }

    /** Returns whether the next list is due; a list that names no next one never expires. */
    boolean isExpired(Instant at) {
        return !at.isBefore(nextUpdate);
    }

    /** Returns whether the list speaks about this certificate, RFC 5280 6.3.3 (b). Indirect lists and lists of some reasons never do. */
    boolean covers(Link link) {
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

    /** Returns whether the list is signed with this key; a good signature is remembered, because a CRL may be large. */
    boolean isSignedWith(PublicKey key) {
        if (key.equals(goodUnder)) {
            return true;
        }
        try {
            crl.verify(key);
        } catch (GeneralSecurityException | RuntimeException bad) {
            return false;
        }
        goodUnder = key;
        return true;
    }

    private static boolean namesPointOf(Link link, DistributionPointName wanted) {
        ASN1Primitive content = Link.content(link.certificate.getExtensionValue(CRL_DISTRIBUTION_POINTS));
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
