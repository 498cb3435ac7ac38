package io.heddle.cipher;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.KeyType;
import io.heddle.protocol.TlsVersion;
import io.heddle.protocol.rules.SecurityLevel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A signature scheme, as {@code sigalgs} selects it and as {@code signature_algorithms} carries it (RFC 8446 4.2.3, RFC
 * 5246 7.4.1.4.1), in the order of preference, which is that of OpenSSL 3.5 with one exception.
 */
public enum Sigalg {
    MLDSA65(0x0905, KeyType.ML_DSA_65, "id-ml-dsa-65", ""),
    MLDSA87(0x0906, KeyType.ML_DSA_87, "id-ml-dsa-87", ""),
    MLDSA44(0x0904, KeyType.ML_DSA_44, "id-ml-dsa-44", ""),
    ECDSA_SECP256R1_SHA256(0x0403, KeyType.EC, "ECDSA", "SHA256"),
    ECDSA_SECP384R1_SHA384(0x0503, KeyType.EC, "ECDSA", "SHA384"),
    ECDSA_SECP521R1_SHA512(0x0603, KeyType.EC, "ECDSA", "SHA512"),
    ED25519(0x0807, KeyType.ED25519, "Ed25519", ""),
    ED448(0x0808, KeyType.ED448, "Ed448", ""),
    // OpenSSL has rsae after pss; here a server with both kinds of key presents the one that every client can verify.
    RSA_PSS_RSAE_SHA256(0x0804, KeyType.RSA, "RSA-PSS", "SHA256"),
    RSA_PSS_RSAE_SHA384(0x0805, KeyType.RSA, "RSA-PSS", "SHA384"),
    RSA_PSS_RSAE_SHA512(0x0806, KeyType.RSA, "RSA-PSS", "SHA512"),
    RSA_PSS_PSS_SHA256(0x0809, KeyType.RSA_PSS, "RSA-PSS", "SHA256"),
    RSA_PSS_PSS_SHA384(0x080A, KeyType.RSA_PSS, "RSA-PSS", "SHA384"),
    RSA_PSS_PSS_SHA512(0x080B, KeyType.RSA_PSS, "RSA-PSS", "SHA512"),
    RSA_PKCS1_SHA256(0x0401, KeyType.RSA, "RSA", "SHA256"),
    RSA_PKCS1_SHA384(0x0501, KeyType.RSA, "RSA", "SHA384"),
    RSA_PKCS1_SHA512(0x0601, KeyType.RSA, "RSA", "SHA512"),
    ECDSA_SHA224(0x0303, KeyType.EC, "ECDSA", "SHA224"),
    ECDSA_SHA1(0x0203, KeyType.EC, "ECDSA", "SHA1"),
    RSA_PKCS1_SHA224(0x0301, KeyType.RSA, "RSA", "SHA224"),
    RSA_PKCS1_SHA1(0x0201, KeyType.RSA, "RSA", "SHA1"),
    DSA_SHA224(0x0302, KeyType.DSA, "DSA", "SHA224"),
    DSA_SHA1(0x0202, KeyType.DSA, "DSA", "SHA1"),
    DSA_SHA256(0x0402, KeyType.DSA, "DSA", "SHA256"),
    DSA_SHA384(0x0502, KeyType.DSA, "DSA", "SHA384"),
    DSA_SHA512(0x0602, KeyType.DSA, "DSA", "SHA512");

    private static final Map<Integer, Sigalg> BY_NUMBER = new HashMap<>();
    private static final Map<String, Sigalg> BY_NAME = new HashMap<>();

    private static final List<List<Sigalg>> DEFAULTS = IntStream.rangeClosed(0, SecurityLevel.HIGHEST)
            .mapToObj(Sigalg::defaultsOf)
            .toList();

    static {
        for (Sigalg sigalg : values()) {
            BY_NUMBER.put(sigalg.number, sigalg);
            BY_NAME.put(sigalg.standardName(), sigalg);
            // Of two schemes with the same OpenSSL name, the name selects that of rsaEncryption.
            if (sigalg.keyType != KeyType.RSA_PSS) {
                sigalg.addPairs(sigalg.signature);
                sigalg.addPairs(sigalg.signature.equals("RSA-PSS") ? "PSS" : sigalg.signature);
            }
            if (sigalg.keyType.isMlDsa()) {
                BY_NAME.put(sigalg.signature.substring("id-".length()), sigalg);
            }
        }
    }

    private final int number;
    private final KeyType keyType;
    private final String signature;
    private final String hash;

    Sigalg(int number, KeyType keyType, String signature, String hash) {
        this.number = number;
        this.keyType = keyType;
        this.signature = signature;
        this.hash = hash;
    }

    /** OpenSSL accepts signature and hash in either order. */
    private void addPairs(String signatureName) {
        if (!hash.isEmpty()) {
            BY_NAME.putIfAbsent((signatureName + "+" + hash).toLowerCase(Locale.ROOT), this);
            BY_NAME.putIfAbsent((hash + "+" + signatureName).toLowerCase(Locale.ROOT), this);
        }
    }

    /** Returns the number on the wire, such as {@code 0x0804}. */
    public int number() {
        return number;
    }

    /** Returns the name of RFC 8446, which is JSSE's, such as {@code rsa_pss_rsae_sha256}. */
    public String standardName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the name that Node's {@code getSharedSigalgs()} has, such as {@code RSA-PSS+SHA256}; for those without a
     * separate hash {@code Ed25519+UNDEF}, {@code Ed448+UNDEF}, {@code id-ml-dsa-65+UNDEF} and so on.
     */
    public String opensslName() {
        return signature + "+" + (hash.isEmpty() ? "UNDEF" : hash);
    }

    /** Returns the kind of key of such a signature. */
    public KeyType keyType() {
        return keyType;
    }

    /**
     * Returns whether the scheme may sign a handshake of {@code version}. TLS 1.3 allows PKCS#1 padding, SHA-1, SHA-224
     * and DSA in certificates only (RFC 8446 4.2.3), and binds each ECDSA scheme to the curve in its name. ML-DSA signs
     * in TLS 1.3 alone (draft-ietf-tls-mldsa). TLS 1.0 and 1.1 have fixed hashes and negotiate nothing.
     */
    public boolean signsIn(TlsVersion version) {
        return switch (version) {
            case TLS_1_0, TLS_1_1 -> false;
            case TLS_1_2 -> !keyType.isMlDsa();
            case TLS_1_3 ->
                switch (this) {
                    case ECDSA_SECP256R1_SHA256, ECDSA_SECP384R1_SHA384, ECDSA_SECP521R1_SHA512, ED25519, ED448 -> true;
                    default -> signature.equals("RSA-PSS") || keyType.isMlDsa();
                };
        };
    }

    /**
     * Returns the default schemes in order of preference: all but those with DSA. As in OpenSSL those with SHA-1 need a
     * security level of 0 (0 to 5, see {@link CipherList#securityLevel()}), since a client of TLS 1.2 without
     * {@code signature_algorithms} accepts no others (RFC 5246 7.4.1.4.1); so do those with SHA-224 here. From level 4
     * on, only those are left whose strength the level allows: at 4 none with SHA-256, at 5 those with SHA-512 and
     * ML-DSA-87.
     */
    public static List<Sigalg> defaults(int securityLevel) {
        return DEFAULTS.get(securityLevel);
    }

    /** Returns the strength in bits that OpenSSL counts: half the size of the digest, or that of the key. */
    private int strength() {
        return switch (this) {
            case MLDSA87 -> 256;
            case ED448 -> 224;
            case MLDSA65 -> 192;
            case MLDSA44, ED25519 -> 128;
            default ->
                switch (hash) {
                    case "SHA512" -> 256;
                    case "SHA384" -> 192;
                    case "SHA256" -> 128;
                    // Below that of level 3, and so of every level but 0.
                    default -> 0;
                };
        };
    }

    private static List<Sigalg> defaultsOf(int securityLevel) {
        int least = securityLevel == 0 ? 0 : Math.max(128, SecurityLevel.bits(securityLevel));
        return Arrays.stream(values())
                .filter(sigalg -> sigalg.keyType != KeyType.DSA && sigalg.strength() >= least)
                .toList();
    }

    /** Returns the scheme with this number on the wire, empty if it is not one of these. */
    public static Optional<Sigalg> of(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    /**
     * Returns the scheme that RFC 8446 ({@code rsa_pss_rsae_sha256}) or OpenSSL ({@code RSA-PSS+SHA256},
     * {@code ECDSA+SHA384}) calls {@code name}, in any case of its letters, as in OpenSSL 3.5.
     */
    public static Optional<Sigalg> ofName(String name) {
        return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
    }

    /**
     * Returns the schemes of a colon list in its order, as Node's {@code sigalgs} takes it. Blanks around names and
     * repeated schemes are ignored, and so is, as in OpenSSL 3.5, an unknown name behind {@code ?}.
     *
     * @throws InvalidOption with {@code ERR_INVALID_ARG_VALUE} if the list is empty, has an empty element, names a
     *     scheme that Heddle does not have, or has only unknown names behind {@code ?}
     */
    public static List<Sigalg> parseList(String list) {
        if (list.isEmpty()) {
            throw new InvalidOption("ERR_INVALID_ARG_VALUE", "sigalgs: the list is empty, at least one is needed");
        }
        List<Sigalg> read = GroupList.names(list).stream()
                .flatMap(element -> element(list, element).stream())
                .distinct()
                .toList();
        if (read.isEmpty()) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "sigalgs: \"%s\" has unknown names only, at least one signature algorithm is needed"
                            .formatted(TlsFailure.printable(list)));
        }
        return read;
    }

    private static Optional<Sigalg> element(String list, String element) {
        boolean optional = element.startsWith("?");
        String name = optional ? element.substring(1) : element;
        Optional<Sigalg> sigalg = ofName(name);
        // OpenSSL refuses a pair without its second part before it looks for the names.
        boolean incomplete = name.contains("+") && name.indexOf('+') == name.length() - 1;
        if (sigalg.isEmpty() && (!optional || incomplete)) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "sigalgs: \"%s\" in \"%s\" is not a signature algorithm, allowed are names such as RSA-PSS+SHA256:ecdsa_secp256r1_sha256"
                            .formatted(TlsFailure.printable(element), TlsFailure.printable(list)));
        }
        return sigalg;
    }
}
