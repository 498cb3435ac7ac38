package io.heddle.certificate.ocsp;

import io.heddle.certificate.x509.MlDsa;
import io.heddle.certificate.x509.SignatureStrength;
import io.heddle.protocol.KeyType;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * A signature algorithm of OCSP responses.
 *
 * @param name the name of Java's {@link Signature}, for ML-DSA that of the {@link KeyType}
 * @param strength the strength in bits, as {@link SignatureStrength} counts them
 * @param parameters those of RSASSA-PSS
 */
record OcspSignature(String name, int strength, Optional<PSSParameterSpec> parameters) {
    private static final String RSASSA_PSS = "1.2.840.113549.1.1.10";

    /** MD5 and older digests are absent: their signatures can be forged, whatever the security level is. */
    private static final Map<String, OcspSignature> BY_OID = Map.ofEntries(
            entry("1.2.840.113549.1.1.5", "SHA1withRSA", 63),
            entry("1.2.840.113549.1.1.14", "SHA224withRSA", 112),
            entry("1.2.840.113549.1.1.11", "SHA256withRSA", 128),
            entry("1.2.840.113549.1.1.12", "SHA384withRSA", 192),
            entry("1.2.840.113549.1.1.13", "SHA512withRSA", 256),
            entry("1.2.840.10045.4.1", "SHA1withECDSA", 63),
            entry("1.2.840.10045.4.3.1", "SHA224withECDSA", 112),
            entry("1.2.840.10045.4.3.2", "SHA256withECDSA", 128),
            entry("1.2.840.10045.4.3.3", "SHA384withECDSA", 192),
            entry("1.2.840.10045.4.3.4", "SHA512withECDSA", 256),
            entry("1.3.101.112", "Ed25519", 128),
            entry("1.3.101.113", "Ed448", 224));

    private static Map.Entry<String, OcspSignature> entry(String oid, String name, int strength) {
        return Map.entry(oid, new OcspSignature(name, strength, Optional.empty()));
    }

    /** Returns the algorithm, empty if it is not allowed in OCSP responses or its parameters are malformed. */
    static Optional<OcspSignature> of(AlgorithmIdentifier algorithm) {
        String oid = algorithm.getAlgorithm().getId();
        Optional<KeyType> mlDsa = MlDsa.type(oid);
        if (mlDsa.isPresent()) {
            return algorithm.getParameters() == null ? mlDsa.map(OcspSignature::mlDsa) : Optional.empty();
        }
        return oid.equals(RSASSA_PSS) ? pss(algorithm) : Optional.ofNullable(BY_OID.get(oid));
    }

    private static OcspSignature mlDsa(KeyType type) {
        return new OcspSignature(type.name(), MlDsa.strength(type), Optional.empty());
    }

    private static Optional<OcspSignature> pss(AlgorithmIdentifier algorithm) {
        try {
            AlgorithmParameters encoded = AlgorithmParameters.getInstance("RSASSA-PSS");
            encoded.init(algorithm.getParameters().toASN1Primitive().getEncoded());
            PSSParameterSpec parameters = encoded.getParameterSpec(PSSParameterSpec.class);
            int strength = strength(parameters.getDigestAlgorithm());
            return strength == 0
                    ? Optional.empty()
                    : Optional.of(new OcspSignature("RSASSA-PSS", strength, Optional.of(parameters)));
        } catch (GeneralSecurityException | IOException | RuntimeException malformed) {
            return Optional.empty();
        }
    }

    private static int strength(String digest) {
        return switch (digest.toUpperCase(Locale.ROOT)) {
            case "SHA-1" -> 63;
            case "SHA-224" -> 112;
            case "SHA-256" -> 128;
            case "SHA-384" -> 192;
            case "SHA-512" -> 256;
            default -> 0;
        };
    }

    private Signature verifier(PublicKey key) throws GeneralSecurityException {
        KeyType type = KeyType.of(key);
        if (type.isMlDsa() && type.name().equals(name)) {
            return MlDsa.verifier(key);
        }
        Signature verifier = Signature.getInstance(name);
        if (parameters.isPresent()) {
            verifier.setParameter(parameters.get());
        }
        verifier.initVerify(key);
        return verifier;
    }

    /** Returns whether {@code signature} over {@code content} was made with the private key of {@code key}. */
    boolean verifies(byte[] content, byte[] signature, PublicKey key) {
        try {
            Signature verifier = verifier(key);
            verifier.update(content);
            return verifier.verify(signature);
        } catch (GeneralSecurityException | RuntimeException bad) {
            return false;
        }
    }
}
