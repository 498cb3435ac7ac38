package io.heddle.engine.crypto;

import java.io.IOException;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * The two forms of a public key of one algorithm: the bytes in a handshake, and the SubjectPublicKeyInfo that providers read,
 * which is the same with a fixed prefix.
 *
 * @param prefix the DER of a SubjectPublicKeyInfo up to its key
 * @param length the length of a key in a handshake
 */
record PublicKeyForm(byte[] prefix, int length) {
    static PublicKeyForm of(AlgorithmIdentifier algorithm, int length) {
        try {
            byte[] whole = new SubjectPublicKeyInfo(algorithm, new byte[length]).getEncoded();
            return new PublicKeyForm(Arrays.copyOf(whole, whole.length - length), length);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Returns the form for a provider. */
    X509EncodedKeySpec spec(byte[] key) {
        byte[] whole = Arrays.copyOf(prefix, prefix.length + length);
        System.arraycopy(key, 0, whole, prefix.length, length);
        return new X509EncodedKeySpec(whole);
    }

    /**
     * Returns the form for a handshake.
     *
     * @throws InvalidKeySpecException if a provider encodes its keys otherwise
     */
    byte[] bytes(PublicKey key) throws InvalidKeySpecException {
        byte[] whole = key.getEncoded();
        if (whole == null
                || whole.length != prefix.length + length
                || !Arrays.equals(whole, 0, prefix.length, prefix, 0, prefix.length)) {
            throw new InvalidKeySpecException("a key of " + key.getAlgorithm() + " has another encoding");
        }
        return Arrays.copyOfRange(whole, prefix.length, whole.length);
    }
}
