package io.heddle.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.heddle.SecureContext;
import io.heddle.Tls;
import io.heddle.TlsServer;
import io.heddle.TlsSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * A server of its own process: answers anything with a short page and ends the connection. The arguments are the files
 * with certificate and key. It prints {@code listening PORT} and ends with its input.
 */
final class ServerMain {
    private static final byte[] PAGE = "HTTP/1.0 200 OK\r\n\r\nok".getBytes(US_ASCII);

    private ServerMain() {}

    @SuppressWarnings("SystemOut") // the port
    public static void main(String[] args) throws IOException {
        SecureContext context = Tls.createSecureContext(
                options -> options.cert(Path.of(args[0])).key(Path.of(args[1])));
        try (TlsServer server = Tls.createServer(context, ServerMain::answer).listen("127.0.0.1", 0)) {
            System.out.println(
                    "listening " + ((InetSocketAddress) server.address().orElseThrow()).getPort());
            while (System.in.read() >= 0) {}
        }
        System.exit(0);
    }

    private static void answer(TlsSocket socket) throws IOException {
        var request = new byte[256];
        if (socket.getInputStream().read(request) > 0) {
            socket.getOutputStream().write(PAGE);
        }
    }
}
