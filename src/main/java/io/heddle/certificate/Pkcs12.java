package io.heddle.certificate;

import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.CertBag;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedData;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.util.DigestFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a PKCS#12 file (RFC 7292) holds: an identity and further certificates; Node {@code tls.createSecureContext options.pfx}.
 *
 * <p>The file must be sealed with a passphrase MAC. Its bags may be plain or encrypted by PBES2, 3DES or RC2. Algorithms that
 * the system's OpenSSL leaves to its legacy module (RC2-40) are read here.
 *
 * @param identity the first private key of the file with its certificate, and behind that what the file has of its chain
 * @param others the certificates that are not the identity's leaf, in the file's order; Node sends them and trusts them
 */
public record Pkcs12(Identity identity, List<X509Certificate> others) {
    private static final int MOST_BAGS = 10_000;

    /** Copies the list. */
    public Pkcs12 {
        others = List.copyOf(others);
    }

    /**
     * Reads a file.
     *
     * @param source what the content is, for the message: the option and the file, such as {@code pfx "server.p12"}
     * @param passphrase empty for none; it stays the caller's to wipe
     * @throws InvalidOption with {@code ERR_OSSL_PKCS12_MAC_VERIFY_FAILURE} (wrong passphrase or damaged; Node gives no code),
     *     {@code ERR_OSSL_ASN1_NOT_ENOUGH_DATA} (not PKCS#12; Node gives no code), {@code ERR_CRYPTO_OPERATION_FAILED} (no key inside) or
     *     {@code ERR_CRYPTO_UNSUPPORTED_OPERATION} (an algorithm that is not offered)
     */
    public static Pkcs12 read(String source, byte[] content, char[] passphrase) {
        return new Reader(source, passphrase).read(content);
    }

    /** The state of one reading. */
    private static final class Reader {
        private final String source;
        private final char[] passphrase;
        private final List<PrivateKey> keys = new ArrayList<>();
        private final List<X509Certificate> certificates = new ArrayList<>();
        private boolean absentNotEmpty;
        private int bags;

        Reader(String source, char[] passphrase) {
            this.source = source;
            this.passphrase = passphrase;
        }

        Pkcs12 read(byte[] content) {
            try {
                Pfx pfx = Pfx.getInstance(ASN1Primitive.fromByteArray(content));
                ContentInfo sealed = pfx.getAuthSafe();
                if (pfx.getMacData() == null || !sealed.getContentType().equals(PKCSObjectIdentifiers.data)) {
                    throw unsupported("a seal other than a passphrase MAC", null);
                }
                byte[] safe = ASN1OctetString.getInstance(sealed.getContent()).getOctets();
                verify(pfx.getMacData(), safe);
                for (ASN1Encodable info : ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(safe))) {
                    contents(ContentInfo.getInstance(info));
                }
            } catch (InvalidOption ours) {
                throw ours;
            } catch (PasswordCipher.Unsupported unsupported) {
                throw unsupported(unsupported.getMessage(), unsupported);
            } catch (GeneralSecurityException wrong) {
                throw macFailure(wrong);
            } catch (IOException | RuntimeException broken) {
                throw new InvalidOption(
                        "ERR_OSSL_ASN1_NOT_ENOUGH_DATA", source + ": is not PKCS#12 (not enough data)", broken);
            }
            return pair();
        }

        private void verify(MacData mac, byte[] safe) throws PasswordCipher.Unsupported {
            int iterations = PasswordCipher.boundedIterations(mac.getIterationCount());
            byte[] expected = mac.getMac().getDigest();
            // Files without a passphrase exist in two forms, and nothing in them says which.
            for (boolean absent : passphrase.length == 0 ? new boolean[] {true, false} : new boolean[] {false}) {
                byte[] password = PasswordCipher.pkcs12Password(passphrase, absent);
                Digest digest = digest(mac.getMac().getAlgorithmId().getAlgorithm());
                var generator = new PKCS12ParametersGenerator(digest);
                generator.init(password, mac.getSalt(), iterations);
                var hmac = new HMac(digest);
                hmac.init(generator.generateDerivedMacParameters(digest.getDigestSize() * 8));
                hmac.update(safe, 0, safe.length);
                byte[] computed = new byte[hmac.getMacSize()];
                hmac.doFinal(computed, 0);
                Arrays.fill(password, (byte) 0);
                if (MessageDigest.isEqual(computed, expected)) {
                    absentNotEmpty = absent;
                    return;
                }
            }
            throw macFailure(null);
        }

        private void contents(ContentInfo info)
                throws IOException, GeneralSecurityException, PasswordCipher.Unsupported {
            if (info.getContentType().equals(PKCSObjectIdentifiers.data)) {
                safeContents(ASN1OctetString.getInstance(info.getContent()).getOctets());
            } else if (info.getContentType().equals(PKCSObjectIdentifiers.encryptedData)) {
                var data = EncryptedData.getInstance(info.getContent());
                safeContents(PasswordCipher.decrypt(
                        data.getEncryptionAlgorithm(), data.getContent().getOctets(), passphrase, absentNotEmpty));
            } else {
                throw new PasswordCipher.Unsupported("content of type " + info.getContentType());
            }
        }

        private void safeContents(byte[] encoded)
                throws IOException, GeneralSecurityException, PasswordCipher.Unsupported {
            for (ASN1Encodable element : ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(encoded))) {
                if (++bags > MOST_BAGS) {
                    throw new PasswordCipher.Unsupported("more than %d entries".formatted(MOST_BAGS));
                }
                SafeBag bag = SafeBag.getInstance(element);
                ASN1ObjectIdentifier type = bag.getBagId();
                if (type.equals(PKCSObjectIdentifiers.keyBag)) {
                    keys.add(PrivateKeyReader.fromPkcs8(source, PrivateKeyInfo.getInstance(bag.getBagValue())));
                } else if (type.equals(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag)) {
                    keys.add(shrouded(EncryptedPrivateKeyInfo.getInstance(bag.getBagValue())));
                } else if (type.equals(PKCSObjectIdentifiers.certBag)) {
                    CertBag certificate = CertBag.getInstance(bag.getBagValue());
                    if (certificate.getCertId().equals(PKCSObjectIdentifiers.x509Certificate)) {
                        byte[] der = ASN1OctetString.getInstance(certificate.getCertValue())
                                .getOctets();
                        certificates.add(CertificateReader.parse(source, der));
                    }
                }
            }
        }

        private PrivateKey shrouded(EncryptedPrivateKeyInfo encrypted)
                throws IOException, GeneralSecurityException, PasswordCipher.Unsupported {
            byte[] plain = PasswordCipher.decrypt(
                    encrypted.getEncryptionAlgorithm(), encrypted.getEncryptedData(), passphrase, absentNotEmpty);
            try {
                return PrivateKeyReader.fromPkcs8(
                        source, PrivateKeyInfo.getInstance(ASN1Primitive.fromByteArray(plain)));
            } finally {
                Arrays.fill(plain, (byte) 0);
            }
        }

        private Pkcs12 pair() {
            if (keys.isEmpty()) {
                throw new InvalidOption(
                        "ERR_CRYPTO_OPERATION_FAILED",
                        source + ": holds no private key (unable to load private key from PFX data)");
            }
            PrivateKey key = keys.getFirst();
            for (X509Certificate leaf : certificates) {
                if (Identity.matches(key, leaf)) {
                    var others = new ArrayList<>(certificates);
                    others.remove(leaf);
                    var chain = new ArrayList<X509Certificate>();
                    chain.add(leaf);
                    chain.addAll(others);
                    return new Pkcs12(new Identity(key, chain), others);
                }
            }
            throw new InvalidOption(
                    "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
                    "%s: none of its %d certificates belongs to its private key"
                            .formatted(source, certificates.size()));
        }

        private InvalidOption macFailure(@Nullable Exception cause) {
            return new InvalidOption(
                    "ERR_OSSL_PKCS12_MAC_VERIFY_FAILURE",
                    source + ": the passphrase does not open it, or it is damaged (mac verify failure)",
                    cause);
        }

        private InvalidOption unsupported(@Nullable String what, @Nullable Exception cause) {
            return new InvalidOption(
                    "ERR_CRYPTO_UNSUPPORTED_OPERATION",
                    "%s: uses %s, which is not supported (unsupported PKCS12 PFX data)".formatted(source, what),
                    cause);
        }

        private static Digest digest(ASN1ObjectIdentifier oid) throws PasswordCipher.Unsupported {
            if (oid.equals(OIWObjectIdentifiers.idSHA1)) {
                return DigestFactory.createSHA1();
            } else if (oid.equals(NISTObjectIdentifiers.id_sha224)) {
                return DigestFactory.createSHA224();
            } else if (oid.equals(NISTObjectIdentifiers.id_sha256)) {
                return DigestFactory.createSHA256();
            } else if (oid.equals(NISTObjectIdentifiers.id_sha384)) {
                return DigestFactory.createSHA384();
            } else if (oid.equals(NISTObjectIdentifiers.id_sha512)) {
                return DigestFactory.createSHA512();
            }
            throw new PasswordCipher.Unsupported("a MAC with digest " + oid);
        }
    }
}
