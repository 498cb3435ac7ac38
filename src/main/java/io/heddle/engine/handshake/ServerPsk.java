package io.heddle.engine.handshake;

import static io.heddle.callback.PskIdentity.MAX_IDENTITY_BYTES;
import static io.heddle.callback.PskIdentity.MAX_PSK_BYTES;

import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.failure.Alert;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.jspecify.annotations.Nullable;

/**
 * The application's pre-shared keys in one handshake of a server: those of suites in TLS 1.2 and below (RFC 4279, RFC
 * 5489), and external ones in TLS 1.3 (RFC 8446 4.2.11), where they stand beside tickets and certificates.
 *
 * <p>The callbacks of bctls declare no exception, so a refusal travels as {@link UncheckedIOException} up to {@link
 * FatalAlerts#blamed}. Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
final class ServerPsk {
    /** A client has few keys; each one offered costs a call of the application's callback. */
    private static final int IDENTITIES_TRIED = 8;

    private final HandshakeSettings common;
    private final ServerSettings.@Nullable PreSharedKeys source;

    private final ServerSuites suites;

    /** The keys of TLS 1.3 by identity: a client that was sent a HelloRetryRequest offers the same identities again. */
    private final Map<String, Optional<PreSharedKey>> keys = new HashMap<>();

    private @Nullable Selected selected;

    /**
     * The key that the handshake uses.
     *
     * @param identity the client's identity of the key, which it has proved once the handshake is complete
     * @param suite the suite that goes with the key in TLS 1.3, null below
     */
    private record Selected(String identity, @Nullable Suite suite) {}

    ServerPsk(ServerSettings settings, ServerSuites suites) {
        this.common = settings.common();
        this.source = settings.keyExchange().preSharedKeys().orElse(null);
        this.suites = suites;
    }

    boolean available() {
        return source != null;
    }

    /** Drops the key of an earlier ClientHello: only the last one counts. */
    void declined() {
        selected = null;
    }

    /** Returns the client's identity of the key, empty while none is used. */
    Optional<String> identity() {
        return Optional.ofNullable(selected).map(Selected::identity);
    }

    /** Returns the suite that goes with the key in TLS 1.3, null where none is used. */
    @Nullable
    Suite suite() {
        return selected == null ? null : selected.suite();
    }

    // TLS 1.3

    /** Selects the first key that the application has; unknown identities lead to a handshake with certificates. */
    @Nullable
    TlsPSKExternal select(Vector identities) {
        Suite fitting = source == null ? null : suites.withHash(Suite.Hash.SHA256);
        if (fitting == null) {
            return null;
        }
        for (int i = 0; i < Math.min(identities.size(), IDENTITIES_TRIED); i++) {
            byte[] offered = ((PskIdentity) identities.get(i)).getIdentity();
            String name = text(offered).orElse(null);
            if (name == null) {
                continue;
            }
            PreSharedKey found = keys.computeIfAbsent(name, this::external).orElse(null);
            if (found != null) {
                requireNewSessions();
                // bctls looks the identity up again with an age of 0, which a client need not have sent.
                identities.set(i, new PskIdentity(offered, 0));
                selected = new Selected(name, fitting);
                return found;
            }
        }
        return null;
    }

    private Optional<PreSharedKey> external(String name) {
        return find(name)
                .map(key -> PreSharedKey.external(
                        name.getBytes(StandardCharsets.UTF_8), common.crypto().take(key)));
    }

    // TLS 1.2 and below

    /** Returns the keys for bctls, null where suites with pre-shared keys are not chosen. */
    @Nullable
    TlsPSKIdentityManager manager() {
        ServerSettings.PreSharedKeys keys = source;
        if (keys == null) {
            return null;
        }
        return new TlsPSKIdentityManager() {
            @Override
            public byte @Nullable [] getHint() {
                return keys.hint()
                        .map(hint -> hint.getBytes(StandardCharsets.UTF_8))
                        .orElse(null);
            }

            @Override
            public byte[] getPSK(byte[] offered) {
                return keyOf(offered);
            }
        };
    }

    /** Returns a copy of the key, which bctls wipes. */
    private byte[] keyOf(byte[] offered) {
        if (offered.length > MAX_IDENTITY_BYTES) {
            throw FatalAlerts.unchecked(Code.ERR_SSL_DATA_LENGTH_TOO_LONG.failure(
                    Alert.HANDSHAKE_FAILURE,
                    "psk: the client sent an identity of %d bytes, at most %d are allowed",
                    offered.length,
                    MAX_IDENTITY_BYTES));
        }
        requireNewSessions();
        String name = text(offered).orElse(null);
        byte[] key = name == null ? null : find(name).orElse(null);
        if (name == null || key == null) {
            throw FatalAlerts.unchecked(Code.ERR_SSL_PSK_IDENTITY_NOT_FOUND.failure(
                    "psk: the client's identity \"%s\" is unknown",
                    TlsFailure.printable(new String(offered, StandardCharsets.UTF_8))));
        }
        selected = new Selected(name, null);
        return key;
    }

    // The application

    private Optional<byte[]> find(String name) {
        ServerSettings.PreSharedKeys keys = source;
        if (keys == null) {
            return Optional.empty();
        }
        Optional<byte[]> found;
        try {
            found = keys.lookup().keyOf(name);
            if (found == null) {
                throw Code.ERR_TLS_CALLBACK.failure(
                        "psk: the callback returned null for \"%s\"", TlsFailure.printable(name));
            }
        } catch (TlsFailure e) {
            throw FatalAlerts.unchecked(e);
        } catch (Exception e) {
            throw FatalAlerts.unchecked(Code.ERR_TLS_CALLBACK.failure(
                    e, "psk: the callback failed for \"%s\": %s", TlsFailure.printable(name), e));
        }
        if (found.isPresent() && !fits(found.get())) {
            throw FatalAlerts.unchecked(Code.ERR_INVALID_ARG_VALUE.failure(
                    "psk: the callback returned a key of %d bytes for \"%s\", 1 to %d are allowed",
                    found.get().length, TlsFailure.printable(name), MAX_PSK_BYTES));
        }
        return found.map(byte[]::clone);
    }

    private static boolean fits(byte[] key) {
        return key.length > 0 && key.length <= MAX_PSK_BYTES;
    }

    /** Returns the identity as text, empty if it is too long or not UTF-8, such as another server's ticket. */
    private static Optional<String> text(byte[] identity) {
        if (identity.length > MAX_IDENTITY_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(identity))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private void requireNewSessions() {
        try {
            common.requireNewSessions();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Wipes the keys. */
    void wipe() {
        keys.values().forEach(key -> key.ifPresent(PreSharedKey::destroy));
        keys.clear();
    }
}
