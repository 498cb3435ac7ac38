package io.heddle.engine;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.jar.Manifest;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.tls.TlsProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Refuses BouncyCastle jars of different versions, which otherwise fail in the middle of a handshake with a missing class.
 *
 * <p>The engine relies on protected members of bctls that carry no promise, so its version matters as well.
 */
final class VersionCheck {
    private static final String EXPECTED = "1.84";

    private VersionCheck() {}

    private static final class Once {
        static final @Nullable String PROBLEM =
                problem(ASN1Object.class, CMSObjectIdentifiers.class, X509CertificateHolder.class, TlsProtocol.class);
    }

    /** @throws IllegalStateException if the jars do not belong together, once for each call */
    static void check() {
        if (Once.PROBLEM != null) {
            throw new IllegalStateException(Once.PROBLEM);
        }
    }

    /** Returns what is wrong with the jars that hold these classes; a repackaged jar says nothing about itself and passes. */
    static @Nullable String problem(Class<?>... ofEachJar) {
        for (Class<?> type : ofEachJar) {
            String problem = problem(type.getPackageName(), versionOfJar(type));
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private static @Nullable String versionOfJar(Class<?> type) {
        String file = type.getName().replace('.', '/') + ".class";
        URL url = type.getClassLoader().getResource(file);
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

    static @Nullable String problem(String room, @Nullable String found) {
        if (found == null || found.equals(EXPECTED) || found.startsWith(EXPECTED + ".")) {
            return null;
        }
        return "BouncyCastle: the jar with %s is of version %s, Heddle needs bcprov, bcutil, bcpkix and bctls of version %s"
                .formatted(room, found, EXPECTED);
    }
}
