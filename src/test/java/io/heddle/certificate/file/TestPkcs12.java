package io.heddle.certificate.file;

import io.heddle.certificate.Identity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.CertBag;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PBMAC1Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.macs.HMac;

/** PKCS#12 files made in memory, with a seal of one iteration, so that fuzzing gets below it often. */
final class TestPkcs12 {
    private TestPkcs12() {}

    /** Returns a file with an identity and its chain, under this passphrase. */
    static byte[] of(Identity identity, String passphrase) {
        try {
            return sealed(safe(identity), passphrase);
        } catch (CertificateEncodingException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns the content: key and certificates, not encrypted. */
    static byte[] safe(Identity identity) throws IOException, CertificateEncodingException {
        return safe(identity.key(), identity.chain());
    }

    /** Returns the content, whether or not the key belongs to one of the certificates. */
    static byte[] safe(PrivateKey key, List<X509Certificate> certificates)
            throws IOException, CertificateEncodingException {
        return new DERSequence(new ContentInfo(
                        PKCSObjectIdentifiers.data,
                        new DEROctetString(bags(key, certificates).getEncoded())))
                .getEncoded();
    }

    /** Returns key and certificates in bags. */
    static DERSequence bags(PrivateKey key, List<X509Certificate> certificates) throws CertificateEncodingException {
        var bags = new ASN1EncodableVector();
        bags.add(new SafeBag(PKCSObjectIdentifiers.keyBag, PrivateKeyInfo.getInstance(key.getEncoded())));
        for (X509Certificate certificate : certificates) {
            ASN1Encodable der = new DEROctetString(certificate.getEncoded());
            bags.add(new SafeBag(
                    PKCSObjectIdentifiers.certBag,
                    new CertBag(PKCSObjectIdentifiers.x509Certificate, der).toASN1Primitive()));
        }
        return new DERSequence(bags);
    }

    /**
     * Returns a file without a MAC whose key is encrypted with one iteration, so that only its own encryption protects
     * it.
     */
    static byte[] unsealed(Identity identity, String passphrase) throws IOException, GeneralSecurityException {
        var bags = new ASN1EncodableVector();
        byte[] key = EncryptedKeys.pbes2("PBEWithHmacSHA256AndAES_128", identity.key(), passphrase, 1);
        bags.add(new SafeBag(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag, EncryptedPrivateKeyInfo.getInstance(key)));
        bags.add(new SafeBag(
                PKCSObjectIdentifiers.certBag,
                new CertBag(
                                PKCSObjectIdentifiers.x509Certificate,
                                new DEROctetString(identity.leaf().getEncoded()))
                        .toASN1Primitive()));
        byte[] safe = new DERSequence(new ContentInfo(
                        PKCSObjectIdentifiers.data, new DEROctetString(new DERSequence(bags).getEncoded())))
                .getEncoded();
        return new Pfx(new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(safe)), null).getEncoded();
    }

    /** Returns a file with a PBMAC1 of one iteration. */
    static byte[] pbmac1(Identity identity, String passphrase) throws IOException, CertificateEncodingException {
        byte[] safe = safe(identity);
        var sha256 = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
        byte[] salt = new byte[8];
        var generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
        generator.init(PBEParametersGenerator.PKCS5PasswordToUTF8Bytes(passphrase.toCharArray()), salt, 1);
        var hmac = new HMac(new SHA256Digest());
        hmac.init(generator.generateDerivedMacParameters(256));
        hmac.update(safe, 0, safe.length);
        byte[] mac = new byte[32];
        hmac.doFinal(mac, 0);
        var algorithm = new AlgorithmIdentifier(
                PKCSObjectIdentifiers.id_PBMAC1,
                new PBMAC1Params(
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(salt, 1, 32, sha256)),
                        sha256));
        return new Pfx(
                        new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(safe)),
                        new MacData(new DigestInfo(algorithm, mac), salt, 1))
                .getEncoded();
    }

    /** Returns a file whose seal is good, whatever the content is. */
    static byte[] sealed(byte[] safe, String passphrase) {
        byte[] salt = new byte[8];
        var generator = new PKCS12ParametersGenerator(new SHA1Digest());
        generator.init(PBEParametersGenerator.PKCS12PasswordToBytes(passphrase.toCharArray()), salt, 1);
        var hmac = new HMac(new SHA1Digest());
        hmac.init(generator.generateDerivedMacParameters(160));
        hmac.update(safe, 0, safe.length);
        byte[] mac = new byte[20];
        hmac.doFinal(mac, 0);
        var digest = new DigestInfo(new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1, DERNull.INSTANCE), mac);
        var content = new ContentInfo(PKCSObjectIdentifiers.data, new DEROctetString(safe));
        try {
            return new Pfx(content, new MacData(digest, salt, 1)).getEncoded();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
