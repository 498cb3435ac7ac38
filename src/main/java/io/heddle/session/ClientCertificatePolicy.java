package io.heddle.session;

import java.util.List;
import java.util.Optional;

/**
 * A server's handling of client certificates; a session records the policy under which it was established.
 *
 * <p>Node {@code tls.createServer} options {@code requestCert} and {@code rejectUnauthorized}.
 */
public enum ClientCertificatePolicy {
    /** No certificate is requested: {@code requestCert: false}. */
    NONE(0),
    /**
     * A certificate is requested, and the application decides: {@code requestCert: true, rejectUnauthorized: false}.
     */
    REQUEST(1),
    /** A certificate is requested, and a connection without a valid one is refused: {@code requestCert: true}. */
    REQUIRE(2);

    private static final List<ClientCertificatePolicy> ALL = List.of(values());

    /** The number in the encoding of a session, which must not change. */
    private final int number;

    ClientCertificatePolicy(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static Optional<ClientCertificatePolicy> ofNumber(long number) {
        for (ClientCertificatePolicy policy : ALL) {
            if (policy.number == number) {
                return Optional.of(policy);
            }
        }
        return Optional.empty();
    }
}
