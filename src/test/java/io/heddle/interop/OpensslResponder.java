package io.heddle.interop;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * OCSP responses of {@code openssl ocsp}, created without a network from a request and the index of a
 * certificate authority.
 */
final class OpensslResponder {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path folder;
    private final PemFiles files;

    OpensslResponder(Path folder) {
        this.folder = folder;
        this.files = new PemFiles(folder);
    }

    /** The entries of an index. */
    enum Entry {
        VALID,
        REVOKED,
        ABSENT
    }

    /**
     * Returns a response of {@link TestPki#ca} for a certificate.
     *
     * @param signer the identity that signs it
     * @param options options of {@code openssl ocsp}, such as {@code -ndays 7} or {@code -resp_key_id}
     */
    byte[] response(Identity certificate, Entry entry, Identity signer, String... options) throws Exception {
        String leaf = files.write("subject.pem", TestPki.pem(List.of(certificate.leaf())));
        String request = files.path("request.der");
        Path response = folder.resolve("response.der");
        Files.deleteIfExists(response);
        Openssl.run("ocsp", "-issuer", files.ca(), "-cert", leaf, "-no_nonce", "-reqout", request)
                .succeeded();
        PemFiles.Pair responder = files.write("responder", signer);
        var command = new ArrayList<>(List.of(
                "ocsp",
                "-index",
                files.write("index.txt", index(certificate, entry)),
                "-CA",
                files.ca(),
                "-rsigner",
                responder.cert(),
                "-rkey",
                responder.key(),
                "-reqin",
                request,
                "-respout",
                response.toString()));
        command.addAll(List.of(options));
        Openssl.run(command.toArray(String[]::new)).succeeded();
        return Files.readAllBytes(response);
    }

    private static String index(Identity certificate, Entry entry) {
        String serial = certificate.leaf().getSerialNumber().toString(16).toUpperCase(Locale.ROOT);
        String even = serial.length() % 2 == 0 ? serial : "0" + serial;
        String end = TIME.format(TestPki.NOW.plus(Duration.ofDays(365)));
        String before = TIME.format(TestPki.NOW.minus(Duration.ofDays(1)));
        return switch (entry) {
            case VALID -> "V\t%s\t\t%s\tunknown\t/CN=localhost\n".formatted(end, even);
            case REVOKED -> "R\t%s\t%s,keyCompromise\t%s\tunknown\t/CN=localhost\n".formatted(end, before, even);
            case ABSENT -> "V\t%s\t\t%s\tunknown\t/CN=other\n".formatted(end, "7FFFFFFFFFFFFFFF");
        };
    }
}
