package io.heddle.engine;

import io.heddle.session.ClientCertificatePolicy;

/**
 * Everything that a connection of a server needs to know before its client speaks. Immutable; one serves many connections.
 *
 * @param honorCipherOrder whether the server's order of suites and groups decides, not the client's
 */
public record ServerSettings(
        HandshakeSettings common,
        ServerContext.Selector contexts,
        ClientCertificatePolicy clientCertificates,
        boolean honorCipherOrder,
        ServerSessions sessions) {}
