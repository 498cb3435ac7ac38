package io.heddle.certificate.file;

import io.heddle.certificate.x509.BouncyCastleVersion;
import io.heddle.certificate.x509.MlDsa;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.KeyType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Null;
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
 * Reads private keys from PEM or DER: PKCS#8, plain and encrypted, PKCS#1 RSA, SEC 1 EC, and encrypted PEM with a
 * DEK-Info header. Node's option {@code key} of {@code tls.createSecureContext}.
 *
 * <p>The result is a key of the JDK, whose providers sign with it. As in Node, a passphrase for a plain key is ignored.
 * All ciphers that OpenSSL writes are supported (AES, ARIA, Camellia, 3DES, SM4; of its legacy module SEED, Blowfish,
 * CAST5, DES and RC2), with at most 10,000,000 iterations of key derivation. An EC key contains the name of its curve
 * or the parameters of a named curve. A key for ML-DSA is in one of the three forms of RFC 9881.
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
        return read(source, pem.getBytes(StandardCharsets.UTF_8), passphrase);
    }

    /**
     * Returns the first private key of a PEM text, or the key that the DER encodes.
     *
     * @param source the option and the file, for messages, such as {@code key "server-key.pem"}
     * @param passphrase empty for none; the caller wipes it
     * @throws InvalidOption with {@code ERR_OSSL_BAD_DECRYPT} if the passphrase is missing or wrong, with
     *     {@code ERR_OSSL_UNSUPPORTED} if the content is not a private key or its algorithm is not supported, else with
     *     the code for malformed PEM
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
            block.passOver(source);
        }
        throw new InvalidOption(
                UNSUPPORTED,
                "%s: contains no private key, a block such as PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY is needed"
                        .formatted(source));
    }

    /** Returns the JDK's key for a PKCS#8 structure. */
    static PrivateKey fromPkcs8(String source, PrivateKeyInfo info) {
        Optional<KeyType> mlDsa =
                MlDsa.type(info.getPrivateKeyAlgorithm().getAlgorithm().getId());
        if (mlDsa.isPresent()) {
            return mlDsa(source, mlDsa.get(), info);
        }
        String factory = factory(source, info.getPrivateKeyAlgorithm());
        byte[] encoded = new byte[0];
        try {
            ASN1Encodable parameters = info.getPrivateKeyAlgorithm().getParameters();
            PrivateKeyInfo readable = factory.equals("EC") && !(parameters instanceof ASN1ObjectIdentifier)
                    ? named(source, parameters, ECPrivateKey.getInstance(info.parsePrivateKey()))
                    : info;
            encoded = readable.getEncoded("DER");
            return KeyFactory.getInstance(factory).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (InvalidOption ours) {
            throw ours;
        } catch (IOException | GeneralSecurityException | RuntimeException refused) {
            // The JDK's decoders also throw unchecked exceptions for malformed numbers.
            throw new InvalidOption(
                    UNSUPPORTED,
                    "%s: the %s key cannot be used: it is broken or of a size or curve that Java lacks"
                            .formatted(source, factory),
                    refused);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    private static PrivateKey mlDsa(String source, KeyType type, PrivateKeyInfo info) {
        try {
            return MlDsaPrivateKey.read(source, type, info);
        } catch (InvalidOption ours) {
            throw ours;
        } catch (IOException | GeneralSecurityException | RuntimeException refused) {
            throw new InvalidOption(
                    UNSUPPORTED,
                    "%s: the %s key is broken or in none of the forms of RFC 9881: seed, expanded key or both"
                            .formatted(source, type.text()),
                    refused);
        }
    }

    private static PrivateKey fromBlock(String source, Pem.Block block, char[] passphrase) {
        byte[] der = block.der();
        try {
            return block.header("Proc-Type").orElse("").endsWith("ENCRYPTED")
                    ? traditional(source, block.header("DEK-Info").orElse(""), der, passphrase)
                    : der(source, der, passphrase);
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    private static PrivateKey traditional(String source, String dekInfo, byte[] encrypted, char[] passphrase) {
        if (passphrase.length == 0) {
            throw missing(source);
        }
        try {
            return structure(source, cipher(passphrase).decryptTraditional(dekInfo, encrypted), passphrase);
        } catch (KeyDerivation.Unsupported unsupported) {
            throw unsupported(source, unsupported);
        } catch (GeneralSecurityException wrong) {
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
        return structure(source, sequence, passphrase);
    }

    private static PrivateKey structure(String source, ASN1Sequence sequence, char[] passphrase) {
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
                ECPrivateKey key = ECPrivateKey.getInstance(sequence);
                info = named(source, key.getParametersObject(), key);
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

    /**
     * Returns an EC key with its curve by name, whether {@code parameters} are the name or the parameters themselves.
     */
    private static PrivateKeyInfo named(String source, @Nullable ASN1Encodable parameters, ECPrivateKey key)
            throws IOException {
        if (parameters == null || parameters.toASN1Primitive() instanceof ASN1Null) {
            throw new InvalidOption(UNSUPPORTED, source + ": the EC key does not say what its curve is");
        }
        ASN1ObjectIdentifier curve = parameters instanceof ASN1ObjectIdentifier name
                ? name
                : ExplicitCurve.identify(parameters)
                        .orElseThrow(
                                () -> new InvalidOption(
                                        UNSUPPORTED,
                                        source
                                                + ": the EC key has explicit parameters that no named curve over a prime field has"));
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
        try {
            ASN1Sequence plain =
                    cipher(passphrase).decrypt(encrypted.getEncryptionAlgorithm(), encrypted.getEncryptedData(), false);
            return PrivateKeyInfo.getInstance(plain);
        } catch (KeyDerivation.Unsupported unsupported) {
            throw unsupported(source, unsupported);
        } catch (GeneralSecurityException | RuntimeException wrong) {
            throw wrong(source, wrong);
        }
    }

    private static PasswordCipher cipher(char[] passphrase) {
        return new PasswordCipher(new KeyDerivation(passphrase));
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
                "%s: a private key with algorithm %s is not supported, RSA, RSASSA-PSS, EC, Ed25519, Ed448 and ML-DSA are"
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

    private static InvalidOption unsupported(String source, KeyDerivation.Unsupported cause) {
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
