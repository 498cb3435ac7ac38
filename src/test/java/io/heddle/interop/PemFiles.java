package io.heddle.interop;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Identities of {@link TestPki} as PEM files in a folder, where other programs can read them. */
public final class PemFiles {
    private final Path folder;

    /** Creates an instance that writes into this folder. */
    public PemFiles(Path folder) {
        this.folder = folder;
    }

    /**
     * The files of one identity.
     *
     * @param cert the whole chain, leaf first
     */
    public record Pair(String cert, String key) {}

    /** Writes an identity into files of this name. */
    public Pair write(String name, Identity identity) {
        return new Pair(
                write(name + "-cert.pem", TestPki.pem(identity.chain())),
                write(name + "-key.pem", TestPki.pem(identity.key())));
    }

    /** Returns the file with the root that {@link TestPki} issues from. */
    public String ca() {
        return write("ca.pem", TestPki.pem(TestPki.ca().chain()));
    }

    /** Writes a file of this name and returns its path. */
    public String write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + name, e);
        }
    }

    /** Returns the path of a file that another program may write. */
    String path(String name) {
        return folder.resolve(name).toString();
    }
}
