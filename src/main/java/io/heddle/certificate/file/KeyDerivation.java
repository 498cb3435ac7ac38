package io.heddle.certificate.file;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.generators.OpenSSLPBEParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS5S1ParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.util.DigestFactory;
import org.jspecify.annotations.Nullable;

/**
 * Derives keys from the passphrase of one file: PBKDF2 and PBKDF1 (RFC 8018), scrypt (RFC 7914), the function of PKCS#12
 * (RFC 7292 appendix B) and OpenSSL's function of the DEK-Info header.
 *
 * <p>A file determines the cost of its decryption, so all derivations for one file share a budget that is charged before
 * the work. An iteration counts once for each block of output, whatever the digest. Salts and scrypt's memory are bounded
 * too.
 *
 * <p>Not thread-safe. The caller wipes the passphrase; its encodings are wiped here.
 */
final class KeyDerivation {
    /**
     * The budget of a file in iterations. OpenSSL writes 2,048, about 600,000 are recommended, and a file has one MAC and
     * seldom more than ten ciphertexts.
     */
    static final int MOST_ITERATIONS = 10_000_000;

    private static final long MOST_SCRYPT_MEMORY = 64L << 20;
    private static final int MOST_SCRYPT_LANES = 16;
    private static final int LONGEST_SALT = 1024;
    private static final int MD5_BITS = 128;
    /** RFC 7914 section 7. */
    private static final ASN1ObjectIdentifier SCRYPT = new ASN1ObjectIdentifier("1.3.6.1.4.1.11591.4.11");

    private static final Map<ASN1ObjectIdentifier, Supplier<Digest>> HMACS = Map.of(
            PKCSObjectIdentifiers.id_hmacWithSHA1, DigestFactory::createSHA1,
            PKCSObjectIdentifiers.id_hmacWithSHA224, DigestFactory::createSHA224,
            PKCSObjectIdentifiers.id_hmacWithSHA256, DigestFactory::createSHA256,
            PKCSObjectIdentifiers.id_hmacWithSHA384, DigestFactory::createSHA384,
            PKCSObjectIdentifiers.id_hmacWithSHA512, DigestFactory::createSHA512,
            PKCSObjectIdentifiers.id_hmacWithSHA512_224, DigestFactory::createSHA512_224,
            PKCSObjectIdentifiers.id_hmacWithSHA512_256, DigestFactory::createSHA512_256);

    private final char[] passphrase;
    private long left = MOST_ITERATIONS;

    KeyDerivation(char[] passphrase) {
        this.passphrase = passphrase;
    }

    /** The refusal of an algorithm or an amount of work that a file demands. */
    static final class Unsupported extends Exception {
        private static final long serialVersionUID = 1L;

        Unsupported(String message) {
            super(message);
        }
    }

    /** Returns whether the passphrase is empty, of which PKCS#12 has two forms; see {@link #pkcs12}. */
    boolean withoutPassphrase() {
        return passphrase.length == 0;
    }

    /** Returns the digest of an HMAC. */
    static Digest hmacDigest(ASN1ObjectIdentifier hmac) throws Unsupported {
        Supplier<Digest> digest = HMACS.get(hmac);
        if (digest == null) {
            throw new Unsupported("the pseudo-random function " + hmac);
        }
        return digest.get();
    }

    /** Derives the key of a PBES2 or PBMAC1 scheme by PBKDF2 or scrypt, whichever it names. */
    KeyParameter derive(AlgorithmIdentifier function, int keyBits) throws Unsupported {
        if (function.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
            return pbkdf2(PBKDF2Params.getInstance(function.getParameters()), keyBits);
        }
        if (function.getAlgorithm().equals(SCRYPT)) {
            return scrypt(ASN1Sequence.getInstance(function.getParameters()), keyBits);
        }
        throw new Unsupported("the key derivation " + function.getAlgorithm());
    }

    private KeyParameter pbkdf2(PBKDF2Params parameters, int keyBits) throws Unsupported {
        requireLength(parameters.getKeyLength(), keyBits);
        Digest digest = hmacDigest(parameters.getPrf().getAlgorithm());
        int iterations = charge(parameters.getIterationCount(), blocks(keyBits, 8 * digest.getDigestSize()));
        byte[] password = utf8();
        try {
            var generator = new PKCS5S2ParametersGenerator(digest);
            generator.init(password, bounded(parameters.getSalt()), iterations);
            return (KeyParameter) generator.generateDerivedParameters(keyBits);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    private KeyParameter scrypt(ASN1Sequence parameters, int keyBits) throws Unsupported {
        byte[] salt =
                bounded(ASN1OctetString.getInstance(parameters.getObjectAt(0)).getOctets());
        int n = inRange(integer(parameters, 1));
        int r = inRange(integer(parameters, 2));
        int p = inRange(integer(parameters, 3));
        if (128L * n * r > MOST_SCRYPT_MEMORY || p > MOST_SCRYPT_LANES) {
            throw new Unsupported("scrypt with N=%d r=%d p=%d, at most 64 MiB and p=%d are accepted"
                    .formatted(n, r, p, MOST_SCRYPT_LANES));
        }
        if (parameters.size() > 4) {
            requireLength(integer(parameters, 4), keyBits);
        }
        // One step of scrypt's loops costs about as much as one HMAC.
        spend((long) n * r * p);
        byte[] password = utf8();
        try {
            return new KeyParameter(SCrypt.generate(password, salt, n, r, p, keyBits / 8));
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    /** Derives key and initialization vector of PBES1. */
    CipherParameters pbkdf1(Digest digest, byte[] salt, BigInteger count) throws Unsupported {
        int iterations = charge(count, 1);
        byte[] password = utf8();
        try {
            var generator = new PKCS5S1ParametersGenerator(digest);
            generator.init(password, bounded(salt), iterations);
            return generator.generateDerivedParameters(64, 64);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    /**
     * Derives key and, unless {@code ivBits} is 0, initialization vector by the function of PKCS#12.
     *
     * @param absent whether an empty passphrase is absent rather than of length zero; OpenSSL writes both forms
     */
    CipherParameters pkcs12(Digest digest, byte[] salt, BigInteger count, boolean absent, int keyBits, int ivBits)
            throws Unsupported {
        int digestBits = 8 * digest.getDigestSize();
        int iterations = charge(count, blocks(keyBits, digestBits) + blocks(ivBits, digestBits));
        byte[] password = passphrase.length == 0
                ? new byte[absent ? 0 : 2]
                : PBEParametersGenerator.PKCS12PasswordToBytes(passphrase);
        try {
            var generator = new PKCS12ParametersGenerator(digest);
            generator.init(password, bounded(salt), iterations);
            return ivBits == 0
                    ? generator.generateDerivedMacParameters(keyBits)
                    : generator.generateDerivedParameters(keyBits, ivBits);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    /** Derives the key of a block with a DEK-Info header: MD5, one iteration. */
    KeyParameter openssl(byte[] salt, int keyBits) throws Unsupported {
        spend(blocks(keyBits, MD5_BITS));
        byte[] password = utf8();
        try {
            var generator = new OpenSSLPBEParametersGenerator();
            generator.init(password, salt);
            return (KeyParameter) generator.generateDerivedParameters(keyBits);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    private int charge(BigInteger count, int blocks) throws Unsupported {
        int iterations = inRange(count);
        spend((long) iterations * blocks);
        return iterations;
    }

    private static int inRange(BigInteger count) throws Unsupported {
        if (count.signum() < 1 || count.bitLength() > 31 || count.intValueExact() > MOST_ITERATIONS) {
            throw new Unsupported("an iteration count of %s, 1 to %d are accepted"
                    .formatted(count.bitLength() > 64 ? "more than 64 bits" : count, MOST_ITERATIONS));
        }
        return count.intValueExact();
    }

    private void spend(long work) throws Unsupported {
        if (work > left) {
            throw new Unsupported("more than %d iterations in the whole file".formatted(MOST_ITERATIONS));
        }
        left -= work;
    }

    private static int blocks(int bits, int blockBits) {
        return (bits + blockBits - 1) / blockBits;
    }

    private byte[] utf8() {
        return PBEParametersGenerator.PKCS5PasswordToUTF8Bytes(passphrase);
    }

    private static void requireLength(@Nullable BigInteger bytes, int keyBits) throws Unsupported {
        if (bytes != null && !bytes.equals(BigInteger.valueOf(keyBits / 8))) {
            throw new Unsupported("a key length of %s bytes, its cipher has %d"
                    .formatted(bytes.bitLength() > 64 ? "more than 64 bits of" : bytes, keyBits / 8));
        }
    }

    private static BigInteger integer(ASN1Sequence sequence, int at) {
        return ASN1Integer.getInstance(sequence.getObjectAt(at)).getPositiveValue();
    }

    private static byte[] bounded(byte[] salt) throws Unsupported {
        if (salt.length > LONGEST_SALT) {
            throw new Unsupported("a salt of %d bytes, at most %d are accepted".formatted(salt.length, LONGEST_SALT));
        }
        return salt;
    }
}
