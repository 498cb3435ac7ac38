package io.heddle.certificate;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/**
 * Private keys from PEM or DER: PKCS#8 plain and encrypted, PKCS#1 RSA, SEC1 EC, and the older encrypted PEM with a
 * DEK-Info header; Node {@code tls.createSecureContext options.key}.
 *
 * <p>The keys are the JDK's own, because the JDK's providers sign with them. A passphrase given for a plain key is ignored,
 * as in Node. Encrypted keys may ask for at most 10,000,000 iterations.
 */
public final class PrivateKeyReader {
    private static final String BAD_DECRYPT = "ERR_OSSL_BAD_DECRYPT";
    private static final String UNSUPPORTED = "ERR_OSSL_UNSUPPORTED";

    private PrivateKeyReader() {}

    /** Returns the key in a file that is not encrypted; see {@link #read(String, byte[], char[])}. */
    public static PrivateKey read(String source, byte[] content) {
        return read(source, content, new char[0]);
    }

    /** Returns the key in PEM text; see {@link #read(String, byte[], char[])}. */
    public static PrivateKey read(String source, String pem, char[] passphrase) {
        return read(source, pem.getBytes(StandardCharsets.ISO_8859_1), passphrase);
    }

    /**
     * Returns the first private key of a PEM text, or the one that the DER is.
     *
     * @param source what the content is, for the message: the option and the file, such as {@code key "server-key.pem"}
     * @param passphrase empty for none; it stays the caller's to wipe
     * @throws InvalidOption with {@code ERR_OSSL_BAD_DECRYPT} for a missing or wrong passphrase, {@code ERR_OSSL_UNSUPPORTED} for
     *     what is no private key or has an algorithm that is not offered, else with the code of the broken PEM
     */
    public static PrivateKey read(String source, byte[] content, char[] passphrase) {
        BouncyCastleVersion.require();
        if (!Pem.isPem(content)) {
            return der(source, content, passphrase);
        }
        for (Pem.Block block : Pem.read(source, content)) {
            String label = block.label();
            if (label.equals("PRIVATE KEY")
                    || label.equals("ENCRYPTED PRIVATE KEY")
                    || label.equals("RSA PRIVATE KEY")
                    || label.equals("EC PRIVATE KEY")) {
                return fromBlock(source, block, passphrase);
            }
            if (label.endsWith("PRIVATE KEY")) {
                throw new InvalidOption(
                        UNSUPPORTED, "%s: a %s is not supported".formatted(source, TlsFailure.printable(label)));
            }
        }
        throw new InvalidOption(
                UNSUPPORTED,
                "%s: contains no private key, a block such as PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY is needed"
                        .formatted(source));
    }

    /** Returns the JDK's key for a PKCS#8 structure. */
    static PrivateKey fromPkcs8(String source, PrivateKeyInfo info) {
        String factory = factory(source, info.getPrivateKeyAlgorithm());
        byte[] encoded = new byte[0];
        try {
            encoded = info.getEncoded("DER");
            return KeyFactory.getInstance(factory).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (IOException | GeneralSecurityException | RuntimeException refused) {
            // The JDK's decoders also throw unchecked exceptions for broken numbers.
            throw new InvalidOption(
                    UNSUPPORTED,
                    "%s: the %s key cannot be used: it is broken or of a size or curve that Java lacks"
                            .formatted(source, factory),
                    refused);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    private static PrivateKey fromBlock(String source, Pem.Block block, char[] passphrase) {
        byte[] der = block.der();
        try {
            if (block.header("Proc-Type").orElse("").endsWith("ENCRYPTED")) {
                byte[] encrypted = der;
                der = decryptTraditional(source, block, encrypted, passphrase);
            }
            return der(source, der, passphrase);
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    private static byte[] decryptTraditional(String source, Pem.Block block, byte[] encrypted, char[] passphrase) {
        if (passphrase.length == 0) {
            throw missing(source);
        }
        byte[] plain = new byte[0];
        try {
            plain = PasswordCipher.decryptTraditional(block.header("DEK-Info").orElse(""), encrypted, passphrase);
            // One time in 256 a wrong passphrase yields good padding, and then no structure.
            ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(plain));
            return plain;
        } catch (PasswordCipher.Unsupported unsupported) {
            throw unsupported(source, unsupported);
        } catch (IOException | GeneralSecurityException | RuntimeException wrong) {
            Arrays.fill(plain, (byte) 0);
            throw wrong(source, wrong);
        }
    }

    private static PrivateKey der(String source, byte[] der, char[] passphrase) {
        ASN1Sequence sequence;
        try {
            sequence = ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(der));
        } catch (IOException | RuntimeException broken) {
            throw notAKey(source, broken);
        }
        PrivateKeyInfo info;
        try {
            if (sequence.size() == 2 && sequence.getObjectAt(0) instanceof ASN1Sequence) {
                info = decrypt(source, EncryptedPrivateKeyInfo.getInstance(sequence), passphrase);
            } else if (sequence.size() >= 3 && sequence.getObjectAt(1) instanceof ASN1Sequence) {
                info = PrivateKeyInfo.getInstance(sequence);
            } else if (sequence.size() >= 9 && sequence.getObjectAt(8) instanceof ASN1Integer) {
                info = new PrivateKeyInfo(
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                        RSAPrivateKey.getInstance(sequence));
            } else if (sequence.size() >= 2 && sequence.getObjectAt(1) instanceof ASN1OctetString) {
                info = sec1(source, ECPrivateKey.getInstance(sequence));
            } else {
                throw notAKey(source, null);
            }
        } catch (InvalidOption ours) {
            throw ours;
        } catch (IOException | RuntimeException broken) {
            throw notAKey(source, broken);
        }
        return fromPkcs8(source, info);
    }

    private static PrivateKeyInfo sec1(String source, ECPrivateKey key) throws IOException {
        if (!(key.getParametersObject() instanceof ASN1ObjectIdentifier curve)) {
            throw new InvalidOption(
                    UNSUPPORTED,
                    "%s: the EC key does not name its curve, explicit parameters are not supported".formatted(source));
        }
        ASN1BitString publicKey = key.getPublicKey();
        int bits = 8 * key.getPrivateKey().getOctets().length;
        var inner = publicKey == null
                ? new ECPrivateKey(bits, key.getKey(), curve)
                : new ECPrivateKey(bits, key.getKey(), publicKey, curve);
        return new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), inner);
    }

    private static PrivateKeyInfo decrypt(String source, EncryptedPrivateKeyInfo encrypted, char[] passphrase) {
        if (passphrase.length == 0) {
            throw missing(source);
        }
        byte[] plain = new byte[0];
        try {
            plain = PasswordCipher.decrypt(
                    encrypted.getEncryptionAlgorithm(), encrypted.getEncryptedData(), passphrase, false);
            // One time in 256 a wrong passphrase yields good padding, and then no key.
            return PrivateKeyInfo.getInstance(ASN1Primitive.fromByteArray(plain));
        } catch (PasswordCipher.Unsupported unsupported) {
            throw unsupported(source, unsupported);
        } catch (IOException | GeneralSecurityException | RuntimeException wrong) {
            throw wrong(source, wrong);
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    private static String factory(String source, AlgorithmIdentifier algorithm) {
        var oid = algorithm.getAlgorithm();
        if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return "RSA";
        } else if (oid.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
            return "RSASSA-PSS";
        } else if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return "EC";
        } else if (oid.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return "Ed25519";
        } else if (oid.equals(EdECObjectIdentifiers.id_Ed448)) {
            return "Ed448";
        }
        throw new InvalidOption(
                UNSUPPORTED,
                "%s: a private key with algorithm %s is not supported, RSA, RSASSA-PSS, EC, Ed25519 and Ed448 are"
                        .formatted(source, TlsFailure.printable(oid.getId())));
    }

    private static InvalidOption missing(String source) {
        return new InvalidOption(
                BAD_DECRYPT, source + ": the key is encrypted and no passphrase was given (bad decrypt)");
    }

    private static InvalidOption wrong(String source, Exception cause) {
        return new InvalidOption(
                BAD_DECRYPT, source + ": the passphrase does not open the encrypted key (bad decrypt)", cause);
    }

    private static InvalidOption unsupported(String source, PasswordCipher.Unsupported cause) {
        return new InvalidOption(
                UNSUPPORTED,
                "%s: the key is encrypted with %s, which is not supported".formatted(source, cause.getMessage()),
                cause);
    }

    private static InvalidOption notAKey(String source, @Nullable Exception cause) {
        return new InvalidOption(
                UNSUPPORTED,
                source + ": is not a private key in PEM or in one of the forms PKCS#8, PKCS#1 or SEC1",
                cause);
    }
}
