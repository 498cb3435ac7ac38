package io.heddle.cli;

import io.heddle.TlsSocket;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** What {@code heddle serve} does with the bytes of a connection. Each returns when the peer is done. */
enum ServeMode {
    /** Sends back what comes. */
    ECHO {
        @Override
        void serve(TlsSocket socket) throws IOException {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            // Most connections are idle most of the time, and should not hold a large buffer meanwhile.
            byte[] little = new byte[IDLE_BUFFER];
            for (int n = in.read(little); n >= 0; n = in.read(little)) {
                out.write(little, 0, n);
                if (in.available() > 0) {
                    echoWhatIsThere(in, out);
                }
            }
        }
    },

    /** Answers each request with the facts of the connection. */
    HTTP {
        @Override
        void serve(TlsSocket socket) throws IOException {
            HttpExchange.serve(socket.getInputStream(), socket.getOutputStream(), Facts.of(socket));
        }
    },

    /** Reads and says nothing. */
    DISCARD {
        @Override
        void serve(TlsSocket socket) throws IOException {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    },

    /** Sends zeros until the peer leaves. */
    SOURCE {
        @Override
        void serve(TlsSocket socket) throws IOException {
            // What the peer sends has to be read, or it could block in sending and never come to reading. Its end of
            // data ends nothing here: it may have half-closed and go on reading.
            Thread.ofVirtual().name("heddle-discard").start(() -> {
                try {
                    DISCARD.serve(socket);
                } catch (IOException e) {
                    // The writer below meets it as well.
                }
            });
            byte[] zeros = new byte[BULK_BUFFER];
            OutputStream out = socket.getOutputStream();
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    out.write(zeros);
                }
            } catch (TlsFailure e) {
                throw e;
            } catch (IOException e) {
                // The peer has left. It does so in the middle of the zeros, and mostly with a reset.
            }
        }
    };

    private static final int IDLE_BUFFER = 512;
    private static final int BULK_BUFFER = 64 * 1024;

    abstract void serve(TlsSocket socket) throws IOException;

    private static void echoWhatIsThere(InputStream in, OutputStream out) throws IOException {
        byte[] much = new byte[BULK_BUFFER];
        do {
            int n = in.read(much);
            if (n < 0) {
                return;
            }
            out.write(much, 0, n);
        } while (in.available() > 0);
    }
}
