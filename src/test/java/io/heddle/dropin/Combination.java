package io.heddle.dropin;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.protocol.TlsVersion;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * The parameters of one run of a program.
 *
 * @param version the TLS version
 * @param key the kind of the server's key
 * @param keyManagers the JDK's key manager algorithm: they select keys in different ways
 */
record Combination(TlsVersion version, TestPki.Key key, String keyManagers) {
    /** A server name that no resolver has, with a dot: the JDK's TLS sends no names without one. */
    static final String DOTTED = "shop.example";

    private static final String[] NAMES = {"localhost", "127.0.0.1", DOTTED};

    /** Each version with each kind of key, and each of these with another key manager. */
    static Stream<Combination> all() {
        return Stream.of(
                new Combination(TlsVersion.TLS_1_2, TestPki.Key.RSA_2048, "SunX509"),
                new Combination(TlsVersion.TLS_1_2, TestPki.Key.P256, "PKIX"),
                new Combination(TlsVersion.TLS_1_3, TestPki.Key.RSA_2048, "PKIX"),
                new Combination(TlsVersion.TLS_1_3, TestPki.Key.P256, "SunX509"));
    }

    /** Each version and each kind of key once, for slow programs. */
    static Stream<Combination> few() {
        return Stream.of(
                new Combination(TlsVersion.TLS_1_2, TestPki.Key.RSA_2048, "SunX509"),
                new Combination(TlsVersion.TLS_1_3, TestPki.Key.P256, "PKIX"));
    }

    /** Returns a certificate for localhost, 127.0.0.1 and {@link #DOTTED} that the clients trust. */
    Identity identity() {
        return TestPki.server(key, NAMES);
    }

    /** Returns a context with the certificate; the program chooses the protocols. */
    SSLContext server() {
        return DropIn.context("TLS", DropIn.keyManagers(keyManagers, identity()));
    }

    /** Returns a context for clients; the program chooses the protocols. */
    SSLContext client() {
        return DropIn.context("TLS", DropIn.NO_KEYS);
    }

    /** Returns a context for clients whose newest protocol is the version, for programs that cannot choose. */
    SSLContext limitedClient() {
        return DropIn.context(protocol(), DropIn.NO_KEYS);
    }

    /** Returns the version's JSSE name. */
    String protocol() {
        return version.protocol();
    }

    /** Returns the version's JSSE name as the only element. */
    List<String> protocols() {
        return List.of(protocol());
    }

    @Override
    public String toString() {
        return protocol() + ", " + key + ", " + keyManagers;
    }
}
