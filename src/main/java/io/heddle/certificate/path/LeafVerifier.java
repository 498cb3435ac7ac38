package io.heddle.certificate.path;

import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The verification of a peer's leaf certificate without its chain, which is all that a session of another
 * implementation carries. The chain was verified when the session was established; the contents of the certificate are
 * verified at today's date: validity, purpose, critical extensions, strength of the key, and the CRLs of its issuer.
 *
 * <p>The signature of a CRL is not verified, as the issuer's key is unknown. A CRL can only cause a refusal here. For a
 * whole chain CRLs are judged by {@code Revocation}.
 */
public final class LeafVerifier {
    private LeafVerifier() {}

    /**
     * Returns the reason to refuse a certificate today, empty if there is none.
     *
     * @param trust supplies the CRLs; if it has any, one of the certificate's issuer is required, as for a whole chain
     * @param purpose the side whose certificate it is
     */
    public static Optional<TlsFailure> verify(
            X509Certificate leaf, TrustStore trust, Purpose purpose, Instant at, ChainVerifier.Limits limits) {
        // The certificate is its own anchor and the whole chain.
        TrustStore itself = TrustStore.of(List.of(leaf)).allowPartialTrustChain(true);
        return ChainVerifier.verify(List.of(leaf), itself, purpose, at, limits)
                .failure()
                .or(() -> revocation(leaf, trust, at));
    }

    private static Optional<TlsFailure> revocation(X509Certificate leaf, TrustStore trust, Instant at) {
        if (trust.crls().isEmpty()) {
            return Optional.empty();
        }
        String subject = TlsFailure.printable(leaf.getSubjectX500Principal().getName());
        List<RevocationList> ofIssuer = trust.crlsOf(leaf.getIssuerX500Principal());
        if (ofIssuer.isEmpty()) {
            return Optional.of(Code.UNABLE_TO_GET_CRL.failure(
                    "certificate: there is no CRL of the issuer of \"%s\", depth 0", subject));
        }
        for (RevocationList crl : ofIssuer) {
            X509CRLEntry entry = crl.revoking(leaf.getSerialNumber());
            if (entry != null) {
                return Optional.of(Code.CERT_REVOKED.failure(
                        "certificate: \"%s\" was revoked on %s, depth 0",
                        subject, entry.getRevocationDate().toInstant()));
            }
        }
        return ofIssuer.stream().allMatch(crl -> crl.isExpired(at))
                ? Optional.of(Code.CRL_HAS_EXPIRED.failure(
                        "certificate: the CRLs of the issuer of \"%s\" are out of date, depth 0", subject))
                : Optional.empty();
    }
}
