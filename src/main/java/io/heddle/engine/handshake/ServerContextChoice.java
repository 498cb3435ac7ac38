package io.heddle.engine.handshake;

import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The context of a server's connection, which its {@link ServerContext.Selector} selects by the server name of the
 * ClientHello (RFC 6066 3; {@code SniContexts} has the table of names). The connection keeps both: in a renegotiation another
 * name is refused, since the application data before it was exchanged under the first.
 *
 * <p>Confined to the connection's engine lock.
 */
final class ServerContextChoice {
    private final ServerContext.Selector selector;

    private @Nullable ServerContext chosen;
    private Optional<String> servername = Optional.empty();

    ServerContextChoice(ServerContext.Selector selector) {
        this.selector = selector;
    }

    /**
     * Finds the context in the first handshake; the selector may be the application's.
     *
     * @throws IOException the fatal alert if the selector refuses the name, or if a renegotiation has another one
     */
    void choose(Optional<String> asked) throws IOException {
        if (chosen == null) {
            chosen = select(asked);
            servername = asked;
        } else if (!asked.equals(servername)) {
            throw FatalAlerts.alert(Code.ERR_SSL_HANDSHAKE_FAILURE.failure(
                    "servername: the client asked for \"%s\" in a renegotiation, the connection is with \"%s\"",
                    TlsFailure.printable(asked.orElse("")), TlsFailure.printable(servername.orElse(""))));
        }
    }

    private ServerContext select(Optional<String> asked) throws IOException {
        try {
            return selector.select(asked);
        } catch (TlsFailure e) {
            throw FatalAlerts.alert(e);
        } catch (Exception e) {
            throw FatalAlerts.alert(Code.ERR_TLS_CALLBACK.failure(
                    e, "servername: the callback failed for \"%s\": %s", TlsFailure.printable(asked.orElse("")), e));
        }
    }

    ServerContext chosen() {
        ServerContext context = chosen;
        if (context == null) {
            throw new IllegalStateException("no ClientHello yet");
        }
        return context;
    }

    /** Replaces the certificates of the context on this connection. */
    void replaceCredentials(List<Credential> others) {
        chosen = chosen().with(CredentialSource.of(others));
    }
}
