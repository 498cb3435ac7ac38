package io.heddle.engine.handshake.trace;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.failure.TlsFailure.Code;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;

/**
 * The key log of one connection in NSS' format, which Wireshark, OpenSSL and Node share: {@code LABEL
 * client-random secret}.
 *
 * <p>A secret is logged as soon as there is a cipher for it and before that cipher seals anything, so a handshake that
 * fails in TLS 1.3 can be decrypted as well.
 *
 * <p>Confined to the connection's engine lock.
 */
final class KeyLogLines {
    private static final HexFormat HEX = HexFormat.of();

    private final Consumer<String> listener;
    private final TlsCrypto crypto;

    private @Nullable TlsFatalAlert failure;

    KeyLogLines(Consumer<String> listener, TlsCrypto crypto) {
        this.listener = listener;
        this.crypto = crypto;
    }

    /** Logs the secrets of a new cipher, before its first use. */
    void keysCreated(SecurityParameters handshake) {
        if (!TlsUtils.isTLSv13(handshake.getNegotiatedVersion())) {
            line("CLIENT_RANDOM", handshake, handshake.getMasterSecret());
        } else if (handshake.getBaseKeyClient() == null) {
            // bctls sets the base keys right after it has made the first cipher.
            line("SERVER_HANDSHAKE_TRAFFIC_SECRET", handshake, handshake.getTrafficSecretServer());
            line("CLIENT_HANDSHAKE_TRAFFIC_SECRET", handshake, handshake.getTrafficSecretClient());
        } else {
            line("SERVER_TRAFFIC_SECRET_0", handshake, handshake.getTrafficSecretServer());
            line("CLIENT_TRAFFIC_SECRET_0", handshake, handshake.getTrafficSecretClient());
        }
    }

    /**
     * Throws the failure of the listener. Not at once: while keys change, an alert would go out in the clear to a peer
     * that expects a sealed one.
     */
    void throwIfFailed() throws TlsFatalAlert {
        if (failure != null) {
            throw failure;
        }
    }

    /** Logs the secret that exists at the end only; it decrypts nothing. */
    void completing(SecurityParameters handshake) throws TlsFatalAlert {
        if (TlsUtils.isTLSv13(handshake.getNegotiatedVersion())) {
            line("EXPORTER_SECRET", handshake, handshake.getExporterMasterSecret());
        }
        throwIfFailed();
    }

    private void line(String label, SecurityParameters handshake, TlsSecret secret) {
        if (failure != null) {
            return;
        }
        byte[] bytes = crypto.adoptSecret(secret).extract();
        String line = "%s %s %s\n".formatted(label, HEX.formatHex(handshake.getClientRandom()), HEX.formatHex(bytes));
        Arrays.fill(bytes, (byte) 0);
        try {
            listener.accept(line);
        } catch (RuntimeException e) {
            failure = FatalAlerts.alert(Code.ERR_TLS_CALLBACK.failure(e, "keylog: the listener failed: %s", e));
        }
    }
}
