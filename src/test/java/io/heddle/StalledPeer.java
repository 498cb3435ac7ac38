package io.heddle;

import static org.awaitility.Awaitility.await;

import io.heddle.OneCarrier.Kind;
import io.heddle.protocol.TlsVersion;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;

/** The phases of a connection in which a peer stalls: it sends nothing more and keeps the connection open. */
enum StalledPeer {
    BEFORE_CLIENT_HELLO {
        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            raw(at);
            at.inPlace.release();
        }
    },
    IN_A_RECORD_HEADER {
        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            raw(at).getOutputStream().write(new byte[] {RawRecord.HANDSHAKE, 3, 1});
            at.inPlace.release();
        }
    },
    IN_CLIENT_HELLO {
        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            byte[] hello = clientHello(version);
            raw(at).getOutputStream().write(Arrays.copyOf(hello, hello.length / 2));
            at.inPlace.release();
        }
    },
    AFTER_THE_SERVERS_FLIGHT {
        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            Socket raw = raw(at);
            raw.getOutputStream().write(clientHello(version));
            raw.getInputStream().read();
            at.inPlace.release();
        }
    },
    IN_CLIENT_FINISHED {
        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            // Before the write that ends with Finished there is the one of the ClientHello, and that of
            // ChangeCipherSpec
            // in TLS 1.3.
            var below = new TruncatedOutput(raw(at), version == TlsVersion.TLS_1_3 ? 2 : 1, at);
            at.begin(() -> below.client(version).getInputStream().read());
        }
    },
    BEFORE_APPLICATION_DATA {
        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            at.begin(() -> {
                TlsSocket client =
                        echoed(at.keep(Tls.connect(at.options(version).build())));
                at.inPlace.release();
                client.getInputStream().read();
            });
        }
    },
    IN_APPLICATION_DATA {
        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            var below = new TruncatedOutput(raw(at), Integer.MAX_VALUE, at);
            at.begin(() -> {
                TlsSocket client = echoed(below.client(version));
                below.truncateNext();
                client.getOutputStream().write(new byte[1000]);
            });
        }
    },
    WITHOUT_READING {
        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            var below = at.keep(new Socket());
            below.setReceiveBufferSize(4096);
            below.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), at.port()));
            int before = at.writers.size();
            at.begin(() -> at.keep(Tls.connect(at.options(version)
                            .transport(TlsTransport.of(below))
                            .build()))
                    .getOutputStream()
                    .write(OneCarrier.WRITE_WITHOUT_END));
            await().atMost(LONG).until(() -> at.writers.size() > before);
            var stuck = new AtomicInteger();
            long[] written = {-1};
            await().atMost(LONG).pollInterval(Duration.ofMillis(20)).until(() -> {
                long now =
                        at.writers.stream().mapToLong(TlsSocket::bytesWritten).sum();
                boolean same = now == written[0];
                written[0] = now;
                return (same ? stuck.incrementAndGet() : 0) == 3;
            });
            at.inPlace.release();
        }
    },
    WITHOUT_CLOSE_NOTIFY {
        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            ask(at, version, OneCarrier.HALF_CLOSE);
        }
    },
    ASKED_TO_RENEGOTIATE {
        @Override
        boolean possible(Kind kind, TlsVersion version) {
            return version == TlsVersion.TLS_1_2;
        }

        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            ask(at, version, OneCarrier.RENEGOTIATE);
        }
    },
    IN_ITS_RENEGOTIATION {
        @Override
        boolean possible(Kind kind, TlsVersion version) {
            return version == TlsVersion.TLS_1_2;
        }

        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            var below = new TruncatedOutput(raw(at), Integer.MAX_VALUE, at);
            at.begin(() -> {
                TlsSocket client = echoed(below.client(version));
                below.truncateNext();
                client.renegotiate();
            });
        }
    },
    WITH_ITS_CERTIFICATE_PENDING {
        @Override
        void stall(OneCarrier at, TlsVersion version) {
            at.clientKeys.arm();
            at.begin(() -> provided(at, version).startHandshake());
        }
    },
    VERIFYING_THE_SERVER {
        @Override
        void stall(OneCarrier at, TlsVersion version) {
            at.clientTrust.arm();
            at.begin(() -> provided(at, version).startHandshake());
        }
    },
    AT_A_SERVER_CHOOSING_A_CONTEXT {
        @Override
        boolean possible(Kind kind, TlsVersion version) {
            return kind == Kind.TLS_SERVER;
        }

        @Override
        void stall(OneCarrier at, TlsVersion version) {
            at.sni.arm();
            at.begin(() -> Tls.connect(at.options(version).build()));
        }
    },
    AT_A_SERVER_CHOOSING_A_PROTOCOL {
        @Override
        void stall(OneCarrier at, TlsVersion version) {
            at.alpn.arm();
            at.begin(() -> Tls.connect(at.options(version).alpnProtocols("h2").build()));
        }
    },
    AT_A_SERVER_FETCHING_AN_OCSP_RESPONSE {
        @Override
        boolean possible(Kind kind, TlsVersion version) {
            return kind == Kind.TLS_SERVER;
        }

        @Override
        void stall(OneCarrier at, TlsVersion version) {
            at.ocsp.arm();
            at.begin(() -> Tls.connect(at.options(version).requestOCSP(true).build()));
        }
    },
    AT_A_SERVER_STORING_A_SESSION {
        @Override
        boolean possible(Kind kind, TlsVersion version) {
            return kind == Kind.TLS_SERVER;
        }

        @Override
        void stall(OneCarrier at, TlsVersion version) {
            at.store.arm();
            at.begin(() ->
                    Tls.connect(at.options(version).build()).getInputStream().read());
        }
    },
    AT_A_LISTENER_OF_CONNECTIONS {
        @Override
        boolean possible(Kind kind, TlsVersion version) {
            return kind == Kind.TLS_SERVER;
        }

        @Override
        void stall(OneCarrier at, TlsVersion version) {
            at.listener.arm();
            at.begin(() ->
                    Tls.connect(at.options(version).build()).getInputStream().read());
        }
    },
    AT_A_SERVER_CHOOSING_A_KEY {
        @Override
        boolean possible(Kind kind, TlsVersion version) {
            return kind == Kind.PROVIDER;
        }

        @Override
        void stall(OneCarrier at, TlsVersion version) {
            at.serverKeys.arm();
            at.begin(() -> Tls.connect(at.options(version).build()));
        }
    },
    AT_A_SERVER_VERIFYING_THE_CLIENT {
        @Override
        boolean possible(Kind kind, TlsVersion version) {
            return kind == Kind.PROVIDER;
        }

        @Override
        void stall(OneCarrier at, TlsVersion version) {
            at.serverTrust.arm();
            at.begin(() -> provided(at, version).getInputStream().read());
        }
    },
    AT_A_HANDLER_THAT_WAITS {
        @Override
        void stall(OneCarrier at, TlsVersion version) {
            at.begin(() -> {
                SSLSocket client = at.keep(Tls.connect(at.options(version).build()));
                client.getOutputStream().write(OneCarrier.WAIT);
                client.getInputStream().read();
            });
        }
    },
    A_SERVER_THAT_SAYS_NOTHING {
        @Override
        boolean isAtServer() {
            return false;
        }

        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            ServerSocket mute = at.keep(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            at.begin(() ->
                    Tls.connect(at.options(version).port(mute.getLocalPort()).build()));
            at.keep(mute.accept()).getInputStream().read();
            at.inPlace.release();
        }
    },
    A_SERVER_IN_ITS_FIRST_RECORD {
        @Override
        boolean isAtServer() {
            return false;
        }

        @Override
        void stall(OneCarrier at, TlsVersion version) throws Exception {
            ServerSocket half = at.keep(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            at.begin(() ->
                    Tls.connect(at.options(version).port(half.getLocalPort()).build()));
            Socket accepted = at.keep(half.accept());
            accepted.getInputStream().read();
            accepted.getOutputStream().write(new byte[] {RawRecord.HANDSHAKE, 3, 3, 0, 100, 2, 0});
            at.inPlace.release();
        }
    };

    private static final Duration LONG = Duration.ofSeconds(20);

    /** Returns whether there is such a phase with this server. */
    boolean possible(Kind kind, TlsVersion version) {
        return true;
    }

    /** Returns whether the server has a connection with it too, not only a client. */
    boolean isAtServer() {
        return true;
    }

    /**
     * Brings a peer into this phase, on a virtual thread if it is one of Heddle's, and releases a permit once it has
     * stalled.
     */
    abstract void stall(OneCarrier at, TlsVersion version) throws Exception;

    private static Socket raw(OneCarrier at) throws IOException {
        return at.keep(new Socket(InetAddress.getLoopbackAddress(), at.port()));
    }

    private static byte[] clientHello(TlsVersion version) throws IOException {
        try (TlsPair pair = TlsPair.of(version)) {
            return pair.clientHello().toBytes();
        }
    }

    /** Exchanges a byte, after which the handshake is complete on both sides. */
    private static TlsSocket echoed(TlsSocket client) throws IOException {
        client.getOutputStream().write(OneCarrier.ECHO);
        client.getOutputStream().write('a');
        if (client.getInputStream().read() != 'a') {
            throw new IllegalStateException("no echo");
        }
        return client;
    }

    /** Begins a client that sends this byte, and neither reads nor writes after it. */
    private static void ask(OneCarrier at, TlsVersion version, int what) {
        at.begin(() -> at.keep(Tls.connect(at.options(version).build()))
                .getOutputStream()
                .write(what));
    }

    /** Returns a client of JSSE. */
    private static SSLSocket provided(OneCarrier at, TlsVersion version) throws IOException {
        SSLSocket client = at.keep((SSLSocket) at.clients().getSocketFactory().createSocket("localhost", at.port()));
        client.setEnabledProtocols(new String[] {version.protocol()});
        return client;
    }

    /** The output of a client, truncated in the middle of one write. */
    private static final class TruncatedOutput extends FilterOutputStream {
        private final Socket below;
        private final OneCarrier at;

        /** The number of writes that still pass whole; below 0 nothing passes. */
        private final AtomicInteger whole;

        TruncatedOutput(Socket below, int whole, OneCarrier at) throws IOException {
            super(below.getOutputStream());
            this.below = below;
            this.at = at;
            this.whole = new AtomicInteger(whole);
        }

        /** Truncates the next write. */
        void truncateNext() {
            whole.set(0);
        }

        /** Returns a client that writes to this output. */
        TlsSocket client(TlsVersion version) throws IOException {
            OutputStream self = this;
            return at.keep(Tls.connect(at.options(version)
                    .transport(TlsTransport.of(below.getInputStream(), self))
                    .build()));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int left = whole.getAndDecrement();
            if (left >= 0) {
                out.write(bytes, offset, left > 0 ? length : length - 10);
            }
            if (left == 0) {
                at.inPlace.release();
            }
        }
    }
}
