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
 * The file of {@code --keylog}: the secrets of connections in NSS key log format, which Wireshark reads. Lines are appended; a new
 * file is readable by its owner only. Thread-safe: a line is written atomically.
 */
record KeyLogFile(FileChannel channel) implements AutoCloseable {
    /** The mixin of the option. */
    static final class Flag {
        @Option(
                names = "--keylog",
                paramLabel = "FILE",
                description =
                        "Append the secrets of each connection in the format of Wireshark. They decrypt all traffic.")
        private @Nullable Path path;

        /** Opens the file; empty without the option. */
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
     * @throws UncheckedIOException if it cannot be written, which ends the connection
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
