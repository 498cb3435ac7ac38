package io.heddle.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The file of {@code --keylog}: the secrets of connections in NSS' format, which Wireshark reads. What is there stays, and a file
 * that this makes is its owner's only. Thread-safe: a line is written in one piece.
 */
record KeyLogFile(FileChannel channel) implements AutoCloseable {
    /** The option, for the commands that have it. */
    static final class Flag {
        @Option(
                names = "--keylog",
                paramLabel = "FILE",
                description =
                        "Append the secrets of each connection, as Wireshark reads them. Who has the file reads all.")
        private @Nullable Path path;

        /** Returns the opened file, empty if none is wanted. */
        Optional<KeyLogFile> open() throws IOException {
            return path == null ? Optional.empty() : Optional.of(KeyLogFile.open(path));
        }
    }

    private static KeyLogFile open(Path path) throws IOException {
        return new KeyLogFile(FileChannel.open(
                path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), FilePermissions.ownerOnly(path)));
    }

    /**
     * Appends a line.
     *
     * @throws UncheckedIOException if it cannot; the connection whose secret it is then ends
     */
    void write(String line) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
