package io.heddle;

import io.heddle.callback.PskClientCallback;
import io.heddle.callback.PskIdentity;
import io.heddle.certificate.TestPki;
import io.heddle.protocol.TlsVersion;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The uses of a pre-shared key: TLS 1.3, and the four kinds of suites of TLS 1.2. */
public enum PskKind {
    PSK13(TlsVersion.TLS_1_3, "TLS_AES_128_GCM_SHA256"),
    PSK(TlsVersion.TLS_1_2, "PSK-AES128-GCM-SHA256"),
    DHE_PSK(TlsVersion.TLS_1_2, "DHE-PSK-AES256-GCM-SHA384"),
    ECDHE_PSK(TlsVersion.TLS_1_2, "ECDHE-PSK-CHACHA20-POLY1305"),
    RSA_PSK(TlsVersion.TLS_1_2, "RSA-PSK-AES256-GCM-SHA384");

    /** The identity that the pairs here have a key for. */
    public static final String IDENTITY = "unit 7";

    private static final byte[] KEY = "sixteen bytes, y".getBytes(StandardCharsets.US_ASCII);

    private final TlsVersion version;
    private final String suite;

    PskKind(TlsVersion version, String suite) {
        this.version = version;
        this.suite = suite;
    }

    /** Returns the version of TLS. */
    public TlsVersion version() {
        return version;
    }

    /** Returns the suite that the pairs here use. */
    public String suite() {
        return suite;
    }

    /** Returns the key. */
    public static byte[] key() {
        return KEY.clone();
    }

    /** Returns the answer of a client callback that has the key. */
    public static Optional<PskIdentity> credential() {
        return Optional.of(new PskIdentity(IDENTITY, KEY));
    }

    /** Returns a server callback that has this key only. */
    static PskServerCallback callback(byte[] key) {
        return (socket, identity) -> identity.equals(IDENTITY) ? Optional.of(key) : Optional.empty();
    }

    /** Returns a pair that has the key on both sides, with a certificate only where the suite requires one. */
    TlsPair pair() {
        return pair(UnaryOperator.identity(), UnaryOperator.identity());
    }

    /** Returns a pair whose callbacks are replaced or observed. */
    TlsPair pair(UnaryOperator<PskServerCallback> server, UnaryOperator<PskClientCallback> client) {
        PskServerCallback serverCallback = server.apply(callback(KEY));
        PskClientCallback having = client.apply(hint -> credential());
        TlsPair pair = bare();
        return pair.server(options -> options.pskCallback(serverCallback))
                .client(options -> options.pskCallback(having));
    }

    /** Returns a pair with the suite on both sides, and no callbacks. */
    TlsPair bare() {
        TlsPair pair = this == RSA_PSK
                ? TlsPair.of(version)
                        .serverIdentity(TestPki.certificate("CN=an RSA server")
                                .key(TestPki.Key.RSA_2048, 1)
                                .server("localhost")
                                .issuedBy(TestPki.ca()))
                : TlsPair.of(version).serverIdentity();
        return pair.serverContext(context -> context.ciphers(suite).dhparam("auto"))
                .clientContext(context -> context.ciphers(suite));
    }
}
