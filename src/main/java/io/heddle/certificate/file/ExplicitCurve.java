package io.heddle.certificate.file;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;

/**
 * The explicit parameters of an elliptic curve over a prime field (ECParameters, SEC 1 C.2), as
 * {@code openssl ecparam -param_enc explicit} writes them.
 *
 * <p>They are only compared with the parameters of the named curves: a curve chosen by an attacker, or a named one with
 * another generator (CVE-2020-0601), equals none of them. The seed is not compared, since it only documents the origin of
 * the parameters.
 */
record ExplicitCurve(
        BigInteger prime,
        BigInteger a,
        BigInteger b,
        byte[] generator,
        BigInteger order,
        Optional<BigInteger> cofactor) {
    /** The curves that Java supports, which are compared first. */
    private static final List<String> USUAL = List.of("secp256r1", "secp384r1", "secp521r1");

    /**
     * Returns the object identifier of the curve with these parameters, empty if no named curve over a prime field
     * has them.
     *
     * @throws RuntimeException if the structure is malformed
     */
    static Optional<ASN1ObjectIdentifier> identify(ASN1Encodable parameters) {
        ASN1Sequence sequence = ASN1Sequence.getInstance(parameters);
        ASN1Sequence field = ASN1Sequence.getInstance(sequence.getObjectAt(1));
        if (!field.getObjectAt(0).equals(X9ObjectIdentifiers.prime_field)) {
            return Optional.empty();
        }
        ASN1Sequence curve = ASN1Sequence.getInstance(sequence.getObjectAt(2));
        Optional<BigInteger> cofactor = sequence.size() > 5 && sequence.getObjectAt(5) instanceof ASN1Integer integer
                ? Optional.of(integer.getValue())
                : Optional.empty();
        return new ExplicitCurve(
                        ASN1Integer.getInstance(field.getObjectAt(1)).getValue(),
                        element(curve.getObjectAt(0)),
                        element(curve.getObjectAt(1)),
                        ASN1OctetString.getInstance(sequence.getObjectAt(3)).getOctets(),
                        ASN1Integer.getInstance(sequence.getObjectAt(4)).getValue(),
                        cofactor)
                .identify();
    }

    private Optional<ASN1ObjectIdentifier> identify() {
        for (String name : USUAL) {
            if (equalTo(name)) {
                return Optional.of(ECNamedCurveTable.getOID(name));
            }
        }
        Enumeration<?> names = ECNamedCurveTable.getNames();
        while (names.hasMoreElements()) {
            if (names.nextElement() instanceof String name && equalTo(name)) {
                return Optional.of(ECNamedCurveTable.getOID(name));
            }
        }
        return Optional.empty();
    }

    private boolean equalTo(String name) {
        X9ECParameters named = ECNamedCurveTable.getByName(name);
        ECCurve curve = named.getCurve();
        return curve.getField().getDimension() == 1
                && curve.getField().getCharacteristic().equals(prime)
                && curve.getA().toBigInteger().equals(a)
                && curve.getB().toBigInteger().equals(b)
                && named.getN().equals(order)
                && cofactor.map(named.getH()::equals).orElse(true)
                && isEncodingOf(named.getG());
    }

    /**
     * Returns whether an encoded generator is this point: compressed, uncompressed or hybrid, a form that SEC 1 has
     * dropped.
     */
    private boolean isEncodingOf(ECPoint point) {
        byte[] whole = point.getEncoded(false);
        byte[] compressed = point.getEncoded(true);
        byte[] hybrid = whole.clone();
        hybrid[0] = (byte) (compressed[0] + 4);
        return Arrays.equals(generator, whole)
                || Arrays.equals(generator, compressed)
                || Arrays.equals(generator, hybrid);
    }

    private static BigInteger element(ASN1Encodable octets) {
        return new BigInteger(1, ASN1OctetString.getInstance(octets).getOctets());
    }
}
