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
 * The context that a server's connection has, found by the name that the client asks for (RFC 6066 3). The connection keeps both:
 * in a renegotiation another name is refused, since what is spoken over TLS is with the first.
 *
 * <p>Confined to the connection's engine lock.
 */
final class ServerContextChoice {
    private final ServerContext.Selector selector;

    private @Nullable ServerContext chosen;
    private Optional<String> servername = Optional.empty();
    private @Nullable List<Credential> credentials;

    ServerContextChoice(ServerContext.Selector selector) {
        this.selector = selector;
    }

    /**
     * Finds the context; the application may be asked.
     *
     * @throws IOException the fatal alert if it refuses, or if this is not the first name
     */
    void choose(Optional<String> name) throws IOException {
        if (chosen == null) {
            chosen = select(name);
            servername = name;
        } else if (!name.equals(servername)) {
            throw FatalAlerts.alert(Code.ERR_SSL_HANDSHAKE_FAILURE.failure(
                    "servername: the client asked for \"%s\" in a renegotiation, the connection is with \"%s\"",
                    TlsFailure.printable(name.orElse("")), TlsFailure.printable(servername.orElse(""))));
        }
    }

    private ServerContext select(Optional<String> name) throws IOException {
        try {
            return selector.select(name);
        } catch (TlsFailure e) {
            throw FatalAlerts.alert(e);
        } catch (Exception e) {
            throw FatalAlerts.alert(Code.ERR_TLS_CALLBACK.failure(
                    e, "servername: the callback failed for \"%s\": %s", TlsFailure.printable(name.orElse("")), e));
        }
    }

    ServerContext chosen() {
        ServerContext known = chosen;
        if (known == null) {
            throw new IllegalStateException("no ClientHello yet");
        }
        return known;
    }

    /** Shows other certificates than those of the name. */
    void replaceCredentials(List<Credential> others) {
        chosen = chosen().with(CredentialSource.of(others));
        credentials = null;
    }

    /** A handshake begins; who has the credentials is asked again. */
    void begin() {
        credentials = null;
    }

    /** Asks for the credentials, unless that has been done in this handshake; the application may be asked. */
    void findCredentials(CredentialSource.Wanted wanted) throws IOException {
        if (credentials == null) {
            credentials = find(chosen().credentials(), wanted);
        }
    }

    static List<Credential> find(CredentialSource source, CredentialSource.Wanted wanted) throws IOException {
        try {
            return source.find(wanted);
        } catch (Exception e) {
            throw FatalAlerts.callback("key", e);
        }
    }

    /** Returns the credentials that were found, else those that are known without asking. */
    List<Credential> credentials() {
        List<Credential> found = credentials;
        return found == null ? chosen().credentials().known() : found;
    }

    /**
     * Requires that there is a certificate to choose from, in a handshake that needs one.
     *
     * @param reason OpenSSL's reason, which belongs to the code
     * @throws IOException the fatal alert if there is none
     */
    void requireCredentials(Code code, String reason) throws IOException {
        if (!credentials().isEmpty()) {
            return;
        }
        String absence = chosen().credentials().isEmpty()
                ? "the server has no certificate"
                : "the server's key manager has no certificate of a kind that the client can check";
        String asked = servername
                .map(name -> ", the client asked for \"%s\"".formatted(TlsFailure.printable(name)))
                .orElse("");
        throw FatalAlerts.alert(code.failure("certificate: %s%s (%s)", absence, asked, reason));
    }
}
