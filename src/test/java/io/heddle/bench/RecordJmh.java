package io.heddle.bench;

import io.heddle.ConnectOptions;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.Tls;
import io.heddle.TlsSocket;
import io.heddle.TlsTransport;
import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A write and the read of its bytes at the other end, by one thread over a pipe in memory: one record at most. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the methods with @Setup first
public class RecordJmh {
    @Param({"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"})
    public String suite = "";

    @Param({"16384", "1024", "64"})
    public int bytes;

    private byte[] sent = {};
    private byte[] received = {};
    private OutputStream out;
    private InputStream in;

    @Setup
    public void connect() throws Exception {
        sent = new byte[bytes];
        received = new byte[bytes];
        SecureContext context = SecureContext.builder()
                .identity(TestPki.server("localhost"))
                .ciphers(suite)
                .build();
        var pair = PipeSocket.Pair.make(1);
        var accepted = new FutureTask<>(() -> {
            TlsSocket server = Tls.accept(TlsTransport.of(pair.server()), ServerOptions.of(context));
            server.startHandshake();
            return server;
        });
        Thread.ofVirtual().start(accepted);
        TlsSocket client = Tls.connect(ConnectOptions.builder()
                .host("localhost")
                .transport(TlsTransport.of(pair.client()))
                .secureContext(SecureContext.builder()
                        .ca(List.of(TestPki.ca().leaf()))
                        .ciphers(suite)
                        .build())
                .build());
        out = client.getOutputStream();
        in = accepted.get().getInputStream();
    }

    @Benchmark
    public byte[] seal_and_open() throws IOException {
        out.write(sent);
        if (in.readNBytes(received, 0, bytes) < bytes) {
            throw new IOException("the stream ended early");
        }
        return received;
    }
}
