package io.heddle.bogo;

import io.heddle.cipher.Sigalg;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The certificates of the runner, most of which are self-signed roots, and all of which have expired. */
final class RunnerCertificates {
    /** A time at which those with RSA keys and with P-384 and P-521 are valid. */
    private static final Instant IN_2016 = Instant.parse("2016-07-20T00:00:00Z");

    /** A time at which those with P-256 and Ed25519 are valid. */
    private static final Instant IN_2014 = Instant.parse("2014-05-10T00:00:00Z");

    private RunnerCertificates() {}

    /** Returns a time at which the certificate is valid of a peer that signs with the algorithms of a test. */
    static Instant valid(List<Integer> sigalgs) {
        boolean other = sigalgs.stream()
                .flatMap(number -> Sigalg.of(number).stream())
                .anyMatch(sigalg -> switch (sigalg) {
                    case ECDSA_SECP256R1_SHA256, ECDSA_SHA1, ED25519 -> true;
                    default -> false;
                });
        return other ? IN_2014 : IN_2016;
    }

    /** Returns all certificates in the folder of one of them. */
    static List<X509Certificate> beside(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("%s has no folder".formatted(file));
        }
        var all = new ArrayList<X509Certificate>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*cert.pem")) {
            for (Path pem : files) {
                all.addAll(read(pem));
            }
        }
        return all;
    }

    /** Returns the certificates of a PEM file in their order. */
    static List<X509Certificate> read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (CertificateException e) {
            throw new IOException("%s: %s".formatted(file, e), e);
        }
    }
}
