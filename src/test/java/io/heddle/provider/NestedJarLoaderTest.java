package io.heddle.provider;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.Provider;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class NestedJarLoaderTest {
    private static final String PROVIDER = "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

    /** A class that is loaded once more, from the jar. */
    public static final class Content {}

    private static NestedJarLoader loader() throws IOException {
        String name = Content.class.getName().replace('.', '/') + ".class";
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes);
                InputStream content = Objects.requireNonNull(
                        NestedJarLoaderTest.class.getClassLoader().getResourceAsStream(name))) {
            zip.putNextEntry(new ZipEntry("io/"));
            zip.putNextEntry(new ZipEntry(name));
            content.transferTo(zip);
            zip.putNextEntry(new ZipEntry("io/libnative.so"));
            zip.write("library".getBytes(US_ASCII));
            zip.putNextEntry(new ZipEntry("io/version.properties"));
            zip.write("version".getBytes(US_ASCII));
        }
        return new NestedJarLoader(new ByteArrayInputStream(bytes.toByteArray()), ClassLoader.getPlatformClassLoader());
    }

    private static String read(NestedJarLoader loader, String name) throws IOException {
        try (InputStream in = loader.getResourceAsStream(name)) {
            return in == null ? "none" : new String(in.readAllBytes(), US_ASCII);
        }
    }

    @Test
    void loads_the_classes_of_the_jar_and_no_others() throws Exception {
        NestedJarLoader loader = loader();
        Class<?> loaded = loader.loadClass(Content.class.getName());
        assertThat(loaded.getClassLoader()).isSameAs(loader);
        assertThat(loaded).isNotSameAs(Content.class).isSameAs(loader.loadClass(Content.class.getName()));
        assertThatThrownBy(() -> loader.loadClass(NestedJarLoader.class.getName()))
                .isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void keeps_resources_but_drops_a_library_that_was_read() throws Exception {
        NestedJarLoader loader = loader();
        assertThat(read(loader, "io/version.properties")).isEqualTo("version");
        assertThat(read(loader, "io/version.properties")).isEqualTo("version");
        assertThat(read(loader, "io/libnative.so")).isEqualTo("library");
        assertThat(read(loader, "io/libnative.so")).isEqualTo("none");
    }

    @Test
    void runs_a_native_provider_from_its_unchanged_jar() throws Exception {
        Class<?> onClassPath = Class.forName(PROVIDER);
        try (InputStream jar =
                onClassPath.getProtectionDomain().getCodeSource().getLocation().openStream()) {
            var loader = new NestedJarLoader(jar, ClassLoader.getPlatformClassLoader());
            Provider provider = Class.forName(PROVIDER, true, loader)
                    .asSubclass(Provider.class)
                    .getDeclaredConstructor()
                    .newInstance();
            assertThat(provider.getClass()).isNotSameAs(onClassPath);
            assertThat(NativeProvider.CORRETTO.loadingError(provider)).isNull();
            assertThat(MessageDigest.getInstance("SHA-256", provider).digest()).hasSize(32);
        }
    }

    @Test
    void is_absent_where_heddle_has_no_jar_inside() throws Exception {
        assertThat(NestedJarLoader.of(NativeProvider.CORRETTO.artifact)).isEmpty();
    }
}
