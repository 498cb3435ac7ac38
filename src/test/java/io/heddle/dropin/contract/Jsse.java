package io.heddle.dropin.contract;

import io.heddle.HeddleProvider;
import io.heddle.SecureContext;
import io.heddle.ServerOptions;
import io.heddle.SslContexts;
import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.session.CaffeineSessionStore;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

/** The JSSE provider that a test runs on. Contexts come from {@link SSLContext#getInstance} and the JDK's managers. */
enum Jsse {
    SUN_JSSE {
        @Override
        Provider provider() {
            return Security.getProvider("SunJSSE");
        }

        // The property is read when the context is created.
        @Override
        SSLContext contextWithoutTickets() {
            String before = System.setProperty(TICKETS, "false");
            try {
                return context();
            } finally {
                if (before == null) {
                    System.clearProperty(TICKETS);
                } else {
                    System.setProperty(TICKETS, before);
                }
            }
        }
    },
    HEDDLE {
        @Override
        Provider provider() {
            return HEDDLE_PROVIDER;
        }

        @Override
        SSLContext contextWithoutTickets() {
            SecureContext secureContext = SecureContext.builder().identity(SERVER).build();
            return SslContexts.of(ServerOptions.builder(secureContext)
                    .tickets(false)
                    .sessionStore(CaffeineSessionStore.builder().build())
                    .build());
        }
    };

    private static final String TICKETS = "jdk.tls.server.enableSessionTicketExtension";

    private static final Provider HEDDLE_PROVIDER = new HeddleProvider();

    static final String TLS_1_2 = "TLSv1.2";
    static final String TLS_1_3 = "TLSv1.3";

    /** A server for localhost and for names below example.test, with an EC key. */
    static final Identity SERVER = TestPki.server("localhost", "127.0.0.1", "*.example.test");

    /** A client with an EC key. */
    static final Identity CLIENT = TestPki.client("someone");

    private static final char[] NO_PASSWORD = new char[0];

    abstract Provider provider();

    /** Returns a context of {@link #SERVER} whose servers keep their sessions and send no tickets. */
    abstract SSLContext contextWithoutTickets();

    /**
     * Returns whether an exception of a delegated task that is not mapped to an alert, for example one of a manager or
     * a selector, stays in the engine unchanged for the next wrap or unwrap, while the status requests neither. The
     * SunJSSE of 21 does so; that of 25 sends an alert and throws an {@code SSLException}, and so does Heddle.
     */
    boolean keepsExceptionsOfTasks() {
        return this == SUN_JSSE && Runtime.version().feature() < 25;
    }

    /** Returns a context of this protocol that is not initialised. */
    SSLContext instance(String protocol) {
        try {
            return SSLContext.getInstance(protocol, provider());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a context of {@link #SERVER} that trusts the test CA, and so can be either side. */
    SSLContext context() {
        return context(SERVER);
    }

    /** Returns a context of this identity that trusts the test CA. */
    SSLContext context(Identity identity) {
        return context("TLS", keys(identity), trust(TestPki.ca().leaf()));
    }

    /** Returns a context that has no key and trusts the test CA. */
    SSLContext withoutKey() {
        return context("TLS", null, trust(TestPki.ca().leaf()));
    }

    /** Returns a context that has no key and trusts none of the test's certificates. */
    SSLContext trustingOthers() {
        return context("TLS", null, trust(TestPki.selfSigned("localhost").leaf()));
    }

    SSLContext context(String protocol, KeyManager @Nullable [] keys, TrustManager @Nullable [] trust) {
        try {
            SSLContext context = instance(protocol);
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the JDK's key managers for these identities. */
    static KeyManager[] keys(Identity... identities) {
        try {
            var factory = KeyManagerFactory.getInstance("PKIX", "SunJSSE");
            factory.init(store(identities), NO_PASSWORD);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the JDK's trust managers for these roots. */
    static TrustManager[] trust(X509Certificate... roots) {
        try {
            var factory = TrustManagerFactory.getInstance("PKIX", "SunJSSE");
            KeyStore store = store();
            for (int i = 0; i < roots.length; i++) {
                store.setCertificateEntry("root" + i, roots[i]);
            }
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a key store with these identities, under the empty password. */
    static KeyStore store(Identity... identities) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < identities.length; i++) {
                X509Certificate[] chain = identities[i].chain().toArray(X509Certificate[]::new);
                store.setKeyEntry("key" + i, identities[i].key(), NO_PASSWORD, chain);
            }
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each provider with each version, for {@link OnEachVersion}. */
    static Stream<Arguments> withVersions() {
        return Arrays.stream(values())
                .flatMap(jsse -> Stream.of(TLS_1_2, TLS_1_3).map(version -> Arguments.of(jsse, version)));
    }

    /** Each client with each server, for {@link BetweenBoth}. */
    static Stream<Arguments> pairs() {
        return Arrays.stream(values())
                .flatMap(client -> Arrays.stream(values()).map(server -> Arguments.of(client, server)));
    }

    /** Each client with each server and each version, for {@link BetweenEach}. */
    static Stream<Arguments> pairsWithVersions() {
        List<Jsse> all = List.of(values());
        return all.stream()
                .flatMap(client -> all.stream()
                        .flatMap(server ->
                                Stream.of(TLS_1_2, TLS_1_3).map(version -> Arguments.of(client, server, version))));
    }
}
