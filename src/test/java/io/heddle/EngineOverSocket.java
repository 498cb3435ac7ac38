package io.heddle;

import io.heddle.endpoint.ClientConfig;
import io.heddle.endpoint.ClientRole;
import io.heddle.endpoint.HandshakeEvents;
import io.heddle.endpoint.RoleSource;
import io.heddle.endpoint.ServerConfig;
import io.heddle.endpoint.ServerRole;
import io.heddle.endpoint.SniContexts;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.jsse.TlsEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Optional;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * A Heddle engine with Heddle options, driven over a connected socket by the one thread that reads and writes. A
 * failure of the engine is thrown after its alert has been sent.
 */
@NullMarked
public final class EngineOverSocket implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final TlsEngine engine;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** Both are filled after their position and read before it, and flipped only during a call. */
    private final ByteBuffer records = ByteBuffer.allocate(BUFFER);

    private final ByteBuffer plain = ByteBuffer.allocate(2 * BUFFER);

    private boolean peerEnded;
    private boolean closeNotifyReceived;

    /** Creates the client's side. */
    public EngineOverSocket(Socket socket, ConnectOptions options) throws IOException {
        this(
                socket,
                new OptionsOfBoth(
                        options.config(), ServerOptions.of(options.context()).config()),
                true);
    }

    /** Creates the server's side; {@code needClientAuth} is JSSE's. */
    public EngineOverSocket(Socket socket, ServerOptions options, boolean needClientAuth) throws IOException {
        this(socket, new OptionsOfBoth(ClientConfig.of(options.config().context()), options.config()), false);
        // The options need a certificate where they reject a bad one; the argument counts instead.
        if (needClientAuth) {
            engine.setNeedClientAuth(true);
        } else {
            engine.setWantClientAuth(options.requestCert());
        }
    }

    private EngineOverSocket(Socket socket, RoleSource roles, boolean client) throws IOException {
        this.engine = new TlsEngine(roles);
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        engine.setUseClientMode(client);
    }

    /** Creates engines with options, where JSSE has a context alone. */
    private record OptionsOfBoth(ClientConfig ofClient, ServerConfig ofServer) implements RoleSource {
        @Override
        public ClientRole client(@Nullable String host, int port) {
            return new ClientRole(ofClient, ofClient.handshake().timeout(), ofClient.server(), this);
        }

        @Override
        public ServerRole server() {
            return new ServerRole(ofServer, ofServer.context(), SniContexts.of(ofServer), HandshakeEvents.none(), this);
        }
    }

    /** Returns what was negotiated, empty before the handshake. */
    public Optional<HandshakeResult> result() {
        return engine.result();
    }

    /** Returns whether the peer has ended its direction with close_notify. */
    public boolean closeNotifyReceived() {
        return closeNotifyReceived;
    }

    /** Performs the handshake. */
    public void handshake() throws IOException {
        engine.beginHandshake();
        while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
                requireOpen(step());
            } else {
                answer();
            }
        }
    }

    private void requireOpen(boolean open) throws IOException {
        if (!open) {
            throw new IOException("the connection ended in the handshake");
        }
    }

    /** Reads at least a byte, as an {@link InputStream} does; performs the handshake first if it is pending. */
    public int read(byte[] into) throws IOException {
        ensureHandshake();
        while (plain.position() == 0) {
            if (peerEnded || !step()) {
                return -1;
            }
        }
        plain.flip();
        int n = Math.min(plain.remaining(), into.length);
        plain.get(into, 0, n);
        plain.compact();
        return n;
    }

    /** Writes all bytes; performs the handshake first if it is pending. */
    public void write(byte[] from, int offset, int length) throws IOException {
        ensureHandshake();
        ByteBuffer source = ByteBuffer.wrap(from, offset, length);
        do {
            wrap(source);
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP && source.hasRemaining()) {
                requireOpen(step());
            }
            answer();
        } while (source.hasRemaining());
    }

    private void ensureHandshake() throws IOException {
        if (engine.result().isEmpty()) {
            handshake();
        }
    }

    /** Closes the local direction with close_notify. */
    public void endOutput() throws IOException {
        engine.closeOutbound();
        flush();
    }

    /** Sends the engine's pending output and runs its tasks. */
    private void answer() throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    Runnable task = engine.getDelegatedTask();
                    if (task != null) {
                        task.run();
                    }
                }
                case NEED_WRAP -> {
                    if (wrap(ByteBuffer.allocate(0)).getStatus() == SSLEngineResult.Status.CLOSED) {
                        return;
                    }
                }
                default -> {
                    return;
                }
            }
        }
    }

    private SSLEngineResult wrap(ByteBuffer source) throws IOException {
        ByteBuffer output = ByteBuffer.allocate(BUFFER);
        try {
            return engine.wrap(source, output);
        } catch (SSLException e) {
            send(output);
            flush();
            throw e;
        } finally {
            send(output);
        }
    }

    private void send(ByteBuffer output) throws IOException {
        output.flip();
        byte[] bytes = new byte[output.remaining()];
        output.get(bytes);
        out.write(bytes);
        output.clear();
    }

    /** Sends the remaining output, which after a failure is the alert. */
    private void flush() throws IOException {
        ByteBuffer output = ByteBuffer.allocate(BUFFER);
        while (!engine.isOutboundDone()) {
            try {
                SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), output);
                if (output.position() == 0 || result.getStatus() == SSLEngineResult.Status.CLOSED) {
                    break;
                }
                send(output);
            } catch (SSLException e) {
                // The failure that is already being thrown.
                break;
            }
        }
        send(output);
    }

    /** Unwraps one record and sends the reply; returns false after the peer has closed its direction. */
    private boolean step() throws IOException {
        records.flip();
        SSLEngineResult result;
        try {
            result = engine.unwrap(records, plain);
        } catch (SSLException e) {
            flush();
            throw e;
        } finally {
            records.compact();
        }
        return switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> receive();
            case BUFFER_OVERFLOW ->
                throw new IOException("a record of more than %d bytes".formatted(plain.remaining()));
            case CLOSED -> {
                peerEnded = true;
                closeNotifyReceived = true;
                answer();
                yield false;
            }
            case OK -> {
                answer();
                yield true;
            }
        };
    }

    private boolean receive() throws IOException {
        byte[] received = new byte[records.remaining()];
        int n = in.read(received);
        if (n < 0) {
            peerEnded = true;
            if (engine.result().isEmpty()) {
                try {
                    engine.closeInbound();
                } finally {
                    flush();
                }
            }
            return false;
        }
        records.put(received, 0, n);
        return true;
    }

    @Override
    public void close() throws IOException {
        try (socket) {
            endOutput();
        } catch (SSLException e) {
            // The connection has ended in either case.
        }
    }
}
