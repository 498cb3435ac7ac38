package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static io.heddle.dropin.contract.Jsse.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;

/** Engines and their peers: large data, two threads, and sockets on the other side. */
@Tag("socket")
class SslEnginePeerContractTest {
    private static final int MUCH = 10_000_000;
    private static final int SOME = 2_000_000;
    private static final long LIMIT_SECONDS = 30;

    @BetweenEach
    void large_data_passes_both_ways_through_buffers_of_odd_sizes(Jsse client, Jsse server, String version)
            throws Exception {
        EnginePair pair = EnginePair.of(client, server, version).handshake();
        carry(pair.client(), pair.server(), new Random(1));
        carry(pair.server(), pair.client(), new Random(2));
    }

    /** Sends {@link #MUCH} bytes in pieces; the other side receives the records in other pieces. */
    private static void carry(EngineEnd from, EngineEnd to, Random random) throws Exception {
        byte[] sent = bytes(random, MUCH);
        ByteBuffer source = ByteBuffer.wrap(sent);
        ByteBuffer net = ByteBuffer.allocate(200_000);
        ByteBuffer arrived = ByteBuffer.allocate(MUCH + 50_000);
        while (arrived.position() < MUCH) {
            source.limit(Math.min(MUCH, source.position() + random.nextInt(40_000)));
            while (source.hasRemaining() && from.wrap(source, net).getStatus() == Status.OK) {
                // on
            }
            net.flip();
            int available = net.limit();
            net.limit(random.nextInt(available + 1));
            SSLEngineResult result = to.unwrap(net, arrived);
            while (result.getStatus() == Status.OK && net.hasRemaining()) {
                result = to.unwrap(net, arrived);
            }
            assertThat(result.getStatus()).isIn(Status.OK, Status.BUFFER_UNDERFLOW);
            net.limit(available).compact();
        }
        assertThat(arrived.flip()).isEqualTo(ByteBuffer.wrap(sent));
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @BetweenEach
    void one_thread_wraps_while_another_unwraps(Jsse client, Jsse server, String version) throws Exception {
        carryBoth(EnginePair.of(client, server, version).handshake(), Integer.MAX_VALUE);
    }

    private static void carryBoth(EnginePair pair, int recordsPerKey) throws Exception {
        byte[] request = bytes(new Random(3), SOME);
        byte[] answered = bytes(new Random(4), SOME);
        var toServer = new LinkedBlockingQueue<ByteBuffer>();
        var toClient = new LinkedBlockingQueue<ByteBuffer>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> clientWraps = threads.submit(wrapping(pair.client().engine(), request, toServer, recordsPerKey));
            Future<?> serverWraps = threads.submit(wrapping(pair.server().engine(), answered, toClient, recordsPerKey));
            Future<byte[]> serverUnwraps =
                    threads.submit(unwrapping(pair.server().engine(), toServer));
            Future<byte[]> clientUnwraps =
                    threads.submit(unwrapping(pair.client().engine(), toClient));
            clientWraps.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            serverWraps.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            assertThat(serverUnwraps.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(request);
            assertThat(clientUnwraps.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(answered);
        }
    }

    @BetweenEach
    void keys_change_while_two_threads_work(Jsse client, Jsse server, String version) throws Exception {
        if (!version.equals(TLS_1_3)) {
            return;
        }
        EnginePair pair = EnginePair.of(client, server, version).handshake();
        carryBoth(pair, 10);
    }

    private static Callable<Object> wrapping(
            SSLEngine engine, byte[] data, BlockingQueue<ByteBuffer> net, int recordsPerKey) {
        return () -> {
            ByteBuffer source = ByteBuffer.wrap(data);
            for (int i = 1; source.hasRemaining(); i++) {
                if (i % recordsPerKey == 0) {
                    engine.beginHandshake();
                }
                ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
                assertThat(engine.wrap(source, record).getStatus()).isEqualTo(Status.OK);
                net.add(record.flip());
            }
            return "wrapped";
        };
    }

    private static Callable<byte[]> unwrapping(SSLEngine engine, BlockingQueue<ByteBuffer> net) {
        return () -> {
            ByteBuffer arrived = ByteBuffer.allocate(SOME + 50_000);
            while (arrived.position() < SOME) {
                ByteBuffer record = net.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
                assertThat(record).isNotNull();
                while (record.hasRemaining()) {
                    assertThat(engine.unwrap(record, arrived).getStatus()).isEqualTo(Status.OK);
                }
            }
            byte[] bytes = new byte[arrived.flip().remaining()];
            arrived.get(bytes);
            return bytes;
        };
    }

    @BetweenEach
    void server_engine_serves_a_client_socket(Jsse client, Jsse server, String version) throws Exception {
        try (SocketEnds tcp = SocketEnds.connect()) {
            SSLSocket socket = (SSLSocket) client.withoutKey()
                    .getSocketFactory()
                    .createSocket(tcp.client(), "localhost", tcp.client().getPort(), true);
            socket.setEnabledProtocols(new String[] {version});
            SSLEngine engine = server.context().createSSLEngine();
            engine.setUseClientMode(false);
            Future<Object> served = tcp.run(() -> echo(new EngineChannel(engine, tcp.server())));
            exchange(socket);
            assertThat(served.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("echoed");
        }
    }

    @BetweenEach
    void client_engine_talks_to_a_server_socket(Jsse client, Jsse server, String version) throws Exception {
        try (SocketEnds tcp = SocketEnds.connect()) {
            SSLSocket socket = (SSLSocket)
                    server.context().getSocketFactory().createSocket(tcp.server(), (InputStream) null, true);
            SSLEngine engine = client.withoutKey().createSSLEngine("localhost", 443);
            engine.setUseClientMode(true);
            engine.setEnabledProtocols(new String[] {version});
            Future<Object> echoed = tcp.run(() -> {
                InputStream in = socket.getInputStream();
                for (int b = in.read(); b >= 0; b = in.read()) {
                    socket.getOutputStream().write(b);
                }
                socket.close();
                return "echoed";
            });
            var channel = new EngineChannel(engine, tcp.client());
            for (int i = 0; i < 10; i++) {
                channel.write(new byte[] {(byte) i});
                assertThat(channel.read()).isEqualTo(new byte[] {(byte) i});
            }
            channel.close();
            assertThat(channel.read()).isEmpty();
            assertThat(engine.isInboundDone()).isTrue();
            assertThat(echoed.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("echoed");
        }
    }

    private static Object echo(EngineChannel channel) throws IOException {
        for (byte[] got = channel.read(); got.length > 0; got = channel.read()) {
            channel.write(got);
        }
        channel.close();
        return "echoed";
    }

    private static void exchange(SSLSocket socket) throws IOException {
        byte[] data = new byte[50_000];
        new Random(5).nextBytes(data);
        for (int i = 0; i < 3; i++) {
            socket.getOutputStream().write(data);
            assertThat(socket.getInputStream().readNBytes(data.length)).isEqualTo(data);
        }
        socket.shutdownOutput();
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        socket.close();
    }

    // Later handshakes, with the other provider on the other side

    @BetweenEach
    void keys_are_updated_or_renegotiated_between_data(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version).handshake();
        pair.client().engine().beginHandshake();
        pair.settle();
        pair.assertCarries();
        pair.server().engine().beginHandshake();
        pair.settle();
        pair.assertCarries();
        assertThat(pair.client().engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
        assertThat(version).isIn(TLS_1_2, TLS_1_3);
    }

    @BetweenEach
    void close_notify_of_either_side_ends_the_other(Jsse client, Jsse server, String version) throws Exception {
        EnginePair pair = EnginePair.of(client, server, version).handshake();
        pair.server().engine().closeOutbound();
        pair.settle();
        assertThat(pair.client().engine().isInboundDone()).isTrue();
        pair.client().engine().closeOutbound();
        pair.settle();
        assertThat(pair.server().engine().isInboundDone()).isTrue();
        assertThat(pair.server().engine().isOutboundDone()).isTrue();
    }
}
