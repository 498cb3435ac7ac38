package io.heddle.certificate.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.spec.AlgorithmParameterSpec;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.PBEParameterSpec;
import javax.crypto.spec.RC2ParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.util.Arrays;

/** Keys encrypted by other code than the reader's: the JDK, BouncyCastle's provider. */
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

    /**
     * Returns an EC key in the older form, encrypted by BouncyCastle's provider.
     *
     * @param cipher OpenSSL's name, such as {@code CAMELLIA-256-CBC}
     */
    static String traditional(String cipher, byte[] sec1, String passphrase) throws GeneralSecurityException {
        String[] parts = cipher.split("-", -1);
        String mode = parts[parts.length - 1];
        String transformation = switch (parts[0]) {
                    case "DES" -> "DESede";
                    case "CAMELLIA" -> "Camellia";
                    default -> parts[0];
                }
                + "/" + mode + "/" + (mode.equals("CBC") ? "PKCS5Padding" : "NoPadding");
        int bits = switch (cipher.substring(0, cipher.length() - mode.length() - 1)) {
            case "CAMELLIA-256" -> 256;
            case "DES-EDE3" -> 192;
            case "RC2-40" -> 40;
            default -> 128;
        };
        var provider = new BouncyCastleProvider();
        Cipher encryption = Cipher.getInstance(transformation, provider);
        byte[] iv = new byte[encryption.getBlockSize()];
        byte[] key = new byte[0];
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        for (byte[] block = key; key.length < bits / 8; key = Arrays.concatenate(key, block)) {
            md5.update(block);
            md5.update(passphrase.getBytes(StandardCharsets.UTF_8));
            block = md5.digest(new byte[8]);
        }
        key = Arrays.copyOf(key, bits / 8);
        AlgorithmParameterSpec parameters =
                parts[0].equals("RC2") ? new RC2ParameterSpec(bits, iv) : new IvParameterSpec(iv);
        encryption.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, parts[0]), parameters);
        String block = Pem.write("EC PRIVATE KEY", encryption.doFinal(sec1));
        int headers = block.indexOf('\n') + 1;
        return block.substring(0, headers) + "Proc-Type: 4,ENCRYPTED\nDEK-Info: " + cipher + ","
                + HexFormat.of().formatHex(iv) + "\n\n" + block.substring(headers);
    }
}
