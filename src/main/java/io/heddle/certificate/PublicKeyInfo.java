package io.heddle.certificate;

import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X962Parameters;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * The properties of a public key that Node shows. They are read from the encoding, because Java has no key object for
 * curves that it does not support.
 */
final class PublicKeyInfo {
    private static final PublicKeyInfo NONE =
            new PublicKeyInfo(Optional.empty(), Optional.empty(), 0, new byte[0], "", "");
    /** OpenSSL's names, each followed by a slash and NIST's name. */
    private static final Map<String, String> CURVES = Map.of(
            "1.2.840.10045.3.1.1", "prime192v1/P-192",
            "1.3.132.0.33", "secp224r1/P-224",
            "1.2.840.10045.3.1.7", "prime256v1/P-256",
            "1.3.132.0.34", "secp384r1/P-384",
            "1.3.132.0.35", "secp521r1/P-521",
            "1.3.132.0.10", "secp256k1/",
            "1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1/",
            "1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1/",
            "1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1/");

    private final Optional<BigInteger> modulus;
    private final Optional<BigInteger> exponent;
    private final int bits;
    private final byte[] encoded;
    private final String asn1Curve;
    private final String nistCurve;

    private PublicKeyInfo(
            Optional<BigInteger> modulus,
            Optional<BigInteger> exponent,
            int bits,
            byte[] encoded,
            String asn1Curve,
            String nistCurve) {
        this.modulus = modulus;
        this.exponent = exponent;
        this.bits = bits;
        this.encoded = encoded;
        this.asn1Curve = asn1Curve;
        this.nistCurve = nistCurve;
    }

    /** Returns the modulus of an RSA key. */
    Optional<BigInteger> modulus() {
        return modulus;
    }

    /** Returns the public exponent of an RSA key. */
    Optional<BigInteger> exponent() {
        return exponent;
    }

    /** Returns the size, 0 for a key that is neither RSA nor EC. */
    int bits() {
        return bits;
    }

    /** Returns the SubjectPublicKeyInfo of RSA, the point of EC, else an empty array; a copy. */
    byte[] encoded() {
        return encoded.clone();
    }

    /** Returns OpenSSL's name of an EC curve, else an empty text. */
    String asn1Curve() {
        return asn1Curve;
    }

    /** Returns NIST's name of an EC curve, else an empty text. */
    String nistCurve() {
        return nistCurve;
    }

    static PublicKeyInfo of(X509Certificate certificate) {
        try {
            return of(org.bouncycastle.asn1.x509.Certificate.getInstance(certificate.getEncoded())
                    .getSubjectPublicKeyInfo());
        } catch (IOException | CertificateEncodingException | RuntimeException unreadable) {
            return NONE;
        }
    }

    private static PublicKeyInfo of(SubjectPublicKeyInfo info) throws IOException {
        ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)
                || algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
            RSAPublicKey rsa = RSAPublicKey.getInstance(info.parsePublicKey());
            return new PublicKeyInfo(
                    Optional.of(rsa.getModulus()),
                    Optional.of(rsa.getPublicExponent()),
                    rsa.getModulus().bitLength(),
                    info.getEncoded(),
                    "",
                    "");
        }
        if (!algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return NONE;
        }
        X962Parameters parameters =
                X962Parameters.getInstance(info.getAlgorithm().getParameters());
        byte[] point = info.getPublicKeyData().getBytes();
        if (!parameters.isNamedCurve()) {
            int bits = X9ECParameters.getInstance(parameters.getParameters())
                    .getN()
                    .bitLength();
            return new PublicKeyInfo(Optional.empty(), Optional.empty(), bits, point, "", "");
        }
        var curve = ASN1ObjectIdentifier.getInstance(parameters.getParameters());
        X9ECParameters known = ECNamedCurveTable.getByOID(curve);
        String bcName = known == null ? curve.getId() : ECNamedCurveTable.getName(curve);
        String[] names = CURVES.getOrDefault(curve.getId(), bcName + "/").split("/", -1);
        int bits = known == null ? 0 : known.getN().bitLength();
        return new PublicKeyInfo(Optional.empty(), Optional.empty(), bits, point, names[0], names[1]);
    }
}
