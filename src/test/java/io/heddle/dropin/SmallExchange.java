package io.heddle.dropin;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** Three connections between two contexts, with certificates on both sides; the second and the third resume. */
final class SmallExchange {
    private SmallExchange() {}

    /** Returns the negotiated version, and whether all connections have the server's session of the first. */
    static String between(SSLContext client, SSLContext server, String version) throws Exception {
        List<String> ids = new ArrayList<>();
        String agreed = "";
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                ServerSocket listener =
                        server.getServerSocketFactory().createServerSocket(0, 3, InetAddress.getLoopbackAddress())) {
            ((SSLServerSocket) listener).setNeedClientAuth(true);
            for (int i = 0; i < 3; i++) {
                Future<SSLSession> accepted = threads.submit(() -> {
                    try (var socket = (SSLSocket) listener.accept()) {
                        socket.getOutputStream().write(socket.getInputStream().read());
                        return socket.getSession();
                    }
                });
                try (var socket =
                        (SSLSocket) client.getSocketFactory().createSocket("localhost", listener.getLocalPort())) {
                    socket.setEnabledProtocols(new String[] {version});
                    socket.getOutputStream().write('a');
                    if (socket.getInputStream().read() != 'a') {
                        throw new IllegalStateException("no echo");
                    }
                }
                SSLSession session = accepted.get(30, TimeUnit.SECONDS);
                session.getPeerCertificates();
                ids.add(HexFormat.of().formatHex(session.getId()));
                agreed = session.getProtocol();
            }
        }
        return agreed + (ids.stream().distinct().count() == 1 ? ", resumed" : ", not resumed");
    }
}
