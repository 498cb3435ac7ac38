package io.heddle.certificate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * A cache of what OCSP responses prove, so that a response that is stapled to many handshakes costs its signatures once.
 *
 * <p>What is kept is independent of the time, which is compared at each call: a response ends when it ends. An entry is known by
 * the SHA-256 of the response, the certificate and the issuer, so that it holds neither; there are at most {@value #MOST_ENTRIES}.
 * Thread-safe.
 */
public final class OcspVerdictCache {
    private static final int MOST_ENTRIES = 256;

    private record Key(ByteBuffer digest, ChainVerifier.Limits limits) {}

    private final Cache<Key, OcspProof> proofs =
            Caffeine.newBuilder().maximumSize(MOST_ENTRIES).build();

    /** Makes an empty one. */
    public OcspVerdictCache() {}

    /** Returns what {@link OcspVerifier#verify} says. */
    public OcspVerdict verify(
            byte[] response,
            X509Certificate certificate,
            X509Certificate issuer,
            Instant at,
            ChainVerifier.Limits limits) {
        if (response.length > OcspVerifier.MOST_BYTES) {
            return OcspVerifier.verify(response, certificate, issuer, at, limits);
        }
        // No computation under the cache's lock: two threads may verify the same response once each.
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
            // Fixed lengths in front: no two triples have the same input.
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
