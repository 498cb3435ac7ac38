package io.heddle.engine.handshake;

import io.heddle.cipher.Group;
import io.heddle.engine.compression.CertificateCompression;
import io.heddle.engine.handshake.ServerSettings.ClientAuthRequirement;
import io.heddle.engine.handshake.sessions.ConnectionSessions;
import java.io.IOException;
import org.bouncycastle.tls.TlsServerContext;
import org.jspecify.annotations.Nullable;

/**
 * One handshake of a server, from its first ClientHello to its result. A renegotiation has a new one.
 *
 * <p>Confined to the connection's engine lock.
 */
final class ServerHandshakeState {
    /** The first ClientHello. */
    final ClientHelloInfo clientHello;

    private final ClientHelloRules rules;

    final ServerSuites suites;
    final ServerGroups groups;
    final ServerClientAuth clientAuth;
    final ServerCredentials credentials;
    final ServerStapling stapling = new ServerStapling();
    final CertificateCompression compression;
    final ServerPsk psk;
    final ServerResumption resumption;

    /** The group and the size of the prime of a key exchange in TLS 1.2 and below. */
    @Nullable
    Group group;

    int dhBits;

    /** The identity of the pre-shared key that the last ClientHello of TLS 1.3 is answered with. */
    byte @Nullable [] selectedIdentity;

    /**
     * Begins a handshake.
     *
     * @param contexts the context for the name in the ClientHello, which has been chosen
     * @throws IOException the fatal alert if an extension of the ClientHello cannot be read
     */
    ServerHandshakeState(
            ServerSettings settings,
            ClientAuthRequirement requirement,
            ServerContextChoice contexts,
            ConnectionSessions sessions,
            ClientHelloInfo clientHello,
            ClientHelloRules rules,
            TlsServerContext context)
            throws IOException {
        HandshakeSettings common = settings.common();
        this.clientHello = clientHello;
        this.rules = rules;
        this.suites = new ServerSuites(settings, clientHello, context);
        this.groups = new ServerGroups(settings, clientHello, context);
        this.compression = new CertificateCompression(common.certificateCompression(), "client");
        this.clientAuth =
                new ServerClientAuth(common, requirement, contexts.chosen(), clientHello, compression, context);
        this.credentials = new ServerCredentials(common, contexts, clientAuth, clientHello, context);
        this.psk = new ServerPsk(settings, suites);
        this.resumption =
                new ServerResumption(settings, sessions, clientHello, suites, credentials, clientAuth, context);
    }

    /**
     * Checks what TLS 1.3 adds to the rules of a ClientHello, once the server has chosen it, and takes its extensions.
     */
    void requireTls13() throws IOException {
        rules.requireTls13();
        compression.offered(clientHello.hello().getExtensions());
    }

    /**
     * Checks the second ClientHello, after a HelloRetryRequest: it only has to offer and prove again what the first
     * one offered.
     */
    void secondClientHello(ClientHelloRules second) throws IOException {
        second.requireAnyVersion();
        second.requireTls13();
        second.requireRepeats(rules);
        second.requireIdentities(rules, selectedIdentity);
        psk.declined();
        resumption.declined();
    }
}
