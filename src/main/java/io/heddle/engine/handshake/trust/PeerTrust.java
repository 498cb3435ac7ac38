package io.heddle.engine.handshake.trust;

import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.ocsp.OcspVerdictCache;
import io.heddle.certificate.path.ChainVerifier;
import io.heddle.certificate.path.LeafVerifier;
import io.heddle.certificate.path.TrustStore;
import io.heddle.certificate.path.Verdict;
import io.heddle.certificate.path.VerdictCache;
import io.heddle.certificate.x509.Purpose;
import io.heddle.failure.TlsFailure;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The trust of one context: its anchors, the limits of a verification, the time, and the verdicts that are
 * cached. Thread-safe.
 */
public final class PeerTrust {
    private final TrustStore store;
    private final ChainVerifier.Limits limits;
    private final InstantSource clock;
    private final VerdictCache verdicts = new VerdictCache();
    private final OcspVerdictCache ocspVerdicts = new OcspVerdictCache();

    public PeerTrust(TrustStore store, ChainVerifier.Limits limits, InstantSource clock) {
        this.store = store;
        this.limits = limits;
        this.clock = clock;
    }

    /** Returns the trust anchors. */
    public TrustStore store() {
        return store;
    }

    /** Returns the limits of a verification. */
    public ChainVerifier.Limits limits() {
        return limits;
    }

    /** Verifies a whole chain. */
    public Verdict chain(List<X509Certificate> chain, Purpose purpose) {
        return verdicts.ofChain(chain, store, purpose, clock.instant(), limits);
    }

    /** Verifies an end-entity certificate alone, without its issuers. */
    public Optional<TlsFailure> leaf(X509Certificate leaf, Purpose purpose) {
        return LeafVerifier.verify(leaf, store, purpose, clock.instant(), limits);
    }

    /** Checks by Node's rules that a certificate is for a host. */
    public Optional<TlsFailure> name(String hostname, X509Certificate leaf) {
        return verdicts.ofName(hostname, leaf);
    }

    /** Verifies an OCSP response. */
    public OcspVerdict ocsp(byte[] response, X509Certificate certificate, X509Certificate issuer) {
        return ocspVerdicts.verify(response, certificate, issuer, clock.instant(), limits);
    }

    /** Returns the issuer of a certificate among the anchors. */
    public Optional<X509Certificate> issuerOf(X509Certificate certificate) {
        return store.issuerOf(certificate, clock.instant());
    }
}
