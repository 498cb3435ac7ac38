package io.heddle.certificate.x509;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The check of the BouncyCastle versions on the class path. Other versions fail in the middle of a handshake because a
 * method or class is missing, so they are refused at the first use.
 *
 * <ul>
 * <li>bctls has to be 1.84, patches included: the engine relies on protected members, which carry no
 * compatibility promise.
 * <li>bcprov, bcutil and, where present, bcpkix have to be 1.84 or a later 1.x, so that a security release of
 * BouncyCastle does not have to wait for a release of Heddle.
 * <li>No jar may be newer than the jar it is built on, which is bcprov for all and bcutil for bcpkix and bctls.
 * </ul>
 *
 * <p>A jar without a {@code Bundle-Version} in its manifest, such as a repackaged one, passes. Thread-safe.
 */
public final class BouncyCastleVersion {
    private static final String TESTED = "1.84";

    private static final Pattern NUMBERS = Pattern.compile("\\d{1,6}(\\.\\d{1,6})*");

    /** One class of each jar, by name, since bctls and bcpkix are not used here. */
    private static final Map<String, String> JARS = jars();

    private BouncyCastleVersion() {}

    private static Map<String, String> jars() {
        Map<String, String> jars = new LinkedHashMap<>();
        jars.put("bcprov", "org/bouncycastle/asn1/ASN1Object.class");
        jars.put("bcutil", "org/bouncycastle/asn1/cms/CMSObjectIdentifiers.class");
        jars.put("bcpkix", "org/bouncycastle/cert/X509CertificateHolder.class");
        jars.put("bctls", "org/bouncycastle/tls/TlsProtocol.class");
        return jars;
    }

    private static final class Once {
        static final @Nullable String PROBLEM = problem(found());
    }

    /**
     * Checks that the jars can be used.
     *
     * @throws IllegalStateException at every call if they cannot, with a sentence that names the jar, its version and
     *     the required one
     */
    public static void require() {
        if (Once.PROBLEM != null) {
            throw new IllegalStateException(Once.PROBLEM);
        }
    }

    /** Returns the version of each jar that has one. */
    static Map<String, String> found() {
        Map<String, String> found = new LinkedHashMap<>();
        JARS.forEach((jar, file) -> {
            String version = versionOfJar(file);
            if (version != null) {
                found.put(jar, version);
            }
        });
        return found;
    }

    private static @Nullable String versionOfJar(String file) {
        ClassLoader loader = BouncyCastleVersion.class.getClassLoader();
        URL url = loader == null ? null : loader.getResource(file);
        if (url == null || !url.getProtocol().equals("jar")) {
            return null;
        }
        try {
            var connection = (JarURLConnection) url.openConnection();
            connection.setUseCaches(false);
            try (var jar = connection.getJarFile()) {
                Manifest manifest = jar.getManifest();
                return manifest == null ? null : manifest.getMainAttributes().getValue("Bundle-Version");
            }
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns a sentence about the first unsuitable version, or null if all versions are suitable. */
    static @Nullable String problem(Map<String, String> found) {
        for (Map.Entry<String, String> entry : found.entrySet()) {
            String problem = problem(entry.getKey(), entry.getValue());
            if (problem != null) {
                return problem;
            }
        }
        String problem = olderThan("bcprov", "bcutil", found);
        return problem != null ? problem : olderThan("bcutil", "bcpkix", found);
    }

    private static @Nullable String problem(String jar, String version) {
        boolean taken = jar.equals("bctls")
                ? version.equals(TESTED) || version.startsWith(TESTED + ".")
                : isVersion(version) && version.startsWith("1.") && compare(version, TESTED) >= 0;
        return taken
                ? null
                : "BouncyCastle: %s is of version %s, Heddle needs bctls %s, and bcprov, bcutil and bcpkix of version %s or a later 1.x"
                        .formatted(jar, version, TESTED, TESTED);
    }

    /** Returns a sentence if the first jar is older than the second, which is built on it, else null. */
    private static @Nullable String olderThan(String base, String user, Map<String, String> found) {
        String ofBase = found.get(base);
        String ofUser = found.get(user);
        if (ofBase == null || ofUser == null || compare(ofBase, ofUser) >= 0) {
            return null;
        }
        return "BouncyCastle: %s is of version %s and %s of version %s, which needs %s of that version or a later one"
                .formatted(base, ofBase, user, ofUser, base);
    }

    private static boolean isVersion(String text) {
        return NUMBERS.matcher(text).lookingAt();
    }

    private static int compare(String one, String other) {
        return Arrays.compare(numbers(one), numbers(other));
    }

    private static int[] numbers(String version) {
        var numbers = NUMBERS.matcher(version);
        return numbers.lookingAt()
                ? Arrays.stream(numbers.group().split("\\."))
                        .mapToInt(Integer::parseInt)
                        .toArray()
                : new int[0];
    }
}
