package io.heddle.engine.handshake;

import io.heddle.session.ClientCertificatePolicy;
import java.util.Optional;

/**
 * What a handshake of a server asks of its client's certificate.
 *
 * @param rejectUnauthorized whether a client with a bad certificate is refused; empty where the verifier decides
 */
public record ClientAuthRequirement(ClientCertificatePolicy policy, Optional<Boolean> rejectUnauthorized) {}
