package io.heddle.engine.handshake;

import io.heddle.session.ClientCertificatePolicy;
import java.util.Optional;

/**
 * The requirement of a server on its client's certificate in a handshake.
 *
 * @param rejectUnauthorized whether a client with a bad certificate is refused; empty where the verifier decides
 */
public record ClientAuthRequirement(ClientCertificatePolicy policy, Optional<Boolean> rejectUnauthorized) {}
