package io.heddle.certificate.file;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cryptopro.CryptoProObjectIdentifiers;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PBMAC1Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.rosstandart.RosstandartObjectIdentifiers;
import org.bouncycastle.asn1.teletrust.TeleTrusTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.GOST3411Digest;
import org.bouncycastle.crypto.digests.GOST3411_2012_256Digest;
import org.bouncycastle.crypto.digests.GOST3411_2012_512Digest;
import org.bouncycastle.crypto.digests.MD2Digest;
import org.bouncycastle.crypto.digests.MD4Digest;
import org.bouncycastle.crypto.digests.RIPEMD128Digest;
import org.bouncycastle.crypto.digests.RIPEMD160Digest;
import org.bouncycastle.crypto.digests.RIPEMD256Digest;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.util.DigestFactory;

/**
 * The MAC over the content of a PKCS#12 file: an HMAC whose key is derived as in RFC 7292 appendix B, or PBMAC1 (RFC
 * 9579).
 *
 * <p>bcpkix's {@code PKCS12PfxPdu} (1.84) is not used: it limits neither the iterations nor the key length of PBMAC1, and
 * supports only one of the two forms of an empty passphrase.
 */
final class Pkcs12Seal {
    /** The minimum key length: a shorter key would be easier to guess than the MAC of the weakest digest. */
    private static final int SHORTEST_KEY = 20;

    /** The maximum key length: OpenSSL writes 64 bytes, the length of the longest digest, BouncyCastle 1.84 writes 256. */
    private static final int LONGEST_KEY = 512;

    private static final Map<ASN1ObjectIdentifier, Supplier<Digest>> DIGESTS = Map.ofEntries(
            Map.entry(OIWObjectIdentifiers.idSHA1, DigestFactory::createSHA1),
            Map.entry(NISTObjectIdentifiers.id_sha224, DigestFactory::createSHA224),
            Map.entry(NISTObjectIdentifiers.id_sha256, DigestFactory::createSHA256),
            Map.entry(NISTObjectIdentifiers.id_sha384, DigestFactory::createSHA384),
            Map.entry(NISTObjectIdentifiers.id_sha512, DigestFactory::createSHA512),
            Map.entry(NISTObjectIdentifiers.id_sha3_224, DigestFactory::createSHA3_224),
            Map.entry(NISTObjectIdentifiers.id_sha3_256, DigestFactory::createSHA3_256),
            Map.entry(NISTObjectIdentifiers.id_sha3_384, DigestFactory::createSHA3_384),
            Map.entry(NISTObjectIdentifiers.id_sha3_512, DigestFactory::createSHA3_512),
            Map.entry(PKCSObjectIdentifiers.md2, MD2Digest::new),
            Map.entry(PKCSObjectIdentifiers.md4, MD4Digest::new),
            Map.entry(PKCSObjectIdentifiers.md5, DigestFactory::createMD5),
            Map.entry(TeleTrusTObjectIdentifiers.ripemd128, RIPEMD128Digest::new),
            Map.entry(TeleTrusTObjectIdentifiers.ripemd160, RIPEMD160Digest::new),
            Map.entry(TeleTrusTObjectIdentifiers.ripemd256, RIPEMD256Digest::new),
            Map.entry(CryptoProObjectIdentifiers.gostR3411, GOST3411Digest::new),
            Map.entry(RosstandartObjectIdentifiers.id_tc26_gost_3411_12_256, GOST3411_2012_256Digest::new),
            Map.entry(RosstandartObjectIdentifiers.id_tc26_gost_3411_12_512, GOST3411_2012_512Digest::new),
            Map.entry(GMObjectIdentifiers.sm3, SM3Digest::new));

    private final MacData mac;
    private final KeyDerivation derivation;

    Pkcs12Seal(MacData mac, KeyDerivation derivation) {
        this.mac = mac;
        this.derivation = derivation;
    }

    /**
     * Returns the forms of the passphrase for which this is the MAC of {@code content}; none if the passphrase is wrong or
     * the content was changed. Compares in constant time.
     *
     * @param absent the forms to try: true for an absent passphrase, false for one of length zero
     */
    List<Boolean> formsThatFit(byte[] content, List<Boolean> absent) throws KeyDerivation.Unsupported {
        AlgorithmIdentifier algorithm = mac.getMac().getAlgorithmId();
        if (algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBMAC1)) {
            // PBMAC1 encodes the passphrase in UTF-8, where the two forms of an empty one are the same.
            return fits(pbmac1(PBMAC1Params.getInstance(algorithm.getParameters())), content) ? absent : List.of();
        }
        var fitting = new ArrayList<Boolean>(1);
        for (boolean form : absent) {
            Digest digest = digest(algorithm);
            CipherParameters key = derivation.pkcs12(
                    digest, mac.getSalt(), mac.getIterationCount(), form, 8 * digest.getDigestSize(), 0);
            if (fits(keyed(digest, key), content)) {
                fitting.add(form);
                break;
            }
        }
        return fitting;
    }

    private HMac pbmac1(PBMAC1Params parameters) throws KeyDerivation.Unsupported {
        AlgorithmIdentifier function = parameters.getKeyDerivationFunc();
        // RFC 9579 section 5: PBKDF2 with an explicit key length, which the MAC does not imply.
        if (!function.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
            throw new KeyDerivation.Unsupported("PBMAC1 with the key derivation " + function.getAlgorithm());
        }
        BigInteger bytes = PBKDF2Params.getInstance(function.getParameters()).getKeyLength();
        if (bytes == null) {
            throw new KeyDerivation.Unsupported("PBMAC1 without the length of its key");
        }
        if (bytes.bitLength() > 31 || bytes.intValueExact() < SHORTEST_KEY || bytes.intValueExact() > LONGEST_KEY) {
            throw new KeyDerivation.Unsupported("PBMAC1 with a key of %s bytes, %d to %d are accepted"
                    .formatted(bytes.bitLength() > 64 ? "more than 64 bits of" : bytes, SHORTEST_KEY, LONGEST_KEY));
        }
        Digest digest =
                KeyDerivation.hmacDigest(parameters.getMessageAuthScheme().getAlgorithm());
        return keyed(digest, derivation.derive(function, 8 * bytes.intValueExact()));
    }

    private static HMac keyed(Digest digest, CipherParameters key) {
        var hmac = new HMac(digest);
        hmac.init(key);
        return hmac;
    }

    private boolean fits(HMac hmac, byte[] content) {
        hmac.update(content, 0, content.length);
        byte[] computed = new byte[hmac.getMacSize()];
        hmac.doFinal(computed, 0);
        return MessageDigest.isEqual(computed, mac.getMac().getDigest());
    }

    private static Digest digest(AlgorithmIdentifier algorithm) throws KeyDerivation.Unsupported {
        Supplier<Digest> digest = DIGESTS.get(algorithm.getAlgorithm());
        if (digest == null) {
            throw new KeyDerivation.Unsupported("a MAC with the digest " + algorithm.getAlgorithm());
        }
        return digest.get();
    }
}
