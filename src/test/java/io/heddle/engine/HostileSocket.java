package io.heddle.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** A {@link HostilePeer} at one end of a TCP connection. */
final class HostileSocket {
    private HostileSocket() {}

    /**
     * Lets the peer act until Heddle ends its direction.
     *
     * @param patience how long the peer waits for Heddle, in milliseconds, before it ends its direction
     * @param limit how long it waits then
     * @return whether Heddle ended its direction in time
     */
    static boolean run(HostilePeer peer, Socket socket, int patience, int limit) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] into = new byte[1 << 16];
        socket.setSoTimeout(patience);
        boolean ended = false;
        while (true) {
            byte[] out = peer.next();
            if (out.length > 0 && !ended) {
                ended = !send(socket, out);
            } else if (!ended && peer.isDone()) {
                ended = end(socket);
            }
            try {
                if (ended) {
                    socket.setSoTimeout(limit);
                }
                int n = in.read(into);
                if (n < 0) {
                    return true;
                }
                peer.offer(into, 0, n);
            } catch (SocketTimeoutException e) {
                if (ended) {
                    return false;
                }
                ended = end(socket);
            }
        }
    }

    private static boolean send(Socket socket, byte[] bytes) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            return true;
        } catch (IOException e) {
            // Heddle has closed; its last records are still to be read.
            return false;
        }
    }

    private static boolean end(Socket socket) {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // It has ended already.
        }
        return true;
    }
}
