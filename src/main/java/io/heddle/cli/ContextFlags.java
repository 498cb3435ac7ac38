package io.heddle.cli;

import io.heddle.SecureContextBuilder;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of a secure context, of a server or a client: certificates, trust, and what may be negotiated. */
final class ContextFlags {
    @Mixin
    private TlsFlags tls = new TlsFlags();

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description =
                    "The local certificate, followed by its intermediates, in PEM. Repeatable, each with a --key.")
    private List<Path> certs = List.of();

    @Option(names = "--key", paramLabel = "FILE", description = "The private key of a --cert, in PEM.")
    private List<Path> keys = List.of();

    @Option(names = "--pfx", paramLabel = "FILE", description = "Key, certificate and intermediates as PKCS#12.")
    private List<Path> pfxs = List.of();

    @Option(
            names = "--ciphers",
            paramLabel = "LIST",
            description =
                    "Cipher suites in OpenSSL's cipher-list format, TLS 1.3 suites by name (default: Node's list; with "
                            + "--psk preceded by suites for pre-shared keys).")
    private @Nullable String ciphers;

    @Option(
            names = "--curves",
            paramLabel = "LIST",
            description =
                    "Groups for key exchange, such as X25519,P-256 (default: DEFAULT, with X25519MLKEM768 first).")
    private @Nullable String curves;

    @Option(
            names = "--sigalgs",
            paramLabel = "LIST",
            description = "Signature algorithms, such as ECDSA+SHA256,rsa_pss_rsae_sha256.")
    private @Nullable String sigalgs;

    /** Whether the default cipher list includes suites for pre-shared keys, which Node's list does not. */
    private boolean pskSuites;

    void withPskSuites() {
        pskSuites = true;
    }

    List<String> alpn() {
        return tls.alpn();
    }

    /** Refuses wrong values before any file is read. */
    void check(CommandSpec command) {
        tls.check(command);
    }

    boolean hasIdentity() {
        return !(certs.isEmpty() && keys.isEmpty() && pfxs.isEmpty());
    }

    /** Sets all options, the certificates included. */
    <B extends SecureContextBuilder<B>> void addTo(B builder) {
        addRulesTo(builder);
        certs.forEach(builder::cert);
        keys.forEach(builder::key);
        pfxs.forEach(file -> builder.pfx(file, tls.passphrase()));
    }

    /** Sets all options except the certificates. */
    <B extends SecureContextBuilder<B>> void addRulesTo(B builder) {
        tls.addTo(builder);
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

    // The command separates lists by commas. OpenSSL's format, which is accepted as well, uses colons.
    private static String colons(String list) {
        return list.replace(',', ':');
    }
}
