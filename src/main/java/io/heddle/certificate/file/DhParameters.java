package io.heddle.certificate.file;

import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.NoSuchAlgorithmException;
import java.security.spec.InvalidParameterSpecException;
import javax.crypto.spec.DHParameterSpec;

/**
 * The group of Diffie-Hellman key exchange in TLS 1.2 and below. Node's option {@code dhparam} of {@code
 * tls.createSecureContext}.
 *
 * @param p the prime, at least 1024 bits
 * @param g the generator
 */
public record DhParameters(BigInteger p, BigInteger g) {
    private static final int SHORTEST = 1024;
    private static final int LONGEST = 10_000;

    /**
     * Checks the size of the prime, and that the generator is in the group.
     *
     * @throws InvalidOption with {@code ERR_INVALID_ARG_VALUE}
     */
    public DhParameters {
        if (p.bitLength() < SHORTEST) {
            throw refused("DH parameter is less than 1024 bits: the prime has " + p.bitLength());
        }
        if (p.bitLength() > LONGEST || !p.testBit(0)) {
            throw refused("DH parameter has no usable prime, %d bits".formatted(p.bitLength()));
        }
        if (g.compareTo(BigInteger.TWO) < 0 || g.compareTo(p.subtract(BigInteger.TWO)) > 0) {
            throw refused("DH parameter has a generator outside 2 to p - 2");
        }
    }

    /** Returns the size of the prime in bits. */
    public int bits() {
        return p.bitLength();
    }

    /**
     * Returns the parameters of a PEM text ({@code DH PARAMETERS}, PKCS#3), as {@code openssl dhparam} writes them.
     *
     * @param source the option and the file, for messages
     * @throws InvalidOption if the text has none, or the prime is too small
     */
    public static DhParameters read(String source, byte[] pem) {
        for (Pem.Block block : Pem.read(source, pem)) {
            if (block.label().equals("DH PARAMETERS")) {
                return parse(source, block.der());
            }
            block.passOver(source);
        }
        throw new InvalidOption("ERR_OSSL_PEM_NO_START_LINE", "%s: contains no DH PARAMETERS".formatted(source));
    }

    private static DhParameters parse(String source, byte[] der) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("DH");
            parameters.init(der);
            DHParameterSpec spec = parameters.getParameterSpec(DHParameterSpec.class);
            return new DhParameters(spec.getP(), spec.getG());
        } catch (IOException | NoSuchAlgorithmException | InvalidParameterSpecException e) {
            throw new InvalidOption(
                    "ERR_CRYPTO_OPERATION_FAILED", "%s: DH PARAMETERS are not valid DER".formatted(source), e);
        }
    }

    private static InvalidOption refused(String reason) {
        return new InvalidOption("ERR_INVALID_ARG_VALUE", "dhparam: " + reason);
    }
}
