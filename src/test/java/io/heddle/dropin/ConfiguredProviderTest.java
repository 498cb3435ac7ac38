package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.HeddleProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The provider in a JVM that is configured with {@code -Djava.security.properties}, on the class path. */
@Tag("interop")
class ConfiguredProviderTest {
    @TempDir
    Path folder;

    /** Returns the option for a file of security properties that lists Heddle first, under this name. */
    private String first(String name) throws IOException {
        List<String> lines = new ArrayList<>(List.of("security.provider.1=" + name));
        for (Provider provider : Security.getProviders()) {
            lines.add("security.provider.%d=%s".formatted(lines.size() + 1, provider.getName()));
        }
        return "-Djava.security.properties=" + Files.write(folder.resolve("java.security"), lines);
    }

    /** A program without any reference to Heddle. */
    static final class Unchanged implements Jvm.Program {
        @Override
        public String run() throws Exception {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            return "%s, %s, %s, connects as %s"
                    .formatted(
                            Security.getProviders()[0].getName(),
                            context.getProvider().getName(),
                            TrustManagerFactory.getInstance("PKIX")
                                    .getProvider()
                                    .getName(),
                            context.getSocketFactory().createSocket().getClass().getPackageName());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {HeddleProvider.NAME, "io.heddle.HeddleProvider"})
    void provider_is_found_by_its_name_and_its_class_name(String name) throws Exception {
        assertThat(Jvm.create().option(first(name)).run(Unchanged.class))
                .isEqualTo("Heddle, Heddle, Heddle, connects as io.heddle");
    }

    @Test
    void connections_use_the_configured_provider() throws Exception {
        assertThat(Jvm.create().option(first(HeddleProvider.NAME)).run(OtherBouncyCastleTest.Connections.class))
                .isEqualTo(OtherBouncyCastleTest.CONNECTED);
    }

    /** The JVM must not silently fall back to SunJSSE. */
    @Test
    void wrong_jars_are_refused_and_the_next_provider_is_not_used() throws Exception {
        assertThat(Jvm.create()
                        .option(first(HeddleProvider.NAME))
                        .replacing(OtherBouncyCastleTest.jar("bcprov", "1.81"))
                        .run(Unchanged.class))
                .startsWith("java.lang.IllegalStateException: BouncyCastle: bcprov is of version 1.81");
    }
}
