package io.heddle.certificate;

import io.heddle.certificate.x509.MlDsa;
import io.heddle.certificate.x509.ParsedCertificate;
import io.heddle.certificate.x509.SignatureStrength;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.KeyType;
import io.heddle.protocol.rules.SecurityLevel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.Optional;

/**
 * A private key and its certificate chain, leaf first. Immutable.
 *
 * <p>The constructor checks that key and leaf belong together. RSA keys are compared by their modulus; for any other
 * key, including one that never leaves an HSM, a trial signature is verified with the certificate.
 */
public final class Identity {
    private static final byte[] TRIAL =
            "heddle: does this key belong to this certificate?".getBytes(StandardCharsets.US_ASCII);

    private final PrivateKey key;
    private final List<X509Certificate> chain;
    private final KeyType keyType;

    /**
     * Creates an identity.
     *
     * @param key a key of any JCA provider; it needs no encoded form
     * @param chain the leaf, then the certificates that are sent with it, in the order of sending
     * @throws InvalidOption with {@code ERR_OSSL_X509_KEY_VALUES_MISMATCH} if the key is not the leaf's, with
     *     {@code ERR_OSSL_PEM_NO_START_LINE} for an empty chain
     */
    public Identity(PrivateKey key, List<X509Certificate> chain) {
        this(key, notEmpty(chain), KeyType.of(chain.getFirst().getPublicKey()));
        PublicKey publicKey = leaf().getPublicKey();
        if (!belongs(key, publicKey)) {
            throw new InvalidOption(
                    "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
                    "key: the private key (%s) does not belong to the certificate of %s (%s) (key values mismatch)"
                            .formatted(
                                    ParsedCertificate.describe(key), subject(), ParsedCertificate.describe(publicKey)));
        }
    }

    private Identity(PrivateKey key, List<X509Certificate> chain, KeyType keyType) {
        this.key = key;
        this.chain = List.copyOf(chain);
        this.keyType = keyType;
    }

    private static List<X509Certificate> notEmpty(List<X509Certificate> chain) {
        if (chain.isEmpty()) {
            throw new InvalidOption("ERR_OSSL_PEM_NO_START_LINE", "cert: a private key is given without a certificate");
        }
        return chain;
    }

    /** Returns the identity of this key and this chain, empty if they do not belong together. */
    public static Optional<Identity> matching(PrivateKey key, List<X509Certificate> chain) {
        PublicKey publicKey = notEmpty(chain).getFirst().getPublicKey();
        return belongs(key, publicKey)
                ? Optional.of(new Identity(key, chain, KeyType.of(publicKey)))
                : Optional.empty();
    }

    /** Returns the private key. */
    public PrivateKey key() {
        return key;
    }

    /** Returns the certificates to send, leaf first, at least one; immutable. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** Returns the certificate that the key belongs to. */
    public X509Certificate leaf() {
        return chain.getFirst();
    }

    /** Returns the kind of the leaf's key. */
    public KeyType keyType() {
        return keyType;
    }

    /**
     * Returns this identity with another chain of the same leaf, for instance one completed from the
     * trusted certificates.
     */
    public Identity withChain(List<X509Certificate> completed) {
        // The pair is unchanged, and a trial signature costs a millisecond or more.
        return notEmpty(completed).getFirst().equals(leaf())
                ? new Identity(key, completed, keyType)
                : new Identity(key, completed);
    }

    /**
     * Checks that the keys and signatures of the chain have the strength of an OpenSSL security level, so that a
     * peer with the same level accepts them. The signature of a self-signed certificate proves nothing and may be of
     * any kind.
     *
     * @param securityLevel 0 to 5; 0 allows any strength
     * @throws InvalidOption with {@code ERR_SSL_EE_KEY_TOO_SMALL}, {@code ERR_SSL_CA_KEY_TOO_SMALL} or
     *     {@code ERR_SSL_CA_MD_TOO_WEAK}
     */
    public void requireLevel(int securityLevel) {
        int strength = SecurityLevel.bits(securityLevel);
        for (X509Certificate certificate : chain) {
            var link = new ParsedCertificate(certificate);
            if (link.strength() < strength) {
                boolean own = certificate.equals(leaf());
                throw new InvalidOption(
                        own ? "ERR_SSL_EE_KEY_TOO_SMALL" : "ERR_SSL_CA_KEY_TOO_SMALL",
                        "cert: the key of %s (%s) is too weak for security level %d (%s key too small)"
                                .formatted(
                                        link,
                                        ParsedCertificate.describe(link.publicKey),
                                        securityLevel,
                                        own ? "ee" : "ca"));
            }
            if (!link.selfSigned && SignatureStrength.of(certificate) < strength) {
                throw new InvalidOption(
                        "ERR_SSL_CA_MD_TOO_WEAK",
                        "cert: the signature of %s (%s) is too weak for security level %d (ca md too weak)"
                                .formatted(link, certificate.getSigAlgName(), securityLevel));
            }
        }
    }

    /** Returns whether {@code key} is the private half of the certificate's key. */
    public static boolean matches(PrivateKey key, X509Certificate certificate) {
        return belongs(key, certificate.getPublicKey());
    }

    /** Returns the subject, the kind of key and the length of the chain; without the key itself. */
    @Override
    public String toString() {
        return "Identity[%s, %s, %d certificates]".formatted(subject(), keyType, chain.size());
    }

    private String subject() {
        return '"' + TlsFailure.printable(leaf().getSubjectX500Principal().getName()) + '"';
    }

    private static boolean belongs(PrivateKey key, PublicKey publicKey) {
        if (key instanceof RSAKey ours && publicKey instanceof RSAKey theirs) {
            return ours.getModulus().equals(theirs.getModulus());
        }
        try {
            Signature signer = signer(key, publicKey);
            signer.update(TRIAL);
            byte[] signed = signer.sign();
            Signature verifier = verifier(key, publicKey);
            verifier.update(TRIAL);
            return verifier.verify(signed);
        } catch (GeneralSecurityException | RuntimeException notThisKind) {
            // Providers refuse a key of another kind or curve by exceptions of several types.
            return false;
        }
    }

    private static Signature signer(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
        if (KeyType.of(publicKey).isMlDsa()) {
            return MlDsa.signer(key);
        }
        Signature signer = signature(key, publicKey);
        signer.initSign(key);
        return signer;
    }

    private static Signature verifier(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
        if (KeyType.of(publicKey).isMlDsa()) {
            return MlDsa.verifier(publicKey);
        }
        Signature verifier = signature(key, publicKey);
        verifier.initVerify(publicKey);
        return verifier;
    }

    private static Signature signature(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
        return switch (KeyType.of(publicKey)) {
            case RSA -> Signature.getInstance("SHA256withRSA");
            case RSA_PSS -> {
                Signature pss = Signature.getInstance("RSASSA-PSS");
                pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
                yield pss;
            }
            case EC -> Signature.getInstance("SHA256withECDSA");
            case DSA -> Signature.getInstance("SHA256withDSA");
            case ED25519, ED448 -> Signature.getInstance("EdDSA");
            case ML_DSA_44, ML_DSA_65, ML_DSA_87, UNKNOWN ->
                throw new GeneralSecurityException("no signature for " + key.getAlgorithm());
        };
    }
}
