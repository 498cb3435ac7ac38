package io.heddle.bogo;

import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** One connection of a test: handshake, checks of its results, and the echo of each byte with its bits inverted. */
final class ShimConnection {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
    private static final int[] RECORD_SIZES = {0, 1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769};
    private static final int READ_SIZE = 512;

    private final ShimOptions options;
    private final ShimSettings settings;
    private final boolean resumes;
    private final ShimExpectations expectations;
    private final ShimPeer tls;

    ShimConnection(ShimOptions options, ShimSettings settings, ShimPeer tls, boolean resumes) throws IOException {
        this.options = options;
        this.settings = settings;
        this.resumes = resumes;
        this.tls = tls;
        expectations = new ShimExpectations(options, tls);
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
                tls.handshake();
                if (options.has("-forbid-renegotiation-after-handshake")) {
                    tls.disableRenegotiation();
                }
                checkHandshake();
            }
            writeExports();
            exchange();
            checkEnd();
            return options.isServer() ? Optional.empty() : tls.session();
        }
    }

    private void checkHandshake() throws IOException, Unexpected {
        expectations.checkHandshake(resumes);
        if (!options.isServer() && !isTls13()) {
            boolean renewed = !tls.facts().resumed() || options.has("-expect-ticket-renewal");
            // Heddle creates no session for a connection with a pre-shared key.
            checkSession(renewed && !options.has("-expect-no-session") && !options.has("-psk"));
        }
        if (!resumes && options.has("-expect-session-id")) {
            checkKept(true);
        } else if (!resumes && options.has("-expect-no-session-id")) {
            checkKept(false);
        }
        if (options.has("-handshake-twice") || options.has("-no-op-extra-handshake")) {
            tls.handshake();
        }
    }

    private void checkKept(boolean expected) throws Unexpected {
        boolean kept =
                options.isServer() ? settings.keepsSessions() : tls.session().isPresent();
        if (kept != expected) {
            throw new Unexpected("this side has %s session", kept ? "kept a" : "not kept the");
        }
    }

    private void checkSession(boolean expected) throws Unexpected {
        Optional<Integer> came = tls.sessions();
        if (came.isPresent() && expected != (came.get() > 0)) {
            throw new Unexpected("%d sessions came, expected %s", came.get(), expected ? "one" : "none");
        }
    }

    private boolean isTls13() {
        return tls.facts().version() == TlsVersion.TLS_1_3;
    }

    private void writeExports() throws IOException {
        if (options.number("-export-keying-material") > 0) {
            write(export(options.number("-export-keying-material")));
        }
        if (options.has("-tls-unique")) {
            // RFC 5929 3.1: the first Finished, the client's in a full handshake.
            ShimPeer.Facts facts = tls.facts();
            boolean local = facts.resumed() == options.isServer();
            write(local ? facts.finished() : facts.peerFinished());
        }
    }

    private byte[] export(int length) throws IOException {
        String label = options.text("-export-label").orElse("");
        return tls.export(
                length,
                label,
                options.has("-use-export-context")
                        ? Optional.of(options.bytes("-export-context").orElse(new byte[0]))
                        : Optional.empty());
    }

    private void write(byte[] bytes) throws IOException {
        tls.write(bytes, 0, bytes.length);
    }

    private void exchange() throws IOException {
        if (options.has("-write-different-record-sizes")) {
            byte[] filled = new byte[RECORD_SIZES[RECORD_SIZES.length - 1]];
            Arrays.fill(filled, (byte) 0x42);
            for (int size : RECORD_SIZES) {
                tls.write(filled, 0, size);
            }
            return;
        }
        if (options.has("-shim-writes-first")) {
            write(HELLO);
        }
        if (!options.has("-shim-shuts-down")) {
            echo();
        } else if (options.has("-check-close-notify")) {
            tls.endOutput();
            byte[] buffer = new byte[READ_SIZE];
            while (tls.read(buffer) >= 0) {
                // Only the end matters.
            }
        }
    }

    private void echo() throws IOException {
        byte[] buffer = new byte[Math.max(options.number("-read-size"), READ_SIZE)];
        for (int n = tls.read(buffer); n >= 0; n = tls.read(buffer)) {
            if (options.has("-use-exporter-between-reads")) {
                export(1);
            }
            if (options.has("-key-update")) {
                tls.updateKeys();
            }
            for (int i = 0; i < n; i++) {
                buffer[i] ^= (byte) 0xff;
            }
            tls.write(buffer, 0, n);
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
