package io.heddle.certificate;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PBEParameter;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.DESEngine;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.engines.RC2Engine;
import org.bouncycastle.crypto.generators.OpenSSLPBEParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS5S1ParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.bouncycastle.crypto.util.DigestFactory;

/**
 * Decryption under a passphrase, as key files and PKCS#12 use it: PBES2 and PBES1 (RFC 8018), the schemes of PKCS#12
 * (RFC 7292 appendix C) and OpenSSL's own of the DEK-Info header.
 *
 * <p>It exists because a key file decides how much work its decryption costs; here that work is bounded before it begins.
 */
final class PasswordCipher {
    /** OpenSSL writes 2,048; today's advice is about 600,000. */
    static final int MOST_ITERATIONS = 10_000_000;

    private static final long MOST_SCRYPT_MEMORY = 64L << 20;
    private static final int LONGEST_SALT = 1024;
    /** RFC 7914 section 7. */
    private static final ASN1ObjectIdentifier SCRYPT = new ASN1ObjectIdentifier("1.3.6.1.4.1.11591.4.11");

    private PasswordCipher() {}

    /** The file asks for an algorithm or an amount of work that is not offered. */
    static final class Unsupported extends Exception {
        private static final long serialVersionUID = 1L;

        Unsupported(String message) {
            super(message);
        }
    }

    /**
     * Returns the plain text under the algorithm that the file names.
     *
     * @param absentNotEmpty whether an empty passphrase means none at all, where PKCS#12 makes that difference
     * @throws GeneralSecurityException if the passphrase is wrong or the cipher text damaged, which look the same
     */
    static byte[] decrypt(AlgorithmIdentifier algorithm, byte[] encrypted, char[] passphrase, boolean absentNotEmpty)
            throws Unsupported, GeneralSecurityException {
        var scheme = algorithm.getAlgorithm();
        byte[] password = new byte[0];
        try {
            if (scheme.equals(PKCSObjectIdentifiers.id_PBES2)) {
                password = PBEParametersGenerator.PKCS5PasswordToUTF8Bytes(passphrase);
                return pbes2(PBES2Parameters.getInstance(algorithm.getParameters()), encrypted, password);
            }
            if (scheme.on(PKCSObjectIdentifiers.pkcs_12PbeIds)) {
                password = pkcs12Password(passphrase, absentNotEmpty);
                return pkcs12(scheme, PKCS12PBEParams.getInstance(algorithm.getParameters()), encrypted, password);
            }
            password = PBEParametersGenerator.PKCS5PasswordToUTF8Bytes(passphrase);
            return pbes1(scheme, PBEParameter.getInstance(algorithm.getParameters()), encrypted, password);
        } catch (CryptoException | RuntimeException wrong) {
            // BouncyCastle reports damaged parameters and damaged cipher texts by unchecked exceptions of several
            // kinds.
            throw new GeneralSecurityException("bad decrypt", wrong);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    /** Returns the plain text of a block with the headers {@code Proc-Type: 4,ENCRYPTED} and {@code DEK-Info}. */
    static byte[] decryptTraditional(String dekInfo, byte[] encrypted, char[] passphrase)
            throws Unsupported, GeneralSecurityException {
        byte[] password = PBEParametersGenerator.PKCS5PasswordToUTF8Bytes(passphrase);
        try {
            int comma = dekInfo.indexOf(',');
            String name =
                    (comma < 0 ? dekInfo : dekInfo.substring(0, comma)).strip().toUpperCase(Locale.ROOT);
            BlockCipher cipher;
            int keyBits;
            switch (name) {
                case "AES-128-CBC", "AES-192-CBC", "AES-256-CBC" -> {
                    cipher = AESEngine.newInstance();
                    keyBits = Integer.parseInt(name, 4, 7, 10);
                }
                case "DES-EDE3-CBC" -> {
                    cipher = new DESedeEngine();
                    keyBits = 192;
                }
                case "DES-CBC" -> {
                    cipher = new DESEngine();
                    keyBits = 64;
                }
                default -> throw new Unsupported("cipher " + name);
            }
            byte[] iv = HexFormat.of().parseHex(dekInfo.substring(comma + 1).strip());
            var generator = new OpenSSLPBEParametersGenerator();
            generator.init(password, Arrays.copyOf(iv, 8));
            var key = (KeyParameter) generator.generateDerivedParameters(keyBits);
            return cbc(cipher, new ParametersWithIV(key, iv), encrypted);
        } catch (CryptoException | RuntimeException wrong) {
            throw new GeneralSecurityException("bad decrypt", wrong);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    /** Returns the passphrase as RFC 7292 B.1 wants it. OpenSSL tells an absent one from an empty one, and writes both. */
    static byte[] pkcs12Password(char[] passphrase, boolean absentNotEmpty) {
        if (passphrase.length == 0) {
            return new byte[absentNotEmpty ? 0 : 2];
        }
        return PBEParametersGenerator.PKCS12PasswordToBytes(passphrase);
    }

    /** Refuses counts that would keep a processor busy for minutes. */
    static int boundedIterations(BigInteger count) throws Unsupported {
        if (count.signum() < 1 || count.bitLength() > 31 || count.intValueExact() > MOST_ITERATIONS) {
            throw new Unsupported("an iteration count of %s, 1 to %d are accepted"
                    .formatted(count.bitLength() > 64 ? "more than 64 bits" : count, MOST_ITERATIONS));
        }
        return count.intValueExact();
    }

    private static byte[] pbes2(PBES2Parameters parameters, byte[] encrypted, byte[] password)
            throws Unsupported, CryptoException {
        var encryption = parameters.getEncryptionScheme();
        var oid = encryption.getAlgorithm();
        BlockCipher cipher;
        int keyBits;
        if (oid.equals(NISTObjectIdentifiers.id_aes128_CBC)) {
            cipher = AESEngine.newInstance();
            keyBits = 128;
        } else if (oid.equals(NISTObjectIdentifiers.id_aes192_CBC)) {
            cipher = AESEngine.newInstance();
            keyBits = 192;
        } else if (oid.equals(NISTObjectIdentifiers.id_aes256_CBC)) {
            cipher = AESEngine.newInstance();
            keyBits = 256;
        } else if (oid.equals(PKCSObjectIdentifiers.des_EDE3_CBC)) {
            cipher = new DESedeEngine();
            keyBits = 192;
        } else {
            throw new Unsupported("cipher " + oid);
        }
        byte[] iv = ASN1OctetString.getInstance(encryption.getParameters()).getOctets();
        var derivation = parameters.getKeyDerivationFunc();
        KeyParameter key;
        if (derivation.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
            var pbkdf2 = PBKDF2Params.getInstance(derivation.getParameters());
            var generator = new PKCS5S2ParametersGenerator(prf(pbkdf2.getPrf().getAlgorithm()));
            generator.init(password, bounded(pbkdf2.getSalt()), boundedIterations(pbkdf2.getIterationCount()));
            key = (KeyParameter) generator.generateDerivedParameters(keyBits);
        } else if (derivation.getAlgorithm().equals(SCRYPT)) {
            key = scrypt(ASN1Sequence.getInstance(derivation.getParameters()), password, keyBits);
        } else {
            throw new Unsupported("key derivation " + derivation.getAlgorithm());
        }
        return cbc(cipher, new ParametersWithIV(key, iv), encrypted);
    }

    private static KeyParameter scrypt(ASN1Sequence parameters, byte[] password, int keyBits) throws Unsupported {
        int n = boundedIterations(integer(parameters, 1));
        int r = boundedIterations(integer(parameters, 2));
        int p = boundedIterations(integer(parameters, 3));
        if (128L * n * r > MOST_SCRYPT_MEMORY || p > 16) {
            throw new Unsupported(
                    "scrypt with N=%d r=%d p=%d, at most 64 MiB and p=16 are accepted".formatted(n, r, p));
        }
        byte[] salt = ASN1OctetString.getInstance(parameters.getObjectAt(0)).getOctets();
        return new KeyParameter(SCrypt.generate(password, bounded(salt), n, r, p, keyBits / 8));
    }

    private static BigInteger integer(ASN1Sequence sequence, int at) {
        return ASN1Integer.getInstance(sequence.getObjectAt(at)).getPositiveValue();
    }

    private static Digest prf(ASN1ObjectIdentifier oid) throws Unsupported {
        if (oid.equals(PKCSObjectIdentifiers.id_hmacWithSHA1)) {
            return DigestFactory.createSHA1();
        }
        if (oid.equals(PKCSObjectIdentifiers.id_hmacWithSHA224)) {
            return DigestFactory.createSHA224();
        }
        if (oid.equals(PKCSObjectIdentifiers.id_hmacWithSHA256)) {
            return DigestFactory.createSHA256();
        }
        if (oid.equals(PKCSObjectIdentifiers.id_hmacWithSHA384)) {
            return DigestFactory.createSHA384();
        }
        if (oid.equals(PKCSObjectIdentifiers.id_hmacWithSHA512)) {
            return DigestFactory.createSHA512();
        }
        throw new Unsupported("pseudo-random function " + oid);
    }

    private static byte[] pkcs12(
            ASN1ObjectIdentifier scheme, PKCS12PBEParams parameters, byte[] encrypted, byte[] password)
            throws Unsupported, CryptoException {
        var generator = new PKCS12ParametersGenerator(DigestFactory.createSHA1());
        generator.init(password, bounded(parameters.getIV()), boundedIterations(parameters.getIterations()));
        if (scheme.equals(PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC)) {
            return cbc(new DESedeEngine(), generator.generateDerivedParameters(192, 64), encrypted);
        }
        if (scheme.equals(PKCSObjectIdentifiers.pbeWithSHAAnd2_KeyTripleDES_CBC)) {
            return cbc(new DESedeEngine(), generator.generateDerivedParameters(128, 64), encrypted);
        }
        if (scheme.equals(PKCSObjectIdentifiers.pbeWithSHAAnd128BitRC2_CBC)) {
            return cbc(new RC2Engine(), generator.generateDerivedParameters(128, 64), encrypted);
        }
        if (scheme.equals(PKCSObjectIdentifiers.pbeWithSHAAnd40BitRC2_CBC)) {
            return cbc(new RC2Engine(), generator.generateDerivedParameters(40, 64), encrypted);
        }
        throw new Unsupported("cipher " + scheme);
    }

    private static byte[] pbes1(ASN1ObjectIdentifier scheme, PBEParameter parameters, byte[] encrypted, byte[] password)
            throws Unsupported, CryptoException {
        boolean md5 = scheme.equals(PKCSObjectIdentifiers.pbeWithMD5AndDES_CBC)
                || scheme.equals(PKCSObjectIdentifiers.pbeWithMD5AndRC2_CBC);
        boolean des = scheme.equals(PKCSObjectIdentifiers.pbeWithMD5AndDES_CBC)
                || scheme.equals(PKCSObjectIdentifiers.pbeWithSHA1AndDES_CBC);
        if (!md5 && !des && !scheme.equals(PKCSObjectIdentifiers.pbeWithSHA1AndRC2_CBC)) {
            throw new Unsupported("cipher " + scheme);
        }
        var generator = new PKCS5S1ParametersGenerator(md5 ? DigestFactory.createMD5() : DigestFactory.createSHA1());
        generator.init(password, bounded(parameters.getSalt()), boundedIterations(parameters.getIterationCount()));
        return cbc(des ? new DESEngine() : new RC2Engine(), generator.generateDerivedParameters(64, 64), encrypted);
    }

    private static byte[] bounded(byte[] salt) throws Unsupported {
        if (salt.length > LONGEST_SALT) {
            throw new Unsupported("a salt of %d bytes, at most %d are accepted".formatted(salt.length, LONGEST_SALT));
        }
        return salt;
    }

    private static byte[] cbc(BlockCipher engine, CipherParameters parameters, byte[] encrypted)
            throws CryptoException {
        var cipher = new PaddedBufferedBlockCipher(CBCBlockCipher.newInstance(engine));
        cipher.init(false, parameters);
        byte[] plain = new byte[cipher.getOutputSize(encrypted.length)];
        try {
            int length = cipher.processBytes(encrypted, 0, encrypted.length, plain, 0);
            length += cipher.doFinal(plain, length);
            return Arrays.copyOf(plain, length);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }
}
