package io.heddle.certificate.file;

import io.heddle.certificate.x509.MlDsa;
import io.heddle.failure.InvalidOption;
import io.heddle.protocol.KeyType;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.jspecify.annotations.Nullable;

/**
 * A private key for ML-DSA in the forms of RFC 9881 section 6, for one of the parameter sets:
 *
 * <pre>
 * ML-DSA-65-PrivateKey ::= CHOICE {
 *     seed [0] OCTET STRING (SIZE (32)),
 *     expandedKey OCTET STRING (SIZE (4032)),
 *     both SEQUENCE {
 *         seed OCTET STRING (SIZE (32)),
 *         expandedKey OCTET STRING (SIZE (4032)) } }
 * </pre>
 *
 * <p>As OpenSSL it also takes the bytes of either without a structure. The seed is expanded here, since JDK 24 and 25
 * read expanded keys only.
 *
 * @param seed null if there is none
 * @param expanded null if there is none
 */
record MlDsaPrivateKey(KeyType type, byte @Nullable [] seed, byte @Nullable [] expanded) {
    private static final int SEED = 32;

    /** FIPS 204 section 7.2: where the hash of the public key begins in an expanded key, and its length. */
    private static final int HASH_AT = 64;

    private static final int HASH = 64;

    /**
     * Returns the key of a PKCS#8 structure for ML-DSA.
     *
     * @throws InvalidOption with {@code ERR_OSSL_INVALID_KEY} if the seed and the expanded key do not belong together,
     *     or the expanded key is not one
     * @throws IOException if the structure is none of the forms
     */
    static PrivateKey read(String source, KeyType type, PrivateKeyInfo info)
            throws IOException, GeneralSecurityException {
        if (info.getPrivateKeyAlgorithm().getParameters() != null) {
            throw new IOException("RFC 9881 section 2: the algorithm identifier has no parameters");
        }
        byte[] octets = info.getPrivateKey().getOctets();
        MlDsaPrivateKey key = of(type, octets);
        byte[] encoded = new byte[0];
        byte[] whole = new byte[0];
        try {
            whole = key.checked(source);
            encoded = new PrivateKeyInfo(info.getPrivateKeyAlgorithm(), new DEROctetString(whole)).getEncoded("DER");
            return MlDsa.privateKey(encoded);
        } finally {
            key.wipe();
            Arrays.fill(octets, (byte) 0);
            Arrays.fill(whole, (byte) 0);
            Arrays.fill(encoded, (byte) 0);
        }
    }

    private static MlDsaPrivateKey of(KeyType type, byte[] octets) throws IOException {
        if (octets.length == SEED) {
            return new MlDsaPrivateKey(type, octets, null);
        } else if (octets.length == expandedLength(type)) {
            return new MlDsaPrivateKey(type, null, octets);
        }
        ASN1Primitive form = ASN1Primitive.fromByteArray(octets);
        if (form instanceof ASN1TaggedObject tagged && tagged.hasContextTag(0)) {
            ASN1OctetString seed = ASN1OctetString.getInstance(tagged, false);
            return new MlDsaPrivateKey(type, content(seed, SEED), null);
        } else if (form instanceof ASN1OctetString expanded) {
            return new MlDsaPrivateKey(type, null, content(expanded, expandedLength(type)));
        }
        ASN1Sequence both = ASN1Sequence.getInstance(form);
        if (both.size() != 2) {
            throw new IOException("a structure of %d elements, two are needed".formatted(both.size()));
        }
        return new MlDsaPrivateKey(
                type,
                content(ASN1OctetString.getInstance(both.getObjectAt(0)), SEED),
                content(ASN1OctetString.getInstance(both.getObjectAt(1)), expandedLength(type)));
    }

    private static byte[] content(ASN1OctetString octets, int length) throws IOException {
        byte[] content = octets.getOctets();
        if (content.length != length) {
            throw new IOException("%d bytes, %d are needed".formatted(content.length, length));
        }
        return content;
    }

    /** Returns the length of FIPS 204 table 2. */
    private static int expandedLength(KeyType type) {
        return switch (type) {
            case ML_DSA_44 -> 2560;
            case ML_DSA_65 -> 4032;
            default -> 4896;
        };
    }

    private static MLDSAParameters parameters(KeyType type) {
        return switch (type) {
            case ML_DSA_44 -> MLDSAParameters.ml_dsa_44;
            case ML_DSA_65 -> MLDSAParameters.ml_dsa_65;
            default -> MLDSAParameters.ml_dsa_87;
        };
    }

    /** Returns the expanded key, after the checks of RFC 9881 section 8.1. */
    private byte[] checked(String source) {
        var key = new MLDSAPrivateKeyParameters(parameters(type), seed != null ? seed : expanded);
        byte[] whole = key.getEncoded();
        if (expanded != null && !MessageDigest.isEqual(whole, expanded)) {
            throw new InvalidOption(
                    "ERR_OSSL_INVALID_KEY",
                    source + ": the seed and the expanded key of the ML-DSA key do not belong together (invalid key)");
        }
        var hash = new byte[HASH];
        var digest = new SHAKEDigest(256);
        byte[] publicKey = key.getPublicKey();
        digest.update(publicKey, 0, publicKey.length);
        digest.doFinal(hash, 0, HASH);
        if (!Arrays.equals(hash, 0, HASH, whole, HASH_AT, HASH_AT + HASH)) {
            throw new InvalidOption(
                    "ERR_OSSL_INVALID_KEY",
                    source + ": the expanded ML-DSA key has a hash of another public key than its own (invalid key)");
        }
        return whole;
    }

    private void wipe() {
        if (seed != null) {
            Arrays.fill(seed, (byte) 0);
        }
        if (expanded != null) {
            Arrays.fill(expanded, (byte) 0);
        }
    }
}
