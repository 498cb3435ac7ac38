package io.heddle.certificate.ocsp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.path.ChainVerifier;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * A cache of the proofs of OCSP responses, so that the signatures of a response that is stapled to many handshakes are
 * verified once.
 *
 * <p>Entries do not depend on the time, which is compared at every call, so that an expired response is refused. The
 * key of an entry is the SHA-256 of the response, the certificate and the issuer, so that the cache holds none of them;
 * there are at most {@value #MOST_ENTRIES} entries. Thread-safe.
 */
public final class OcspVerdictCache {
    private static final int MOST_ENTRIES = 256;

    private record Key(ByteBuffer digest, ChainVerifier.Limits limits) {}

    private final Cache<Key, OcspProof> proofs =
            Caffeine.newBuilder().maximumSize(MOST_ENTRIES).build();

    /** Creates an empty cache. */
    public OcspVerdictCache() {}

    /** Returns the result of {@link OcspVerifier#verify}. */
    public OcspVerdict verify(
            byte[] response,
            X509Certificate certificate,
            X509Certificate issuer,
            Instant at,
            ChainVerifier.Limits limits) {
        if (response.length > OcspVerifier.MOST_BYTES) {
            return OcspVerifier.verify(response, certificate, issuer, at, limits);
        }
        // Nothing is computed under the cache's lock: two threads may each verify the same response.
        var key = new Key(digest(response, certificate, issuer), limits);
        OcspProof proof = proofs.getIfPresent(key);
        if (proof == null) {
            proof = OcspVerifier.read(response, certificate, issuer, limits);
            proofs.put(key, proof);
        }
        return proof.at(at);
    }

    private static ByteBuffer digest(byte[] response, X509Certificate certificate, X509Certificate issuer) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            // The lengths come first, so that no two triples have the same input.
            digest.update(ByteBuffer.allocate(4).putInt(response.length).flip());
            digest.update(response);
            byte[] subject = certificate.getEncoded();
            digest.update(ByteBuffer.allocate(4).putInt(subject.length).flip());
            digest.update(subject);
            digest.update(issuer.getEncoded());
            return ByteBuffer.wrap(digest.digest());
        } catch (NoSuchAlgorithmException | CertificateEncodingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
