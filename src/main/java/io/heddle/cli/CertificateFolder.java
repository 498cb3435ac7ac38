package io.heddle.cli;

import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The directory of a test PKI. Files are created atomically, with their final permissions. */
final class CertificateFolder {
    private final Path folder;

    CertificateFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Checks that no file would be replaced.
     *
     * @throws InvalidOption if one of {@code files} exists
     */
    void refuseIfPresent(List<CertificateFile> files) {
        for (CertificateFile file : files) {
            Path path = folder.resolve(file.name());
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new InvalidOption("EEXIST", "certs: " + path + " already exists, only --force replaces it");
            }
        }
    }

    /** Writes {@code files}, the first one last, so that its presence shows that the set is complete. */
    void write(List<CertificateFile> files) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        Files.createDirectories(folder);
        for (CertificateFile file : files.reversed()) {
            write(file);
        }
    }

    private void write(CertificateFile file) throws IOException {
        Path unfinished = Files.createTempFile(
                folder,
                "." + file.name(),
                ".tmp",
                file.secret() ? FilePermissions.ownerOnly(folder) : FilePermissions.readableByAll(folder));
        try {
            Files.write(unfinished, file.content());
            Files.move(unfinished, folder.resolve(file.name()), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
