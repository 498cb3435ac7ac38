package io.heddle.cipher;

import io.heddle.protocol.TlsVersion;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A supported cipher suite with its three names: the number of IANA's registry, OpenSSL's name (which is Node's) and
 * the standard name (which is JSSE's).
 *
 * <p>There is one object per suite, so {@code ==} compares. Suites that are too weak or too old to be supported only
 * have a name, which {@link #isKnownName} recognises.
 */
public final class Suite {
    /** A key exchange method. */
    public enum KeyExchange {
        /** TLS 1.3, where the group and not the suite decides. */
        ANY,
        /** The client encrypts to the RSA key of the certificate; no forward secrecy. */
        RSA,
        /** Ephemeral Diffie-Hellman over a prime field. */
        DHE,
        /** Ephemeral Diffie-Hellman over an elliptic curve. */
        ECDHE,
        /** A shared key alone (RFC 4279). */
        PSK,
        /** A shared key and DHE. */
        DHE_PSK,
        /** A shared key and ECDHE (RFC 5489). */
        ECDHE_PSK,
        /** A shared key and RSA encryption. */
        RSA_PSK;

        /** Returns whether a shared key is used, as returned by {@code pskCallback} (TLS 1.2 and below). */
        public boolean isPsk() {
            return this == PSK || this == DHE_PSK || this == ECDHE_PSK || this == RSA_PSK;
        }

        /** Returns whether the client encrypts to the RSA key of the server's certificate. */
        public boolean encryptsToRsa() {
            return this == RSA || this == RSA_PSK;
        }

        /** Returns whether keys of past connections stay secret when long-term keys leak. */
        public boolean isForwardSecret() {
            return this == ANY || this == DHE || this == ECDHE || this == DHE_PSK || this == ECDHE_PSK;
        }
    }

    /** A method of authentication of the server. */
    public enum Authentication {
        /** TLS 1.3, where the signature scheme and not the suite decides. */
        ANY,
        /** A certificate with an RSA key. */
        RSA,
        /** A certificate with an EC, Ed25519 or Ed448 key (RFC 8422). */
        ECDSA,
        /** A certificate with a DSA key. */
        DSS,
        /** Knowledge of the shared key; no certificate. */
        PSK,
        /** No authentication: any server is accepted. Only at security level 0. */
        NONE
    }

    /** The record cipher. */
    public enum Encryption {
        NULL(0, "None"),
        AES_128_CBC(128, "AES"),
        AES_256_CBC(256, "AES"),
        AES_128_GCM(128, "AESGCM"),
        AES_256_GCM(256, "AESGCM"),
        AES_128_CCM(128, "AESCCM"),
        AES_256_CCM(256, "AESCCM"),
        AES_128_CCM_8(128, "AESCCM8", 64),
        AES_256_CCM_8(256, "AESCCM8", 64),
        ARIA_128_GCM(128, "ARIAGCM"),
        ARIA_256_GCM(256, "ARIAGCM"),
        CAMELLIA_128_CBC(128, "Camellia"),
        CAMELLIA_256_CBC(256, "Camellia"),
        CHACHA20_POLY1305(256, "CHACHA20/POLY1305");

        private final int bits;
        private final String opensslName;
        private final int strength;

        Encryption(int bits, String opensslName) {
            this(bits, opensslName, bits);
        }

        Encryption(int bits, String opensslName, int strength) {
            this.bits = bits;
            this.opensslName = opensslName;
            this.strength = strength;
        }

        /** Returns the length of the key in bits. */
        public int bits() {
            return bits;
        }

        /** Returns what {@code openssl ciphers -v} writes after {@code Enc=}, without the bits. */
        public String opensslName() {
            return opensslName;
        }
    }

    /** The integrity protection of records. */
    public enum Mac {
        /** The cipher itself protects the integrity. */
        AEAD,
        SHA1,
        SHA256,
        SHA384
    }

    /** The hash under the pseudo-random function of TLS 1.2 and the key schedule of TLS 1.3. */
    public enum Hash {
        SHA256,
        SHA384
    }

    private static final Map<Integer, Suite> BY_NUMBER = new HashMap<>();
    private static final Map<String, Suite> BY_NAME = new HashMap<>();
    private static final Map<String, Suite> BY_STANDARD_NAME = new HashMap<>();

    private static final List<Suite> ALL = SuiteTable.read();

    static {
        for (Suite suite : ALL) {
            BY_NUMBER.put(suite.number, suite);
            BY_NAME.put(suite.name, suite);
            BY_STANDARD_NAME.put(suite.standardName, suite);
        }
    }

    private final int number;
    private final String name;
    private final String standardName;
    private final String version;
    private final KeyExchange keyExchange;
    private final Authentication authentication;
    private final Encryption encryption;
    private final Mac mac;
    private final Hash hash;

    Suite(
            int number,
            String name,
            String standardName,
            String version,
            KeyExchange keyExchange,
            Authentication authentication,
            Encryption encryption,
            Mac mac,
            Hash hash) {
        this.number = number;
        this.name = name;
        this.standardName = standardName;
        this.version = version;
        this.keyExchange = keyExchange;
        this.authentication = authentication;
        this.encryption = encryption;
        this.mac = mac;
        this.hash = hash;
    }

    /** Returns all supported suites, in the order in which OpenSSL prefers them, those of TLS 1.3 first. */
    public static Collection<Suite> all() {
        return ALL;
    }

    /** Returns the suite with this number in IANA's registry, empty if it is not supported. */
    public static Optional<Suite> of(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    /** Returns the suite that OpenSSL and Node call {@code name}; case matters. */
    public static Optional<Suite> ofName(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /**
     * Returns the suite with this standard name; case matters. A leading {@code SSL_} means the same as {@code TLS_},
     * since the JDK still uses it for the oldest suites.
     */
    public static Optional<Suite> ofStandardName(String name) {
        return Optional.ofNullable(
                BY_STANDARD_NAME.get(name.startsWith("SSL_") ? "TLS_" + name.substring("SSL_".length()) : name));
    }

    /**
     * Returns whether {@code name} is the standard name of any suite that was ever defined, including unsupported ones
     * (export, RC4, DES, Kerberos ...) and the two signalling values. Any other name is a spelling mistake.
     */
    public static boolean isKnownName(String name) {
        return ofStandardName(name).isPresent() || RetiredSuites.contains(name);
    }

    /** Returns whether records are encrypted and the server is authenticated, by a certificate or a shared key. */
    public boolean protects() {
        return encryption != Encryption.NULL && authentication != Authentication.NONE;
    }

    /** Returns the number in IANA's registry, such as {@code 0xC02F}. */
    public int number() {
        return number;
    }

    /** Returns OpenSSL's name, such as {@code ECDHE-RSA-AES128-GCM-SHA256}; Node's {@code getCipher().name}. */
    public String name() {
        return name;
    }

    /** Returns the standard name, such as {@code TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}. */
    public String standardName() {
        return standardName;
    }

    /**
     * Returns Node's {@code getCipher().version}: the version that introduced the suite, {@code "SSLv3"},
     * {@code "TLSv1.0"}, {@code "TLSv1.2"} or {@code "TLSv1.3"}.
     */
    public String version() {
        return version.equals("TLSv1") ? "TLSv1.0" : version;
    }

    /** Returns the version as cipher lists and {@code openssl ciphers -v} write it, with {@code "TLSv1"} for 1.0. */
    String listVersion() {
        return version;
    }

    /** Returns the lowest version of TLS that may use this suite. */
    public TlsVersion minVersion() {
        return TlsVersion.ofProtocol(version).orElse(TlsVersion.TLS_1_0);
    }

    /** Returns the highest version of TLS that may use this suite: 1.3 or 1.2. */
    public TlsVersion maxVersion() {
        return isTls13() ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2;
    }

    /** Returns whether this suite may be used in {@code tls}. */
    public boolean fits(TlsVersion tls) {
        return tls.isAtLeast(minVersion()) && maxVersion().isAtLeast(tls);
    }

    /** Returns whether this is a suite of TLS 1.3, for that version only. */
    public boolean isTls13() {
        return keyExchange == KeyExchange.ANY;
    }

    /** Returns whether the cipher itself authenticates the records. */
    public boolean isAead() {
        return mac == Mac.AEAD;
    }

    /** Returns the key exchange. */
    public KeyExchange keyExchange() {
        return keyExchange;
    }

    /** Returns the authentication of the server. */
    public Authentication authentication() {
        return authentication;
    }

    /** Returns the record cipher. */
    public Encryption encryption() {
        return encryption;
    }

    /** Returns the length of the record cipher's key in bits. */
    public int bits() {
        return encryption.bits();
    }

    /**
     * Returns the bits of security that OpenSSL counts for levels and for {@code @STRENGTH}: those of the key, and 64
     * for CCM-8 because of its 8-byte tag (OpenSSL 3.2 and later).
     */
    int strength() {
        return encryption.strength;
    }

    /** Returns the integrity protection of records. */
    public Mac mac() {
        return mac;
    }

    /** Returns the hash of the pseudo-random function; TLS 1.0 and 1.1 use MD5 with SHA-1 instead. */
    public Hash hash() {
        return hash;
    }

    /** Returns {@link #name()}. */
    @Override
    public String toString() {
        return name;
    }
}
