package io.heddle.interop;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The {@code heddle} command in a separate JVM, under one of the restrictions that containers impose. Each restriction
 * works for root and for other users where the system lets them create user namespaces; where it does not, the command
 * does not start.
 */
final class Container {
    /** A resource that the container lacks. A command that finds its condition not met exits with {@value #NOT_MET}. */
    enum Condition {
        MOUNTS,
        WRITABLE_ROOT,
        WRITABLE_TMP,
        HOME,
        USER_NAME,
        FILE_DESCRIPTORS
    }

    static final int NOT_MET = 97;

    /** The number of file descriptors that {@link Condition#FILE_DESCRIPTORS} leaves. */
    static final int DESCRIPTORS = 64;

    private static final String UID = "12345";

    /**
     * Creates a root of bind mounts and runs a command in it. {@code $1} is an empty folder for the root, {@code $2}
     * the folder mounted at {@code /container}, {@code $3} the condition. The mounts end with the namespace; {@code $1}
     * is made private before anything is bound below it, so that no mount can leave the namespace by propagation.
     */
    private static final String NEW_ROOT = """
            set -e
            root=$1 work=$2 condition=$3
            shift 3
            # In a chroot, where / is no mount point, this cannot work.
            mount --make-rprivate / 2>/dev/null || :
            mount --bind "$root" "$root"
            mount --make-private "$root"
            # A folder of it: like the root of a chroot, the new root is in no list of mount points.
            private=$root
            root=$(mktemp -d "$private/XXXXXX")
            for each in /*; do
                name=${each#/}
                if [ -L "$each" ]; then
                    cp -P "$each" "$root/$name"
                elif [ -d "$each" ] && [ "$condition-$name" = MOUNTS-etc ]; then
                    mkdir "$root/etc" "$root/.etc"
                    mount --rbind /etc "$root/.etc"
                    for file in /etc/*; do
                        [ "$file" = /etc/mtab ] || ln -s "/.etc/${file#/etc/}" "$root$file"
                    done
                elif [ -d "$each" ]; then
                    mkdir "$root/$name"
                    mount --rbind "$each" "$root/$name"
                fi
            done
            case $condition in
                MOUNTS)
                    check='[ ! -e /etc/mtab ] && [ ! -L /etc/mtab ]'
                    ;;
                WRITABLE_TMP)
                    mount -o remount,bind,ro "$root/tmp"
                    check='! touch /tmp/heddle 2>/dev/null'
                    ;;
                WRITABLE_ROOT)
                    for each in "$root"/*; do
                        case ${each##*/} in
                            dev | proc | sys) ;;
                            *) [ -L "$each" ] || mount -o remount,bind,ro "$each" ;;
                        esac
                    done
                    check='! touch /heddle /tmp/heddle /var/heddle 2>/dev/null'
                    ;;
            esac
            mkdir "$root/container"
            mount --bind "$work" "$root/container"
            [ "$condition" != WRITABLE_ROOT ] || mount -o remount,bind,ro "$private"
            exec chroot "$root" sh -c "{ $check; } || exit %d; exec \\"\\$@\\"" sh "$@"
            """.formatted(NOT_MET);

    private final Condition missing;
    private final Path work;
    private final Path root;

    /** Creates a container without the given resource; {@code folder} is empty and on disk. */
    Container(Condition missing, Path folder) throws IOException {
        this.missing = missing;
        this.work = Files.createDirectory(folder.resolve("work"));
        this.root = Files.createDirectory(folder.resolve("root"));
        // A user without a name has the rights of "others".
        for (Path path : List.of(folder, work)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
    }

    /** Returns the path, as seen by commands, of a file in the folder that they may write to. */
    String inside(String name) {
        return switch (missing) {
            case MOUNTS, WRITABLE_ROOT, WRITABLE_TMP -> "/container/" + name;
            case HOME, USER_NAME, FILE_DESCRIPTORS -> work.resolve(name).toString();
        };
    }

    /** Returns the path of the same file as seen by the test. */
    Path file(String name) {
        return work.resolve(name);
    }

    /** Runs {@code heddle} until it exits. */
    ProgramResult run(String... args) {
        try (RunningProgram program = start(args)) {
            program.closeInput();
            return program.awaitEnd();
        }
    }

    /** Starts {@code heddle} for an interactive exchange. */
    RunningProgram start(String... args) {
        List<String> command = new ArrayList<>(conditions());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        if (missing == Condition.WRITABLE_TMP) {
            command.add("-Djava.io.tmpdir=/container");
        }
        command.addAll(List.of("-cp", classPath(), "io.heddle.cli.Main"));
        command.addAll(List.of(args));
        return RunningProgram.start(command);
    }

    private List<String> conditions() {
        boolean isRoot = isRoot();
        return switch (missing) {
            case MOUNTS, WRITABLE_ROOT, WRITABLE_TMP -> {
                List<String> unshare = new ArrayList<>(List.of("unshare", "--mount"));
                // Root keeps its rights without a user namespace, which cannot be created in a chroot.
                unshare.addAll(isRoot ? List.of("--propagation", "unchanged") : List.of("--user", "--map-root-user"));
                unshare.addAll(List.of("sh", "-c", NEW_ROOT, "sh", root.toString(), work.toString(), missing.name()));
                yield unshare;
            }
            case HOME ->
                List.of(
                        "env",
                        "-u",
                        "HOME",
                        "sh",
                        "-c",
                        "[ -z \"${HOME+set}\" ] || exit %d; exec \"$@\"".formatted(NOT_MET),
                        "sh");
            case USER_NAME -> {
                // The build's files may be in root's home: reading is allowed, writing is not.
                List<String> user = new ArrayList<>(
                        isRoot
                                ? List.of(
                                        "setpriv",
                                        "--reuid=" + UID,
                                        "--regid=" + UID,
                                        "--clear-groups",
                                        "--inh-caps=+dac_read_search",
                                        "--ambient-caps=+dac_read_search")
                                : List.of("unshare", "--user", "--map-user=" + UID, "--map-group=" + UID));
                user.addAll(List.of(
                        "sh", "-c", "! id -un >/dev/null 2>&1 || exit %d; exec \"$@\"".formatted(NOT_MET), "sh"));
                yield user;
            }
            case FILE_DESCRIPTORS -> List.of("sh", "-c", "ulimit -n %d && exec \"$@\"".formatted(DESCRIPTORS), "sh");
        };
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new UncheckedIOException("the user of this process is unknown", e);
        }
    }

    /** Returns the part of this JVM's class path that the command needs: each jar takes a file descriptor. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(
                        path -> Path.of(path)
                                .getFileName()
                                .toString()
                                .matches(
                                        "classes|(bc(tls|pkix|prov|util)|caffeine|jspecify|picocli|HdrHistogram|gson)-.*\\.jar"))
                .map(path -> Path.of(path).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
