package io.heddle.bogo;

import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.SessionStore;
import io.heddle.session.TicketKey;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One test of the runner: a connection, and those that resume its session. Holds the state that outlives a connection.
 */
final class ShimTest {
    private static final int ZERO_KEYS = 48;

    private final ShimOptions.OfTest options;
    private final boolean engine;
    private final TicketKeyManager ticketKeys;
    private final SessionStore store = CaffeineSessionStore.builder().build();
    private final AtomicInteger stored = new AtomicInteger();
    private Instant now;
    private Optional<byte[]> session = Optional.empty();

    ShimTest(ShimOptions.OfTest options, boolean engine) {
        this.options = options;
        this.engine = engine;
        this.now = RunnerCertificates.valid(options.initial().numbers("-expect-peer-signature-algorithm"));
        this.ticketKeys = TicketKeyManager.of(ticketKeys(options.initial()));
    }

    private static TicketKeys ticketKeys(ShimOptions options) {
        if (options.has("-use-ticket-callback")) {
            return TicketKeys.fromBytes(new byte[ZERO_KEYS]);
        }
        return options.base64("-ticket-key")
                .map(TicketKeys::fromBytes)
                .orElseGet(() -> TicketKeys.random(new SecureRandom()));
    }

    void run(ShimCall call) throws Exception {
        int connections = 1 + options.initial().number("-resume-count");
        for (int i = 0; i < connections; i++) {
            boolean resumes = i > 0;
            ShimOptions current = resumes ? options.resuming() : options.initial();
            if (resumes && !current.isServer() && session.isEmpty()) {
                throw new Unexpected("there is no session to offer");
            }
            if (resumes && current.has("-renew-ticket")) {
                // New keys, with which a server reseals tickets of the old ones.
                List<TicketKey> keys =
                        new ArrayList<>(TicketKeys.random(new SecureRandom()).all());
                keys.addAll(ticketKeys.current().all());
                ticketKeys.set(TicketKeys.of(keys));
            }
            var settings = new ShimSettings(current, this, resumes);
            try (Socket socket = connect(current.number("-port"))) {
                call.onEnd(socket);
                ShimPeer peer =
                        engine ? new EnginePeer(current, settings, socket) : new SocketPeer(current, settings, socket);
                session = new ShimConnection(current, settings, peer, resumes).run();
            }
            now = now.plus(Duration.ofSeconds(current.number("-resumption-delay")));
        }
    }

    private static Socket connect(int port) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getByName("::1"), port));
            return socket;
        } catch (IOException e) {
            socket.close();
            return new Socket(InetAddress.getByName("127.0.0.1"), port);
        }
    }

    TicketKeyManager ticketKeys() {
        return ticketKeys;
    }

    /** The session that the next connection of a client offers. */
    Optional<byte[]> session() {
        return session;
    }

    Instant now() {
        return now;
    }

    /** The number of sessions that a server has put into its store. */
    int stored() {
        return stored.get();
    }

    SessionStore store() {
        return new SessionStore() {
            @Override
            public void put(byte[] id, byte[] kept, Duration timeToLive) {
                stored.incrementAndGet();
                store.put(id, kept, timeToLive);
            }

            @Override
            public Optional<byte[]> get(byte[] id) {
                return store.get(id);
            }

            @Override
            public void remove(byte[] id) {
                store.remove(id);
            }
        };
    }
}
