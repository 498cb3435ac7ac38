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
 * Pre-shared keys on the server: those of suites in TLS 1.2 and below (RFC 4279, RFC 5489), and external ones in TLS
 * 1.3 (RFC 8446 4.2.11), where they stand beside tickets and certificates.
 *
 * <p>bctls asks where nothing can be refused, so a refusal travels as {@link UncheckedIOException} up to {@link
 * FatalAlerts#blamed}. Confined to the connection's engine lock.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
final class ServerPsk {
    /** A client has few keys; each one offered costs a call of the application's. */
    private static final int IDENTITIES_TRIED = 8;

    private final HandshakeSettings common;
    private final ServerSettings.@Nullable PreSharedKeys source;

    /** What was asked in TLS 1.3: a client that was sent a HelloRetryRequest offers the same again. */
    private final Map<String, Optional<ExternalPsk>> asked = new HashMap<>();

    // Of the handshake that runs.
    private @Nullable String identity;
    private @Nullable Suite suite;

    ServerPsk(ServerSettings settings) {
        this.common = settings.common();
        this.source = settings.preSharedKeys().orElse(null);
    }

    boolean available() {
        return source != null;
    }

    /** Forgets which key an earlier ClientHello named: only the last one counts. */
    void begin() {
        identity = null;
        suite = null;
    }

    /**
     * Returns what the client calls the key that this handshake uses; the client has proved it when the handshake is
     * complete.
     */
    Optional<String> identity() {
        return Optional.ofNullable(identity);
    }

    /** Returns the suite that goes with the key in TLS 1.3. */
    Optional<Suite> suite() {
        return Optional.ofNullable(suite);
    }

    // TLS 1.3

    /**
     * Chooses the first key that the application knows; what it does not know leads to a handshake with certificates.
     */
    @Nullable
    TlsPSKExternal select(ServerNegotiator peer, Vector identities) {
        begin();
        Suite fitting = source == null ? null : peer.resumption().suiteWith(peer, Suite.Hash.SHA256);
        if (fitting == null) {
            return null;
        }
        for (int i = 0; i < Math.min(identities.size(), IDENTITIES_TRIED); i++) {
            byte[] offered = ((PskIdentity) identities.get(i)).getIdentity();
            String name = text(offered).orElse(null);
            if (name == null) {
                continue;
            }
            ExternalPsk found = asked.computeIfAbsent(name, this::external).orElse(null);
            if (found != null) {
                requireNewSessions();
                // bctls looks the identity up again with an age of 0, which a client need not have sent.
                identities.set(i, new PskIdentity(offered, 0));
                identity = name;
                suite = fitting;
                return found;
            }
        }
        return null;
    }

    private Optional<ExternalPsk> external(String name) {
        return find(name).map(key -> {
            var made = new ExternalPsk(
                    name.getBytes(StandardCharsets.UTF_8), common.crypto().take(key));
            return made;
        });
    }

    // TLS 1.2 and below

    /** Returns who knows the keys, null where suites with pre-shared keys are not chosen. */
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

    /** Returns the key, an own copy that bctls wipes. */
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
        if (key == null) {
            throw FatalAlerts.unchecked(Code.ERR_SSL_PSK_IDENTITY_NOT_FOUND.failure(
                    "psk: the client's identity \"%s\" is unknown",
                    TlsFailure.printable(new String(offered, StandardCharsets.UTF_8))));
        }
        identity = name;
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
    void forget() {
        asked.values().forEach(each -> each.ifPresent(ExternalPsk::destroy));
        asked.clear();
    }
}
