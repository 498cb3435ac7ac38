package io.heddle.managers;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The signatures that a peer can check, by JSSE's names for them.
 *
 * @param names in capitals; empty if nothing is known, which excludes nothing
 * @param tls13 whether the rules of TLS 1.3 hold: an EC key signs with the digest of its curve alone, RSA with PSS padding alone
 */
record PeerSignatures(List<String> names, boolean tls13) {
    static final PeerSignatures UNKNOWN = new PeerSignatures(List.of(), false);

    /** Returns what the session of a handshake says; nothing before TLS 1.2, where no signatures are negotiated. */
    static PeerSignatures of(@Nullable SSLSession handshake) {
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
                    : new PeerSignatures(
                            Arrays.stream(names)
                                    .map(name -> name.toUpperCase(Locale.ROOT))
                                    .toList(),
                            tls13);
        } catch (UnsupportedOperationException notToldHere) {
            return UNKNOWN;
        }
    }

    /** Returns whether the peer can check a signature of this key. */
    boolean allow(OwnKey key) {
        if (names.isEmpty()) {
            return true;
        }
        return switch (key.type()) {
            case RSA -> pss() || (!tls13 && any("WITHRSA"));
            case RSA_PSS -> pss();
            case EC -> tls13 ? names.contains(digest(key) + "WITHECDSA") : any("WITHECDSA");
            case ED25519 -> names.contains("ED25519") || names.contains("EDDSA");
            case ED448 -> names.contains("ED448") || names.contains("EDDSA");
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

    /** RFC 8446 4.2.3: the scheme names curve and digest together. */
    private static String digest(OwnKey key) {
        return switch (key.curve()) {
            case "prime256v1", "brainpoolP256r1" -> "SHA256";
            case "secp384r1", "brainpoolP384r1" -> "SHA384";
            case "secp521r1", "brainpoolP512r1" -> "SHA512";
            default -> "none";
        };
    }
}
