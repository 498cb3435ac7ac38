package io.heddle.cli;

import io.heddle.SecureContextBuilder;
import io.heddle.protocol.TlsVersion;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options that say who we are, whom we trust and what may be negotiated: those of a context, on either side. */
final class ContextFlags {
    /** Which cryptography serves. */
    enum Crypto {
        AUTO,
        NATIVE,
        JDK
    }

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Our certificate, then its intermediates, in PEM. Repeatable, each with its --key.")
    private List<Path> certs = List.of();

    @Option(names = "--key", paramLabel = "FILE", description = "The private key of a --cert, in PEM.")
    private List<Path> keys = List.of();

    @Option(names = "--pfx", paramLabel = "FILE", description = "Key, certificate and intermediates as PKCS#12.")
    private List<Path> pfxs = List.of();

    @Option(names = "--passphrase", paramLabel = "TEXT", description = "Of an encrypted --key and of --pfx.")
    private String passphrase = "";

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "Trust these certificates in place of the JDK's roots. Repeatable.")
    private List<Path> cas = List.of();

    @Option(
            names = "--add-ca",
            paramLabel = "FILE",
            description = "Trust these certificates beside the JDK's roots, or beside --ca. Repeatable.")
    private List<Path> addedCas = List.of();

    @Option(
            names = "--crl",
            paramLabel = "FILE",
            description = "Revocation lists; with one, every certificate of a chain is checked. Repeatable.")
    private List<Path> crls = List.of();

    @Option(
            names = "--min-version",
            paramLabel = "VERSION",
            description = "TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3 (default: TLSv1.2).")
    private @Nullable String minVersion;

    @Option(names = "--max-version", paramLabel = "VERSION", description = "The same (default: TLSv1.3).")
    private @Nullable String maxVersion;

    @Option(
            names = "--ciphers",
            paramLabel = "LIST",
            description = "Suites in OpenSSL's cipher-list language, TLS 1.3 ones by name (default: Node's list; with "
                    + "--psk suites with pre-shared keys before it).")
    private @Nullable String ciphers;

    @Option(
            names = "--curves",
            paramLabel = "LIST",
            description = "Groups for key exchange, such as X25519,P-256 (default: all, the fast ones first).")
    private @Nullable String curves;

    @Option(
            names = "--sigalgs",
            paramLabel = "LIST",
            description = "Signature algorithms, such as ECDSA+SHA256,rsa_pss_rsae_sha256.")
    private @Nullable String sigalgs;

    @Option(names = "--crypto", paramLabel = "auto|jdk", description = "Which cryptography serves (default: auto).")
    private Crypto crypto = Crypto.AUTO;

    /** Whether suites with pre-shared keys are there unless --ciphers says otherwise; Node's list has none. */
    private boolean pskSuites;

    void withPskSuites() {
        pskSuites = true;
    }

    /** Refuses what can be known to be wrong before any file is read. */
    void check(CommandSpec command) {
        if (crypto == Crypto.NATIVE) {
            throw NotAvailable.refusal(command, "--crypto native");
        }
    }

    boolean hasIdentity() {
        return !(certs.isEmpty() && keys.isEmpty() && pfxs.isEmpty());
    }

    /** Sets everything. */
    <B extends SecureContextBuilder<B>> void addTo(B builder) {
        addRulesTo(builder);
        certs.forEach(builder::cert);
        keys.forEach(builder::key);
        pfxs.forEach(file -> builder.pfx(file, passphrase.toCharArray()));
    }

    /** Sets everything but who we are. */
    <B extends SecureContextBuilder<B>> void addRulesTo(B builder) {
        if (!passphrase.isEmpty()) {
            builder.passphrase(passphrase.toCharArray());
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
        if (ciphers != null) {
            builder.ciphers(ciphers);
        } else if (pskSuites) {
            builder.ciphers(PskText.CIPHERS);
        }
        if (curves != null) {
            builder.ecdhCurve(colons(curves));
        }
        if (sigalgs != null) {
            builder.sigalgs(colons(sigalgs));
        }
    }

    // The command separates all lists by commas; OpenSSL's language, which is taken as well, by colons.
    private static String colons(String list) {
        return list.replace(',', ':');
    }
}
