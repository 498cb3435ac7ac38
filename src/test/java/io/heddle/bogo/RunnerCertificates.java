package io.heddle.bogo;

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

/** The certificates of the runner, most of which are roots of their own. */
final class RunnerCertificates {
    /** When those with RSA keys are valid. */
    static final Instant VALID = Instant.parse("2016-07-20T00:00:00Z");

    private RunnerCertificates() {}

    /** Returns all in the folder of one of them. */
    static List<X509Certificate> beside(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("%s has no folder".formatted(file));
        }
        var all = new ArrayList<X509Certificate>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*cert.pem")) {
            for (Path each : files) {
                all.addAll(read(each));
            }
        }
        return all;
    }

    /** Returns those of a PEM file in their order. */
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
