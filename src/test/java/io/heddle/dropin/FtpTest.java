package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.protocol.TlsVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPSClient;
import org.apache.ftpserver.DataConnectionConfigurationFactory;
import org.apache.ftpserver.FtpServer;
import org.apache.ftpserver.FtpServerFactory;
import org.apache.ftpserver.ftplet.FtpException;
import org.apache.ftpserver.ftplet.UserManager;
import org.apache.ftpserver.listener.Listener;
import org.apache.ftpserver.listener.ListenerFactory;
import org.apache.ftpserver.ssl.ClientAuth;
import org.apache.ftpserver.ssl.SslConfiguration;
import org.apache.ftpserver.usermanager.PropertiesUserManagerFactory;
import org.apache.ftpserver.usermanager.impl.BaseUser;
import org.apache.ftpserver.usermanager.impl.WritePermission;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Apache FtpServer, whose control connections use the engine and whose data connections use sockets, and Apache Commons
 * Net: FTP with AUTH TLS and PROT P.
 */
@Tag("interop")
@ExtendWith(LeakCheck.class)
class FtpTest {
    private static final String USER = "anna";

    @TempDir
    Path folder;

    private record Tls(SSLContext context, String protocol) implements SslConfiguration {
        @Override
        public SSLSocketFactory getSocketFactory() {
            return context.getSocketFactory();
        }

        @Override
        public SSLContext getSSLContext() {
            return context;
        }

        @Override
        public SSLContext getSSLContext(String enabledProtocol) {
            return context;
        }

        @Override
        public String[] getEnabledCipherSuites() {
            return context.getDefaultSSLParameters().getCipherSuites();
        }

        @Override
        public String getEnabledProtocol() {
            return protocol;
        }

        @Override
        public String[] getEnabledProtocols() {
            return new String[] {protocol};
        }

        @Override
        public ClientAuth getClientAuth() {
            return ClientAuth.NONE;
        }
    }

    private UserManager users() throws FtpException {
        var user = new BaseUser();
        user.setName(USER);
        user.setPassword(USER);
        user.setHomeDirectory(folder.toString());
        user.setAuthorities(List.of(new WritePermission()));
        UserManager users = new PropertiesUserManagerFactory().createUserManager();
        users.save(user);
        return users;
    }

    /** Uses one port for data, so that a client finds its session for it again. */
    private Listener listener(Combination combination) throws IOException {
        var tls = new Tls(combination.server(), combination.protocol());
        var data = new DataConnectionConfigurationFactory();
        data.setSslConfiguration(tls);
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            data.setPassivePorts(String.valueOf(free.getLocalPort()));
        }
        var listener = new ListenerFactory();
        listener.setServerAddress("127.0.0.1");
        listener.setPort(0);
        listener.setSslConfiguration(tls);
        listener.setDataConnectionConfiguration(data.createDataConnectionConfiguration());
        return listener.createListener();
    }

    private static void exchange(Combination combination, SSLContext context, int port, String name) throws IOException {
        byte[] content = ("the content of " + name + " ").repeat(5_000).getBytes(StandardCharsets.UTF_8);
        var client = new FTPSClient(context);
        client.setEnabledProtocols(new String[] {combination.protocol()});
        client.setEndpointCheckingEnabled(true);
        client.connect("localhost", port);
        try {
            assertThat(client.login(USER, USER)).isTrue();
            client.execPBSZ(0);
            client.execPROT("P");
            client.enterLocalPassiveMode();
            client.setFileType(FTP.BINARY_FILE_TYPE);
            assertThat(client.storeFile(name, new ByteArrayInputStream(content)))
                    .as(client.getReplyString())
                    .isTrue();
            for (int i = 0; i < 2; i++) {
                var back = new ByteArrayOutputStream();
                assertThat(client.retrieveFile(name, back))
                        .as(client.getReplyString())
                        .isTrue();
                assertThat(back.toByteArray()).isEqualTo(content);
            }
            client.logout();
        } finally {
            client.disconnect();
        }
    }

    /**
     * One control connection, one to store, two to retrieve; a client that only writes never reads a ticket of TLS 1.3.
     */
    @EachCombination
    void control_and_data_connections(Combination combination) throws Exception {
        boolean ticketInServersFlight = combination.version() == TlsVersion.TLS_1_2;
        var factory = new FtpServerFactory();
        Listener listener = listener(combination);
        factory.addListener("default", listener);
        factory.setUserManager(users());
        FtpServer server = factory.createServer();
        try (var handshakes = new Handshakes()) {
            server.start();
            SSLContext client = combination.client();
            exchange(combination, client, listener.getPort(), "first");
            handshakes.assertServed(combination, "", false, false, ticketInServersFlight, true);
            exchange(combination, client, listener.getPort(), "second");
            handshakes.assertServed(combination, "", false, false, ticketInServersFlight, true, true, true, true, true);
        } finally {
            server.stop();
        }
    }
}
