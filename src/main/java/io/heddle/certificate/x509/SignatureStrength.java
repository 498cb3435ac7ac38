package io.heddle.certificate.x509;

import io.heddle.protocol.KeyType;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.jspecify.annotations.Nullable;

/** The strength of the signature of a certificate, in bits, by its digest as in OpenSSL 3.0. */
public final class SignatureStrength {
    private static final String RSASSA_PSS = "1.2.840.113549.1.1.10";

    private SignatureStrength() {}

    public static int of(X509Certificate certificate) {
        Optional<KeyType> mlDsa = MlDsa.type(certificate.getSigAlgOID());
        if (mlDsa.isPresent()) {
            return MlDsa.strength(mlDsa.get());
        }
        String name = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (certificate.getSigAlgOID().equals(RSASSA_PSS)) {
            name = pssDigest(certificate.getSigAlgParams());
        }
        if (name.startsWith("MD2") || name.startsWith("MD4") || name.startsWith("MD5")) {
            return 39; // collisions of MD5 are found in seconds
        } else if (name.startsWith("SHA1") || name.startsWith("SHA-1")) {
            return 63; // the published chosen-prefix collision
        } else if (name.startsWith("SHA224") || name.startsWith("SHA3-224")) {
            return 112;
        } else if (name.startsWith("SHA384") || name.startsWith("SHA3-384")) {
            return 192;
        } else if (name.startsWith("SHA512") || name.startsWith("SHA3-512")) {
            return 256;
        } else if (name.equals("ED448")) {
            return 224;
        }
        return 128; // SHA-256 and Ed25519
    }

    private static String pssDigest(byte @Nullable [] parameters) {
        try {
            String oid = RSASSAPSSparams.getInstance(parameters)
                    .getHashAlgorithm()
                    .getAlgorithm()
                    .getId();
            return switch (oid) {
                case "2.16.840.1.101.3.4.2.1" -> "SHA256";
                case "2.16.840.1.101.3.4.2.2" -> "SHA384";
                case "2.16.840.1.101.3.4.2.3" -> "SHA512";
                case "2.16.840.1.101.3.4.2.4" -> "SHA224";
                default -> "SHA1";
            };
        } catch (RuntimeException unreadable) {
            return "SHA1";
        }
    }
}
