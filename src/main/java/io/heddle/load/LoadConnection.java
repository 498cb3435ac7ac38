package io.heddle.load;

import io.heddle.ConnectOptions;
import io.heddle.EphemeralKeyInfo;
import io.heddle.TlsSocket;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One connection to a target, from TCP to its end. */
final class LoadConnection {
    /** How long a server may take to end a connection that we have ended. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final LoadSocket tcp = new LoadSocket();
    private final ConcurrentLinkedQueue<byte[]> sessions = new ConcurrentLinkedQueue<>();
    private final TlsSocket tls;
    private final byte[] goodbye;
    private final boolean offered;
    private final long connectNanos;
    private final long secureAt;
    private long toldSent;
    private long toldReceived;

    /**
     * Where to connect from and to.
     *
     * @param from empty if the system chooses
     */
    record Route(LoadTarget target, InetAddress to, Optional<InetAddress> from, Optional<StartTls> startTls) {}

    /** Connects and shakes hands. */
    LoadConnection(Route route, Optional<byte[]> session) throws IOException {
        ConnectOptions options = route.target().options();
        offered = session.isPresent();
        goodbye = route.startTls().map(StartTlsDialogue::goodbye).orElseGet(() -> new byte[0]);
        long begin = System.nanoTime();
        long end = begin + options.timeout().toNanos();
        boolean secure = false;
        try {
            tcp.setTcpNoDelay(true);
            if (route.from().isPresent()) {
                tcp.bind(new InetSocketAddress(route.from().get(), 0));
            }
            tcp.connect(new InetSocketAddress(route.to(), options.port()), millisUntil(end));
            connectNanos = System.nanoTime() - begin;
            if (route.startTls().isPresent()) {
                StartTlsDialogue.hold(route.startTls().get(), tcp, end);
            }
            ConnectOptions.Builder each = options.toBuilder()
                    .timeout(Duration.ofMillis(millisUntil(end)))
                    .onSession(sessions::add);
            session.ifPresent(each::session);
            tls = new TlsSocket(tcp, each.build());
            tls.startHandshake();
            secureAt = System.nanoTime();
            secure = true;
        } finally {
            if (!secure) {
                tcp.close();
            }
        }
    }

    static int millisUntil(long end) throws SocketTimeoutException {
        long left = end - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("timed out");
        }
        return (int) Math.min(Integer.MAX_VALUE, 1 + left / 1_000_000);
    }

    TlsSocket tls() {
        return tls;
    }

    /** Returns whether a session was offered. */
    boolean offered() {
        return offered;
    }

    boolean resumed() {
        return tls.isSessionReused();
    }

    long connectNanos() {
        return connectNanos;
    }

    /** Returns when the handshake was complete. */
    long secureAt() {
        return secureAt;
    }

    /** Returns how many bytes went to the server, below TLS, since the last time; for whoever writes. */
    long newlySent() {
        long before = toldSent;
        toldSent = tcp.sent();
        return toldSent - before;
    }

    /** Returns how many bytes came from the server, below TLS, since the last time; for whoever reads. */
    long newlyReceived() {
        long before = toldReceived;
        toldReceived = tcp.received();
        return toldReceived - before;
    }

    /** Returns the sessions that the server has sent so far. */
    List<byte[]> sessions() {
        return List.copyOf(sessions);
    }

    Negotiation negotiation() {
        return new Negotiation(
                String.valueOf(tls.getProtocol()),
                tls.getCipher().name(),
                tls.getEphemeralKeyInfo().map(EphemeralKeyInfo::name).orElse(""),
                tls.alpnProtocol().orElse(""));
    }

    /**
     * Says goodbye and waits for the server's, within {@link #PATIENCE}: until then a server of TLS 1.3 may refuse our
     * certificate, and its tickets come in.
     *
     * @throws TlsFailure if it refused the connection after all
     */
    void end() throws TlsFailure {
        try {
            sayGoodbye();
            InputStream in = tls.getInputStream();
            byte[] nowhere = new byte[256];
            long end = System.nanoTime() + PATIENCE.toNanos();
            do {
                tls.setSoTimeout(millisUntil(end));
            } while (in.read(nowhere) >= 0);
        } catch (TlsFailure e) {
            if (e.code().blame() == TlsFailure.Blame.PEER_ALERT) {
                throw e;
            }
        } catch (IOException e) {
            // However it ends a connection, it has made it.
        } finally {
            abort();
        }
    }

    /** In the words of TLS, and before them in those of the protocol that it began with. */
    private void sayGoodbye() throws IOException {
        if (goodbye.length == 0) {
            tls.shutdownOutput();
            return;
        }
        tcp.hold();
        tls.getOutputStream().write(goodbye);
        tls.shutdownOutput();
        tcp.release();
    }

    /** Ends it without a word. */
    void abort() {
        try {
            tls.abort();
            tcp.close();
        } catch (IOException e) {
            // It is as closed as it will ever be.
        }
    }
}
