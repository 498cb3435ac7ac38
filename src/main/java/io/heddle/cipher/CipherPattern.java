package io.heddle.cipher;

import io.heddle.cipher.Suite.Authentication;
import io.heddle.cipher.Suite.Encryption;
import io.heddle.cipher.Suite.KeyExchange;
import io.heddle.cipher.Suite.Mac;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of one word of a cipher list: a set of values for some properties of a suite. A property with the set 0
 * is ignored; otherwise the suite must have one of the values in the set.
 *
 * <p><b>Why</b> sets of values and not a predicate: {@code A+B} is empty if the two have no value of a property in
 * common, and then OpenSSL skips the rest up to the next separator. That must be decided before any suite is compared.
 *
 * @param suite the one suite that the word names, null if the word is an alias
 */
record CipherPattern(
        @Nullable Suite suite,
        int keyExchanges,
        int authentications,
        int encryptions,
        int macs,
        int versions,
        int classes,
        boolean outsideDefault) {
    // The first three are values of aliases only, which no suite here has, so that their aliases are known words.
    private static final int SRP = 1 << 30;
    private static final int TRIPLE_DES = 1 << 30;
    private static final int MD5 = 1 << 30;

    private static final int SSL_3_0 = 1;
    private static final int TLS_1_0 = 1 << 1;
    private static final int TLS_1_2 = 1 << 2;

    private static final int UNENCRYPTED = 1;
    private static final int LOW = 1 << 1;
    private static final int MEDIUM = 1 << 2;
    private static final int HIGH = 1 << 3;
    private static final int FIPS = 1 << 4;

    static final CipherPattern ANY = new CipherPattern(null, 0, 0, 0, 0, 0, 0, false);

    private static final Map<String, CipherPattern> WORDS = words();

    /** Returns the meaning of {@code word}, empty if it is neither an alias nor a suite of TLS 1.2 or below. */
    static Optional<CipherPattern> of(String word) {
        return Optional.ofNullable(WORDS.get(word));
    }

    /** Returns the intersection, empty if no possible suite is in both. */
    Optional<CipherPattern> and(CipherPattern other) {
        if (excludes(keyExchanges, other.keyExchanges)
                || excludes(authentications, other.authentications)
                || excludes(encryptions, other.encryptions)
                || excludes(macs, other.macs)
                || excludes(versions, other.versions)
                || excludes(classes, other.classes)) {
            return Optional.empty();
        }
        // OpenSSL forgets COMPLEMENTOFDEFAULT when a later word is the first with a class: COMPLEMENTOFDEFAULT+HIGH is
        // just HIGH, HIGH+COMPLEMENTOFDEFAULT is both. A list must have the same meaning here.
        boolean forgets = classes == 0 && other.classes != 0;
        return Optional.of(new CipherPattern(
                other.suite == null ? suite : other.suite,
                both(keyExchanges, other.keyExchanges),
                both(authentications, other.authentications),
                both(encryptions, other.encryptions),
                both(macs, other.macs),
                both(versions, other.versions),
                both(classes, other.classes),
                (outsideDefault && !forgets) || other.outsideDefault));
    }

    boolean matches(Suite candidate) {
        return (suite == null || suite == candidate)
                && allows(keyExchanges, bit(candidate.keyExchange()))
                && allows(authentications, bit(candidate.authentication()))
                && allows(encryptions, bit(candidate.encryption()))
                && allows(macs, bit(candidate.mac()))
                && allows(versions, version(candidate))
                && allows(classes, classes(candidate))
                && (!outsideDefault || isOutsideDefault(candidate));
    }

    private static boolean excludes(int ours, int theirs) {
        return ours != 0 && theirs != 0 && (ours & theirs) == 0;
    }

    private static int both(int ours, int theirs) {
        return ours == 0 ? theirs : theirs == 0 ? ours : ours & theirs;
    }

    private static boolean allows(int wanted, int had) {
        return wanted == 0 || (wanted & had) != 0;
    }

    @SuppressWarnings("EnumOrdinal") // a bit is internal, and any bit will do
    private static int bit(Enum<?> value) {
        return 1 << value.ordinal();
    }

    private static int version(Suite suite) {
        return switch (suite.listVersion()) {
            case "SSLv3" -> SSL_3_0;
            case "TLSv1" -> TLS_1_0;
            default -> TLS_1_2;
        };
    }

    private static int classes(Suite suite) {
        String cipher = suite.encryption().name();
        boolean fips = cipher.startsWith("AES") && !cipher.contains("CCM");
        // OpenSSL 3.2 moved the short tags of CCM-8 from HIGH to MEDIUM.
        int strength = cipher.endsWith("CCM_8") ? MEDIUM : HIGH;
        return suite.encryption() == Encryption.NULL ? UNENCRYPTED : fips ? strength | FIPS : strength;
    }

    /** Returns whether OpenSSL's {@code DEFAULT} excludes the suite, although {@code ALL} includes it. */
    private static boolean isOutsideDefault(Suite suite) {
        String cipher = suite.encryption().name();
        return suite.encryption() != Encryption.NULL
                && (suite.authentication() == Authentication.NONE
                        || suite.authentication() == Authentication.DSS
                        || cipher.contains("CCM")
                        || cipher.startsWith("ARIA")
                        || cipher.startsWith("CAMELLIA"));
    }

    private static Map<String, CipherPattern> words() {
        var words = new HashMap<String, CipherPattern>();
        for (Suite suite : Suite.all()) {
            if (!suite.isTls13()) {
                // The version of a suite is not part of the meaning of its name.
                var named = new CipherPattern(
                        suite,
                        bit(suite.keyExchange()),
                        bit(suite.authentication()),
                        bit(suite.encryption()),
                        bit(suite.mac()),
                        0,
                        classes(suite),
                        isOutsideDefault(suite));
                words.put(suite.name(), named);
                words.put(suite.standardName(), named);
            }
        }
        addKeys(words);
        addCiphers(words);
        addMacsAndVersions(words);
        return Map.copyOf(words);
    }

    private static void addKeys(Map<String, CipherPattern> words) {
        int dhe = bit(KeyExchange.DHE);
        int ecdhe = bit(KeyExchange.ECDHE);
        int anonymous = bit(Authentication.NONE);
        put(words, keys(bit(KeyExchange.RSA), 0), "kRSA");
        put(words, keys(dhe, 0), "kDHE", "kEDH", "DH");
        put(words, keys(ecdhe, 0), "kECDHE", "kEECDH", "ECDH");
        put(words, keys(bit(KeyExchange.PSK), 0), "kPSK");
        put(words, keys(bit(KeyExchange.RSA_PSK), 0), "kRSAPSK");
        put(words, keys(bit(KeyExchange.DHE_PSK), 0), "kDHEPSK");
        put(words, keys(bit(KeyExchange.ECDHE_PSK), 0), "kECDHEPSK");
        put(words, keys(all(KeyExchange.values(), KeyExchange::isPsk), 0), "PSK");
        put(words, keys(SRP, 0), "kSRP", "SRP");
        put(words, keys(0, bit(Authentication.RSA)), "aRSA");
        put(words, keys(0, bit(Authentication.DSS)), "aDSS", "DSS");
        put(words, keys(0, bit(Authentication.ECDSA)), "aECDSA", "ECDSA");
        put(words, keys(0, bit(Authentication.PSK)), "aPSK");
        put(words, keys(0, SRP), "aSRP");
        put(words, keys(0, anonymous), "aNULL");
        put(words, keys(bit(KeyExchange.RSA), bit(Authentication.RSA)), "RSA");
        put(words, keys(dhe, ~anonymous), "DHE", "EDH");
        put(words, keys(ecdhe, ~anonymous), "ECDHE", "EECDH");
        put(words, keys(dhe, anonymous), "ADH");
        put(words, keys(ecdhe, anonymous), "AECDH");
    }

    private static void addCiphers(Map<String, CipherPattern> words) {
        int none = bit(Encryption.NULL);
        put(words, ciphers(~none), "ALL");
        put(words, ciphers(none), "COMPLEMENTOFALL", "NULL", "eNULL");
        put(words, ciphers(TRIPLE_DES), "3DES");
        put(words, ciphers(named(name -> name.startsWith("AES"))), "AES");
        put(words, ciphers(named(name -> name.startsWith("AES_128"))), "AES128");
        put(words, ciphers(named(name -> name.startsWith("AES_256"))), "AES256");
        put(words, ciphers(named(name -> name.startsWith("AES") && name.endsWith("GCM"))), "AESGCM");
        put(words, ciphers(named(name -> name.contains("CCM"))), "AESCCM");
        put(words, ciphers(named(name -> name.endsWith("CCM_8"))), "AESCCM8");
        put(words, ciphers(named(name -> name.startsWith("ARIA"))), "ARIA", "ARIAGCM");
        put(words, ciphers(named(name -> name.startsWith("ARIA_128"))), "ARIA128");
        put(words, ciphers(named(name -> name.startsWith("ARIA_256"))), "ARIA256");
        put(words, ciphers(named(name -> name.startsWith("CAMELLIA"))), "CAMELLIA");
        put(words, ciphers(named(name -> name.startsWith("CAMELLIA_128"))), "CAMELLIA128");
        put(words, ciphers(named(name -> name.startsWith("CAMELLIA_256"))), "CAMELLIA256");
        put(words, ciphers(named(name -> name.startsWith("CHACHA20"))), "CHACHA20");
        put(words, ciphers(TRIPLE_DES | named(name -> name.endsWith("CBC"))), "CBC");
        put(words, classes(LOW, 0), "LOW");
        put(words, classes(MEDIUM, 0), "MEDIUM");
        put(words, classes(HIGH, 0), "HIGH");
        put(words, classes(FIPS, ~none), "FIPS");
    }

    private static void addMacsAndVersions(Map<String, CipherPattern> words) {
        put(words, macs(MD5), "MD5");
        put(words, macs(bit(Mac.SHA1)), "SHA1", "SHA");
        put(words, macs(bit(Mac.SHA256)), "SHA256");
        put(words, macs(bit(Mac.SHA384)), "SHA384");
        put(words, versions(SSL_3_0), "SSLv3");
        put(words, versions(TLS_1_0), "TLSv1", "TLSv1.0");
        put(words, versions(TLS_1_2), "TLSv1.2");
        put(words, new CipherPattern(null, 0, 0, 0, 0, 0, 0, true), "COMPLEMENTOFDEFAULT");
    }

    private static void put(Map<String, CipherPattern> words, CipherPattern pattern, String... names) {
        for (String name : names) {
            words.put(name, pattern);
        }
    }

    private static CipherPattern keys(int keyExchanges, int authentications) {
        return new CipherPattern(null, keyExchanges, authentications, 0, 0, 0, 0, false);
    }

    private static CipherPattern ciphers(int encryptions) {
        return new CipherPattern(null, 0, 0, encryptions, 0, 0, 0, false);
    }

    private static CipherPattern classes(int classes, int encryptions) {
        return new CipherPattern(null, 0, 0, encryptions, 0, 0, classes, false);
    }

    private static CipherPattern macs(int mac) {
        return new CipherPattern(null, 0, 0, 0, mac, 0, 0, false);
    }

    private static CipherPattern versions(int version) {
        return new CipherPattern(null, 0, 0, 0, 0, version, 0, false);
    }

    private static int named(Predicate<String> wanted) {
        return all(Encryption.values(), encryption -> wanted.test(encryption.name()));
    }

    private static <E extends Enum<E>> int all(E[] values, Predicate<E> wanted) {
        return Arrays.stream(values).filter(wanted).mapToInt(CipherPattern::bit).sum();
    }
}
