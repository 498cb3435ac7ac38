package io.heddle.cli;

import io.heddle.SecureContextBuilder;
import io.heddle.protocol.TlsVersion;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of TLS that {@code serve}, {@code connect} and {@code load} share. */
final class TlsFlags {
    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Trust these certificates in place of the JDK's roots. Repeatable.")
    private List<Path> cas = List.of();

    @Option(
            names = "--add-ca",
            paramLabel = "FILE",
            description = "Trust these certificates in addition to the JDK's roots, or to --ca. Repeatable.")
    private List<Path> addedCas = List.of();

    @Option(
            names = "--crl",
            paramLabel = "FILE",
            description = "Revocation lists. With one, every certificate of a chain is checked. Repeatable.")
    private List<Path> crls = List.of();

    @Option(names = "--passphrase", paramLabel = "TEXT", description = "Passphrase of an encrypted --key and of --pfx.")
    private String passphrase = "";

    @Option(
            names = "--min-version",
            paramLabel = "VERSION",
            description = "Lowest version: TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3 (default: TLSv1.2).")
    private @Nullable String minVersion;

    @Option(names = "--max-version", paramLabel = "VERSION", description = "Highest version (default: TLSv1.3).")
    private @Nullable String maxVersion;

    @Option(
            names = "--alpn",
            paramLabel = "LIST",
            split = ",",
            hideParamSyntax = true,
            description = "Application protocols in order of preference, such as h2,http/1.1.")
    private List<String> alpn = List.of();

    @Mixin
    private CryptoFlag crypto = new CryptoFlag();

    List<String> alpn() {
        return alpn;
    }

    char[] passphrase() {
        return passphrase.toCharArray();
    }

    boolean hasVersions() {
        return minVersion != null || maxVersion != null;
    }

    /** Refuses wrong values before any file is read. */
    void check(CommandSpec command) {
        crypto.check(command);
    }

    void addTo(SecureContextBuilder<?> builder) {
        if (!passphrase.isEmpty()) {
            builder.passphrase(passphrase());
        }
        cas.forEach(builder::ca);
        addedCas.forEach(builder::addCa);
        crls.forEach(builder::crl);
        if (minVersion != null) {
            builder.minVersion(TlsVersion.parse("--min-version", minVersion));
        }
        if (maxVersion != null) {
            builder.maxVersion(TlsVersion.parse("--max-version", maxVersion));
        }
    }
}
