package io.heddle.certificate.file;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.PBEParameter;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RC2CBCParameter;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.engines.DESEngine;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.engines.RC2Engine;
import org.bouncycastle.crypto.util.DigestFactory;

/**
 * Decrypts the contents of one file with its passphrase: PBES2 and PBES1 (RFC 8018), the schemes of PKCS#12 (RFC 7292
 * appendix C) and OpenSSL's scheme of the DEK-Info header.
 *
 * <p>bcpkix's decryptors (1.84) are not used: they perform any number of iterations that a file demands, do not add them
 * up and do not wipe the passphrase; they encode passphrases of PBES1 and DEK-Info in Latin-1, where OpenSSL uses UTF-8,
 * and do not support both forms of an empty passphrase, ARIA, SM4 and modes other than CBC.
 *
 * <p>Not thread-safe. The budget of {@link KeyDerivation} is that of the file.
 */
final class PasswordCipher {
    private final KeyDerivation derivation;

    PasswordCipher(KeyDerivation derivation) {
        this.derivation = derivation;
    }

    /**
     * Decrypts a structure with the algorithm that the file names. The plaintext is wiped.
     *
     * @param absent whether an empty passphrase is absent, for PKCS#12, rather than of length zero
     * @throws GeneralSecurityException if the passphrase is wrong or the ciphertext damaged, which look the same
     */
    ASN1Sequence decrypt(AlgorithmIdentifier algorithm, byte[] encrypted, boolean absent)
            throws KeyDerivation.Unsupported, GeneralSecurityException {
        byte[] plain = new byte[0];
        try {
            var scheme = algorithm.getAlgorithm();
            if (scheme.equals(PKCSObjectIdentifiers.id_PBES2)) {
                plain = pbes2(PBES2Parameters.getInstance(algorithm.getParameters()), encrypted);
            } else if (scheme.on(PKCSObjectIdentifiers.pkcs_12PbeIds)) {
                plain = pkcs12(scheme, PKCS12PBEParams.getInstance(algorithm.getParameters()), encrypted, absent);
            } else {
                plain = pbes1(algorithm, encrypted);
            }
            // With a wrong passphrase the padding is valid once in 256 times, but the plaintext is not a structure; a
            // stream cipher has no padding.
            return ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(plain));
        } catch (CryptoException | IOException | RuntimeException wrong) {
            // BouncyCastle throws several kinds of unchecked exceptions for damaged parameters and ciphertexts.
            throw new GeneralSecurityException("bad decrypt", wrong);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** Decrypts the structure of a PEM block with the headers {@code Proc-Type: 4,ENCRYPTED} and {@code DEK-Info}. */
    ASN1Sequence decryptTraditional(String dekInfo, byte[] encrypted)
            throws KeyDerivation.Unsupported, GeneralSecurityException {
        int comma = dekInfo.indexOf(',');
        FileCipher cipher = FileCipher.named((comma < 0 ? dekInfo : dekInfo.substring(0, comma)).strip());
        byte[] plain = new byte[0];
        try {
            byte[] iv = HexFormat.of().parseHex(dekInfo.substring(comma + 1).strip());
            plain = cipher.decrypt(derivation.openssl(Arrays.copyOf(iv, 8), cipher.keyBits()), iv, encrypted);
            return ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(plain));
        } catch (CryptoException | IOException | RuntimeException wrong) {
            throw new GeneralSecurityException("bad decrypt", wrong);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private byte[] pbes2(PBES2Parameters parameters, byte[] encrypted)
            throws KeyDerivation.Unsupported, CryptoException {
        var encryption = parameters.getEncryptionScheme();
        FileCipher cipher;
        byte[] iv;
        boolean isRc2 = encryption.getAlgorithm().equals(PKCSObjectIdentifiers.RC2_CBC);
        if (isRc2 && encryption.getParameters() instanceof ASN1OctetString vector) {
            // OpenSSL 3.5 writes only the initialization vector, for a key of 128 bits.
            cipher = FileCipher.named("RC2-CBC");
            iv = vector.getOctets();
        } else if (isRc2) {
            var rc2 = RC2CBCParameter.getInstance(encryption.getParameters());
            cipher = rc2(rc2.getRC2ParameterVersion());
            iv = rc2.getIV();
        } else {
            cipher = FileCipher.identified(encryption.getAlgorithm());
            iv = ASN1OctetString.getInstance(encryption.getParameters()).getOctets();
        }
        var function = AlgorithmIdentifier.getInstance(
                parameters.getKeyDerivationFunc().toASN1Primitive());
        return cipher.decrypt(derivation.derive(function, cipher.keyBits()), iv, encrypted);
    }

    /** The encoding of the effective key length, RFC 8018 B.2.3. */
    private static FileCipher rc2(BigInteger version) throws KeyDerivation.Unsupported {
        return switch (version.bitLength() > 16 ? 0 : version.intValue()) {
            case 58 -> FileCipher.named("RC2-CBC");
            case 120 -> FileCipher.named("RC2-64-CBC");
            case 160 -> FileCipher.named("RC2-40-CBC");
            default -> throw new KeyDerivation.Unsupported("RC2 with a key other than 40, 64 or 128 bits");
        };
    }

    private byte[] pkcs12(ASN1ObjectIdentifier scheme, PKCS12PBEParams parameters, byte[] encrypted, boolean absent)
            throws KeyDerivation.Unsupported, CryptoException {
        BlockCipher engine;
        int keyBits;
        if (scheme.equals(PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC)) {
            engine = new DESedeEngine();
            keyBits = 192;
        } else if (scheme.equals(PKCSObjectIdentifiers.pbeWithSHAAnd2_KeyTripleDES_CBC)) {
            engine = new DESedeEngine();
            keyBits = 128;
        } else if (scheme.equals(PKCSObjectIdentifiers.pbeWithSHAAnd128BitRC2_CBC)) {
            engine = new RC2Engine();
            keyBits = 128;
        } else if (scheme.equals(PKCSObjectIdentifiers.pbeWithSHAAnd40BitRC2_CBC)) {
            engine = new RC2Engine();
            keyBits = 40;
        } else {
            throw new KeyDerivation.Unsupported("the cipher " + scheme);
        }
        var keyAndIv = derivation.pkcs12(
                DigestFactory.createSHA1(), parameters.getIV(), parameters.getIterations(), absent, keyBits, 64);
        return FileCipher.decryptCbc(engine, keyAndIv, encrypted);
    }

    private byte[] pbes1(AlgorithmIdentifier algorithm, byte[] encrypted)
            throws KeyDerivation.Unsupported, CryptoException {
        var scheme = algorithm.getAlgorithm();
        boolean md5 = scheme.equals(PKCSObjectIdentifiers.pbeWithMD5AndDES_CBC)
                || scheme.equals(PKCSObjectIdentifiers.pbeWithMD5AndRC2_CBC);
        boolean des = scheme.equals(PKCSObjectIdentifiers.pbeWithMD5AndDES_CBC)
                || scheme.equals(PKCSObjectIdentifiers.pbeWithSHA1AndDES_CBC);
        if (!md5 && !des && !scheme.equals(PKCSObjectIdentifiers.pbeWithSHA1AndRC2_CBC)) {
            throw new KeyDerivation.Unsupported("the cipher " + scheme);
        }
        Digest digest = md5 ? DigestFactory.createMD5() : DigestFactory.createSHA1();
        var parameters = PBEParameter.getInstance(algorithm.getParameters());
        var keyAndIv = derivation.pbkdf1(digest, parameters.getSalt(), parameters.getIterationCount());
        return FileCipher.decryptCbc(des ? new DESEngine() : new RC2Engine(), keyAndIv, encrypted);
    }
}
