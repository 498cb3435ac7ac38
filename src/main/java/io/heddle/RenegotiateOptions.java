package io.heddle;

import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
import io.heddle.session.ClientCertificatePolicy;
import java.util.Optional;

/**
 * The client certificate policy of a renegotiation that a server starts, and of those that follow on the
 * connection. Immutable.
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

    /** Returns whether a client certificate is requested. */
    public boolean requestCert() {
        return requestCert;
    }

    /** Returns whether a client without a valid certificate is refused, if one is requested. */
    public boolean rejectUnauthorized() {
        return rejectUnauthorized;
    }

    ClientAuthRequirement demand() {
        ClientCertificatePolicy policy = !requestCert
                ? ClientCertificatePolicy.NONE
                : rejectUnauthorized ? ClientCertificatePolicy.REQUIRE : ClientCertificatePolicy.REQUEST;
        return new ClientAuthRequirement(policy, Optional.of(rejectUnauthorized));
    }

    /** A builder of these options, with Node's names. Not thread-safe. */
    public static final class Builder {
        private boolean requestCert;
        private boolean rejectUnauthorized = true;

        private Builder() {}

        /** Sets whether a client without a valid certificate is refused, if one is requested. Default: yes. */
        public Builder rejectUnauthorized(boolean reject) {
            rejectUnauthorized = reject;
            return this;
        }

        /** Sets whether a client certificate is requested. Default: no. */
        public Builder requestCert(boolean request) {
            requestCert = request;
            return this;
        }

        /** Returns the options. */
        public RenegotiateOptions build() {
            return new RenegotiateOptions(this);
        }
    }
}
