package io.heddle.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The permissions of new files. They are passed to the call that creates the file, so that no other user can open a secret file
 * before they are set.
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

    /** Returns no attribute if the file system has no such permissions. */
    private static FileAttribute<?>[] of(Path file, String permissions) {
        // The attribute view belongs to the provider of the file. A FileStore has the same information but is found by
        // its mount
        // point, which is unknown if /etc/mtab is missing or in a chroot.
        return Files.getFileAttributeView(file, PosixFileAttributeView.class) == null
                ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                };
    }
}
