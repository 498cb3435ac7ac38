package io.heddle.cli;

import io.heddle.ConnectOptions;
import io.heddle.load.LoadOptions;
import io.heddle.protocol.TlsVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The options that say who we are, whom we trust and what is offered. Where one is given several times, there is a target for
 * each of its values, and for each combination with those of others.
 */
final class LoadTargetFlags {
    private static final int MOST_TARGETS = 200;

    @Option(
            names = "--servername",
            paramLabel = "NAME",
            split = ",",
            hideParamSyntax = true,
            description = "The names to ask for and to verify, in turn (default: HOST).")
    private List<String> servernames = List.of();

    @Option(
            names = "--alpn",
            paramLabel = "LIST",
            split = ",",
            hideParamSyntax = true,
            description = "Application protocols, the most preferred first, such as h2,http/1.1.")
    private List<String> alpn = List.of();

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

    @Option(names = "--crl", paramLabel = "FILE", description = "Revocation lists. Repeatable.")
    private List<Path> crls = List.of();

    @Option(names = "--insecure", description = "Connect even if the server's certificate is not good.")
    private boolean insecure;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "A client certificate, then its intermediates, in PEM, with its --key; several in turn.")
    private List<Path> certs = List.of();

    @Option(names = "--key", paramLabel = "FILE", description = "The private key of a --cert, in PEM.")
    private List<Path> keys = List.of();

    @Option(names = "--pfx", paramLabel = "FILE", description = "Key and certificate as PKCS#12; several in turn.")
    private List<Path> pfxs = List.of();

    @Option(names = "--passphrase", paramLabel = "TEXT", description = "Of an encrypted --key and of --pfx.")
    private String passphrase = "";

    @Option(
            names = "--versions",
            paramLabel = "LIST",
            split = ",",
            hideParamSyntax = true,
            description = "Versions in turn, such as TLSv1.2,TLSv1.3, each offered alone.")
    private List<String> versions = List.of();

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
            description = "Suites in OpenSSL's cipher-list language (default: Node's list); several lists in turn.")
    private List<String> ciphers = List.of();

    @Option(
            names = "--curves",
            paramLabel = "LIST",
            description = "Groups for key exchange, such as X25519,P-256 (default: all); several lists in turn.")
    private List<String> curves = List.of();

    @Option(
            names = "--sigalgs",
            paramLabel = "LIST",
            description = "Signature algorithms, such as ECDSA+SHA256; several lists in turn.")
    private List<String> sigalgs = List.of();

    @Option(names = "--crypto", paramLabel = "auto|jdk", description = "Which cryptography serves (default: auto).")
    private ContextFlags.Crypto crypto = ContextFlags.Crypto.AUTO;

    /** One value of one option. */
    private record Choice(String name, Consumer<ConnectOptions.Builder> setting) {}

    /** Refuses what can be known to be wrong before any file is read. */
    void check(CommandSpec command) {
        if (crypto == ContextFlags.Crypto.NATIVE) {
            throw NotAvailable.refusal(command, "--crypto native");
        }
        if (certs.size() != keys.size()) {
            throw new ParameterException(
                    command.commandLine(),
                    "--cert: %d were given and %d --key, each needs the other".formatted(certs.size(), keys.size()));
        }
        if (!versions.isEmpty() && (minVersion != null || maxVersion != null)) {
            throw new ParameterException(
                    command.commandLine(), "--versions: stands in place of --min-version and --max-version");
        }
        if (combinations() > MOST_TARGETS) {
            throw new ParameterException(
                    command.commandLine(),
                    "%d combinations of lists were given, at most %d are allowed"
                            .formatted(combinations(), MOST_TARGETS));
        }
    }

    private long combinations() {
        return choices().stream().mapToLong(List::size).reduce(1, (a, b) -> a * b);
    }

    /** Adds the targets, named after what tells them apart. */
    void addTo(LoadOptions.Builder load, Addresses.HostAndPort server, Duration timeout) {
        List<List<Choice>> combined = List.of(List.of());
        for (List<Choice> option : choices()) {
            List<List<Choice>> longer = new ArrayList<>();
            for (List<Choice> before : combined) {
                for (Choice each : option) {
                    List<Choice> one = new ArrayList<>(before);
                    one.add(each);
                    longer.add(one);
                }
            }
            combined = longer;
        }
        for (List<Choice> each : combined) {
            ConnectOptions.Builder options = ConnectOptions.builder()
                    .host(server.host())
                    .port(server.port())
                    .alpnProtocols(alpn)
                    .rejectUnauthorized(!insecure)
                    .timeout(timeout);
            common(options);
            each.forEach(choice -> choice.setting().accept(options));
            List<String> names = each.stream()
                    .map(Choice::name)
                    .filter(name -> !name.isEmpty())
                    .toList();
            load.target(names.isEmpty() ? server.toString() : String.join(" ", names), options.build());
        }
    }

    private void common(ConnectOptions.Builder options) {
        if (!passphrase.isEmpty()) {
            options.passphrase(passphrase.toCharArray());
        }
        cas.forEach(options::ca);
        addedCas.forEach(options::addCa);
        crls.forEach(options::crl);
        if (minVersion != null) {
            options.minVersion(TlsVersion.parse("--min-version", minVersion));
        }
        if (maxVersion != null) {
            options.maxVersion(TlsVersion.parse("--max-version", maxVersion));
        }
    }

    /** Returns the values of each option that was given. */
    private List<List<Choice>> choices() {
        List<List<Choice>> choices = new ArrayList<>();
        add(choices, versions, LoadTargetFlags::only);
        add(choices, ciphers, (options, list) -> options.ciphers(list));
        add(choices, curves, (options, list) -> options.ecdhCurve(list.replace(',', ':')));
        add(choices, sigalgs, (options, list) -> options.sigalgs(list.replace(',', ':')));
        add(choices, servernames, (options, name) -> options.servername(name));
        List<Choice> identities = identities();
        if (!identities.isEmpty()) {
            choices.add(identities);
        }
        return choices;
    }

    private interface Setting {
        void set(ConnectOptions.Builder options, String value);
    }

    private static void add(List<List<Choice>> choices, List<String> values, Setting setting) {
        if (!values.isEmpty()) {
            choices.add(values.stream()
                    .map(value -> new Choice(values.size() > 1 ? value : "", options -> setting.set(options, value)))
                    .toList());
        }
    }

    private static void only(ConnectOptions.Builder options, String version) {
        TlsVersion parsed = TlsVersion.parse("--versions", version);
        options.minVersion(parsed).maxVersion(parsed);
    }

    private List<Choice> identities() {
        List<Choice> identities = new ArrayList<>();
        boolean several = certs.size() + pfxs.size() > 1;
        IntStream.range(0, certs.size())
                .mapToObj(i -> new Choice(
                        several ? certs.get(i).toString() : "",
                        options -> options.cert(certs.get(i)).key(keys.get(i))))
                .forEach(identities::add);
        pfxs.stream()
                .map(file -> new Choice(
                        several ? file.toString() : "", options -> options.pfx(file, passphrase.toCharArray())))
                .forEach(identities::add);
        return identities;
    }
}
