package io.heddle.certificate.file;

import io.heddle.certificate.Identity;
import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.CertBag;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedData;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.SafeBag;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * The content of a PKCS#12 file (RFC 7292): an identity and other certificates. Node's option {@code pfx} of
 * {@code tls.createSecureContext}.
 *
 * <p>A MAC under the passphrase protects the file, that of RFC 7292 or PBMAC1 (RFC 9579); files without one, as
 * {@code openssl pkcs12 -nomac} and Java's {@code macAlgorithm=NONE} write them, are accepted, and their certificates are
 * only as trustworthy as those of a PEM file. The bags are plain or encrypted with PBES2, 3DES or RC2, including RC2-40 of
 * OpenSSL's legacy module. Key derivation for the whole file is limited to 10,000,000 iterations.
 *
 * @param identity the first private key of the file with its certificate, followed by the certificates of its chain
 *     that the file contains
 * @param others the certificates other than the leaf of the identity, in the order of the file; Node sends and trusts them
 */
public record Pkcs12(Identity identity, List<X509Certificate> others) {
    private static final int MOST_BAGS = 10_000;
    private static final int DEEPEST = 8;

    /** Copies the list. */
    public Pkcs12 {
        others = List.copyOf(others);
    }

    /**
     * Reads a file.
     *
     * @param source the option and the file, for messages, such as {@code pfx "server.p12"}
     * @param passphrase empty for none; the caller wipes it
     * @throws InvalidOption with {@code ERR_OSSL_PKCS12_MAC_VERIFY_FAILURE} if the passphrase is wrong or the file damaged
     *     (Node has no code), {@code ERR_OSSL_BAD_DECRYPT} for the same in a file without a MAC, {@code
     *     ERR_OSSL_ASN1_NOT_ENOUGH_DATA} if it is not PKCS#12 (Node has no code), {@code ERR_CRYPTO_OPERATION_FAILED} if it
     *     has no key, {@code ERR_CRYPTO_UNSUPPORTED_OPERATION} if an algorithm is not supported
     */
    public static Pkcs12 read(String source, byte[] content, char[] passphrase) {
        return new Reader(source, passphrase).read(content);
    }

    /** The state of reading one file. */
    private static final class Reader {
        private final String source;
        private final KeyDerivation derivation;
        private final PasswordCipher cipher;
        private final List<PrivateKey> keys = new ArrayList<>();
        private final List<X509Certificate> certificates = new ArrayList<>();

        /**
         * The forms of an empty passphrase that are still possible: true for an absent one, false for one of length zero.
         * Files without a passphrase exist in both forms, and contain no indication of the form.
         */
        private List<Boolean> absent;

        private boolean sealed;
        private int bags;

        Reader(String source, char[] passphrase) {
            this.source = source;
            derivation = new KeyDerivation(passphrase);
            cipher = new PasswordCipher(derivation);
            absent = derivation.withoutPassphrase() ? List.of(true, false) : List.of(false);
        }

        Pkcs12 read(byte[] content) {
            try {
                Pfx pfx = Pfx.getInstance(ASN1Primitive.fromByteArray(content));
                ContentInfo authenticated = pfx.getAuthSafe();
                if (!authenticated.getContentType().equals(PKCSObjectIdentifiers.data)) {
                    throw new KeyDerivation.Unsupported("a signature in place of a MAC");
                }
                byte[] safe =
                        ASN1OctetString.getInstance(authenticated.getContent()).getOctets();
                sealed = pfx.getMacData() != null;
                if (sealed) {
                    absent = new Pkcs12Seal(pfx.getMacData(), derivation).formsThatFit(safe, absent);
                    if (absent.isEmpty()) {
                        throw doesNotOpen(null);
                    }
                }
                for (ASN1Encodable info : ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(safe))) {
                    contents(ContentInfo.getInstance(info));
                }
            } catch (InvalidOption ours) {
                throw ours;
            } catch (KeyDerivation.Unsupported unsupported) {
                throw new InvalidOption(
                        "ERR_CRYPTO_UNSUPPORTED_OPERATION",
                        "%s: uses %s, which is not supported (unsupported PKCS12 PFX data)"
                                .formatted(source, unsupported.getMessage()),
                        unsupported);
            } catch (GeneralSecurityException wrong) {
                throw doesNotOpen(wrong);
            } catch (IOException | RuntimeException broken) {
                throw new InvalidOption(
                        "ERR_OSSL_ASN1_NOT_ENOUGH_DATA", source + ": is not PKCS#12 (not enough data)", broken);
            }
            return pair();
        }

        private void contents(ContentInfo info)
                throws IOException, GeneralSecurityException, KeyDerivation.Unsupported {
            if (info.getContentType().equals(PKCSObjectIdentifiers.data)) {
                byte[] plain = ASN1OctetString.getInstance(info.getContent()).getOctets();
                safeContents(ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(plain)), 1);
            } else if (info.getContentType().equals(PKCSObjectIdentifiers.encryptedData)) {
                var data = EncryptedData.getInstance(info.getContent());
                safeContents(
                        decrypt(data.getEncryptionAlgorithm(), data.getContent().getOctets()), 1);
            } else {
                throw new KeyDerivation.Unsupported("content of type " + info.getContentType());
            }
        }

        private void safeContents(ASN1Sequence contents, int depth)
                throws IOException, GeneralSecurityException, KeyDerivation.Unsupported {
            for (ASN1Encodable element : contents) {
                if (++bags > MOST_BAGS || depth > DEEPEST) {
                    throw new KeyDerivation.Unsupported(
                            "more than %d entries or %d levels of them".formatted(MOST_BAGS, DEEPEST));
                }
                SafeBag bag = SafeBag.getInstance(element);
                ASN1ObjectIdentifier type = bag.getBagId();
                if (type.equals(PKCSObjectIdentifiers.keyBag)) {
                    keys.add(PrivateKeyReader.fromPkcs8(source, PrivateKeyInfo.getInstance(bag.getBagValue())));
                } else if (type.equals(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag)) {
                    var shrouded = EncryptedPrivateKeyInfo.getInstance(bag.getBagValue());
                    ASN1Sequence plain = decrypt(shrouded.getEncryptionAlgorithm(), shrouded.getEncryptedData());
                    keys.add(PrivateKeyReader.fromPkcs8(source, PrivateKeyInfo.getInstance(plain)));
                } else if (type.equals(PKCSObjectIdentifiers.certBag)) {
                    CertBag certificate = CertBag.getInstance(bag.getBagValue());
                    if (certificate.getCertId().equals(PKCSObjectIdentifiers.x509Certificate)) {
                        byte[] der = ASN1OctetString.getInstance(certificate.getCertValue())
                                .getOctets();
                        certificates.add(CertificateReader.parse(source, der));
                    }
                } else if (type.equals(PKCSObjectIdentifiers.safeContentsBag)) {
                    safeContents(ASN1Sequence.getInstance(bag.getBagValue()), depth + 1);
                }
            }
        }

        private ASN1Sequence decrypt(AlgorithmIdentifier algorithm, byte[] encrypted)
                throws GeneralSecurityException, KeyDerivation.Unsupported {
            GeneralSecurityException wrong = new GeneralSecurityException("bad decrypt");
            for (boolean form : absent) {
                try {
                    return cipher.decrypt(algorithm, encrypted, form);
                } catch (GeneralSecurityException first) {
                    wrong = first;
                }
            }
            throw wrong;
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

        private InvalidOption doesNotOpen(@Nullable Exception cause) {
            return sealed
                    ? new InvalidOption(
                            "ERR_OSSL_PKCS12_MAC_VERIFY_FAILURE",
                            source + ": the passphrase does not open it, or it is damaged (mac verify failure)",
                            cause)
                    : new InvalidOption(
                            "ERR_OSSL_BAD_DECRYPT",
                            source
                                    + ": the passphrase does not open it, or it is damaged (bad decrypt, there is no MAC)",
                            cause);
        }
    }
}
