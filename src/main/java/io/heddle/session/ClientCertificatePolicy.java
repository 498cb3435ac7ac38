package io.heddle.session;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a server does about certificates of clients; a session remembers under which of them it was made.
 *
 * <p>Node {@code tls.createServer} options {@code requestCert} and {@code rejectUnauthorized}.
 */
public enum ClientCertificatePolicy {
    /** No certificate is asked for: {@code requestCert: false}. */
    NONE(0),
    /** One is asked for, and the application judges: {@code requestCert: true, rejectUnauthorized: false}. */
    REQUEST(1),
    /** One is asked for, and without a valid one there is no connection: {@code requestCert: true}. */
    REQUIRE(2);

    /** What stands for it in a session, so never to be changed. */
    private final int number;

    ClientCertificatePolicy(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static Optional<ClientCertificatePolicy> ofNumber(long number) {
        return Arrays.stream(values()).filter(policy -> policy.number == number).findFirst();
    }
}
