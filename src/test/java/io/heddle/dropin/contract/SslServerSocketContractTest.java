package io.heddle.dropin.contract;

import static io.heddle.dropin.contract.Jsse.TLS_1_2;
import static io.heddle.dropin.contract.Jsse.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** {@link SSLServerSocket} and its creation by the factory. */
@Tag("socket")
@Timeout(value = 30, threadMode = SEPARATE_THREAD)
class SslServerSocketContractTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    // The factory

    @OnEach
    void factory_creates_bound_server_sockets(Jsse jsse) throws Exception {
        SSLServerSocketFactory factory = jsse.context().getServerSocketFactory();
        for (ServerSocket listener : List.of(
                factory.createServerSocket(0),
                factory.createServerSocket(0, 5),
                factory.createServerSocket(0, 5, HERE))) {
            try (listener) {
                assertThat(listener).isInstanceOf(SSLServerSocket.class);
                assertThat(listener.isBound()).isTrue();
                assertThat(listener.isClosed()).isFalse();
                assertThat(listener.getLocalPort()).isPositive();
                assertThat(listener.getChannel()).isNull();
                assertEchoes(jsse, (SSLServerSocket) listener);
            }
            assertThat(listener.isClosed()).isTrue();
        }
    }

    @OnEach
    void factory_creates_unbound_server_sockets(Jsse jsse) throws Exception {
        try (SSLServerSocket listener =
                (SSLServerSocket) jsse.context().getServerSocketFactory().createServerSocket()) {
            assertThat(listener.isBound()).isFalse();
            assertThat(listener.getLocalPort()).isEqualTo(-1);
            assertThatThrownBy(listener::accept).isInstanceOf(SocketException.class);
            listener.setReuseAddress(true);
            listener.setReceiveBufferSize(20_000);
            listener.bind(new InetSocketAddress(HERE, 0), 5);
            assertThat(listener.isBound()).isTrue();
            assertThat(listener.getInetAddress()).isEqualTo(HERE);
            assertEchoes(jsse, listener);
        }
    }

    private static void assertEchoes(Jsse jsse, SSLServerSocket listener) throws Exception {
        try (Connection connection = Connection.to(jsse, listener)) {
            connection.echo();
        }
    }

    @OnEach
    void port_in_use_is_a_bind_exception(Jsse jsse) throws Exception {
        SSLServerSocketFactory factory = jsse.context().getServerSocketFactory();
        try (ServerSocket listener = factory.createServerSocket(0, 5, HERE)) {
            assertThatThrownBy(() -> factory.createServerSocket(listener.getLocalPort(), 5, HERE))
                    .isInstanceOf(BindException.class);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> factory.createServerSocket(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> factory.createServerSocket(65_536, 5));
    }

    // accept

    @OnEach
    void accept_does_not_wait_for_the_handshake(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = listen(jsse);
                Socket silent = new Socket(HERE, listener.getLocalPort());
                SSLSocket accepted = (SSLSocket) listener.accept()) {
            assertThat(accepted.isConnected()).isTrue();
            assertThat(accepted.getUseClientMode()).isFalse();
            assertThat(accepted.getPort()).isEqualTo(silent.getLocalPort());
            assertThat(accepted.getLocalPort()).isEqualTo(listener.getLocalPort());
            assertThat(accepted.getHandshakeSession()).isNull();
        }
    }

    @OnEach
    void accept_that_timed_out_can_be_repeated(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = listen(jsse)) {
            listener.setSoTimeout(1);
            assertThat(listener.getSoTimeout()).isEqualTo(1);
            assertThatThrownBy(listener::accept).isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(listener::accept).isInstanceOf(SocketTimeoutException.class);
            listener.setSoTimeout(0);
            assertEchoes(jsse, listener);
        }
    }

    @OnEach
    void close_ends_accept(Jsse jsse) throws Exception {
        SSLServerSocket listener = listen(jsse);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Socket> accepting = threads.submit(listener::accept);
            listener.close();
            assertThatThrownBy(() -> accepting.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(SocketException.class);
        }
        assertThat(listener.isClosed()).isTrue();
        assertThatThrownBy(listener::accept).isInstanceOf(SocketException.class);
        listener.close();
    }

    @OnEach
    void accepted_socket_outlives_the_server_socket(Jsse jsse) throws Exception {
        SSLServerSocket listener = listen(jsse);
        try (Connection connection = Connection.to(jsse, listener)) {
            listener.close();
            connection.echo();
        }
    }

    // Settings, which accepted sockets inherit

    @OnEach
    void defaults_are_those_of_the_context(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = listen(jsse)) {
            assertThat(listener.getSupportedProtocols()).contains(TLS_1_2, TLS_1_3);
            assertThat(listener.getSupportedProtocols()).contains(listener.getEnabledProtocols());
            assertThat(listener.getSupportedCipherSuites()).contains(listener.getEnabledCipherSuites());
            assertThat(listener.getEnabledProtocols()).contains(TLS_1_2, TLS_1_3);
            assertThat(listener.getEnabledCipherSuites()).isNotEmpty();
            assertThat(listener.getUseClientMode()).isFalse();
            assertThat(listener.getNeedClientAuth()).isFalse();
            assertThat(listener.getWantClientAuth()).isFalse();
            assertThat(listener.getEnableSessionCreation()).isTrue();
        }
    }

    @OnEach
    void enabled_is_inherited(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = listen(jsse)) {
            listener.setEnabledProtocols(new String[] {TLS_1_2});
            listener.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
            assertThat(listener.getEnabledProtocols()).containsExactly(TLS_1_2);
            assertThat(listener.getEnabledCipherSuites()).containsExactly("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
            try (Connection connection = Connection.to(jsse, listener)) {
                assertThat(connection.server.getEnabledProtocols()).containsExactly(TLS_1_2);
                connection.echo();
                SSLSession session = connection.client.getSession();
                assertThat(session.getProtocol()).isEqualTo(TLS_1_2);
                assertThat(session.getCipherSuite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
            }
        }
    }

    @OnEach
    void names_that_do_not_exist_are_refused(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = listen(jsse)) {
            assertThatIllegalArgumentException().isThrownBy(() -> listener.setEnabledProtocols(new String[] {"TLSv9"}));
            assertThatIllegalArgumentException().isThrownBy(() -> listener.setEnabledProtocols(null));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> listener.setEnabledCipherSuites(new String[] {"TLS_WITH_LOVE"}));
            assertThatIllegalArgumentException().isThrownBy(() -> listener.setEnabledCipherSuites(null));
            listener.getEnabledProtocols()[0] = "overwritten";
            assertThat(listener.getEnabledProtocols()).doesNotContain("overwritten");
        }
    }

    @OnEach
    void everything_that_is_supported_can_be_enabled(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = listen(jsse)) {
            listener.setEnabledCipherSuites(listener.getSupportedCipherSuites());
            listener.setEnabledProtocols(listener.getSupportedProtocols());
            assertThat(listener.getEnabledCipherSuites()).isEqualTo(listener.getSupportedCipherSuites());
            assertThat(listener.getEnabledProtocols()).isEqualTo(listener.getSupportedProtocols());
            assertEchoes(jsse, listener);
        }
    }

    @OnEach
    void need_and_want_replace_each_other_and_are_inherited(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = listen(jsse)) {
            listener.setNeedClientAuth(true);
            assertThat(listener.getNeedClientAuth()).isTrue();
            listener.setWantClientAuth(true);
            assertThat(listener.getWantClientAuth()).isTrue();
            assertThat(listener.getNeedClientAuth()).isFalse();
            try (Connection connection = Connection.to(jsse, listener)) {
                assertThat(connection.server.getWantClientAuth()).isTrue();
                connection.echo();
            }
            listener.setNeedClientAuth(true);
            try (Connection connection = Connection.to(jsse, listener)) {
                assertThat(connection.server.getNeedClientAuth()).isTrue();
                assertThatThrownBy(connection::echo).isInstanceOf(IOException.class);
            }
        }
    }

    @OnEach
    void accepted_sockets_can_be_clients(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = listen(jsse)) {
            listener.setUseClientMode(true);
            assertThat(listener.getUseClientMode()).isTrue();
            try (Connection connection = Connection.to(jsse.context(), listener)) {
                assertThat(connection.server.getUseClientMode()).isTrue();
                connection.client.setUseClientMode(false);
                connection.echo();
            }
        }
    }

    @OnEach
    void session_creation_is_inherited(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = listen(jsse)) {
            listener.setEnableSessionCreation(false);
            assertThat(listener.getEnableSessionCreation()).isFalse();
            try (Connection connection = Connection.to(jsse, listener)) {
                assertThat(connection.server.getEnableSessionCreation()).isFalse();
                assertThatThrownBy(connection::echo).isInstanceOf(IOException.class);
            }
        }
    }

    @OnEach
    void parameters_are_returned_and_inherited(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = listen(jsse)) {
            SSLParameters given = listener.getSSLParameters();
            given.setProtocols(new String[] {TLS_1_3});
            given.setApplicationProtocols(new String[] {"h2"});
            given.setUseCipherSuitesOrder(false);
            given.setWantClientAuth(true);
            given.setSNIMatchers(List.of(SNIHostName.createSNIMatcher(".*\\.example\\.test")));
            listener.setSSLParameters(given);
            SSLParameters got = listener.getSSLParameters();
            assertThat(got.getProtocols()).containsExactly(TLS_1_3);
            assertThat(got.getApplicationProtocols()).containsExactly("h2");
            assertThat(got.getUseCipherSuitesOrder()).isFalse();
            assertThat(got.getWantClientAuth()).isTrue();
            assertThat(got.getSNIMatchers()).hasSize(1);
            assertThat(listener.getWantClientAuth()).isTrue();
            try (Connection connection = Connection.to(jsse, listener)) {
                assertThat(connection.server.getSSLParameters().getApplicationProtocols())
                        .containsExactly("h2");
                SSLParameters clientParameters = connection.client.getSSLParameters();
                clientParameters.setApplicationProtocols(new String[] {"http/1.1", "h2"});
                clientParameters.setServerNames(List.of(new SNIHostName("www.example.test")));
                connection.client.setSSLParameters(clientParameters);
                connection.echo();
                assertThat(connection.client.getApplicationProtocol()).isEqualTo("h2");
                assertThat(connection.client.getSession().getProtocol()).isEqualTo(TLS_1_3);
            }
        }
    }

    @OnEach
    void name_that_no_matcher_accepts_is_refused(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = listen(jsse)) {
            SSLParameters given = listener.getSSLParameters();
            given.setSNIMatchers(List.of(SNIHostName.createSNIMatcher("www\\.example\\.test")));
            listener.setSSLParameters(given);
            try (Connection connection = Connection.to(jsse, listener)) {
                SSLParameters clientParameters = connection.client.getSSLParameters();
                clientParameters.setServerNames(List.of(new SNIHostName("ftp.example.test")));
                connection.client.setSSLParameters(clientParameters);
                assertThatThrownBy(connection::echo).isInstanceOf(SSLException.class);
            }
        }
    }

    @OnEach
    void later_settings_do_not_affect_accepted_sockets(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = listen(jsse);
                Connection connection = Connection.to(jsse, listener)) {
            listener.setEnabledProtocols(new String[] {TLS_1_2});
            listener.setNeedClientAuth(true);
            connection.echo();
            assertThat(connection.client.getSession().getProtocol()).isEqualTo(TLS_1_3);
        }
    }

    @OnEach
    void server_without_a_key_fails_in_the_handshake(Jsse jsse) throws Exception {
        try (SSLServerSocket listener = (SSLServerSocket)
                        jsse.withoutKey().getServerSocketFactory().createServerSocket(0, 5, HERE);
                Connection connection = Connection.to(jsse, listener)) {
            assertThatThrownBy(connection::echo).isInstanceOf(SSLHandshakeException.class);
        }
    }

    private static SSLServerSocket listen(Jsse jsse) throws IOException {
        return (SSLServerSocket) jsse.context().getServerSocketFactory().createServerSocket(0, 5, HERE);
    }

    /** An accepted socket and its client, before the handshake. */
    private record Connection(SSLSocket client, SSLSocket server, ExecutorService threads) implements AutoCloseable {
        /** Connects to this server socket, with a client that has no key. */
        static Connection to(Jsse jsse, SSLServerSocket listener) throws IOException {
            return to(jsse.withoutKey(), listener);
        }

        static Connection to(SSLContext context, SSLServerSocket listener) throws IOException {
            SSLSocket client =
                    (SSLSocket) context.getSocketFactory().createSocket("localhost", listener.getLocalPort());
            return new Connection(client, (SSLSocket) listener.accept(), Executors.newVirtualThreadPerTaskExecutor());
        }

        /** Performs the handshake and sends a byte there and back; throws the client's exception. */
        void echo() throws Exception {
            Future<Object> echoed = threads.submit(() -> {
                server.getOutputStream().write(server.getInputStream().read());
                return "echoed";
            });
            client.getOutputStream().write('a');
            assertThat(client.getInputStream().read()).isEqualTo('a');
            assertThat(echoed.get(30, TimeUnit.SECONDS)).isEqualTo("echoed");
        }

        @Override
        public void close() throws IOException {
            try (client;
                    server) {
                threads.shutdownNow();
            }
        }
    }
}
