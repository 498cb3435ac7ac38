package io.heddle;

import io.heddle.engine.handshake.ClientSettings;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.engine.handshake.SharedKey;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.util.Optional;

/** The callbacks for pre-shared keys, in the terms of the engine. */
final class SharedKeys {
    private SharedKeys() {}

    static Optional<ServerSettings.SharedKeys> of(ServerOptions options, TlsSocket socket) {
        return options.pskCallback()
                .map(callback -> new ServerSettings.SharedKeys(options.pskIdentityHint(), name -> {
                    Optional<byte[]> key = callback.keyOf(socket, name);
                    if (key == null) {
                        throw Code.ERR_TLS_CALLBACK.failure(
                                "psk: the callback returned null for \"%s\"", TlsFailure.printable(name));
                    }
                    return key;
                }));
    }

    static Optional<ClientSettings.SharedKeyFinder> of(ConnectOptions options) {
        return options.pskCallback().map(callback -> hint -> {
            Optional<PskIdentity> answer = callback.identity(hint);
            if (answer == null) {
                throw Code.ERR_TLS_CALLBACK.failure("psk: the callback returned null");
            }
            return answer.map(each -> new SharedKey(each.identity(), each.psk()));
        });
    }
}
