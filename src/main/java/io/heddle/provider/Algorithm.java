package io.heddle.provider;

import java.security.Provider;

/** A family of algorithms that run on one provider. */
public enum Algorithm {
    /** Key pairs, agreements and signatures on the curves P-256, P-384 and P-521. */
    EC("Signature", "SHA256withECDSA"),
    /** Signatures with PKCS#1 and PSS. */
    RSA("Signature", "SHA256withRSA"),
    X25519("KeyAgreement", "XDH"),
    AES_GCM("Cipher", "AES/GCM/NoPadding"),
    CHACHA20_POLY1305("Cipher", "ChaCha20-Poly1305"),
    /** AES-CBC, which encrypts session tickets. */
    AES("Cipher", "AES"),
    SHA_2("MessageDigest", "SHA-256"),
    HMAC("Mac", "HmacSHA256"),
    /** ML-KEM-768 and ML-KEM-1024. */
    ML_KEM("KEM", "ML-KEM-768");

    private final String type;
    private final String name;

    /** Sets the service that a provider of the family has. */
    Algorithm(String type, String name) {
        this.type = type;
        this.name = name;
    }

    boolean isServiceOf(Provider provider) {
        return provider.getService(type, name) != null;
    }
}
