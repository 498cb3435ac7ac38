package io.heddle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.endpoint.ClientRole;
import io.heddle.engine.transport.TransportSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract of {@link Socket}, for Heddle's sockets and, where the JDK's own keep to it, for those. */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class SocketContractTest {
    private static final byte[] HELLO = "hello".getBytes(US_ASCII);

    // Streams

    @ParameterizedTest
    @EnumSource
    void streams_carry_bytes_both_ways(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            pair.client().getOutputStream().write(HELLO);
            assertThat(pair.server().getInputStream().readNBytes(5)).isEqualTo(HELLO);
            pair.server().getOutputStream().write('x');
            assertThat(pair.client().getInputStream().read()).isEqualTo('x');
        }
    }

    @ParameterizedTest
    @EnumSource
    void first_read_or_write_shakes_hands(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            Future<Integer> read = pair.run(() -> pair.server().getInputStream().read());
            pair.client().getOutputStream().write('a');
            assertThat(SocketPair.await(read)).isEqualTo('a');
        }
    }

    @ParameterizedTest
    @EnumSource
    void reading_no_bytes_gives_none_and_does_not_wait(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            assertThat(SocketPair.await(
                            pair.run(() -> pair.client().getInputStream().read(new byte[4], 2, 0))))
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void ranges_outside_the_array_are_refused(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            assertThatThrownBy(() -> pair.client().getInputStream().read(new byte[4], 2, 3))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> pair.client().getOutputStream().write(new byte[4], -1, 3))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void available_counts_what_a_read_left_over(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            pair.server().getOutputStream().write(HELLO);
            InputStream in = pair.client().getInputStream();
            assertThat(in.read()).isEqualTo('h');
            assertThat(in.available()).isEqualTo(4);
            assertThat(in.readNBytes(4)).isEqualTo("ello".getBytes(US_ASCII));
            assertThat(in.available()).isZero();
        }
    }

    // Timeouts

    @ParameterizedTest
    @EnumSource
    void connection_goes_on_after_a_read_that_timed_out(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            pair.client().setSoTimeout(1);
            assertThat(pair.client().getSoTimeout()).isEqualTo(1);
            InputStream in = pair.client().getInputStream();
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
            }
            pair.client().setSoTimeout(0);
            pair.client().getOutputStream().write(HELLO);
            assertThat(pair.server().getInputStream().readNBytes(5)).isEqualTo(HELLO);
            pair.server().getOutputStream().write(HELLO);
            assertThat(in.readNBytes(5)).isEqualTo(HELLO);
        }
    }

    @ParameterizedTest
    @EnumSource
    void timeout_in_the_middle_of_a_record_loses_no_byte(Stack stack) throws Exception {
        try (Relay relay = Relay.connect();
                SocketPair pair = new SocketPair(stack.client(relay.client()), stack.server(relay.server()))) {
            pair.handshake();
            // TLS 1.3 tickets come before the first application data.
            pair.server().getOutputStream().write('!');
            InputStream in = pair.client().getInputStream();
            assertThat(in.read()).isEqualTo('!');
            byte[] sent = new byte[1000];
            for (int cut : new int[] {1, 3, 5, 6, 500}) {
                relay.allow(cut);
                java.util.Arrays.fill(sent, (byte) cut);
                pair.server().getOutputStream().write(sent);
                pair.client().setSoTimeout(5);
                assertThatThrownBy(() -> in.read(new byte[1000])).isInstanceOf(SocketTimeoutException.class);
                assertThatThrownBy(() -> in.read(new byte[1000])).isInstanceOf(SocketTimeoutException.class);
                relay.allowAll();
                pair.client().setSoTimeout(0);
                assertThat(in.readNBytes(1000)).isEqualTo(sent);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void negative_timeout_is_refused(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            assertThatIllegalArgumentException().isThrownBy(() -> pair.client().setSoTimeout(-1));
        }
    }

    // Half-close

    @ParameterizedTest
    @EnumSource
    void shutdown_output_ends_one_direction_only(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            SSLSocket client = pair.client();
            OutputStream out = client.getOutputStream();
            assertThat(client.isOutputShutdown()).isFalse();
            out.write(HELLO);
            client.shutdownOutput();
            assertThat(client.isOutputShutdown()).isTrue();
            assertThat(client.isInputShutdown()).isFalse();
            assertThat(client.isClosed()).isFalse();
            assertThat(pair.server().getInputStream().readAllBytes()).isEqualTo(HELLO);
            pair.server().getOutputStream().write(HELLO);
            assertThat(client.getInputStream().readNBytes(5)).isEqualTo(HELLO);
            assertThatIOException().isThrownBy(() -> out.write(1));
            assertThatIOException().isThrownBy(client::getOutputStream);
            InputStream in = client.getInputStream();
            pair.server().shutdownOutput();
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void second_shutdown_is_refused_as_by_a_plain_socket() throws Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE).handshake()) {
            pair.client().shutdownOutput();
            assertThatThrownBy(pair.client()::shutdownOutput)
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Socket output is already shutdown");
            pair.client().shutdownInput();
            assertThatThrownBy(pair.client()::shutdownInput)
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Socket input is already shutdown");
        }
    }

    @Test
    void shutdown_input_ends_reading_and_leaves_writing() throws Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE).handshake()) {
            InputStream in = pair.client().getInputStream();
            pair.server().getOutputStream().write(HELLO);
            pair.client().shutdownInput();
            assertThat(pair.client().isInputShutdown()).isTrue();
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.available()).isZero();
            assertThatThrownBy(pair.client()::getInputStream)
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Socket input is shutdown");
            pair.client().getOutputStream().write(HELLO);
            assertThat(pair.server().getInputStream().readNBytes(5)).isEqualTo(HELLO);
        }
    }

    @Test
    void shutdown_input_wakes_the_reader() throws Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE).handshake()) {
            Parked<Integer> reader =
                    Parked.in(() -> pair.client().getInputStream().read());
            pair.client().shutdownInput();
            assertThat(reader.result()).isEqualTo(-1);
            pair.client().getOutputStream().write(HELLO);
            assertThat(pair.server().getInputStream().readNBytes(5)).isEqualTo(HELLO);
        }
    }

    // The end

    @ParameterizedTest
    @EnumSource
    void close_ends_the_peers_input_and_can_be_repeated(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            pair.client().getOutputStream().write(HELLO);
            pair.client().close();
            pair.client().close();
            assertThat(pair.client().isClosed()).isTrue();
            assertThat(pair.server().getInputStream().readAllBytes()).isEqualTo(HELLO);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closing_a_stream_closes_the_socket(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            pair.client().getInputStream().close();
            assertThat(pair.client().isClosed()).isTrue();
            pair.server().getOutputStream().close();
            assertThat(pair.server().isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void use_after_close_is_a_socket_exception(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack).handshake()) {
            SSLSocket client = pair.client();
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            client.close();
            assertThatClosed("write", () -> out.write(1));
            assertThatClosed("getInputStream", client::getInputStream);
            assertThatClosed("getOutputStream", client::getOutputStream);
            assertThatClosed("startHandshake", client::startHandshake);
            assertThatClosed("getSoTimeout", client::getSoTimeout);
            assertThatClosed("setSoTimeout", () -> client.setSoTimeout(1));
            assertThatClosed("getTcpNoDelay", client::getTcpNoDelay);
            assertThatClosed("setTcpNoDelay", () -> client.setTcpNoDelay(true));
            assertThatClosed("getSoLinger", client::getSoLinger);
            assertThatClosed("setSoLinger", () -> client.setSoLinger(true, 1));
            assertThatClosed("getKeepAlive", client::getKeepAlive);
            assertThatClosed("setKeepAlive", () -> client.setKeepAlive(true));
            assertThatClosed("getSendBufferSize", client::getSendBufferSize);
            assertThatClosed("setSendBufferSize", () -> client.setSendBufferSize(4096));
            assertThatClosed("getReceiveBufferSize", client::getReceiveBufferSize);
            assertThatClosed("setReceiveBufferSize", () -> client.setReceiveBufferSize(4096));
            assertThatClosed("getTrafficClass", client::getTrafficClass);
            assertThatClosed("setTrafficClass", () -> client.setTrafficClass(0));
            assertThatClosed("getReuseAddress", client::getReuseAddress);
            assertThatClosed("setReuseAddress", () -> client.setReuseAddress(true));
            if (stack != Stack.SUN_JSSE) {
                // The JDK's does nothing here, or does not handle the call.
                assertThatClosed("read", in::read);
                assertThatClosed("shutdownOutput", client::shutdownOutput);
                assertThatClosed("shutdownInput", client::shutdownInput);
                var somewhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
                assertThatClosed("connect", () -> client.connect(somewhere));
                assertThatClosed("bind", () -> client.bind(somewhere));
            }
        }
    }

    private static void assertThatClosed(String method, ThrowingCallable call) {
        assertThatThrownBy(call).as(method).isInstanceOf(SocketException.class);
    }

    @Test
    void reading_after_shutdown_and_close_is_a_socket_exception_too() throws Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE).handshake()) {
            InputStream in = pair.client().getInputStream();
            pair.client().shutdownInput();
            pair.client().close();
            assertThatThrownBy(in::read).isInstanceOf(SocketException.class).hasMessage("Socket is closed");
        }
    }

    @Test
    void options_are_refused_after_close_though_the_socket_below_is_open() throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            var above = new TlsSocket(
                    new TransportSource.OverSocket(tcp.client(), null, false),
                    ClientRole.of(Stack.options().build().config()));
            above.close();
            assertThat(tcp.client().isClosed()).isFalse();
            assertThatClosed("getTcpNoDelay", above::getTcpNoDelay);
            assertThatClosed("setKeepAlive", () -> above.setKeepAlive(true));
            assertThatClosed("getSoTimeout", above::getSoTimeout);
        }
    }

    @ParameterizedTest
    @EnumSource
    void timeout_of_the_socket_below_is_taken_over(Stack stack) throws Exception {
        SocketPair.Tcp tcp = SocketPair.Tcp.connect();
        tcp.client().setSoTimeout(400);
        tcp.server().setSoTimeout(300);
        try (SocketPair pair = new SocketPair(stack.client(tcp.client()), stack.server(tcp.server())).handshake()) {
            assertThat(pair.client().getSoTimeout()).isEqualTo(400);
            assertThat(pair.server().getSoTimeout()).isEqualTo(300);
            for (SSLSocket socket : List.of(pair.client(), pair.server())) {
                assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            }
            pair.client().setSoTimeout(0);
            assertThat(pair.client().getSoTimeout()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void timeout_of_the_socket_below_ends_a_handshake_with_a_silent_peer(Stack stack) throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            tcp.client().setSoTimeout(300);
            SSLSocket client = stack.client(tcp.client());
            assertThatThrownBy(client::startHandshake).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void timeout_of_a_socket_to_connect_over_is_taken_over() throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            tcp.client().setSoTimeout(300);
            ConnectOptions options =
                    Stack.options().transport(TlsTransport.of(tcp.client())).build();
            assertThatThrownBy(() -> Tls.connect(options)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void socket_is_closed_after_a_handshake_that_failed(Stack stack) throws Exception {
        for (boolean junk : new boolean[] {true, false}) {
            for (boolean client : new boolean[] {true, false}) {
                try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
                    Socket peer = client ? tcp.server() : tcp.client();
                    if (junk) {
                        peer.getOutputStream().write("220 ready, say something\r\n".getBytes(US_ASCII));
                    } else {
                        peer.shutdownOutput();
                    }
                    SSLSocket tested = client ? stack.client(tcp.client()) : stack.server(tcp.server());
                    assertThatThrownBy(tested::startHandshake).isInstanceOf(IOException.class);
                    assertThat(tested.isClosed())
                            .as("junk %s, client %s", junk, client)
                            .isTrue();
                    if (stack != Stack.SUN_JSSE) {
                        assertThat(tested.toString()).contains("the handshake failed: E");
                    }
                }
            }
        }
    }

    @Test
    void what_was_negotiated_stays_readable_after_close() throws Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE).handshake()) {
            TlsSocket client = pair.heddleClient();
            byte[] id = client.getSession().getId();
            client.close();
            assertThat(client.getProtocol()).isEqualTo("TLSv1.3");
            assertThat(client.getSession().getId()).isEqualTo(id);
            assertThat(client.peerCertificates().getFirst()).isEqualTo(Stack.IDENTITY.leaf());
        }
    }

    // Addresses and options

    @ParameterizedTest
    @EnumSource
    void addresses_are_those_of_the_socket_below(Stack stack) throws Exception {
        SocketPair.Tcp tcp = SocketPair.Tcp.connect();
        try (SocketPair pair = new SocketPair(stack.client(tcp.client()), stack.server(tcp.server()))) {
            SSLSocket client = pair.client();
            assertThat(client.isConnected()).isTrue();
            assertThat(client.isBound()).isTrue();
            assertThat(client.getPort()).isEqualTo(tcp.client().getPort());
            assertThat(client.getLocalPort()).isEqualTo(tcp.client().getLocalPort());
            assertThat(client.getInetAddress()).isEqualTo(tcp.client().getInetAddress());
            assertThat(client.getLocalAddress()).isEqualTo(tcp.client().getLocalAddress());
            assertThat(client.getRemoteSocketAddress()).isEqualTo(tcp.client().getRemoteSocketAddress());
            assertThat(client.getLocalSocketAddress()).isEqualTo(tcp.client().getLocalSocketAddress());
            assertThat(client.getChannel()).isNull();
        }
    }

    @Test
    void closing_does_not_clear_the_connection_state() throws Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE)) {
            SSLSocket client = pair.client();
            int port = client.getPort();
            int localPort = client.getLocalPort();
            client.close();
            assertThat(client.isConnected()).isTrue();
            assertThat(client.isBound()).isTrue();
            assertThat(client.getPort()).isEqualTo(port);
            assertThat(client.getLocalPort()).isEqualTo(localPort);
            assertThat(client.getLocalAddress().isAnyLocalAddress()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void options_reach_the_socket_below(Stack stack) throws Exception {
        SocketPair.Tcp tcp = SocketPair.Tcp.connect();
        try (SocketPair pair = new SocketPair(stack.client(tcp.client()), stack.server(tcp.server()))) {
            SSLSocket client = pair.client();
            client.setTcpNoDelay(true);
            client.setKeepAlive(true);
            client.setSoLinger(true, 3);
            client.setReuseAddress(true);
            client.setPerformancePreferences(1, 2, 3);
            assertThat(client.getTcpNoDelay()).isTrue();
            assertThat(tcp.client().getTcpNoDelay()).isTrue();
            assertThat(client.getKeepAlive()).isTrue();
            assertThat(tcp.client().getKeepAlive()).isTrue();
            assertThat(client.getSoLinger()).isEqualTo(3);
            assertThat(tcp.client().getSoLinger()).isEqualTo(3);
            assertThat(client.getReuseAddress()).isTrue();
            client.setSoLinger(false, 0);
            assertThat(client.getSoLinger()).isEqualTo(-1);
            client.setSendBufferSize(20_000);
            assertThat(client.getSendBufferSize()).isEqualTo(tcp.client().getSendBufferSize());
            client.setReceiveBufferSize(20_000);
            assertThat(client.getReceiveBufferSize()).isEqualTo(tcp.client().getReceiveBufferSize());
            client.setTrafficClass(8);
            assertThat(client.getTrafficClass()).isEqualTo(tcp.client().getTrafficClass());
        }
    }

    @Test
    void options_by_name_reach_the_socket_below() throws Exception {
        SocketPair.Tcp tcp = SocketPair.Tcp.connect();
        try (SocketPair pair = new SocketPair(Stack.HEDDLE.client(tcp.client()), Stack.HEDDLE.server(tcp.server()))) {
            assertThat(pair.client().supportedOptions()).isEqualTo(tcp.client().supportedOptions());
            assertThat(pair.client().setOption(StandardSocketOptions.SO_KEEPALIVE, true))
                    .isSameAs(pair.client());
            assertThat(pair.client().getOption(StandardSocketOptions.SO_KEEPALIVE))
                    .isTrue();
            assertThat(tcp.client().getKeepAlive()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void urgent_data_is_refused(Stack stack) throws Exception {
        try (SocketPair pair = SocketPair.of(stack)) {
            assertThatThrownBy(() -> pair.client().sendUrgentData(1)).isInstanceOf(SocketException.class);
            assertThatThrownBy(() -> pair.client().setOOBInline(true)).isInstanceOf(SocketException.class);
            assertThatThrownBy(pair.client()::getOOBInline).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void socket_that_is_not_connected_reports_it() throws Exception {
        try (TlsSocket socket = Stack.client(new Socket(), Stack.options().build())) {
            assertThat(socket.isConnected()).isFalse();
            assertThat(socket.isBound()).isFalse();
            assertThat(socket.getPort()).isZero();
            assertThat(socket.getLocalPort()).isEqualTo(-1);
            assertThat(socket.getInetAddress()).isNull();
            assertThat(socket.getLocalAddress().isAnyLocalAddress()).isTrue();
            assertThatThrownBy(socket::startHandshake)
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Socket is not connected");
            assertThatThrownBy(socket::getInputStream).isInstanceOf(SocketException.class);
            assertThatThrownBy(socket::shutdownOutput).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void socket_can_be_connected_after_it_was_made() throws Exception {
        try (var listener = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                TlsSocket client = Stack.client(new Socket(), Stack.options().build())) {
            client.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client.connect(listener.getLocalSocketAddress(), 5000);
            try (SocketPair pair = new SocketPair(client, Stack.HEDDLE.server(listener.accept()))) {
                pair.handshake();
                assertThat(client.isConnected()).isTrue();
                assertThatIOException().isThrownBy(() -> client.connect(listener.getLocalSocketAddress()));
            }
        }
    }

    @Test
    void text_form_has_peer_and_state() throws IOException, Exception {
        try (SocketPair pair = SocketPair.of(Stack.HEDDLE)) {
            String peer = String.valueOf(pair.client().getRemoteSocketAddress());
            assertThat(pair.client()).hasToString("TlsSocket[%s, before the handshake]".formatted(peer));
            pair.handshake();
            assertThat(pair.client()).hasToString("TlsSocket[%s, TLSv1.3 TLS_AES_256_GCM_SHA384]".formatted(peer));
        }
    }
}
