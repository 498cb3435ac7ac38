package io.heddle.engine.handshake;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Fetches the OCSP response that a server sends along with its certificate (RFC 6066 8). May block. */
@FunctionalInterface
public interface Stapler {
    /** Has none. */
    Stapler NONE = chain -> Optional.empty();

    /**
     * Returns the response for a chain of ours, empty for none. It is asked for once a full handshake, and only where the client
     * asked.
     *
     * @param chain what the client is about to be shown, leaf first
     * @throws Exception to end the handshake; a {@link io.heddle.failure.TlsFailure} with its alert
     */
    Optional<byte[]> staple(List<X509Certificate> chain) throws Exception;
}
