package io.heddle.engine.handshake;

import io.heddle.callback.OcspRequestListener;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * The certificates and the trust of a server under one of its names.
 *
 * @param credentials the source of its identities
 * @param authorities the names that a certificate request lists
 * @param ocspRequest the supplier of OCSP responses for the credentials, empty where none are stapled
 */
public record ServerContext(
        CredentialSource credentials,
        List<X500Principal> authorities,
        PeerVerifier verifier,
        Optional<OcspRequestListener> ocspRequest) {
    /** Copies the list. */
    public ServerContext {
        authorities = List.copyOf(authorities);
    }

    /** Returns the same with other identities. */
    ServerContext with(CredentialSource others) {
        return new ServerContext(others, authorities, verifier, ocspRequest);
    }

    /** Finds the context for the name that a client asks for. May block. */
    public interface Selector {
        /**
         * Returns the context, the server's default one if there is none for the name.
         *
         * @throws Exception to end the handshake
         */
        ServerContext select(Optional<String> servername) throws Exception;

        /** Returns whether different names can get different contexts. */
        boolean dependsOnName();
    }
}
