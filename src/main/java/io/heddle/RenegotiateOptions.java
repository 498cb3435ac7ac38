package io.heddle;

import io.heddle.engine.handshake.ClientAuthRequirement;
import io.heddle.session.ClientCertificatePolicy;
import java.util.Optional;

/**
 * What a server asks of its client's certificate in a renegotiation, and in those that follow on the connection. Immutable.
 *
 * @see TlsSocket#renegotiate(RenegotiateOptions)
 */
public final class RenegotiateOptions {
    private final boolean requestCert;
    private final boolean rejectUnauthorized;

    private RenegotiateOptions(Builder builder) {
        this.requestCert = builder.requestCert;
        this.rejectUnauthorized = builder.rejectUnauthorized;
    }

    /** Returns a builder with Node's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns whether the client is asked for a certificate. */
    public boolean requestCert() {
        return requestCert;
    }

    /** Returns whether a client without a good certificate is refused, if it is asked for one. */
    public boolean rejectUnauthorized() {
        return rejectUnauthorized;
    }

    ClientAuthRequirement demand() {
        ClientCertificatePolicy policy = !requestCert
                ? ClientCertificatePolicy.NONE
                : rejectUnauthorized ? ClientCertificatePolicy.REQUIRE : ClientCertificatePolicy.REQUEST;
        return new ClientAuthRequirement(policy, Optional.of(rejectUnauthorized));
    }

    /** What a server asks, with Node's names. Not thread-safe. */
    public static final class Builder {
        private boolean requestCert;
        private boolean rejectUnauthorized = true;

        private Builder() {}

        /** Sets whether the client is asked for a certificate. Default: no. */
        public Builder requestCert(boolean request) {
            requestCert = request;
            return this;
        }

        /** Sets whether a client without a good certificate is refused, if it is asked for one. Default: yes. */
        public Builder rejectUnauthorized(boolean reject) {
            rejectUnauthorized = reject;
            return this;
        }

        /** Returns the options. */
        public RenegotiateOptions build() {
            return new RenegotiateOptions(this);
        }
    }
}
