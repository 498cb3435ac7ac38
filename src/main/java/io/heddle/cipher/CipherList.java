package io.heddle.cipher;

import io.heddle.cipher.Suite.Authentication;
import io.heddle.cipher.Suite.Mac;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import io.heddle.protocol.rules.SecurityLevel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * The cipher suites that an option {@code ciphers} selects, in order of preference. Immutable.
 *
 * <p>The text is Node's: elements between colons, of which those that start with {@code TLS_} (or {@code !TLS_}) name
 * the suites of TLS 1.3, and the others together are a list in OpenSSL's language for TLS 1.2 and below, with names,
 * aliases such as {@code HIGH} or {@code ECDHE+AESGCM}, {@code -}, {@code +}, {@code !}, {@code @STRENGTH} and
 * {@code @SECLEVEL=n}. OpenSSL's names and standard names both work there. Case matters. Unknown names beside known
 * ones are ignored, since lists are often written for several versions of a library.
 *
 * <ul>
 * <li>A list that names suites of TLS 1.3 alone has an empty {@link #tls12()}: the caller then raises the lowest
 * version to TLS 1.3, as Node does.
 * <li>A list that names none of TLS 1.3 leaves OpenSSL's three in {@link #tls13()}, so TLS 1.3 is still negotiated
 * unless the highest version forbids it. {@code !TLS_...} removes nothing: name the wanted ones instead.
 * <li>Suites that the {@link #securityLevel() security level} forbids are in neither list. If that leaves
 * {@link #tls13()} empty, the caller lowers the highest version to TLS 1.2.
 * </ul>
 *
 * <p>Different from Node: the standard name of a suite of TLS 1.2 and below may be an element of its own and means just
 * that suite, although it starts with {@code TLS_}; Node takes it for one of TLS 1.3, and such a context cannot
 * connect. A list that leaves nothing at its security level is refused at once, not at the first handshake. SRP and
 * NULL-MD5 are not supported.
 */
public final class CipherList {
    /** The default list of Node. */
    public static final String DEFAULT = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:"
            + "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:"
            + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:"
            + "ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384:DHE-RSA-AES256-SHA384:"
            + "ECDHE-RSA-AES256-SHA256:DHE-RSA-AES256-SHA256:"
            + "HIGH:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!MD5:!PSK:!SRP:!CAMELLIA";

    /**
     * The security level of a list without {@code @SECLEVEL}: 2, as in OpenSSL since 3.2 and Node since 24. RSA keys
     * and prime fields below 2048 bits are refused.
     */
    public static final int DEFAULT_SECURITY_LEVEL = 2;

    private static final int FORWARD_SECRECY_FROM = 3;
    private static final int SHA1_BITS = 160;

    private static final String DEFAULT_TLS13 =
            "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";

    private static final CipherList DEFAULTS = new CipherList(DEFAULT);

    private final String text;
    private final int securityLevel;
    private final List<Suite> tls13;
    private final List<Suite> tls12;

    private CipherList(String text) {
        this.text = text;
        var names = new ArrayList<String>();
        String rules = splitOff(text, names);
        int start = firstOther(rules);
        if (start == rules.length() && names.isEmpty()) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "cipher list: \"%s\" has no names, at least one is needed".formatted(TlsFailure.printable(text)));
        }
        List<Suite> named = names.isEmpty() ? tls13(GroupList.names(DEFAULT_TLS13)) : tls13(names);
        if (named.isEmpty()) {
            throw noMatch(", \"%s\" is not a suite of TLS 1.3".formatted(TlsFailure.printable(names.get(0))));
        }
        if (start == rules.length()) {
            this.securityLevel = DEFAULT_SECURITY_LEVEL;
            this.tls12 = List.of();
        } else {
            CipherRules run = CipherRules.run(rules, start, DEFAULT_SECURITY_LEVEL);
            if (run.picked().isEmpty()) {
                throw noMatch(run.reason());
            }
            this.securityLevel = run.securityLevel();
            this.tls12 = atLevel(run.picked());
        }
        this.tls13 = atLevel(named);
        if (tls13.isEmpty() && tls12.isEmpty()) {
            throw noMatch(" that security level %d allows".formatted(securityLevel));
        }
    }

    /**
     * Parses a list; an empty text stands for {@link #DEFAULT}.
     *
     * @throws InvalidOption with {@code ERR_SSL_NO_CIPHER_MATCH} if nothing is selected; with
     *     {@code ERR_INVALID_ARG_VALUE} if there are only colons; with {@code ERR_SSL_INVALID_COMMAND} for an element
     *     that is neither a name nor an action
     */
    public static CipherList of(String list) {
        return list.isEmpty() || list.equals(DEFAULT) ? DEFAULTS : new CipherList(list);
    }

    /** Returns the selection of {@link #DEFAULT}. */
    public static CipherList defaults() {
        return DEFAULTS;
    }

    /**
     * Returns the names of the suites that a list can enable, in lower case and sorted, as Node's
     * {@code tls.getCiphers()} does. Suites without encryption or without authentication are omitted, as in Node,
     * although a list can name them.
     */
    public static List<String> getCiphers() {
        return Suite.all().stream()
                .filter(Suite::protects)
                .map(suite -> suite.name().toLowerCase(Locale.ROOT))
                .sorted()
                .toList();
    }

    /** Returns the suites for TLS 1.3, best first. */
    public List<Suite> tls13() {
        return tls13;
    }

    /** Returns the suites for TLS 1.2 and below, best first; empty if the list is for TLS 1.3 alone. */
    public List<Suite> tls12() {
        return tls12;
    }

    /** Returns the suites that {@code version} may use, best first. */
    public List<Suite> suites(TlsVersion version) {
        return version == TlsVersion.TLS_1_3
                ? tls13
                : tls12.stream().filter(suite -> suite.fits(version)).toList();
    }

    /**
     * Returns OpenSSL's security level, 0 (no restriction) to 5 (256 bits of security), 2 if the list does not set it.
     * The level has been applied to the suites; the caller applies it to keys, signatures and versions.
     */
    public int securityLevel() {
        return securityLevel;
    }

    /** Returns the text of the list. */
    @Override
    public String toString() {
        return text;
    }

    /**
     * Adds the elements for TLS 1.3 to {@code names} and returns the text with colons in their place, so that positions
     * in messages stay those of the text.
     */
    private static String splitOff(String text, List<String> names) {
        var rules = new StringBuilder(text);
        int start = 0;
        for (String element : text.split(":", -1)) {
            int end = start + element.length();
            if (isForTls13(element)) {
                names.add(element.trim());
                rules.replace(start, end, ":".repeat(element.length()));
            }
            start = end + 1;
        }
        return rules.toString();
    }

    private static boolean isForTls13(String element) {
        String name = element.startsWith("!") ? element.substring(1) : element;
        if (!name.startsWith("TLS_")) {
            return false;
        }
        int end = 0;
        while (end < name.length() && CipherRules.isWordPart(name.charAt(end))) {
            end++;
        }
        return CipherPattern.of(name.substring(0, end)).isEmpty();
    }

    private static int firstOther(String rules) {
        int at = 0;
        while (at < rules.length() && rules.charAt(at) == ':') {
            at++;
        }
        return at;
    }

    private static List<Suite> tls13(List<String> names) {
        var suites = new LinkedHashSet<Suite>();
        for (String name : names) {
            Suite.ofName(name).filter(Suite::isTls13).ifPresent(suites::add);
        }
        return List.copyOf(suites);
    }

    private List<Suite> atLevel(List<Suite> suites) {
        return suites.stream().filter(suite -> allows(securityLevel, suite)).toList();
    }

    /** Returns whether a security level allows the suite. Level 0 allows all suites. */
    private static boolean allows(int level, Suite suite) {
        int bits = SecurityLevel.bits(level);
        return level == 0
                || (suite.strength() >= bits
                        && suite.authentication() != Authentication.NONE
                        && (bits <= SHA1_BITS || suite.mac() != Mac.SHA1)
                        && (level < FORWARD_SECRECY_FROM || suite.keyExchange().isForwardSecret()));
    }

    private InvalidOption noMatch(String reason) {
        return new InvalidOption(
                "ERR_SSL_NO_CIPHER_MATCH",
                "cipher list: \"%s\" selects no suite%s (no cipher match)"
                        .formatted(TlsFailure.printable(text), reason));
    }
}
