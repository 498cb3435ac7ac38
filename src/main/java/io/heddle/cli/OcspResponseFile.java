package io.heddle.cli;

import io.heddle.callback.OcspRequestListener;
import io.heddle.certificate.Identity;
import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** The file of {@code --ocsp-response}, in DER. */
record OcspResponseFile(Path file) {
    /** What fits beside a certificate of TLS 1.3. */
    private static final int LONGEST = 65527;

    /**
     * Reads the file, and returns who staples it to these certificates; those of {@code --sni} have responses of their own.
     *
     * @throws InvalidOption if it cannot be read, is empty or too long
     */
    OcspRequestListener read(List<Identity> identities) {
        byte[] response = bytes();
        if (response.length == 0 || response.length > LONGEST) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "--ocsp-response \"%s\": the file has %d bytes, 1 to %d are allowed"
                            .formatted(file, response.length, LONGEST));
        }
        List<X509Certificate> ours = identities.stream().map(Identity::leaf).toList();
        return (certificate, issuer) -> ours.contains(certificate) ? Optional.of(response) : Optional.empty();
    }

    private byte[] bytes() {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new InvalidOption("ENOENT", refusal("there is no such file"), e);
        } catch (AccessDeniedException e) {
            throw new InvalidOption("EACCES", refusal("the file may not be read"), e);
        } catch (IOException e) {
            throw new InvalidOption("EIO", refusal("cannot be read: " + e.getMessage()), e);
        }
    }

    private String refusal(String reason) {
        return "--ocsp-response \"%s\": %s".formatted(file, reason);
    }
}
