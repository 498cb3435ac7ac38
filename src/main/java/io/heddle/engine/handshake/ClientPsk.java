package io.heddle.engine.handshake;

import io.heddle.callback.PskClientCallback;
import io.heddle.callback.PskIdentity;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.failure.Alert;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.bouncycastle.tls.TlsPSK;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsPSKIdentity;
import org.jspecify.annotations.Nullable;

/**
 * The application's pre-shared key in one handshake of a client: offered to any server of TLS 1.3 (RFC 8446 4.2.11),
 * and used with one of TLS 1.2 or below that chose a suite with such keys (RFC 4279). A client that offers both calls
 * the application twice, the second time with the server's hint, as Node does.
 *
 * <p>Refusals travel as in {@link ServerPsk}. Confined to the connection's engine lock.
 */
final class ClientPsk {
    private final HandshakeSettings common;
    private final @Nullable PskClientCallback callback;

    private @Nullable PreSharedKey offered;
    private @Nullable String offeredIdentity;
    private @Nullable String used;

    ClientPsk(ClientSettings settings) {
        this.common = settings.common();
        this.callback = settings.pskCallback().orElse(null);
    }

    /**
     * Returns the identity of the key that both sides have proved, once the handshake is complete; empty if none
     * was used.
     */
    Optional<String> used() {
        return Optional.ofNullable(used);
    }

    // TLS 1.3

    /** Returns the key to offer, null if there is none or no suite that it goes with. */
    @Nullable
    TlsPSKExternal offer() {
        boolean fits = common.suites().stream().anyMatch(suite -> suite.isTls13() && suite.hash() == Suite.Hash.SHA256);
        PskIdentity found = fits ? ask(Optional.empty()).orElse(null) : null;
        if (found == null) {
            return null;
        }
        // The secret takes the copy of the key, and wipes it.
        var psk = PreSharedKey.external(bytes(found), common.crypto().take(found.psk()));
        offered = psk;
        offeredIdentity = found.identity();
        return psk;
    }

    void selected(@Nullable TlsPSK psk) throws IOException {
        boolean external = psk instanceof PreSharedKey key && key.external();
        used = external ? offeredIdentity : null;
        if (external) {
            common.requireNewSessions();
        }
    }

    // TLS 1.2 and below

    /** Returns the answer to a server that chose a suite with pre-shared keys. */
    TlsPSKIdentity identity() throws IOException {
        common.requireNewSessions();
        return new TlsPSKIdentity() {
            private Optional<String> hint = Optional.empty();
            private byte @Nullable [] key;

            @Override
            public void skipIdentityHint() {
                hint = Optional.empty();
            }

            @Override
            public void notifyIdentityHint(byte[] sent) {
                hint = hintOf(sent);
            }

            @Override
            public byte[] getPSKIdentity() {
                PskIdentity found = ask(hint).orElseThrow(() -> FatalAlerts.unchecked(noKeyFor(hint)));
                key = found.psk();
                used = found.identity();
                return bytes(found);
            }

            @Override
            public byte @Nullable [] getPSK() {
                byte[] copy = key;
                key = null;
                // The only copy is handed over; bctls wipes it.
                return copy;
            }
        };
    }

    private static byte[] bytes(PskIdentity psk) {
        return psk.identity().getBytes(StandardCharsets.UTF_8);
    }

    /** A server without a hint sends an empty one where the message is needed for something else. */
    private static Optional<String> hintOf(byte[] sent) {
        if (sent.length > PskIdentity.MAX_IDENTITY_BYTES) {
            throw FatalAlerts.unchecked(Code.ERR_SSL_DATA_LENGTH_TOO_LONG.failure(
                    Alert.HANDSHAKE_FAILURE,
                    "psk: the server sent an identity hint of %d bytes, at most %d are allowed",
                    sent.length,
                    PskIdentity.MAX_IDENTITY_BYTES));
        }
        return sent.length == 0 ? Optional.empty() : Optional.of(new String(sent, StandardCharsets.UTF_8));
    }

    private static TlsFailure noKeyFor(Optional<String> hint) {
        return Code.ERR_SSL_PSK_IDENTITY_NOT_FOUND.failure(
                Alert.HANDSHAKE_FAILURE, "psk: the server asks for a key, the callback has none for %s", shown(hint));
    }

    // The application

    private Optional<PskIdentity> ask(Optional<String> hint) {
        if (callback == null) {
            return Optional.empty();
        }
        try {
            Optional<PskIdentity> answer = callback.identity(hint);
            if (answer == null) {
                throw Code.ERR_TLS_CALLBACK.failure("psk: the callback returned null");
            }
            return answer;
        } catch (TlsFailure e) {
            throw FatalAlerts.unchecked(e);
        } catch (InvalidOption e) {
            throw FatalAlerts.unchecked(Code.ERR_INVALID_ARG_VALUE.failure(
                    e, "psk: the answer of the callback for %s cannot be used: %s", shown(hint), e.getMessage()));
        } catch (Exception e) {
            throw FatalAlerts.unchecked(
                    Code.ERR_TLS_CALLBACK.failure(e, "psk: the callback failed for %s: %s", shown(hint), e));
        }
    }

    private static String shown(Optional<String> hint) {
        return hint.map(text -> "the hint \"" + TlsFailure.printable(text) + "\"")
                .orElse("no hint");
    }

    /** Wipes the key. */
    void wipe() {
        if (offered != null) {
            offered.destroy();
        }
        offered = null;
        offeredIdentity = null;
    }
}
