package io.heddle.cli;

import io.heddle.CryptoProvider;
import io.heddle.DroppedConnection;
import io.heddle.TlsSocket;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.Problem;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Blame;
import java.io.IOException;
import java.io.PrintWriter;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The events of {@code heddle serve --json}: one object per line, each flushed. Thread-safe. */
final class EventLog {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final ReentrantLock lock = new ReentrantLock();
    private final @Nullable PrintWriter out;
    private final InstantSource clock;

    /** Creates a log; {@code out} is null if events are not printed. */
    EventLog(@Nullable PrintWriter out, InstantSource clock) {
        this.out = out;
        this.clock = clock;
    }

    /** The server has started, with these providers. */
    void cryptoProvider(CryptoProvider used) {
        print("cryptoProvider", CryptoFlag.values(used));
    }

    void secureConnection(TlsSocket socket) {
        if (out != null) {
            print("secureConnection", ConnectionFacts.of(socket));
        }
    }

    void tlsClientError(TlsFailure failure, TlsSocket socket) {
        Map<String, @Nullable Object> values = ConnectionFacts.of(failure);
        values.put("servername", socket.servername().orElse(null));
        values.put("remote", Addresses.text(socket.getRemoteSocketAddress()));
        print("tlsClientError", values);
    }

    /** A connection failed after its handshake, in TLS or in the transport. */
    void error(IOException failure, TlsSocket socket) {
        Map<String, @Nullable Object> values = ConnectionFacts.of(failure);
        Blame blame = failure instanceof TlsFailure tls ? tls.code().blame() : Blame.TRANSPORT;
        values.put("blame", blame.name().toLowerCase(Locale.ROOT));
        values.put("remote", Addresses.text(socket.getRemoteSocketAddress()));
        print("error", values);
    }

    /** An OCSP response is bad. With the status revoked it was sent nevertheless. */
    void ocspProblem(X509Certificate certificate, OcspVerdict verdict) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        values.put("subject", certificate.getSubjectX500Principal().getName());
        values.put("status", verdict.status().name().toLowerCase(Locale.ROOT));
        values.put("code", verdict.code().map(Enum::name).orElse(null));
        values.put("message", verdict.problem().map(Problem::sentence).orElse(null));
        print("ocspProblem", values);
    }

    /** A connection above the limit was closed immediately. */
    void drop(DroppedConnection connection) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        values.put("remote", Addresses.text(connection.remoteAddress().orElse(null)));
        print("drop", values);
    }

    /** A session was stored. */
    void newSession(byte[] id) {
        session("newSession", id, null);
    }

    /** A session was looked up. */
    void resumeSession(byte[] id, boolean found) {
        session("resumeSession", id, found);
    }

    // Both events have the same keys; for a new session {@code found} is null.
    private void session(String event, byte[] id, @Nullable Boolean found) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        values.put("id", HexFormat.of().formatHex(id));
        values.put("found", found);
        print(event, values);
    }

    /** A connection has ended; {@code failure} is the TLS failure after the handshake, if any. */
    void close(TlsSocket socket, @Nullable TlsFailure failure) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        values.put("bytesIn", socket.bytesRead());
        values.put("bytesOut", socket.bytesWritten());
        if (failure != null) {
            values.put("error", ConnectionFacts.of(failure));
        }
        print("close", values);
    }

    /** Certificates, keys and CRLs were reloaded, or could not be, in which case the previous ones remain. */
    void reload(@Nullable Exception failure) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        values.put("reloaded", failure == null);
        values.put("error", failure == null ? null : ConnectionFacts.of(failure));
        print("reload", values);
    }

    private void print(String event, Map<String, @Nullable Object> values) {
        if (out == null) {
            return;
        }
        var object = new LinkedHashMap<String, @Nullable Object>();
        object.put("event", event);
        object.put("time", TIME.format(clock.instant()));
        object.putAll(values);
        String line = JsonLine.of(object);
        lock.lock();
        try {
            out.println(line);
            out.flush();
        } finally {
            lock.unlock();
        }
    }
}
