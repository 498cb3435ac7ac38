package io.heddle.cli;

import io.heddle.ConnectOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.callback.PskIdentity;
import io.heddle.certificate.OcspVerdict;
import io.heddle.cli.Addresses.HostAndPort;
import io.heddle.failure.TlsFailure;
import io.heddle.session.SessionFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code heddle connect}: a TLS client. */
@Command(
        name = "connect",
        description = {
            "Connects to a TLS server and verifies its certificate.",
            "Copies the standard input to the server and its data to the standard output. With --json it prints one "
                    + "object per connection instead, and does not read the standard input."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Heddle.Version.class,
        sortOptions = false)
final class ConnectCommand implements Callable<Integer> {
    /** The time to wait for a session that the server sends after the handshake. */
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(1);

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private @Nullable Heddle heddle;

    @Parameters(paramLabel = "HOST:PORT", arity = "0..1", description = "The server; IPv6 as in [::1]:443.")
    private @Nullable String target;

    @Option(names = "--unix", paramLabel = "PATH", description = "Connect to a Unix domain socket.")
    private @Nullable Path unix;

    @Option(
            names = "--servername",
            paramLabel = "NAME",
            description = "Server name to send and to verify; empty to send none (default: HOST).")
    private @Nullable String servername;

    @Option(names = "--insecure", description = "Accept a server certificate that does not verify.")
    private boolean insecure;

    @Mixin
    private ContextFlags context = new ContextFlags();

    @Option(
            names = "--psk",
            paramLabel = "IDENTITY:HEX",
            converter = PskText.class,
            description =
                    "Pre-shared key for TLS 1.3 and 1.2; the server needs no certificate then. Without --ciphers, "
                            + "TLS 1.2 suites for pre-shared keys are offered.")
    private @Nullable PskIdentity psk;

    @Option(
            names = "--session-in",
            paramLabel = "FILE",
            description = "Session to resume: PEM of openssl s_client -sess_out, or the bytes of Node.js.")
    private @Nullable Path sessionIn;

    @Option(names = "--session-out", paramLabel = "FILE", description = "Write the last session. The file is secret.")
    private @Nullable Path sessionOut;

    @Option(
            names = "--session-format",
            paramLabel = "FORMAT",
            description =
                    "Format of --session-out: openssl, PEM for openssl s_client -sess_in; node, the bytes for the session "
                            + "option of tls.connect since Node.js 22.23, bound to the server name (default: openssl).")
    private @Nullable SessionFormat sessionFormat;

    @Option(
            names = "--reconnect",
            paramLabel = "N",
            defaultValue = "0",
            description = "Reconnect N times, each resuming the previous session.")
    private int reconnect;

    @Option(
            names = "--status",
            description =
                    "Request an OCSP response and verify it; its size and status are printed to the standard error. "
                            + "A bad response ends the connection, a missing one does not.")
    private boolean status;

    @Option(
            names = "--require-status",
            description = "As --status, but a missing OCSP response also ends the connection.")
    private boolean requireStatus;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "Timeout of connecting, and of reading after --send (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ofSeconds(10);

    @Option(
            names = "--send",
            paramLabel = "TEXT",
            description = "Send this text instead of the standard input, half-close, and print the response.")
    private @Nullable String send;

    @Mixin
    private KeyLogFile.Flag keylog = new KeyLogFile.Flag();

    @Option(names = "--json", description = "Print one JSON object per connection.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        check();
        Optional<KeyLogFile> secrets = keylog.open();
        if (secrets.isEmpty()) {
            return run(secrets);
        }
        try (KeyLogFile ignored = secrets.get()) {
            return run(secrets);
        }
    }

    private int run(Optional<KeyLogFile> secrets) throws IOException {
        Optional<HostAndPort> server = Optional.ofNullable(target).map(Addresses::parse);
        Optional<byte[]> session =
                sessionIn == null ? Optional.empty() : Optional.of(new SessionFile(sessionIn).read());
        ConnectOptions.Builder options = options(server);
        secrets.ifPresent(file -> options.onKeylog(file::write));
        String where = server.map(HostAndPort::toString).orElseGet(() -> String.valueOf(unix));
        for (int left = reconnect; left >= 0; left--) {
            session.ifPresent(options::session);
            Optional<byte[]> received = connect(options.build(), where, left == 0);
            if (received.isPresent()) {
                session = received;
            }
        }
        if (sessionOut != null) {
            new SessionFile(sessionOut)
                    .write(
                            session.orElseThrow(() -> new CommandException(
                                    "ERR_NO_SESSION",
                                    "--session-out: %s sent no session to resume within %d ms, nothing was written"
                                            .formatted(where, SESSION_TIMEOUT.toMillis()))),
                            sessionFormat == null ? SessionFormat.OPENSSL : sessionFormat,
                            boundName(server));
        }
        return 0;
    }

    /** Returns the name to which Node binds a session: the server name, else the host, else localhost. */
    private String boundName(Optional<HostAndPort> server) {
        if (servername != null && !servername.isEmpty()) {
            return servername;
        }
        return server.map(HostAndPort::host).orElse("localhost");
    }

    private void check() {
        context.check(spec);
        if (psk != null) {
            context.withPskSuites();
        }
        if ((target == null) == (unix == null)) {
            throw new ParameterException(spec.commandLine(), "either HOST:PORT or --unix is needed");
        }
        if (sessionFormat != null && sessionOut == null) {
            throw new ParameterException(
                    spec.commandLine(), "--session-format: it is for --session-out, which was not given");
        }
        if (requireStatus && (sessionIn != null || reconnect > 0)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--require-status: excludes --session-in and --reconnect, a resumed session has no OCSP response");
        }
        if (reconnect < 0) {
            throw new ParameterException(
                    spec.commandLine(), "--reconnect: %d was given, 0 or more are allowed".formatted(reconnect));
        }
    }

    private ConnectOptions.Builder options(Optional<HostAndPort> server) {
        ConnectOptions.Builder options = ConnectOptions.builder()
                .alpnProtocols(context.alpn())
                .rejectUnauthorized(!insecure)
                .requestOCSP(status || requireStatus)
                .requireOCSP(requireStatus)
                .timeout(timeout);
        context.addTo(options);
        server.ifPresent(target -> options.host(target.host()).port(target.port()));
        if (psk != null) {
            Optional<PskIdentity> key = Optional.of(psk);
            options.pskCallback(hint -> key);
        }
        if (unix != null) {
            options.path(unix);
        }
        if (servername != null) {
            options.servername(servername);
        }
        return options;
    }

    /** Makes one connection and returns its session, empty if there is none or it is not needed. */
    private Optional<byte[]> connect(ConnectOptions options, String where, boolean last) throws IOException {
        var report = new ConnectReport();
        try (TlsSocket socket = open(options, where)) {
            if (json) {
                report.connected(socket);
            }
            printStatus(socket);
            exchange(socket, report, last);
            boolean wanted = !last || sessionOut != null;
            return wanted ? sessionOf(socket) : Optional.empty();
        } catch (IOException e) {
            report.failed(e);
            throw e;
        } finally {
            print(report);
        }
    }

    private static TlsSocket open(ConnectOptions options, String where) throws IOException {
        try {
            return Tls.connect(options);
        } catch (TlsFailure e) {
            throw e;
        } catch (IOException e) {
            throw CommandException.of(where, e);
        }
    }

    private void exchange(TlsSocket socket, ConnectReport report, boolean last) throws IOException {
        Heddle terminal = Objects.requireNonNull(heddle);
        if (send != null && json) {
            var kept = new Relay.Kept();
            try {
                Relay.send(socket, send, timeout, kept);
            } finally {
                report.received(kept.text());
            }
        } else if (send != null) {
            Relay.send(socket, send, timeout, terminal.stdout());
        } else if (last && !json) {
            Relay.both(socket, terminal.stdin(), terminal.stdout());
        } else {
            // In TLS 1.3 the server verifies the client certificate after the client is done. A ticket shows that it
            // succeeded.
            socket.awaitSession(SESSION_TIMEOUT);
        }
    }

    private static Optional<byte[]> sessionOf(TlsSocket socket) throws IOException {
        Optional<byte[]> session = socket.getSessionData();
        return session.isPresent() ? session : socket.awaitSession(SESSION_TIMEOUT);
    }

    /** Prints the OCSP status to the standard error, since the standard output is for the data of the server. */
    private void printStatus(TlsSocket socket) {
        if ((status || requireStatus) && !json) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("OCSP response: "
                    + socket.ocspResponse()
                            .map(bytes -> bytes.length + " bytes, "
                                    + socket.ocspVerdict()
                                            .map(ConnectCommand::words)
                                            .orElse("not verified"))
                            .orElse(socket.isSessionReused() ? "none, the session was resumed" : "none"));
            err.flush();
        }
    }

    private static String words(OcspVerdict verdict) {
        String word = verdict.status().name().toLowerCase(Locale.ROOT);
        return verdict.problem()
                .map(problem -> word + ": " + problem.sentence())
                .orElse(word);
    }

    private void print(ConnectReport report) {
        if (json) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(report.toJson());
            out.flush();
        }
    }
}
