package io.heddle.cli;

import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import io.heddle.callback.OcspRequestListener;
import io.heddle.callback.PskIdentity;
import io.heddle.certificate.OcspVerdict;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.TicketKey;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle serve}: a TLS server until a signal ends it. */
@Command(
        name = "serve",
        description = {
            "Serves TLS until SIGTERM or SIGINT.",
            "The first line on the standard output says where it listens. SIGHUP reads certificates, keys and CRLs again."
        },
        mixinStandardHelpOptions = true,
        versionProvider = HeddleVersion.class,
        sortOptions = false)
final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--host", paramLabel = "HOST", description = "Where to listen (default: 127.0.0.1).")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "PORT", description = "On which port, 0 for any free one (default: 8443).")
    private @Nullable Integer port;

    @Option(names = "--unix", paramLabel = "PATH", description = "Listen on a Unix-domain socket instead.")
    private @Nullable Path unix;

    @Mixin
    private ContextFlags context = new ContextFlags();

    @Option(
            names = "--sni",
            paramLabel = "HOST=CERT,KEY",
            converter = SniFlag.Text.class,
            description = "Another certificate for a host name or *.domain. Repeatable.")
    private List<SniFlag> sni = List.of();

    @Option(names = "--request-cert", description = "Ask clients for a certificate.")
    private boolean requestCert;

    @Option(names = "--no-reject-unauthorized", description = "Take clients without a good certificate as well.")
    private boolean noRejectUnauthorized;

    @Option(
            names = "--dhparam",
            paramLabel = "FILE|auto",
            description = "The group of DHE in TLS 1.2, from PEM or as strong as the key (default: no DHE).")
    private @Nullable String dhparam;

    @Option(names = "--client-cipher-preference", description = "Let the client's order of suites decide.")
    private boolean clientCipherPreference;

    @Option(
            names = "--ocsp-response",
            paramLabel = "FILE",
            description = "An OCSP response in DER, sent with --cert to clients that ask. SIGHUP reads it again.")
    private @Nullable Path ocspResponse;

    @Option(
            names = "--no-verify-ocsp",
            description = "Send the --ocsp-response as it is, though it may be for another certificate or out of date.")
    private boolean noVerifyOcsp;

    @Option(
            names = "--ticket-keys",
            paramLabel = "HEX96",
            converter = TicketKeyText.class,
            description = "48 bytes of ticket key: the first seals, all open. Repeatable (default: random).")
    private List<TicketKey> ticketKeys = List.of();

    @Option(names = "--no-tickets", description = "Keep sessions in the store only.")
    private boolean noTickets;

    @Option(
            names = "--session-timeout",
            paramLabel = "TIME",
            description = "How long a session is resumed, counted from its full handshake (default: 300s).")
    private @Nullable Duration sessionTimeout;

    @Option(names = "--session-id-context", paramLabel = "TEXT", description = "Sessions of another are not resumed.")
    private @Nullable String sessionIdContext;

    @Option(
            names = "--store",
            paramLabel = "memory|none",
            defaultValue = "memory",
            description = "Where sessions are that no ticket carries (default: ${DEFAULT-VALUE}).")
    private String store = "memory";

    @Option(
            names = "--psk",
            paramLabel = "IDENTITY:HEX",
            converter = PskText.class,
            description = "A client's pre-shared key, for TLS 1.3 and 1.2; no certificate is needed then. Repeatable. "
                    + "Without --ciphers suites with such keys are on in TLS 1.2 as well, those with DHE if there is "
                    + "--dhparam.")
    private List<PskIdentity> psk = List.of();

    @Option(
            names = "--psk-hint",
            paramLabel = "TEXT",
            description = "What clients of TLS 1.2 are told about which key to use.")
    private @Nullable String pskHint;

    @Option(
            names = "--handshake-timeout",
            paramLabel = "TIME",
            description = "How long a handshake may take (default: 120s).")
    private @Nullable Duration handshakeTimeout;

    @Option(
            names = "--renegotiation-limit",
            paramLabel = "N",
            description = "How many renegotiations in a row a client may begin in TLS 1.2 (default: 3).")
    private @Nullable Integer renegotiationLimit;

    @Option(
            names = "--renegotiation-window",
            paramLabel = "TIME",
            description = "After which time counting them starts again (default: 600s).")
    private @Nullable Duration renegotiationWindow;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description = "Close at once what comes beyond so many connections (default: no limit).")
    private @Nullable Integer maxConnections;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "How long connections may finish after SIGTERM or SIGINT (default: ${DEFAULT-VALUE}).")
    private Duration drain = Duration.ofSeconds(10);

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "echo",
            description = {
                "echo: bytes back; http: any request gets 200 and the facts of the connection as text; discard: "
                        + "nothing back; source: zeros until the peer leaves (default: ${DEFAULT-VALUE})."
            })
    private ServeMode mode = ServeMode.ECHO;

    @Mixin
    private KeyLogFile.Flag keylog = new KeyLogFile.Flag();

    @Option(names = "--json", description = "Print what happens, one JSON object a line.")
    private boolean json;

    @Mixin
    NotAvailable.Server notAvailable = new NotAvailable.Server();

    /** The last problem with the OCSP response that was printed; written by connections. */
    private final AtomicReference<String> ocspProblem = new AtomicReference<>("");

    /** Who staples now; SIGHUP brings another. Read by connections. */
    private volatile Optional<OcspRequestListener> stapling = Optional.empty();

    @Override
    public Integer call() throws IOException {
        check();
        PrintWriter out = spec.commandLine().getOut();
        var events = new EventLog(json ? out : null, InstantSource.system());
        var contexts = new ServeContexts(
                context,
                sni,
                Optional.ofNullable(dhparam),
                !clientCipherPreference,
                Optional.ofNullable(ocspResponse).map(OcspResponseFile::new));
        ServeContexts.Made made = contexts.make();
        Optional<KeyLogFile> secrets = keylog.open();
        try (TlsServer server = Tls.createServer(options(made.fallback(), events), each -> serve(each, events));
                Signals signals = Signals.of("TERM", "INT", "HUP")) {
            made.addTo(server);
            stapling = made.stapling();
            if (stapling.isPresent()) {
                server.onOcspRequest(
                        (certificate, issuer) -> stapling.orElseThrow().onOcspRequest(certificate, issuer));
            }
            server.onOcspProblem((certificate, verdict) -> report(certificate, verdict, events));
            server.onTlsClientError(events::tlsClientError);
            server.onError(this::tell);
            server.onDrop(events::drop);
            secrets.ifPresent(file -> server.onKeylog((line, socket) -> file.write(line)));
            listen(server);
            out.println("listening on " + where(server));
            out.flush();
            awaitEnd(signals, () -> reload(server, contexts, events));
            // From here on a second signal ends the process at once, as a user who presses ^C twice wants it.
            signals.close();
            server.close(drain);
        } finally {
            close(secrets);
        }
        return 0;
    }

    private static void close(Optional<KeyLogFile> secrets) throws IOException {
        if (secrets.isPresent()) {
            secrets.get().close();
        }
    }

    private void check() {
        context.check(spec);
        if (!context.hasIdentity() && sni.isEmpty() && psk.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "a certificate is needed: --cert with --key, --pfx, or --sni; or --psk");
        }
        if (pskHint != null && psk.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--psk-hint: it is for --psk, which was not given");
        }
        if (!psk.isEmpty()) {
            context.withPskSuites();
        }
        if (ocspResponse != null && !context.hasIdentity()) {
            throw new ParameterException(
                    spec.commandLine(), "--ocsp-response: goes with --cert or --pfx, which are not there");
        }
        if (noVerifyOcsp && ocspResponse == null) {
            throw new ParameterException(
                    spec.commandLine(), "--no-verify-ocsp: it is for --ocsp-response, which was not given");
        }
        if (unix != null && (host != null || port != null)) {
            throw new ParameterException(spec.commandLine(), "--unix excludes --host and --port");
        }
        if (port != null && (port < 0 || port > 65535)) {
            throw new ParameterException(
                    spec.commandLine(), "--port: %d was given, 0 to 65535 are allowed".formatted(port));
        }
        if (renegotiationLimit != null && renegotiationLimit < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--renegotiation-limit: %d was given, 0 or more are allowed".formatted(renegotiationLimit));
        }
        if (maxConnections != null && maxConnections < 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--max-connections: %d was given, 0 or more are allowed".formatted(maxConnections));
        }
        if (store.startsWith("redis://")) {
            throw NotAvailable.refusal(spec, "--store redis");
        }
        if (!store.equals("memory") && !store.equals("none")) {
            throw new ParameterException(
                    spec.commandLine(), "--store: '%s' was given, memory and none are allowed".formatted(store));
        }
    }

    private ServerOptions options(SecureContext fallback, EventLog events) {
        ServerOptions.Builder options = ServerOptions.builder(fallback)
                .alpnProtocols(context.alpn())
                .requestCert(requestCert)
                .rejectUnauthorized(!noRejectUnauthorized)
                .verifyOCSP(!noVerifyOcsp)
                .tickets(!noTickets);
        if (!ticketKeys.isEmpty()) {
            options.ticketKeys(TicketKeyManager.of(TicketKeys.of(ticketKeys)));
        }
        if (sessionTimeout != null) {
            options.sessionTimeout(sessionTimeout);
        }
        if (sessionIdContext != null) {
            options.sessionIdContext(sessionIdContext);
        }
        if (maxConnections != null) {
            options.maxConnections(maxConnections);
        }
        if (!psk.isEmpty()) {
            options.pskCallback((socket, identity) -> psk.stream()
                    .filter(each -> each.identity().equals(identity))
                    .findFirst()
                    .map(PskIdentity::psk));
        }
        if (pskHint != null) {
            options.pskIdentityHint(pskHint);
        }
        if (handshakeTimeout != null) {
            options.handshakeTimeout(handshakeTimeout);
        }
        if (renegotiationLimit != null) {
            options.renegotiationLimit(renegotiationLimit);
        }
        if (renegotiationWindow != null) {
            options.renegotiationWindow(renegotiationWindow);
        }
        if (store.equals("memory")) {
            options.sessionStore(
                    new ObservedStore(CaffeineSessionStore.builder().build(), events));
        }
        return options.build();
    }

    private String host() {
        return host == null ? "127.0.0.1" : host;
    }

    private void listen(TlsServer server) throws IOException {
        if (unix != null) {
            server.listen(unix);
            return;
        }
        var address = new InetSocketAddress(host(), port == null ? 8443 : port);
        if (address.isUnresolved()) {
            throw new UnknownHostException("host: \"%s\" has no address".formatted(host()));
        }
        server.listen(address);
    }

    private String where(TlsServer server) {
        return unix == null ? Addresses.text(host(), server.port()) : unix.toString();
    }

    private void serve(TlsSocket socket, EventLog events) {
        events.secureConnection(socket);
        TlsFailure broken = null;
        try {
            mode.serve(socket);
        } catch (TlsFailure e) {
            broken = e;
            report(e, socket, events);
        } catch (IOException e) {
            // A socket that is closed by now was closed on this side, after the drain.
            if (!socket.isClosed()) {
                report(e, socket, events);
            }
        } finally {
            events.close(socket, broken);
        }
    }

    /** Reports a connection that failed after its handshake. */
    private void report(IOException failure, TlsSocket socket, EventLog events) {
        if (json) {
            events.error(failure, socket);
            return;
        }
        String remote = Addresses.text(socket.getRemoteSocketAddress());
        tell(remote == null ? failure : CommandFailure.of(remote, failure));
    }

    /** Reports an OCSP response that is not good: as an event of each connection, or once in a line. */
    private void report(X509Certificate certificate, OcspVerdict verdict, EventLog events) {
        if (json) {
            events.ocspProblem(certificate, verdict);
            return;
        }
        verdict.failure().ifPresent(failure -> {
            String sentence = String.valueOf(failure.getMessage());
            // The sentence of a response that is out of date has the time in it.
            String kind = verdict.code().orElseThrow() == Code.OCSP_HAS_EXPIRED
                    ? "expired " + verdict.nextUpdate()
                    : sentence;
            if (!ocspProblem.getAndSet(kind).equals(kind)) {
                tell(failure);
            }
        });
    }

    private static void awaitEnd(Signals signals, Runnable onHangUp) {
        try {
            while (signals.await().equals("HUP")) {
                onHangUp.run();
            }
        } catch (InterruptedException e) {
            // Whoever runs the command inside a program ends it so.
            Thread.currentThread().interrupt();
        }
    }

    private void reload(TlsServer server, ServeContexts contexts, EventLog events) {
        try {
            // All or nothing: one file that cannot be used leaves every context as it was.
            ServeContexts.Made made = contexts.make();
            server.setSecureContext(made.fallback());
            made.addTo(server);
            stapling = made.stapling();
            events.reload(null);
        } catch (InvalidOption e) {
            tell(e);
            events.reload(e);
        }
    }

    private void tell(Throwable failure) {
        ErrorLine line = ErrorLine.of(failure instanceof Exception e ? e : new IllegalStateException(failure));
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.commandLine().getColorScheme().errorText(line.text()));
        err.flush();
    }
}
