package io.heddle.cipher;

import io.heddle.protocol.TlsVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A group for key agreement, as {@code ecdhCurve} selects it and as {@code supported_groups} carries it (RFC 8446
 * 4.2.7): an elliptic curve, a prime field, a post-quantum key encapsulation, or a hybrid.
 */
public enum Group {
    P_256(0x0017, Kind.ECDH, 256, 128, "prime256v1", "secp256r1", "P-256"),
    P_384(0x0018, Kind.ECDH, 384, 192, "secp384r1", "secp384r1", "P-384"),
    P_521(0x0019, Kind.ECDH, 521, 256, "secp521r1", "secp521r1", "P-521"),
    X25519(0x001D, Kind.ECDH, 253, 128, "X25519", "x25519"),
    X448(0x001E, Kind.ECDH, 448, 224, "X448", "x448"),
    /** Not for TLS 1.3. */
    SECP256K1(0x0016, Kind.ECDH, 256, 128, "secp256k1", "secp256k1"),
    /** Not for TLS 1.3 (RFC 7027). */
    BRAINPOOL_P256(0x001A, Kind.ECDH, 256, 128, "brainpoolP256r1", "brainpoolP256r1"),
    /** Not for TLS 1.3 (RFC 7027). */
    BRAINPOOL_P384(0x001B, Kind.ECDH, 384, 192, "brainpoolP384r1", "brainpoolP384r1"),
    /** Not for TLS 1.3 (RFC 7027). */
    BRAINPOOL_P512(0x001C, Kind.ECDH, 512, 256, "brainpoolP512r1", "brainpoolP512r1"),
    FFDHE2048(0x0100, Kind.DH, 2048, 112, "ffdhe2048", "ffdhe2048"),
    FFDHE3072(0x0101, Kind.DH, 3072, 128, "ffdhe3072", "ffdhe3072"),
    FFDHE4096(0x0102, Kind.DH, 4096, 128, "ffdhe4096", "ffdhe4096"),
    FFDHE6144(0x0103, Kind.DH, 6144, 128, "ffdhe6144", "ffdhe6144"),
    FFDHE8192(0x0104, Kind.DH, 8192, 192, "ffdhe8192", "ffdhe8192"),
    /** X25519 together with ML-KEM-768 (RFC 10024). */
    X25519MLKEM768(0x11EC, Kind.HYBRID, 0, 192, "X25519MLKEM768", "X25519MLKEM768"),
    /** P-256 together with ML-KEM-768 (RFC 10024). */
    SECP256R1MLKEM768(0x11EB, Kind.HYBRID, 0, 192, "SecP256r1MLKEM768", "SecP256r1MLKEM768"),
    /** P-384 together with ML-KEM-1024 (RFC 10024). */
    SECP384R1MLKEM1024(0x11ED, Kind.HYBRID, 0, 256, "SecP384r1MLKEM1024", "SecP384r1MLKEM1024"),
    /** ML-KEM-512 alone (draft-ietf-tls-mlkem); in no default list. */
    MLKEM512(0x0200, Kind.KEM, 0, 128, "MLKEM512", "MLKEM512"),
    /** ML-KEM-768 alone (draft-ietf-tls-mlkem); in no default list. */
    MLKEM768(0x0201, Kind.KEM, 0, 192, "MLKEM768", "MLKEM768"),
    /** ML-KEM-1024 alone (draft-ietf-tls-mlkem); in no default list. */
    MLKEM1024(0x0202, Kind.KEM, 0, 256, "MLKEM1024", "MLKEM1024");

    /** The mathematical kind of a group. */
    public enum Kind {
        /** An elliptic curve; Node's {@code getEphemeralKeyInfo().type} is {@code "ECDH"}. */
        ECDH,
        /** A prime field (RFC 7919); Node's {@code getEphemeralKeyInfo().type} is {@code "DH"}. */
        DH,
        /** A post-quantum key encapsulation (FIPS 203), for TLS 1.3 alone. */
        KEM,
        /** An elliptic curve and a post-quantum key encapsulation, for TLS 1.3 alone. */
        HYBRID
    }

    private static final Map<Integer, Group> BY_NUMBER = new HashMap<>();
    private static final Map<String, Group> BY_NAME = new HashMap<>();

    static {
        for (Group group : values()) {
            BY_NUMBER.put(group.number, group);
            for (String name : List.of(group.opensslName, group.standardName, group.nistName)) {
                BY_NAME.put(name.toLowerCase(Locale.ROOT), group);
            }
        }
    }

    private final int number;
    private final Kind kind;
    private final int bits;
    private final int strength;
    private final String opensslName;
    private final String standardName;
    private final String nistName;

    Group(int number, Kind kind, int bits, int strength, String opensslName, String standardName) {
        this(number, kind, bits, strength, opensslName, standardName, standardName);
    }

    Group(int number, Kind kind, int bits, int strength, String opensslName, String standardName, String nistName) {
        this.number = number;
        this.kind = kind;
        this.bits = bits;
        this.strength = strength;
        this.opensslName = opensslName;
        this.standardName = standardName;
        this.nistName = nistName;
    }

    /** Returns the number on the wire, such as {@code 0x001D}. */
    public int number() {
        return number;
    }

    /**
     * Returns OpenSSL's name, which is Node's {@code getEphemeralKeyInfo().name}: {@code prime256v1}, {@code X25519}.
     */
    public String opensslName() {
        return opensslName;
    }

    /** Returns the name in IANA's registry, which is JSSE's: {@code secp256r1}, {@code x25519}. */
    public String standardName() {
        return standardName;
    }

    /** Returns the mathematical kind. */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns the size in bits as Node's {@code getEphemeralKeyInfo().size} has it, which is 253 for X25519; 0 for a
     * key encapsulation and a hybrid, which have none there.
     */
    public int bits() {
        return bits;
    }

    /** Returns the strength in bits as OpenSSL counts it for {@code @SECLEVEL}: 128 for X25519. */
    public int strength() {
        return strength;
    }

    /**
     * Returns whether {@code version} can negotiate this group: key encapsulations and hybrids are for TLS 1.3 alone;
     * the curves of RFC 7027 and secp256k1 are not for it; prime fields below TLS 1.3 are negotiated by RFC 7919.
     */
    public boolean fits(TlsVersion version) {
        boolean tls13 = version == TlsVersion.TLS_1_3;
        return switch (kind) {
            case KEM, HYBRID -> tls13;
            case DH -> true;
            case ECDH ->
                switch (this) {
                    case SECP256K1, BRAINPOOL_P256, BRAINPOOL_P384, BRAINPOOL_P512 -> !tls13;
                    default -> true;
                };
        };
    }

    /** Returns the group with this number on the wire, empty if it is not one of these. */
    public static Optional<Group> of(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    /**
     * Returns the group that OpenSSL ({@code prime256v1}, {@code X25519}), NIST ({@code P-256}) or IANA
     * ({@code secp256r1}, {@code x25519}) calls {@code name}, in any case of its letters, as in OpenSSL 3.5.
     */
    public static Optional<Group> ofName(String name) {
        return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
    }
}
