package io.heddle.managers;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The signature algorithms that a peer supports.
 *
 * @param names the names of JSSE in capitals; empty if unknown, which excludes no key
 * @param tls13 whether the rules of TLS 1.3 apply: an EC key signs only with the digest of its curve, RSA only with
 *     PSS padding
 */
record PeerSignatureAlgorithms(List<String> names, boolean tls13) {
    static final PeerSignatureAlgorithms UNKNOWN = new PeerSignatureAlgorithms(List.of(), false);

    /**
     * Returns the algorithms of a handshake's session; {@link #UNKNOWN} before TLS 1.2, which does not negotiate any.
     */
    static PeerSignatureAlgorithms of(@Nullable SSLSession handshake) {
        if (!(handshake instanceof ExtendedSSLSession session)) {
            return UNKNOWN;
        }
        boolean tls13 = session.getProtocol().equals("TLSv1.3");
        if (!tls13 && !session.getProtocol().equals("TLSv1.2")) {
            return UNKNOWN;
        }
        try {
            String @Nullable [] names = session.getPeerSupportedSignatureAlgorithms();
            return names == null
                    ? UNKNOWN
                    : new PeerSignatureAlgorithms(
                            Arrays.stream(names)
                                    .map(name -> name.toUpperCase(Locale.ROOT))
                                    .toList(),
                            tls13);
        } catch (UnsupportedOperationException e) {
            return UNKNOWN;
        }
    }

    /** Returns whether the peer can verify a signature of this key. */
    boolean allow(KeyEntry key) {
        if (names.isEmpty()) {
            return true;
        }
        return switch (key.type()) {
            case RSA -> pss() || (!tls13 && any("WITHRSA"));
            case RSA_PSS -> pss();
            case EC -> tls13 ? names.contains(digest(key) + "WITHECDSA") : any("WITHECDSA");
            case ED25519 -> names.contains("ED25519") || names.contains("EDDSA");
            case ED448 -> names.contains("ED448") || names.contains("EDDSA");
            case ML_DSA_44, ML_DSA_65, ML_DSA_87 ->
                tls13 && (names.contains("ML-DSA") || names.contains(key.type().text()));
            case DSA -> !tls13 && any("WITHDSA");
            case UNKNOWN -> false;
        };
    }

    private boolean pss() {
        return names.contains("RSASSA-PSS") || any("ANDMGF1");
    }

    private boolean any(String end) {
        return names.stream().anyMatch(name -> name.endsWith(end));
    }

    /** Returns the digest of the scheme, which RFC 8446 4.2.3 ties to the curve. */
    private static String digest(KeyEntry key) {
        return switch (key.curve()) {
            case "prime256v1", "brainpoolP256r1" -> "SHA256";
            case "secp384r1", "brainpoolP384r1" -> "SHA384";
            case "secp521r1", "brainpoolP512r1" -> "SHA512";
            default -> "none";
        };
    }
}
