package io.heddle;

import io.heddle.endpoint.OptionChecks;
import io.heddle.failure.InvalidOption;
import io.heddle.jsse.JsseRoles;
import io.heddle.session.TicketKeys;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An {@link SSLContext} whose certificates, trust and revocation lists can be replaced while it is in use: its
 * factories, server sockets and engines use the current ones when a connection begins. Connections that have begun are
 * not affected. Ticket keys and session store remain, so that sessions still resume, subject to the new trust.
 *
 * {@snippet :
 * SecureContext context = Tls.createSecureContext(o -> o.cert(Path.of("server.pem")).key(Path.of("server-key.pem")));
 * var reloadable = SslContexts.reloadable(context);
 * reloadable.watch(Duration.ofSeconds(10));            // or reload() when the files have changed, or setSecureContext(other)
 * var http = ServerBootstrap.bootstrap().setSslContext(reloadable.sslContext());
 * }
 *
 * <p>Thread-safe. {@link #close} ends the watching of files; the {@code SSLContext} remains usable.
 */
public final class ReloadableSslContext implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ReloadableSslContext.class.getName());

    private final JsseRoles roles;
    private final SSLContext sslContext;
    private final CopyOnWriteArrayList<Consumer<SecureContext>> reloads = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<Consumer<Throwable>> errors = new CopyOnWriteArrayList<>();

    /** Held while contexts are built and replaced, so that an older one never replaces a newer one. */
    private final ReentrantLock replacing = new ReentrantLock();

    /** The contexts added for names; changed under {@link #replacing}. */
    private final Map<String, SecureContext> byName = new ConcurrentHashMap<>();

    /** Changed under {@link #replacing}, read by any thread. */
    private volatile SecureContext current;

    /** Guarded by {@link #replacing}. */
    private @Nullable FileWatch watching;

    ReloadableSslContext(JsseRoles roles, SecureContext context, SSLContext sslContext) {
        this.roles = roles;
        this.current = context;
        this.sslContext = sslContext;
    }

    /** Returns the {@code SSLContext}, always the same. */
    public SSLContext sslContext() {
        return sslContext;
    }

    /** Returns the context of connections that begin now. */
    public SecureContext secureContext() {
        return current;
    }

    /**
     * Replaces the context, for clients and servers whose connections begin from now on.
     *
     * @see <a href="https://nodejs.org/api/tls.html#serversetsecurecontextoptions">Node server.setSecureContext</a>
     */
    public ReloadableSslContext setSecureContext(SecureContext context) {
        replacing.lock();
        try {
            put(context);
        } finally {
            replacing.unlock();
        }
        return this;
    }

    private void put(SecureContext context) {
        roles.context(context.content());
        current = context;
    }

    /**
     * Adds, or replaces, a server's context for a host name or pattern.
     *
     * @throws InvalidOption {@code ERR_TLS_REQUIRED_SERVER_NAME} if the name is empty
     * @see TlsServer#addContext(String, SecureContext)
     */
    public ReloadableSslContext addContext(String hostname, SecureContext context) {
        replacing.lock();
        try {
            roles.names().add(hostname, context.content());
            byName.put(hostname, context);
        } finally {
            replacing.unlock();
        }
        return this;
    }

    /**
     * Replaces the ticket keys: the first seals, all open.
     *
     * @see TlsServer#setTicketKeys
     */
    public ReloadableSslContext setTicketKeys(byte[]... keys) {
        roles.serverConfig().sessions().ticketKeys().set(TicketKeys.fromBytes(keys));
        return this;
    }

    /**
     * Reads the files of the context and of those for names again and replaces these contexts: certificates, keys,
     * trust, revocation lists, all or none. A context without files remains.
     *
     * @throws InvalidOption if a file cannot be read or does not match another; then nothing is changed
     */
    public ReloadableSslContext reload() {
        replacing.lock();
        try {
            SecureContext replacement = rebuilt(current);
            Map<String, SecureContext> named = new HashMap<>();
            byName.forEach((name, context) -> named.put(name, rebuilt(context)));
            if (replacement != current) {
                put(replacement);
            }
            named.forEach(this::addContext);
        } finally {
            replacing.unlock();
        }
        for (Consumer<SecureContext> listener : reloads) {
            listener.accept(current);
        }
        return this;
    }

    private static SecureContext rebuilt(SecureContext context) {
        return context.fileContents().isEmpty() ? context : context.toBuilder().build();
    }

    /**
     * Watches the files at this interval, and calls {@link #reload} when the content of one has changed. If they do not
     * match each other, as between the writing of a certificate and that of its key, the old context remains, {@link
     * #onError} is called, and the next check tries again. A second call changes the interval.
     *
     * @param interval at least a millisecond
     * @throws InvalidOption {@code ERR_OUT_OF_RANGE} if it is less, {@code ERR_INVALID_ARG_VALUE} if no context has
     *     files
     */
    public ReloadableSslContext watch(Duration interval) {
        OptionChecks.positive("watch", interval);
        replacing.lock();
        try {
            if (fileContents().isEmpty()) {
                throw new InvalidOption("ERR_INVALID_ARG_VALUE", "watch: the context was made of no file");
            }
            close();
            watching = new FileWatch(interval, this::fileContents, this::reload, this::failed);
        } finally {
            replacing.unlock();
        }
        return this;
    }

    /**
     * Returns the files of the contexts with their contents; one that two contexts read differently never matches its
     * file.
     */
    private Map<Path, String> fileContents() {
        Map<Path, String> all = new HashMap<>(current.fileContents());
        byName.values()
                .forEach(context -> context.fileContents()
                        .forEach((file, content) ->
                                all.merge(file, content, (one, other) -> one.equals(other) ? one : "differs")));
        return all;
    }

    private void failed(Throwable thrown) {
        if (errors.isEmpty()) {
            LOG.log(Level.WARNING, "reload: the old certificates stay: {0}", thrown.getMessage());
        }
        for (Consumer<Throwable> listener : errors) {
            listener.accept(thrown);
        }
    }

    /** Adds a listener that receives the new context after each {@link #reload}, on the thread that reloaded. */
    public ReloadableSslContext onReload(Consumer<SecureContext> listener) {
        reloads.add(listener);
        return this;
    }

    /**
     * Adds a listener of the failures of {@link #watch} to reload, on the thread that watches. Without a listener a
     * warning is logged.
     */
    public ReloadableSslContext onError(Consumer<Throwable> listener) {
        errors.add(listener);
        return this;
    }

    /** Ends the watching of files, if any; a second call does nothing. */
    @Override
    public void close() {
        replacing.lock();
        try {
            FileWatch ended = watching;
            watching = null;
            if (ended != null) {
                ended.close();
            }
        } finally {
            replacing.unlock();
        }
    }
}
