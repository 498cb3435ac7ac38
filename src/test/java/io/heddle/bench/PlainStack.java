package io.heddle.bench;

import java.net.Socket;

/** No TLS: the cost of sockets and scheduling alone. */
final class PlainStack implements TlsStack {
    @Override
    public Socket client(Socket below) {
        return below;
    }

    @Override
    public Socket server(Socket below) {
        return below;
    }

    @Override
    public String toString() {
        return "no TLS";
    }
}
