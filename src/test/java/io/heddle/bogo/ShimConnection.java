package io.heddle.bogo;

import io.heddle.TlsSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** One connection of a test: handshake, what is to be found then, and the echo of each byte with its bits turned over. */
final class ShimConnection {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final int[] RECORD_SIZES = {0, 1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769};
    private static final int READ_SIZE = 512;

    private final ShimOptions options;
    private final ShimSettings settings;
    private final boolean resumes;
    private final List<byte[]> sessions = new CopyOnWriteArrayList<>();
    private final ShimExpectations expectations;
    private final TlsSocket tls;

    ShimConnection(ShimOptions options, ShimSettings settings, Socket socket, boolean resumes)
            throws IOException, Unimplemented {
        this.options = options;
        this.settings = settings;
        this.resumes = resumes;
        List<String> trace = new CopyOnWriteArrayList<>();
        if (options.isServer()) {
            tls = new TlsSocket(socket, settings.server(trace::add));
            if (options.has("-require-any-client-certificate")) {
                tls.setNeedClientAuth(true);
            }
        } else {
            tls = new TlsSocket(socket, settings.client(sessions::add, trace::add));
        }
        expectations = new ShimExpectations(options, tls, trace);
        if (options.number("-max-send-fragment") > 0) {
            tls.setMaxSendFragment(options.number("-max-send-fragment"));
        }
        if (!options.has("-renegotiate-freely")
                && !options.has("-renegotiate-ignore")
                && !options.has("-forbid-renegotiation-after-handshake")) {
            tls.disableRenegotiation();
        }
    }

    /** Returns the session that a later connection can resume; a server has none. */
    Optional<byte[]> run() throws IOException, Unexpected {
        try (tls) {
            if (!options.has("-implicit-handshake")) {
                tls.startHandshake();
                if (options.has("-forbid-renegotiation-after-handshake")) {
                    tls.disableRenegotiation();
                }
                checkHandshake();
            }
            writeExports();
            exchange();
            checkEnd();
        }
        return sessions.isEmpty() ? Optional.empty() : Optional.of(sessions.getLast());
    }

    private void checkHandshake() throws IOException, Unexpected {
        expectations.checkHandshake(resumes);
        if (!options.isServer() && !isTls13()) {
            boolean renewed = !tls.isSessionReused() || options.has("-expect-ticket-renewal");
            // Heddle makes no session of a connection with a pre-shared key.
            checkSession(renewed && !options.has("-expect-no-session") && !options.has("-psk"));
        }
        if (!resumes && options.has("-expect-session-id")) {
            checkKept(true);
        } else if (!resumes && options.has("-expect-no-session-id")) {
            checkKept(false);
        }
        if (options.has("-handshake-twice") || options.has("-no-op-extra-handshake")) {
            tls.startHandshake();
        }
    }

    private void checkKept(boolean expected) throws Unexpected {
        boolean kept = options.isServer() ? settings.keepsSessions() : !sessions.isEmpty();
        if (kept != expected) {
            throw new Unexpected("this side has %s session", kept ? "kept a" : "not kept the");
        }
    }

    private void checkSession(boolean expected) throws Unexpected {
        if (expected == sessions.isEmpty()) {
            throw new Unexpected("%d sessions came, expected %s", sessions.size(), expected ? "one" : "none");
        }
    }

    private boolean isTls13() {
        return "TLSv1.3".equals(tls.getProtocol());
    }

    private void writeExports() throws IOException {
        OutputStream out = tls.getOutputStream();
        if (options.number("-export-keying-material") > 0) {
            out.write(export(options.number("-export-keying-material")));
        }
        if (options.has("-tls-unique")) {
            // RFC 5929 3.1: the first Finished, the client's where the handshake was a full one.
            boolean own = tls.isSessionReused() == options.isServer();
            out.write((own ? tls.getFinished() : tls.getPeerFinished()).orElseThrow());
        }
    }

    private byte[] export(int length) throws IOException {
        String label = options.text("-export-label").orElse("");
        return options.has("-use-export-context")
                ? tls.exportKeyingMaterial(
                        length, label, options.bytes("-export-context").orElse(new byte[0]))
                : tls.exportKeyingMaterial(length, label);
    }

    private void exchange() throws IOException, Unexpected {
        OutputStream out = tls.getOutputStream();
        if (options.has("-write-different-record-sizes")) {
            byte[] filled = new byte[RECORD_SIZES[RECORD_SIZES.length - 1]];
            Arrays.fill(filled, (byte) 0x42);
            for (int size : RECORD_SIZES) {
                out.write(filled, 0, size);
            }
            return;
        }
        if (options.has("-shim-writes-first")) {
            out.write(HELLO);
        }
        if (!options.has("-shim-shuts-down")) {
            echo(out);
        } else if (options.has("-check-close-notify")) {
            tls.shutdownOutput();
            tls.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }

    private void echo(OutputStream out) throws IOException, Unexpected {
        InputStream in = tls.getInputStream();
        byte[] buffer = new byte[Math.max(options.number("-read-size"), READ_SIZE)];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (options.has("-use-exporter-between-reads")) {
                export(1);
            }
            if (options.has("-key-update")) {
                tls.updateKeys();
            }
            for (int i = 0; i < n; i++) {
                buffer[i] ^= (byte) 0xff;
            }
            out.write(buffer, 0, n);
        }
    }

    private void checkEnd() throws Unexpected {
        if (options.has("-check-close-notify") && !tls.closeNotifyReceived()) {
            throw new Unexpected("the peer ended the connection without close_notify");
        }
        if (!options.isServer() && isTls13() && !options.has("-shim-shuts-down")) {
            checkSession(!options.has("-expect-no-session"));
        }
        expectations.checkEnd();
    }
}
