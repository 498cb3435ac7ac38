package io.heddle.provider;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The class loader of a provider's jar that is an entry of Heddle's own jar, as in the jar of the command.
 *
 * <p>Why: the builds of Amazon Corretto Crypto Provider for two processors have a library of one name, which the provider
 * looks for beside its classes. In one jar they can only be kept apart as whole jars, of which this loader opens the one of
 * the platform. The provider itself writes the library to a new folder that only the user can read, and deletes it when it
 * is loaded.
 */
final class NestedJarLoader extends ClassLoader {
    /** The entries of the jar by name, each until it is used: the library alone has ten megabytes. */
    private final Map<String, byte[]> entries = new ConcurrentHashMap<>();

    /** Reads a whole jar. */
    NestedJarLoader(InputStream jar, ClassLoader parent) throws IOException {
        super(parent);
        try (var zip = new ZipInputStream(jar)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory()) {
                    entries.put(entry.getName(), zip.readAllBytes());
                }
            }
        }
    }

    /** Returns the loader of an artifact's jar for this platform; empty if Heddle's jar has none. */
    static Optional<NestedJarLoader> of(String artifact) throws IOException {
        String name = "/META-INF/heddle/%s-%s.jar".formatted(artifact.substring(artifact.indexOf(':') + 1), platform());
        try (InputStream jar = NestedJarLoader.class.getResourceAsStream(name)) {
            return jar == null
                    ? Optional.empty()
                    : Optional.of(new NestedJarLoader(jar, NestedJarLoader.class.getClassLoader()));
        }
    }

    /** Returns the classifier of Maven artifacts for the platform, such as {@code linux-x86_64}. */
    private static String platform() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch", "");
        return (system.startsWith("mac") ? "osx" : system)
                + switch (processor) {
                    case "amd64" -> "-x86_64";
                    case "aarch64" -> "-aarch_64";
                    default -> "-" + processor;
                };
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = entries.remove(name.replace('.', '/') + ".class");
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    public @Nullable InputStream getResourceAsStream(String name) {
        byte[] bytes = name.endsWith(".so") || name.endsWith(".dylib") ? entries.remove(name) : entries.get(name);
        return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
    }
}
