package io.heddle.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The permissions that a new file is created with. They are given to the call that creates it, never set afterwards, so that no
 * other user can open a file of secrets in between.
 */
final class FilePermissions {
    private FilePermissions() {}

    /** Returns the permissions of a file that only its owner may read and write. */
    static FileAttribute<?>[] ownerOnly(Path file) {
        return of(file, "rw-------");
    }

    /** Returns the permissions of a file that everyone may read and its owner may write. */
    static FileAttribute<?>[] readableByAll(Path file) {
        return of(file, "rw-r--r--");
    }

    /** Returns no attribute where files have no such permissions. */
    private static FileAttribute<?>[] of(Path file, String permissions) {
        // The attribute view belongs to the file's own provider. A FileStore answers the same question, but is found by
        // its
        // mount point, and there is none where /etc/mtab is missing or the root is that of a chroot.
        return Files.getFileAttributeView(file, PosixFileAttributeView.class) == null
                ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                };
    }
}
