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
import io.heddle.session.SessionStore;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code heddle serve}: a TLS server until a signal ends it. */
@Command(
        name = "serve",
        description = {
            "Runs a TLS server until SIGTERM or SIGINT.",
            "The first line of the standard output has the address. SIGHUP reloads certificates, keys and CRLs."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Heddle.Version.class,
        sortOptions = false)
final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--host", paramLabel = "HOST", description = "Address to listen on (default: 127.0.0.1).")
    private @Nullable String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on, 0 for any free one (default: 8443).")
    private @Nullable Integer port;

    @Option(names = "--unix", paramLabel = "PATH", description = "Listen on a Unix-domain socket instead.")
    private @Nullable Path unix;

    @Mixin
    private ContextFlags context = new ContextFlags();

    @Option(
            names = "--sni",
            paramLabel = "HOST=CERT,KEY",
            converter = ServeContexts.Sni.Text.class,
            description = "A certificate for a host name or *.domain. Repeatable.")
    private List<ServeContexts.Sni> sni = List.of();

    @Option(names = "--request-cert", description = "Request a certificate from clients.")
    private boolean requestCert;

    @Option(names = "--no-reject-unauthorized", description = "Accept clients without a certificate that verifies.")
    private boolean noRejectUnauthorized;

    @Option(
            names = "--dhparam",
            paramLabel = "FILE|auto",
            description =
                    "DHE parameters for TLS 1.2: a PEM file, or auto for the strength of the key (default: no DHE).")
    private @Nullable String dhparam;

    @Option(names = "--client-cipher-preference", description = "Choose cipher suites in the order of the client.")
    private boolean clientCipherPreference;

    @Option(
            names = "--ocsp-response",
            paramLabel = "FILE",
            description = "An OCSP response in DER, stapled to --cert for clients that request it. SIGHUP reloads it.")
    private @Nullable Path ocspResponse;

    @Option(
            names = "--no-verify-ocsp",
            description = "Send the --ocsp-response without verifying that it is for the certificate and up to date.")
    private boolean noVerifyOcsp;

    @Option(
            names = "--ticket-keys",
            paramLabel = "HEX96",
            converter = TicketKeyText.class,
            description = "A ticket key of 48 bytes: the first encrypts, all decrypt. Repeatable (default: random).")
    private List<TicketKey> ticketKeys = List.of();

    @Option(names = "--no-tickets", description = "Send no tickets; resume from the session store only.")
    private boolean noTickets;

    @Option(
            names = "--session-timeout",
            paramLabel = "TIME",
            description = "Lifetime of a session, counted from its full handshake (default: 300s).")
    private @Nullable Duration sessionTimeout;

    @Option(
            names = "--session-id-context",
            paramLabel = "TEXT",
            description = "Sessions with another context are not resumed.")
    private @Nullable String sessionIdContext;

    @Option(
            names = "--store",
            paramLabel = "memory|none",
            defaultValue = "memory",
            description = "The store for sessions without a ticket (default: ${DEFAULT-VALUE}).")
    private String store = "memory";

    @Option(
            names = "--psk",
            paramLabel = "IDENTITY:HEX",
            converter = PskText.class,
            description =
                    "Pre-shared key of a client, for TLS 1.3 and 1.2; a certificate is optional then. Repeatable. "
                            + "Without --ciphers, TLS 1.2 suites for pre-shared keys are enabled, with DHE if there is --dhparam.")
    private List<PskIdentity> psk = List.of();

    @Option(names = "--psk-hint", paramLabel = "TEXT", description = "The identity hint sent to TLS 1.2 clients.")
    private @Nullable String pskHint;

    @Option(names = "--handshake-timeout", paramLabel = "TIME", description = "Timeout of a handshake (default: 120s).")
    private @Nullable Duration handshakeTimeout;

    @Option(
            names = "--renegotiation-limit",
            paramLabel = "N",
            description = "Renegotiations that a TLS 1.2 client may start within the window (default: 3).")
    private @Nullable Integer renegotiationLimit;

    @Option(
            names = "--renegotiation-window",
            paramLabel = "TIME",
            description = "The window of --renegotiation-limit (default: 600s).")
    private @Nullable Duration renegotiationWindow;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description = "Close connections above this number immediately (default: no limit).")
    private @Nullable Integer maxConnections;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "Time for connections to finish after SIGTERM or SIGINT (default: ${DEFAULT-VALUE}).")
    private Duration drain = Duration.ofSeconds(10);

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "echo",
            description = {
                "echo: send bytes back; http: answer any request with 200 and a description of the connection; "
                        + "discard: only read; source: send zeros until the client closes (default: ${DEFAULT-VALUE})."
            })
    private ServeMode mode = ServeMode.ECHO;

    @Mixin
    private KeyLogFile.Flag keylog = new KeyLogFile.Flag();

    @Option(names = "--json", description = "Print events, one JSON object per line.")
    private boolean json;

    @Mixin
    NotAvailable.Server notAvailable = new NotAvailable.Server();

    /** The last OCSP problem that was printed; written by connections. */
    private final AtomicReference<String> ocspProblem = new AtomicReference<>("");

    /** The current provider of OCSP responses, replaced on SIGHUP. Read by connections. */
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
                Optional.ofNullable(ocspResponse).map(ServeContexts.OcspResponseFile::new));
        ServeContexts.Contexts created = contexts.create();
        Optional<KeyLogFile> secrets = keylog.open();
        try (TlsServer server = Tls.createServer(options(created.fallback(), events), socket -> serve(socket, events));
                Signals signals = Signals.of("TERM", "INT", "HUP")) {
            created.addTo(server);
            stapling = created.stapling();
            if (stapling.isPresent()) {
                server.onOcspRequest(
                        (certificate, issuer) -> stapling.orElseThrow().onOcspRequest(certificate, issuer));
            }
            server.onOcspProblem((certificate, verdict) -> report(certificate, verdict, events));
            server.onTlsClientError(events::tlsClientError);
            server.onError(this::printError);
            server.onDrop(events::drop);
            secrets.ifPresent(file -> server.onKeylog((line, socket) -> file.write(line)));
            listen(server);
            out.println("listening on " + where(server));
            out.flush();
            if (json) {
                events.cryptoProvider(Tls.cryptoProvider());
            }
            awaitShutdown(signals, () -> reload(server, contexts, events));
            // From here on a second signal ends the process immediately.
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
                    .filter(entry -> entry.identity().equals(identity))
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
            // A closed socket was closed by this side, after the drain.
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
        printError(remote == null ? failure : CommandException.of(remote, failure));
    }

    /** Reports a bad OCSP response: as an event for each connection, or once as a line. */
    private void report(X509Certificate certificate, OcspVerdict verdict, EventLog events) {
        if (json) {
            events.ocspProblem(certificate, verdict);
            return;
        }
        verdict.failure().ifPresent(failure -> {
            String sentence = String.valueOf(failure.getMessage());
            // The message for an expired response contains the current time.
            String kind = verdict.code().orElseThrow() == Code.OCSP_HAS_EXPIRED
                    ? "expired " + verdict.nextUpdate()
                    : sentence;
            if (!ocspProblem.getAndSet(kind).equals(kind)) {
                printError(failure);
            }
        });
    }

    private static void awaitShutdown(Signals signals, Runnable onHangUp) {
        try {
            while (signals.await().equals("HUP")) {
                onHangUp.run();
            }
        } catch (InterruptedException e) {
            // A program that runs the command ends it by an interrupt.
            Thread.currentThread().interrupt();
        }
    }

    private void reload(TlsServer server, ServeContexts contexts, EventLog events) {
        try {
            // All or nothing: one unusable file leaves all contexts unchanged.
            ServeContexts.Contexts created = contexts.create();
            server.setSecureContext(created.fallback());
            created.addTo(server);
            stapling = created.stapling();
            events.reload(null);
        } catch (InvalidOption e) {
            printError(e);
            events.reload(e);
        }
    }

    private void printError(Throwable failure) {
        ErrorLine line = ErrorLine.of(failure instanceof Exception e ? e : new IllegalStateException(failure));
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.commandLine().getColorScheme().errorText(line.text()));
        err.flush();
    }

    /** A ticket key as 96 hex digits: 48 bytes in Node's layout. */
    private static final class TicketKeyText implements ITypeConverter<TicketKey> {
        private static final int DIGITS = 96;

        @Override
        public TicketKey convert(String text) {
            // The message never contains the text, which is secret.
            if (text.length() != DIGITS) {
                throw new TypeConversionException(
                        "%d hex digits are needed, %d characters were given".formatted(DIGITS, text.length()));
            }
            try {
                return TicketKey.of(HexFormat.of().parseHex(text));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(
                        "%d hex digits are needed, something else is among them".formatted(DIGITS));
            }
        }
    }

    /** A session store that reports its calls as events. As thread-safe as the store behind it. */
    record ObservedStore(SessionStore store, EventLog events) implements SessionStore {
        @Override
        public void put(byte[] id, byte[] session, Duration timeToLive) {
            store.put(id, session, timeToLive);
            events.newSession(id);
        }

        @Override
        public Optional<byte[]> get(byte[] id) {
            Optional<byte[]> found = store.get(id);
            events.resumeSession(id, found.isPresent());
            return found;
        }

        @Override
        public void remove(byte[] id) {
            store.remove(id);
        }
    }
}
