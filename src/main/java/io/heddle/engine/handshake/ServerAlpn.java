package io.heddle.engine.handshake;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The application protocol of a connection (RFC 7301): chosen once, from what the client offers in the first handshake.
 * In a renegotiation it stays, since the application protocol has begun already.
 *
 * <p>Confined to the connection's engine lock.
 */
final class ServerAlpn {
    private final List<String> protocols;
    private final Optional<ServerSettings.AlpnSelector> selector;

    private Optional<String> agreed = Optional.empty();

    /** Whether the choice is final. */
    private boolean settled;

    ServerAlpn(ServerSettings settings) {
        this.protocols = settings.common().alpnProtocols();
        this.selector = settings.alpn();
    }

    /** Returns the protocol that was agreed on, empty if there is none. */
    Optional<String> agreed() {
        return agreed;
    }

    /**
     * Chooses among what the client offers; the application may be asked.
     *
     * @throws IOException the fatal alert if it refuses all, or answers with something else
     */
    Optional<ServerSettings.AlpnChoice> choose(HandshakeInfo soFar, List<String> offered) throws IOException {
        if (settled) {
            return agreedAmong(offered);
        }
        Optional<ServerSettings.AlpnChoice> choice = ask(soFar, List.copyOf(offered));
        agreed = choice.map(ServerSettings.AlpnChoice::protocol);
        return choice;
    }

    private Optional<ServerSettings.AlpnChoice> agreedAmong(List<String> offered) throws IOException {
        if (agreed.isPresent() && !offered.contains(agreed.get())) {
            throw FatalAlerts.alert(Code.ERR_SSL_NO_APPLICATION_PROTOCOL.failure(
                    "alpn: the client offered %s in a renegotiation, the connection speaks \"%s\"",
                    offered.stream().map(TlsFailure::printable).toList(), agreed.get()));
        }
        return agreed.map(ServerSettings.AlpnChoice::of);
    }

    /** Makes the choice final, when the first handshake is complete. */
    void settled() {
        settled = true;
    }

    private Optional<ServerSettings.AlpnChoice> ask(HandshakeInfo soFar, List<String> offered) throws IOException {
        try {
            Optional<ServerSettings.AlpnChoice> choice =
                    selector.isEmpty() ? byPreference(offered) : selector.get().select(soFar, offered);
            Optional<String> selected = choice.map(ServerSettings.AlpnChoice::protocol);
            if (selected.isPresent() && !offered.contains(selected.get())) {
                throw Code.ERR_TLS_ALPN_CALLBACK_INVALID_RESULT.failure(
                        "alpn: the selector chose \"%s\", the client offered %s",
                        selected.get(),
                        offered.stream().map(TlsFailure::printable).toList());
            }
            return choice;
        } catch (TlsFailure e) {
            throw FatalAlerts.alert(e);
        } catch (Exception e) {
            throw FatalAlerts.alert(
                    Code.ERR_TLS_CALLBACK.failure(e, "alpn: the callback failed for %s: %s", offered, e));
        }
    }

    /**
     * RFC 7301 3.2: the server takes its own most preferred match, and with none it answers no_application_protocol. A
     * server without protocols ignores the extension.
     */
    private Optional<ServerSettings.AlpnChoice> byPreference(List<String> offered) throws TlsFailure {
        if (protocols.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> match = protocols.stream().filter(offered::contains).findFirst();
        if (match.isEmpty()) {
            throw Code.ERR_SSL_NO_APPLICATION_PROTOCOL.failure(
                    "alpn: client offered %s, server accepts %s",
                    offered.stream().map(TlsFailure::printable).toList(), protocols);
        }
        return match.map(ServerSettings.AlpnChoice::of);
    }
}
