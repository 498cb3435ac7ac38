package io.heddle.dropin.contract;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Two sockets that contexts have layered over a TCP connection. Closing it ends all. */
record TlsEnds(SSLSocket client, SSLSocket server, SocketEnds tcp) implements AutoCloseable {
    private static final long LIMIT_SECONDS = 30;

    /** Returns a pair before its handshake, with a verified server. */
    static TlsEnds of(Jsse client, Jsse server, String version) throws IOException {
        TlsEnds ends = of(client.withoutKey(), server.context());
        ends.client.setEnabledProtocols(new String[] {version});
        return ends;
    }

    static TlsEnds of(SSLContext client, SSLContext server) throws IOException {
        return of(client, server, "localhost");
    }

    /** Returns a pair whose client uses this host as its peer's name. */
    static TlsEnds of(SSLContext client, SSLContext server, String host) throws IOException {
        SocketEnds tcp = SocketEnds.connect();
        return new TlsEnds(
                (SSLSocket) client.getSocketFactory().createSocket(tcp.client(), host, 443, true),
                (SSLSocket) server.getSocketFactory().createSocket(tcp.server(), (InputStream) null, true),
                tcp);
    }

    TlsEnds handshake() throws Exception {
        Future<Object> accepted = run(() -> {
            server.startHandshake();
            return "accepted";
        });
        client.startHandshake();
        await(accepted);
        return this;
    }

    /** Sends a byte from the client and one back. */
    void assertCarries() throws Exception {
        Future<Integer> received = run(() -> {
            int got = server.getInputStream().read();
            server.getOutputStream().write(got + 1);
            return got;
        });
        client.getOutputStream().write('a');
        int answer = client.getInputStream().read();
        if (await(received) != 'a' || answer != 'b') {
            throw new AssertionError("heard %d, answered %d".formatted(received.get(), answer));
        }
    }

    /** Starts a task on a virtual thread. */
    <T> Future<T> run(Callable<T> work) {
        return tcp.run(work);
    }

    /** Returns the result of a task; its exception is thrown unchanged. */
    static <T> T await(Future<T> work) throws Exception {
        try {
            return work.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("it hangs", e);
        }
    }

    @Override
    public void close() throws IOException {
        try (tcp;
                client;
                server) {
            tcp.threads().shutdownNow();
        }
    }
}
