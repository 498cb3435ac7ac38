package io.heddle.load;

import io.heddle.ConnectOptions;
import io.heddle.EphemeralKeyInfo;
import io.heddle.TlsSocket;
import io.heddle.TlsTransport;
import io.heddle.failure.TlsFailure;
import io.heddle.load.LoadFigures.Negotiation;
import io.heddle.load.LoadOptions.StartTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A connection to a target, from the TCP handshake to its end. */
final class LoadConnection {
    /** The time a server has to close a connection after our close_notify. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final LoadSocket tcp = new LoadSocket();
    private final ConcurrentLinkedQueue<byte[]> sessions = new ConcurrentLinkedQueue<>();
    private final TlsSocket tls;
    private final byte[] logout;
    private final boolean offered;
    private final long connectNanos;
    private final long secureAt;
    private long reportedSent;
    private long reportedReceived;

    /**
     * The addresses of a connection.
     *
     * @param from the local address, empty if the system chooses it
     */
    record Route(LoadOptions.Target target, InetAddress to, Optional<InetAddress> from, Optional<StartTls> startTls) {}

    /** Connects and performs the handshake. */
    LoadConnection(Route route, Optional<byte[]> session) throws IOException {
        ConnectOptions options = route.target().options();
        offered = session.isPresent();
        logout = route.startTls().map(StartTlsClient::logout).orElseGet(() -> new byte[0]);
        long begin = System.nanoTime();
        long end = begin + options.timeout().toNanos();
        boolean complete = false;
        try {
            tcp.setTcpNoDelay(true);
            if (route.from().isPresent()) {
                tcp.bind(new InetSocketAddress(route.from().get(), 0));
            }
            tcp.connect(new InetSocketAddress(route.to(), options.port()), LoadSocket.millisUntil(end));
            connectNanos = System.nanoTime() - begin;
            if (route.startTls().isPresent()) {
                StartTlsClient.negotiate(route.startTls().get(), tcp, end);
            }
            ConnectOptions.Builder builder = options.toBuilder()
                    .timeout(Duration.ofMillis(LoadSocket.millisUntil(end)))
                    .onSession(sessions::add);
            session.ifPresent(builder::session);
            tls = new TlsSocket(TlsTransport.of(tcp), builder.build());
            tls.startHandshake();
            secureAt = System.nanoTime();
            complete = true;
        } finally {
            if (!complete) {
                tcp.close();
            }
        }
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

    /** Returns the time at which the handshake was complete. */
    long secureAt() {
        return secureAt;
    }

    /** Returns the bytes sent below TLS since the last call. Called by the thread that writes. */
    long newlySent() {
        long before = reportedSent;
        reportedSent = tcp.sent();
        return reportedSent - before;
    }

    /** Returns the bytes received below TLS since the last call. Called by the thread that reads. */
    long newlyReceived() {
        long before = reportedReceived;
        reportedReceived = tcp.received();
        return reportedReceived - before;
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
     * Sends close_notify and waits for the server's, up to {@link #CLOSE_TIMEOUT}. Until then a TLS 1.3 server may reject the client
     * certificate, and its tickets arrive.
     *
     * @throws TlsFailure if the server rejects the connection
     */
    void end() throws TlsFailure {
        try {
            sendClose();
            InputStream in = tls.getInputStream();
            byte[] discarded = new byte[256];
            long end = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
            do {
                tls.setSoTimeout(LoadSocket.millisUntil(end));
            } while (in.read(discarded) >= 0);
        } catch (TlsFailure e) {
            if (e.code().blame() == TlsFailure.Blame.PEER_ALERT) {
                throw e;
            }
        } catch (IOException e) {
            // The handshake succeeded, however the connection ends.
        } finally {
            abort();
        }
    }

    /** Sends close_notify, after the logout of the application protocol if there is one. */
    private void sendClose() throws IOException {
        if (logout.length == 0) {
            tls.shutdownOutput();
            return;
        }
        tcp.hold();
        tls.getOutputStream().write(logout);
        tls.shutdownOutput();
        tcp.release();
    }

    /** Closes the connection without close_notify. */
    void abort() {
        try {
            tls.abort();
            tcp.close();
        } catch (IOException e) {
            // The socket is closed as far as possible.
        }
    }
}
