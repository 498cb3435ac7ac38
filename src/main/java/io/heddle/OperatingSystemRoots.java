package io.heddle;

import io.heddle.certificate.file.CertificateReader;
import io.heddle.certificate.file.Pem;
import io.heddle.certificate.file.TrustedCertificate;
import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The trusted roots of the operating system: on Windows and macOS its key store, by the JDK's reader of it, elsewhere
 * the bundle that the distribution keeps for OpenSSL.
 *
 * <p>No environment variable is read, {@code SSL_CERT_FILE} and {@code SSL_CERT_DIR} included: what a program trusts is
 * decided by its options and its system properties, not by the process that starts it.
 *
 * @param certificates each once, in the order of the source; none if there is no source that can be read
 * @param problems a message for each source that could not be read
 */
record OperatingSystemRoots(List<TrustedCertificate> certificates, List<String> problems) {
    private static final String SOURCE = "CaSource.SYSTEM";

    /** The usual places of a bundle; most systems have one of them, or several links to one file. */
    private static final List<Path> BUNDLES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"), // Debian, Ubuntu, Alpine, Arch, Gentoo, NixOS
            Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"), // Fedora, RHEL
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"), // Fedora and RHEL of old
            Path.of("/etc/ssl/ca-bundle.pem"), // SUSE
            Path.of("/etc/ssl/cert.pem"), // OpenBSD, FreeBSD, macOS
            Path.of("/usr/local/etc/ssl/cert.pem"), // FreeBSD
            Path.of("/etc/openssl/certs/ca-certificates.crt"), // NetBSD
            Path.of("/etc/certs/ca-certificates.crt")); // illumos, Solaris

    /** macOS has a copy of its roots for programs that read files. */
    private static final Path BUNDLE_OF_MACOS = Path.of("/etc/ssl/cert.pem");

    /** Copies the lists. */
    OperatingSystemRoots {
        certificates = List.copyOf(certificates);
        problems = List.copyOf(problems);
    }

    /** Reads the roots of this system. A source that cannot be read is a problem of the result, never an exception. */
    static OperatingSystemRoots read() {
        return read(System.getProperty("os.name", ""), BUNDLES);
    }

    /**
     * Reads the roots of a system.
     *
     * @param os its name, as the property {@code os.name} has it
     * @param bundles where a bundle may be, the most likely place first
     */
    static OperatingSystemRoots read(String os, List<Path> bundles) {
        String name = os.toLowerCase(Locale.ROOT);
        var reading = new Reading();
        if (name.startsWith("windows")) {
            // The view of the current user, which has the roots of the machine in it.
            reading.keyStore("Windows-ROOT");
        } else if (name.startsWith("mac") || name.startsWith("darwin")) {
            // Only newer releases of the JDK read the system's own roots. The other store has those that users and
            // administrators added and marked as trusted.
            if (Security.getAlgorithms("KeyStore").contains("KEYCHAINSTORE-ROOT")) {
                reading.keyStore("KeychainStore-ROOT");
            } else {
                reading.bundle(List.of(BUNDLE_OF_MACOS));
            }
            reading.keyStore("KeychainStore");
        } else {
            reading.bundle(bundles);
        }
        return new OperatingSystemRoots(List.copyOf(reading.found), reading.problems);
    }

    /** The certificates and problems that were found so far. */
    private static final class Reading {
        private final Set<TrustedCertificate> found = new LinkedHashSet<>();
        private final List<String> problems = new ArrayList<>();

        /** Reads the first of these files that has a certificate. */
        void bundle(List<Path> places) {
            List<Path> present = places.stream().filter(Files::isRegularFile).toList();
            for (Path file : present) {
                if (file(file)) {
                    return;
                }
            }
            if (present.isEmpty()) {
                problems.add("%s: none of the files %s is there".formatted(SOURCE, places));
            }
        }

        private boolean file(Path file) {
            Source source = Source.file(SOURCE, file, null);
            try {
                byte[] content = source.read();
                try {
                    return found.addAll(CertificateReader.readTrusted(source.name(), content));
                } catch (InvalidOption e) {
                    return eachBlock(source.name(), content, e);
                }
            } catch (InvalidOption e) {
                problems.add(e.getMessage());
                return false;
            }
        }

        /**
         * Reads the certificates of a bundle one by one, so that one that Java cannot read does not exclude the others.
         */
        private boolean eachBlock(String name, byte[] content, InvalidOption whole) {
            int before = found.size();
            int problemsBefore = problems.size();
            for (Pem.Block block : Pem.read(name, content)) {
                try {
                    byte[] alone = Pem.write(block.label(), block.der()).getBytes(StandardCharsets.US_ASCII);
                    found.addAll(CertificateReader.readTrusted(name, alone));
                } catch (InvalidOption e) {
                    problems.add(e.getMessage());
                }
            }
            if (found.size() == before && problems.size() == problemsBefore) {
                problems.add(whole.getMessage());
            }
            return found.size() > before;
        }

        /** Reads a key store of the JDK that is a view of the system's. */
        void keyStore(String type) {
            try {
                KeyStore store = KeyStore.getInstance(type);
                store.load(null, null);
                trusted(store).forEach(certificate -> found.add(TrustedCertificate.of(certificate)));
            } catch (IOException | GeneralSecurityException | RuntimeException e) {
                // The native readers throw unchecked exceptions as well. Less trust is safe, so reading goes on.
                problems.add("%s: the key store %s cannot be read: %s".formatted(SOURCE, type, e.getMessage()));
            }
        }
    }

    /**
     * Returns the certificate entries of a store, not those of its private keys: a user's own certificate is not a
     * root.
     */
    static List<X509Certificate> trusted(KeyStore store) throws KeyStoreException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.isCertificateEntry(alias) && store.getCertificate(alias) instanceof X509Certificate certificate) {
                certificates.add(certificate);
            }
        }
        return certificates;
    }
}
