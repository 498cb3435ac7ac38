package io.heddle.cli;

import io.heddle.failure.InvalidOption;
import io.heddle.session.MalformedSession;
import io.heddle.session.SessionFormat;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A session in a file: PEM, which openssl's {@code s_client} writes with {@code -sess_out} and reads with {@code -sess_in}, or the
 * bytes of Node's {@code getSession()}, in either {@link SessionFormat}.
 */
record SessionFile(Path path) {
    /** A bound in bytes above the PEM of any session. */
    private static final int LONGEST = 1 << 20;

    /**
     * Returns the session, as {@link io.heddle.ConnectOptions.Builder#session} takes it.
     *
     * @throws InvalidOption if the file holds no session
     */
    byte[] read() throws IOException {
        byte[] content;
        try (var in = Files.newInputStream(path)) {
            content = in.readNBytes(LONGEST);
        }
        try {
            // Node's form begins with a zero byte, DER with the tag of a SEQUENCE (the digit 0), PEM with neither.
            if (content.length > 0 && (content[0] == 0 || content[0] == '0')) {
                SessionState.fromBytes(content);
                return content;
            }
            return SessionState.fromPem(new String(content, StandardCharsets.ISO_8859_1))
                    .toDer();
        } catch (MalformedSession e) {
            throw new InvalidOption("ERR_INVALID_ARG_VALUE", "--session-in: %s: %s".formatted(path, e.getMessage()), e);
        }
    }

    /**
     * Writes a session, which is as secret as a key. A file that is created is accessible to its owner only.
     *
     * @param session in either format
     * @param servername the server name that Node's form contains
     */
    void write(byte[] session, SessionFormat format, String servername) throws IOException {
        byte[] content;
        try {
            SessionState state = SessionState.fromBytes(session);
            content = switch (format) {
                case OPENSSL -> state.toPem().getBytes(StandardCharsets.US_ASCII);
                case NODE -> state.toNode(servername);
            };
        } catch (MalformedSession e) {
            throw new IllegalStateException("a session of this library can be read by it", e);
        }
        if (!Files.exists(path)) {
            Files.createFile(path, FilePermissions.ownerOnly(path));
        }
        Files.write(path, content);
    }
}
