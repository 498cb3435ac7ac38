package io.heddle.certificate.path;

import static io.heddle.failure.TlsFailure.Code.INVALID_CA;
import static io.heddle.failure.TlsFailure.Code.INVALID_EXTENSION;
import static io.heddle.failure.TlsFailure.Code.INVALID_PURPOSE;
import static io.heddle.failure.TlsFailure.Code.PATH_LENGTH_EXCEEDED;
import static io.heddle.failure.TlsFailure.Code.UNHANDLED_CRITICAL_EXTENSION;

import io.heddle.certificate.x509.ParsedCertificate;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.jspecify.annotations.Nullable;

/**
 * The check of the extensions of a chain: that they are understood and readable, and that they allow the use as CA, the
 * purpose and the path length.
 */
final class ExtensionCheck {
    private static final String NETSCAPE_CERT_TYPE = "2.16.840.1.113730.1.1";

    /** The critical extensions that OpenSSL handles. */
    static final Set<String> UNDERSTOOD = Set.of(
            NETSCAPE_CERT_TYPE,
            "2.5.29.15", // keyUsage
            "2.5.29.17", // subjectAltName
            "2.5.29.19", // basicConstraints
            NameConstraintCheck.NAME_CONSTRAINTS,
            "2.5.29.31", // cRLDistributionPoints
            "2.5.29.32", // certificatePolicies
            "2.5.29.33", // policyMappings
            "2.5.29.36", // policyConstraints
            "2.5.29.37", // extKeyUsage
            "2.5.29.54"); // inhibitAnyPolicy

    /** The extensions that the verification uses, with their parsers. */
    private static final Map<String, Function<ASN1Primitive, Object>> READERS = Map.of(
            NETSCAPE_CERT_TYPE,
            ASN1BitString::getInstance,
            "2.5.29.14",
            ASN1OctetString::getInstance, // subjectKeyIdentifier
            "2.5.29.15",
            ASN1BitString::getInstance,
            "2.5.29.17",
            GeneralNames::getInstance,
            "2.5.29.19",
            BasicConstraints::getInstance,
            NameConstraintCheck.NAME_CONSTRAINTS,
            NameConstraints::getInstance,
            "2.5.29.31",
            content -> CRLDistPoint.getInstance(content).getDistributionPoints(),
            "2.5.29.35",
            AuthorityKeyIdentifier::getInstance,
            "2.5.29.37",
            ExtendedKeyUsage::getInstance);

    private static final String MICROSOFT_SGC = "1.3.6.1.4.1.311.10.3.3";
    private static final String NETSCAPE_SGC = "2.16.840.1.113730.4.1";
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_ENCIPHERMENT = 2;
    private static final int KEY_AGREEMENT = 4;
    /** Bits of the Netscape extension, counted from the most significant. */
    private static final int NETSCAPE_CLIENT = 0x80;

    private static final int NETSCAPE_SERVER = 0x40;

    private ExtensionCheck() {}

    static void check(ChainBuilder.Chain chain, Purpose purpose, Findings findings) {
        int intermediates = 0;
        for (int depth = 0; depth <= chain.lastDepth(); depth++) {
            int at = depth;
            ParsedCertificate link = chain.links().get(depth);
            X509Certificate certificate = link.certificate;
            Set<String> critical = certificate.getCriticalExtensionOIDs();
            if (critical != null && !UNDERSTOOD.containsAll(critical)) {
                findings.add(
                        UNHANDLED_CRITICAL_EXTENSION,
                        depth,
                        "%s has critical extensions that are not understood: %s",
                        link,
                        TlsFailure.printable(critical.stream()
                                .filter(oid -> !UNDERSTOOD.contains(oid))
                                .sorted()
                                .toList()));
            }
            unreadable(certificate)
                    .ifPresent(oid -> findings.add(
                            INVALID_EXTENSION, at, "%s has the extension %s, which cannot be read", link, oid));
            // Only the last certificate of a chain may be a CA by other means than basicConstraints: old roots are of
            // version 1.
            int ca = link.ca();
            if (depth > 0 && (ca == 0 || (depth < chain.lastDepth() && ca != 1))) {
                findings.add(INVALID_CA, depth, "%s is not a CA", link);
            }
            if (!suits(link, purpose, depth > 0)) {
                findings.add(INVALID_PURPOSE, depth, "%s must not be used for a TLS %s", link, purpose);
            }
            int allowed = certificate.getBasicConstraints();
            if (depth > 0 && allowed >= 0 && intermediates > allowed) {
                findings.add(
                        PATH_LENGTH_EXCEEDED,
                        depth,
                        "%s allows %d CAs below it, there are %d",
                        link,
                        allowed,
                        intermediates);
            }
            if (depth > 0 && !link.selfIssued) {
                intermediates++;
            }
        }
    }

    /**
     * Returns an extension that is used here and cannot be parsed. RFC 5280 4.2: a recognised extension must be
     * processed, critical or not; if it were ignored, a broken constraint would constrain nothing.
     */
    private static Optional<String> unreadable(X509Certificate certificate) {
        for (var reader : READERS.entrySet()) {
            byte[] extension = certificate.getExtensionValue(reader.getKey());
            if (extension != null && !isReadable(ParsedCertificate.content(extension), reader.getValue())) {
                return Optional.of(reader.getKey());
            }
        }
        return Optional.empty();
    }

    private static boolean isReadable(@Nullable ASN1Primitive content, Function<ASN1Primitive, Object> reader) {
        if (content == null) {
            return false;
        }
        try {
            return reader.apply(content) != null;
        } catch (RuntimeException malformed) {
            return false;
        }
    }

    private static boolean suits(ParsedCertificate link, Purpose purpose, boolean asCa) {
        if (!extendedKeyUsageAllows(link.certificate, purpose)) {
            return false;
        }
        int netscape = netscapeType(link.certificate);
        if (asCa) {
            return link.ca() != 0;
        }
        if (purpose == Purpose.CLIENT) {
            return (link.allows(DIGITAL_SIGNATURE) || link.allows(KEY_AGREEMENT)) && (netscape & NETSCAPE_CLIENT) != 0;
        }
        return (link.allows(DIGITAL_SIGNATURE) || link.allows(KEY_ENCIPHERMENT) || link.allows(KEY_AGREEMENT))
                && (netscape & NETSCAPE_SERVER) != 0;
    }

    private static boolean extendedKeyUsageAllows(X509Certificate certificate, Purpose purpose) {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            // OpenSSL does not accept anyExtendedKeyUsage for TLS.
            return usages == null
                    || usages.contains(purpose.extendedKeyUsage())
                    || (purpose == Purpose.SERVER && (usages.contains(MICROSOFT_SGC) || usages.contains(NETSCAPE_SGC)));
        } catch (CertificateParsingException unreadable) {
            return false;
        }
    }

    /** Returns the first octet of the Netscape certificate type, all bits set where it is absent. */
    private static int netscapeType(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(NETSCAPE_CERT_TYPE);
        if (extension == null) {
            return NETSCAPE_CLIENT | NETSCAPE_SERVER;
        }
        return ParsedCertificate.content(extension) instanceof ASN1BitString bits && bits.getBytes().length > 0
                ? bits.getBytes()[0] & 0xff
                : 0;
    }
}
