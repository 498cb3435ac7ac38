package io.heddle.managers;

import io.heddle.certificate.path.ChainVerifier;
import io.heddle.certificate.path.TrustStore;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CRL;
import java.security.cert.CertSelector;
import java.security.cert.CertStore;
import java.security.cert.CertStoreException;
import java.security.cert.Certificate;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules by which a trust manager verifies chains.
 *
 * @param trust the anchors, and the CRLs if revocation is checked
 * @param limits the longest chain and the weakest keys that are accepted
 * @param clock the time at which certificates must be valid
 * @param intermediates untrusted certificates for paths to an anchor
 * @param target the constraints on the peer's own certificate
 */
record TrustRules(
        TrustStore trust,
        ChainVerifier.Limits limits,
        InstantSource clock,
        List<X509Certificate> intermediates,
        Optional<CertSelector> target) {

    /** Returns rules with the anchors of a store, which need not be self-signed, as everywhere in JSSE. */
    static TrustRules of(TrustStore anchors, InstantSource clock) {
        return new TrustRules(
                anchors.allowPartialTrustChain(true), ChainVerifier.Limits.DEFAULT, clock, List.of(), Optional.empty());
    }

    /**
     * Returns the rules of PKIX parameters. Parameters that the verification does not support are refused, since
     * ignoring a check would accept chains that the application does not want.
     *
     * <p>The certificates and CRLs of the {@code CertStore}s are read here, once. With revocation enabled each
     * certificate of a chain, the root included, needs a current CRL of its issuer.
     *
     * @throws InvalidAlgorithmParameterException if a parameter is not supported, or revocation is enabled without
     *     a CRL
     */
    static TrustRules of(PKIXBuilderParameters parameters, InstantSource clock)
            throws InvalidAlgorithmParameterException {
        refuseUnsupported(parameters);
        TrustStore trust = TrustStore.of(anchors(parameters)).allowPartialTrustChain(true);
        if (parameters.isRevocationEnabled()) {
            List<X509CRL> crls = crls(parameters);
            if (crls.isEmpty()) {
                throw new InvalidAlgorithmParameterException(
                        "revocation is enabled, but the CertStores have no CRL, and none is fetched:"
                                + " no chain would be accepted; add CRLs or call setRevocationEnabled(false)");
            }
            trust = trust.withCrls(crls);
        }
        int depth = ChainVerifier.Limits.DEFAULT.depth();
        int longest = parameters.getMaxPathLength();
        return new TrustRules(
                trust,
                new ChainVerifier.Limits(
                        longest < 0 ? depth : Math.min(longest, depth), ChainVerifier.Limits.DEFAULT.securityLevel()),
                parameters.getDate() == null
                        ? clock
                        : Clock.fixed(parameters.getDate().toInstant(), ZoneOffset.UTC),
                intermediates(parameters),
                Optional.ofNullable(parameters.getTargetCertConstraints()));
    }

    private static void refuseUnsupported(PKIXBuilderParameters parameters) throws InvalidAlgorithmParameterException {
        refuse(
                !parameters.getCertPathCheckers().isEmpty(),
                "own certificate path checkers, revocation checkers included");
        refuse(!parameters.getInitialPolicies().isEmpty(), "initial policies");
        refuse(parameters.isExplicitPolicyRequired(), "an explicit policy");
        refuse(parameters.isPolicyMappingInhibited(), "inhibited policy mapping");
        refuse(parameters.isAnyPolicyInhibited(), "inhibited anyPolicy");
        refuse(!parameters.getPolicyQualifiersRejected(), "critical policy qualifiers");
        refuse(parameters.getSigProvider() != null, "a signature provider of its own");
    }

    private static void refuse(boolean present, String parameter) throws InvalidAlgorithmParameterException {
        if (present) {
            throw new InvalidAlgorithmParameterException(
                    "the parameters require %s, which this trust manager does not support".formatted(parameter));
        }
    }

    private static List<X509Certificate> anchors(PKIXBuilderParameters parameters)
            throws InvalidAlgorithmParameterException {
        List<X509Certificate> anchors = new ArrayList<>();
        for (TrustAnchor anchor : parameters.getTrustAnchors()) {
            refuse(anchor.getTrustedCert() == null, "a trust anchor that is a name and a key without a certificate");
            refuse(anchor.getNameConstraints() != null, "name constraints outside of the anchor's certificate");
            anchors.add(anchor.getTrustedCert());
        }
        return anchors;
    }

    private static List<X509CRL> crls(PKIXBuilderParameters parameters) throws InvalidAlgorithmParameterException {
        List<X509CRL> crls = new ArrayList<>();
        for (CertStore store : parameters.getCertStores()) {
            try {
                for (CRL crl : store.getCRLs(null)) {
                    if (crl instanceof X509CRL x509) {
                        crls.add(x509);
                    }
                }
            } catch (CertStoreException e) {
                throw unlisted(store, "CRLs", e);
            }
        }
        return crls;
    }

    private static List<X509Certificate> intermediates(PKIXBuilderParameters parameters)
            throws InvalidAlgorithmParameterException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (CertStore store : parameters.getCertStores()) {
            try {
                for (Certificate certificate : store.getCertificates(null)) {
                    if (certificate instanceof X509Certificate x509) {
                        certificates.add(x509);
                    }
                }
            } catch (CertStoreException e) {
                throw unlisted(store, "certificates", e);
            }
        }
        return List.copyOf(certificates);
    }

    private static InvalidAlgorithmParameterException unlisted(
            CertStore store, String contents, CertStoreException cause) {
        return new InvalidAlgorithmParameterException(
                "the CertStore of type %s does not list its %s: %s"
                        .formatted(store.getType(), contents, TrustManagerFailures.describe(cause)),
                cause);
    }
}
