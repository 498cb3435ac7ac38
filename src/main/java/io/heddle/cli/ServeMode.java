package io.heddle.cli;

import io.heddle.TlsSocket;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The application of {@code heddle serve}. It returns when the client has closed. */
enum ServeMode {
    /** Sends received bytes back. */
    ECHO {
        @Override
        void serve(TlsSocket socket) throws IOException {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            // Most connections are idle most of the time and should not hold a large buffer.
            byte[] little = new byte[IDLE_BUFFER];
            for (int n = in.read(little); n >= 0; n = in.read(little)) {
                out.write(little, 0, n);
                if (in.available() > 0) {
                    echoWhatIsThere(in, out);
                }
            }
        }
    },

    /** Answers each request with a description of the connection. */
    HTTP {
        @Override
        void serve(TlsSocket socket) throws IOException {
            HttpExchange.serve(socket.getInputStream(), socket.getOutputStream(), ConnectionFacts.of(socket));
        }
    },

    /** Reads and sends nothing. */
    DISCARD {
        @Override
        void serve(TlsSocket socket) throws IOException {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    },

    /** Sends zeros until the client closes. */
    SOURCE {
        @Override
        void serve(TlsSocket socket) throws IOException {
            // Data of the client is read, since it could otherwise block in sending and never read. Its end of data is
            // ignored:
            // the client may have half-closed and go on reading.
            Thread.ofVirtual().name("heddle-discard").start(() -> {
                try {
                    DISCARD.serve(socket);
                } catch (IOException e) {
                    // The writer below gets the failure as well.
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
                // The client has closed, in the middle of the zeros and mostly with a reset.
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
