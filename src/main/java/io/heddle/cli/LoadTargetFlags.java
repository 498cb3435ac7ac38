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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The options of the connections of a load run. If an option has several values, there is a target for each of them,
 * and for each combination with the values of other options.
 */
final class LoadTargetFlags {
    private static final int MOST_TARGETS = 200;

    @Option(
            names = "--servername",
            paramLabel = "NAME",
            split = ",",
            hideParamSyntax = true,
            description = "Server names to send and to verify, taken in turn (default: HOST).")
    private List<String> servernames = List.of();

    @Option(names = "--insecure", description = "Accept a server certificate that does not verify.")
    private boolean insecure;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description =
                    "A client certificate, followed by its intermediates, in PEM, with its --key. Several are taken in turn.")
    private List<Path> certs = List.of();

    @Option(names = "--key", paramLabel = "FILE", description = "The private key of a --cert, in PEM.")
    private List<Path> keys = List.of();

    @Option(
            names = "--pfx",
            paramLabel = "FILE",
            description = "Key and certificate as PKCS#12. Several are taken in turn.")
    private List<Path> pfxs = List.of();

    @Option(
            names = "--versions",
            paramLabel = "LIST",
            split = ",",
            hideParamSyntax = true,
            description = "Versions taken in turn, such as TLSv1.2,TLSv1.3; each is offered alone.")
    private List<String> versions = List.of();

    @Option(
            names = "--ciphers",
            paramLabel = "LIST",
            description =
                    "Cipher suites in OpenSSL's cipher-list format (default: Node's list). Several lists are taken in turn.")
    private List<String> ciphers = List.of();

    @Option(
            names = "--curves",
            paramLabel = "LIST",
            description =
                    "Groups for key exchange, such as X25519,P-256 (default: DEFAULT). Several lists are taken in turn.")
    private List<String> curves = List.of();

    @Option(
            names = "--sigalgs",
            paramLabel = "LIST",
            description = "Signature algorithms, such as ECDSA+SHA256. Several lists are taken in turn.")
    private List<String> sigalgs = List.of();

    @Mixin
    private TlsFlags tls = new TlsFlags();

    /** One value of an option, and the part of the target name that stands for it. */
    private record Choice(String name, Consumer<ConnectOptions.Builder> setting) {}

    /** Refuses wrong values before any file is read. */
    void check(CommandSpec command) {
        tls.check(command);
        if (certs.size() != keys.size()) {
            throw new ParameterException(
                    command.commandLine(),
                    "--cert: %d were given and %d --key, each needs the other".formatted(certs.size(), keys.size()));
        }
        if (!versions.isEmpty() && tls.hasVersions()) {
            throw new ParameterException(command.commandLine(), "--versions: excludes --min-version and --max-version");
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

    /** Adds the targets, named after the values by which they differ. */
    void addTo(LoadOptions.Builder load, Addresses.HostAndPort server, Duration timeout) {
        List<List<Choice>> combined = List.of(List.of());
        for (List<Choice> option : choices()) {
            List<List<Choice>> longer = new ArrayList<>();
            for (List<Choice> before : combined) {
                for (Choice alternative : option) {
                    List<Choice> one = new ArrayList<>(before);
                    one.add(alternative);
                    longer.add(one);
                }
            }
            combined = longer;
        }
        for (List<Choice> combination : combined) {
            ConnectOptions.Builder options = ConnectOptions.builder()
                    .host(server.host())
                    .port(server.port())
                    .alpnProtocols(tls.alpn())
                    .rejectUnauthorized(!insecure)
                    .timeout(timeout);
            tls.addTo(options);
            combination.forEach(choice -> choice.setting().accept(options));
            List<String> names = combination.stream()
                    .map(Choice::name)
                    .filter(name -> !name.isEmpty())
                    .toList();
            load.target(names.isEmpty() ? server.toString() : String.join(" ", names), options.build());
        }
    }

    /** Returns the values of each option that is present. */
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
                .map(file -> new Choice(several ? file.toString() : "", options -> options.pfx(file, tls.passphrase())))
                .forEach(identities::add);
        return identities;
    }
}
