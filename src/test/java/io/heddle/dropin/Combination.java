package io.heddle.dropin;

import io.heddle.certificate.Identity;
import io.heddle.certificate.TestPki;
import io.heddle.protocol.TlsVersion;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * What a program is tried with.
 *
 * @param version what is spoken
 * @param key the server's kind of key
 * @param keyManagers which of the JDK's kinds of key manager has it: they ask for keys in different ways
 */
record Combination(TlsVersion version, TestPki.Key key, String keyManagers) {
    /** A name of the server that no resolver knows, with a dot: the JDK's TLS sends no other server names. */
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

    /** Each version and each kind of key once, for programs that take their time. */
    static Stream<Combination> few() {
        return Stream.of(
                new Combination(TlsVersion.TLS_1_2, TestPki.Key.RSA_2048, "SunX509"),
                new Combination(TlsVersion.TLS_1_3, TestPki.Key.P256, "PKIX"));
    }

    /** Returns a certificate for localhost, 127.0.0.1 and {@link #DOTTED} that the clients trust. */
    Identity identity() {
        return TestPki.server(key, NAMES);
    }

    /** Returns a context with the certificate; what it speaks is the program's to choose. */
    SSLContext server() {
        return DropIn.context("TLS", DropIn.keyManagers(keyManagers, identity()));
    }

    /** Returns a context for clients; what it speaks is the program's to choose. */
    SSLContext client() {
        return DropIn.context("TLS", DropIn.NO_KEYS);
    }

    /** Returns a context for clients that speaks nothing newer than the version, for programs that cannot choose. */
    SSLContext limitedClient() {
        return DropIn.context(protocol(), DropIn.NO_KEYS);
    }

    /** Returns the version in JSSE's words. */
    String protocol() {
        return version.protocol();
    }

    /** Returns the version in JSSE's words, alone. */
    List<String> protocols() {
        return List.of(protocol());
    }

    @Override
    public String toString() {
        return protocol() + ", " + key + ", " + keyManagers;
    }
}
