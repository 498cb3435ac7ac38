package io.heddle.cli;

import io.heddle.failure.InvalidOption;
import io.heddle.session.MalformedSession;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A session in a PEM file, as openssl's {@code s_client} writes it with {@code -sess_out} and reads it with {@code -sess_in}. */
record SessionFile(Path path) {
    /** More than any session has in PEM. */
    private static final int LONGEST = 1 << 20;

    /**
     * Returns the session's DER.
     *
     * @throws InvalidOption if the file holds no session
     */
    byte[] read() throws IOException {
        byte[] text;
        try (var in = Files.newInputStream(path)) {
            text = in.readNBytes(LONGEST);
        }
        try {
            return SessionState.fromPem(new String(text, StandardCharsets.ISO_8859_1))
                    .toDer();
        } catch (MalformedSession e) {
            throw new InvalidOption("ERR_INVALID_ARG_VALUE", "--session-in: %s: %s".formatted(path, e.getMessage()), e);
        }
    }

    /** Writes a session, which is as secret as a key: a file that this makes is its owner's only. */
    void write(byte[] der) throws IOException {
        String pem;
        try {
            pem = SessionState.fromDer(der).toPem();
        } catch (MalformedSession e) {
            throw new IllegalStateException("a session of this library can be read by it", e);
        }
        if (!Files.exists(path)) {
            Files.createFile(path, FilePermissions.ownerOnly(path));
        }
        Files.writeString(path, pem, StandardCharsets.US_ASCII);
    }
}
