package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Every method of {@link SSLSocketFactory} that creates a socket. */
@Tag("socket")
@Timeout(value = 30, threadMode = SEPARATE_THREAD)
class SslSocketFactoryContractTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    // Connected by the factory

    @OnEach
    void factory_connects_to_a_host(Jsse jsse) throws Exception {
        SSLSocketFactory factory = jsse.withoutKey().getSocketFactory();
        try (EchoingServer server = EchoingServer.start(jsse)) {
            int port = server.port();
            assertEchoes(factory.createSocket("localhost", port), "localhost");
            assertEchoes(factory.createSocket(HERE, port), HERE.getHostName());
        }
    }

    @OnEach
    void factory_connects_from_an_address(Jsse jsse) throws Exception {
        SSLSocketFactory factory = jsse.withoutKey().getSocketFactory();
        try (EchoingServer server = EchoingServer.start(jsse)) {
            try (Socket socket = factory.createSocket("localhost", server.port(), HERE, 0)) {
                assertThat(socket.getLocalAddress()).isEqualTo(HERE);
                assertEchoes(socket, "localhost");
            }
            try (Socket socket = factory.createSocket(HERE, server.port(), HERE, 0)) {
                assertThat(socket.getLocalAddress()).isEqualTo(HERE);
                assertEchoes(socket, HERE.getHostName());
            }
        }
    }

    private static void assertEchoes(Socket created, String host) throws IOException {
        try (SSLSocket socket = (SSLSocket) created) {
            assertThat(socket.isConnected()).isTrue();
            assertThat(socket.isBound()).isTrue();
            assertThat(socket.getUseClientMode()).isTrue();
            assertThat(socket.getInetAddress().isLoopbackAddress()).isTrue();
            socket.getOutputStream().write("ping".getBytes(US_ASCII));
            assertThat(socket.getInputStream().readNBytes(4)).isEqualTo("ping".getBytes(US_ASCII));
            assertThat(socket.getSession().getPeerHost()).isEqualTo(host);
            assertThat(socket.getSession().getPeerPort()).isEqualTo(socket.getPort());
        }
    }

    @OnEach
    void refused_port_is_a_connect_exception(Jsse jsse) throws Exception {
        SSLSocketFactory factory = jsse.withoutKey().getSocketFactory();
        int port = closedPort();
        assertThatThrownBy(() -> factory.createSocket("localhost", port)).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> factory.createSocket(HERE, port)).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> factory.createSocket("localhost", port, HERE, 0))
                .isInstanceOf(ConnectException.class);
    }

    private static int closedPort() throws IOException {
        try (var listener = new ServerSocket(0, 1, HERE)) {
            return listener.getLocalPort();
        }
    }

    @OnEach
    void ports_out_of_range_are_refused(Jsse jsse) {
        SSLSocketFactory factory = jsse.withoutKey().getSocketFactory();
        for (int port : new int[] {-1, 65_536}) {
            assertThatIllegalArgumentException().isThrownBy(() -> factory.createSocket("localhost", port));
            assertThatIllegalArgumentException().isThrownBy(() -> factory.createSocket(HERE, port));
        }
    }

    // Unconnected

    @OnEach
    void unconnected_socket_is_set_up_then_connected(Jsse jsse) throws Exception {
        try (EchoingServer server = EchoingServer.start(jsse);
                SSLSocket socket =
                        (SSLSocket) jsse.withoutKey().getSocketFactory().createSocket()) {
            assertThat(socket.isConnected()).isFalse();
            assertThat(socket.isBound()).isFalse();
            assertThat(socket.isClosed()).isFalse();
            assertThat(socket.getUseClientMode()).isTrue();
            socket.setEnabledProtocols(new String[] {TLS_1_2});
            socket.setSoTimeout(10_000);
            socket.setTcpNoDelay(true);
            socket.bind(new InetSocketAddress(HERE, 0));
            assertThat(socket.isBound()).isTrue();
            socket.connect(new InetSocketAddress("localhost", server.port()), 10_000);
            assertThat(socket.getTcpNoDelay()).isTrue();
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo(TLS_1_2);
            assertThat(socket.getSession().getPeerHost()).isEqualTo("localhost");
            assertEchoes(socket, "localhost");
        }
    }

    @OnEach
    void unconnected_socket_has_no_streams_and_no_handshake(Jsse jsse) throws Exception {
        try (SSLSocket socket = (SSLSocket) jsse.withoutKey().getSocketFactory().createSocket()) {
            assertThatThrownBy(socket::getInputStream).isInstanceOf(SocketException.class);
            assertThatThrownBy(socket::getOutputStream).isInstanceOf(SocketException.class);
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SocketException.class);
        }
    }

    @OnEach
    void unconnected_socket_can_be_closed(Jsse jsse) throws Exception {
        SSLSocket socket = (SSLSocket) jsse.withoutKey().getSocketFactory().createSocket();
        socket.close();
        assertThat(socket.isClosed()).isTrue();
        assertThatThrownBy(() -> socket.connect(new InetSocketAddress(HERE, 1))).isInstanceOf(SocketException.class);
    }

    @OnEach
    void connected_socket_cannot_be_connected_again(Jsse jsse) throws Exception {
        try (EchoingServer server = EchoingServer.start(jsse);
                Socket socket = jsse.withoutKey().getSocketFactory().createSocket(HERE, server.port())) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress(HERE, server.port())))
                    .isInstanceOf(SocketException.class);
        }
    }

    // Over a socket

    @OnEach
    void layering_sends_and_reads_nothing(Jsse jsse) throws Exception {
        try (SocketEnds tcp = SocketEnds.connect()) {
            SSLSocketFactory factory = jsse.context().getSocketFactory();
            tcp.client().getOutputStream().write('x');
            try (Socket client = factory.createSocket(tcp.client(), "localhost", 443, false);
                    Socket server = factory.createSocket(tcp.server(), (InputStream) null, false)) {
                assertThat(client.isConnected() && server.isConnected()).isTrue();
                tcp.server().setSoTimeout(1);
                assertThat(tcp.server().getInputStream().read()).isEqualTo('x');
                assertThatThrownBy(tcp.server().getInputStream()::read).isInstanceOf(SocketTimeoutException.class);
                tcp.server().getOutputStream().write('y');
                assertThat(tcp.client().getInputStream().read()).isEqualTo('y');
            }
        }
    }

    @BetweenEach
    void layered_ends_exchange_data(Jsse client, Jsse server, String version) throws Exception {
        try (SocketEnds tcp = SocketEnds.connect()) {
            SSLSocket asking = (SSLSocket)
                    client.withoutKey().getSocketFactory().createSocket(tcp.client(), "localhost", 4433, true);
            SSLSocket answering = (SSLSocket)
                    server.context().getSocketFactory().createSocket(tcp.server(), (InputStream) null, true);
            asking.setEnabledProtocols(new String[] {version});
            assertThat(asking.getUseClientMode()).isTrue();
            assertThat(answering.getUseClientMode()).isFalse();
            assertTalk(tcp, asking, answering);
            assertThat(asking.getSession().getPeerHost()).isEqualTo("localhost");
            assertThat(asking.getPort()).isEqualTo(tcp.client().getPort());
            assertThat(asking.getSession().getProtocol()).isEqualTo(version);
        }
    }

    @OnEach
    void client_factory_creates_a_server_over_a_socket(Jsse jsse) throws Exception {
        try (SocketEnds tcp = SocketEnds.connect()) {
            SSLSocket answering =
                    (SSLSocket) jsse.context().getSocketFactory().createSocket(tcp.server(), null, -1, false);
            answering.setUseClientMode(false);
            SSLSocket asking = (SSLSocket)
                    jsse.withoutKey().getSocketFactory().createSocket(tcp.client(), "localhost", 443, false);
            assertTalk(tcp, asking, answering);
        }
    }

    private static void assertTalk(SocketEnds tcp, SSLSocket client, SSLSocket server) throws Exception {
        Future<Integer> received = tcp.run(() -> {
            int got = server.getInputStream().read();
            server.getOutputStream().write(got + 1);
            return got;
        });
        client.getOutputStream().write('a');
        assertThat(client.getInputStream().read()).isEqualTo('b');
        assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo('a');
    }

    @OnEach
    void consumed_bytes_precede_those_of_the_socket(Jsse jsse) throws Exception {
        for (int consumedLength : new int[] {1, 5, 20, 100}) {
            try (SocketEnds tcp = SocketEnds.connect()) {
                SSLSocket asking = (SSLSocket)
                        jsse.withoutKey().getSocketFactory().createSocket(tcp.client(), "localhost", 443, true);
                Future<Integer> answer = tcp.run(() -> {
                    asking.getOutputStream().write('a');
                    return asking.getInputStream().read();
                });
                byte[] consumed = tcp.server().getInputStream().readNBytes(consumedLength);
                SSLSocket answering = (SSLSocket) jsse.context()
                        .getSocketFactory()
                        .createSocket(tcp.server(), new ByteArrayInputStream(consumed), true);
                assertThat(answering.getUseClientMode()).isFalse();
                assertThat(answering.getInputStream().read()).isEqualTo('a');
                answering.getOutputStream().write('b');
                assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo('b');
            }
        }
    }

    @OnEach
    void sockets_that_cannot_be_layered_over_are_refused(Jsse jsse) throws Exception {
        SSLSocketFactory factory = jsse.context().getSocketFactory();
        assertThatNullPointerException().isThrownBy(() -> factory.createSocket((Socket) null, "localhost", 1, true));
        assertThatNullPointerException().isThrownBy(() -> factory.createSocket(null, (InputStream) null, true));
        try (var unconnected = new Socket()) {
            assertThatThrownBy(() -> factory.createSocket(unconnected, "localhost", 1, true))
                    .isInstanceOf(SocketException.class);
        }
    }

    @OnEach
    void auto_close_decides_whether_the_socket_below_is_closed(Jsse jsse) throws Exception {
        for (boolean autoClose : new boolean[] {true, false}) {
            try (SocketEnds tcp = SocketEnds.connect()) {
                SSLSocketFactory factory = jsse.context().getSocketFactory();
                SSLSocket asking = (SSLSocket) factory.createSocket(tcp.client(), "localhost", 443, autoClose);
                SSLSocket answering = (SSLSocket) factory.createSocket(tcp.server(), (InputStream) null, autoClose);
                Future<Object> served = tcp.run(() -> {
                    assertThat(answering.getInputStream().read()).isEqualTo('a');
                    assertThat(answering.getInputStream().read()).isEqualTo(-1);
                    answering.close();
                    return "served";
                });
                asking.getOutputStream().write('a');
                asking.close();
                assertThat(served.get(30, TimeUnit.SECONDS)).isEqualTo("served");
                assertThat(asking.isClosed()).isTrue();
                assertThat(answering.isClosed()).isTrue();
                assertThat(tcp.client().isClosed()).isEqualTo(autoClose);
                assertThat(tcp.server().isClosed()).isEqualTo(autoClose);
            }
        }
    }

    @BetweenEach
    void plain_text_continues_after_both_have_closed(Jsse client, Jsse server, String version) throws Exception {
        try (SocketEnds tcp = SocketEnds.connect()) {
            SSLSocket asking = (SSLSocket)
                    client.withoutKey().getSocketFactory().createSocket(tcp.client(), "localhost", 443, false);
            asking.setEnabledProtocols(new String[] {version});
            SSLSocket answering = (SSLSocket)
                    server.context().getSocketFactory().createSocket(tcp.server(), (InputStream) null, false);
            Future<Object> served = tcp.run(() -> {
                assertThat(answering.getInputStream().read()).isEqualTo('a');
                answering.getOutputStream().write('b');
                assertThat(answering.getInputStream().read()).isEqualTo(-1);
                answering.close();
                tcp.server().getOutputStream().write('p');
                return tcp.server().getInputStream().read();
            });
            asking.getOutputStream().write('a');
            assertThat(asking.getInputStream().read()).isEqualTo('b');
            asking.shutdownOutput();
            assertThat(asking.getInputStream().read()).isEqualTo(-1);
            asking.close();
            assertThat(tcp.client().getInputStream().read()).isEqualTo('p');
            tcp.client().getOutputStream().write('q');
            assertThat(served.get(30, TimeUnit.SECONDS)).isEqualTo((Object) (int) 'q');
        }
    }
}
