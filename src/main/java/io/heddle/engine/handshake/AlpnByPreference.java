package io.heddle.engine.handshake;

import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.util.List;
import java.util.Optional;

/**
 * RFC 7301 3.2: the server takes its own most preferred match, and with none it answers no_application_protocol. A server
 * without protocols has no opinion.
 */
public record AlpnByPreference(List<String> protocols) implements ServerSettings.AlpnSelector {
    /** Copies the list. */
    public AlpnByPreference {
        protocols = List.copyOf(protocols);
    }

    @Override
    public Optional<ServerSettings.AlpnChoice> select(HandshakeInfo negotiated, List<String> offered)
            throws TlsFailure {
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
