package io.heddle.certificate;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/** Keys encrypted by the JDK, so that the reader is not tested with its own medicine. */
final class EncryptedKeys {
    private EncryptedKeys() {}

    /** Returns PKCS#8 encrypted with one of the JDK's algorithms, such as {@code PBEWithHmacSHA256AndAES_256}. */
    static byte[] pbes2(String algorithm, PrivateKey key, String passphrase, int iterations)
            throws GeneralSecurityException, IOException {
        var secret = SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(passphrase.toCharArray()));
        Cipher cipher = Cipher.getInstance(algorithm);
        cipher.init(Cipher.ENCRYPT_MODE, secret, new PBEParameterSpec(new byte[16], iterations));
        byte[] encrypted = cipher.doFinal(key.getEncoded());
        // The JDK's own EncryptedPrivateKeyInfo does not know its algorithm's name; the parameters begin with the
        // scheme.
        var scheme = ASN1Sequence.getInstance(cipher.getParameters().getEncoded());
        var algorithmIdentifier = scheme.getObjectAt(0).equals(PKCSObjectIdentifiers.id_PBES2)
                ? AlgorithmIdentifier.getInstance(scheme)
                : new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, scheme);
        return new EncryptedPrivateKeyInfo(algorithmIdentifier, encrypted).getEncoded();
    }
}
