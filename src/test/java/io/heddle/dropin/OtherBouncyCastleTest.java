package io.heddle.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.HeddleProvider;
import io.heddle.SecureContext;
import io.heddle.certificate.TestPki;
import io.heddle.certificate.file.CertificateReader;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other versions of BouncyCastle than that of the build, each in a separate JVM. */
@Tag("interop")
class OtherBouncyCastleTest {
    private static final String NEEDED =
            ", Heddle needs bctls 1.84, and bcprov, bcutil and bcpkix of version 1.84 or a later 1.x";

    /** Returns a jar that the build has copied. */
    static Path jar(String artifact, String version) {
        Path jar = Path.of("target", "bouncycastle", "%s-jdk18on-%s.jar".formatted(artifact, version))
                .toAbsolutePath();
        assertThat(jar).exists();
        return jar;
    }

    // Older versions

    /** All entry points of Heddle, as a program calls them first. */
    static final class FirstContacts implements Jvm.Program {
        interface Contact {
            void make() throws Exception;
        }

        @Override
        public String run() {
            var provider = new HeddleProvider();
            return String.join(
                    "\n",
                    failure(() -> SSLContext.getInstance("TLS", provider)),
                    failure(() -> SSLContext.getInstance("Default", provider)),
                    failure(() -> KeyManagerFactory.getInstance("PKIX", provider)),
                    failure(() -> TrustManagerFactory.getInstance("PKIX", provider)),
                    failure(SecureContext::builder),
                    failure(() -> CertificateReader.read("a file", "no certificate")),
                    failure(() -> {
                        Security.insertProviderAt(provider, 1);
                        SSLContext.getInstance("TLS");
                    }));
        }

        private static String failure(Contact contact) {
            try {
                contact.make();
                return "none";
            } catch (Exception | LinkageError e) {
                return e.toString();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bcprov", "bctls"})
    void older_jar_is_refused_with_a_message_at_each_entry_point(String artifact) throws Exception {
        String printed = Jvm.create().replacing(jar(artifact, "1.81")).run(FirstContacts.class);
        String sentence =
                "java.lang.IllegalStateException: BouncyCastle: %s is of version 1.81%s".formatted(artifact, NEEDED);
        assertThat(printed.lines()).hasSize(7).allMatch(sentence::equals);
    }

    // Newer versions

    /** Connections in both versions. */
    static final class Connections implements Jvm.Program {
        @Override
        public String run() throws Exception {
            SSLContext server = DropIn.context("TLS", DropIn.keyManagers("PKIX", TestPki.server("localhost")));
            SSLContext client = DropIn.context("TLS", DropIn.keyManagers("PKIX", TestPki.client("someone")));
            return SmallExchange.between(client, server, "TLSv1.2")
                    + "\n"
                    + SmallExchange.between(client, server, "TLSv1.3");
        }
    }

    static final String CONNECTED = "TLSv1.2, resumed\nTLSv1.3, resumed";

    @Test
    void newer_bcprov_is_accepted() throws Exception {
        assertThat(Jvm.create().replacing(jar("bcprov", "1.87")).run(Connections.class))
                .isEqualTo(CONNECTED);
    }

    @Test
    void newer_jars_below_bctls_are_accepted() throws Exception {
        assertThat(Jvm.create()
                        .replacing(jar("bcprov", "1.87"), jar("bcutil", "1.87"), jar("bcpkix", "1.87"))
                        .run(Connections.class))
                .isEqualTo(CONNECTED);
    }

    @Test
    void bcutil_that_is_newer_than_bcprov_is_refused() throws Exception {
        assertThat(Jvm.create().replacing(jar("bcutil", "1.87")).run(FirstContacts.class))
                .contains("BouncyCastle: bcprov is of version 1.84 and bcutil of version 1.87");
    }

    // Another class loader

    /** A program whose server registered another version of BouncyCastle's provider as the first one. */
    static final class Registered implements Jvm.Program {
        @Override
        public String run() throws Exception {
            URL[] jar = {jar("bcprov", "1.81").toUri().toURL()};
            try (var loader = new URLClassLoader(jar, ClassLoader.getPlatformClassLoader())) {
                Provider other = (Provider) loader.loadClass("org.bouncycastle.jce.provider.BouncyCastleProvider")
                        .getDeclaredConstructor()
                        .newInstance();
                Security.insertProviderAt(other, 1);
                return "%s %s%n%s".formatted(other.getName(), other.getVersionStr(), new Connections().run());
            }
        }
    }

    @Test
    void another_version_may_be_registered_as_the_first_provider() throws Exception {
        assertThat(Jvm.create().run(Registered.class)).isEqualTo("BC 1.81\n" + CONNECTED);
    }
}
