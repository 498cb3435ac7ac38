package io.heddle;

import io.heddle.endpoint.OptionChecks;
import io.heddle.session.SessionIdContext;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The options of a context that a server alone can use, beside those of both sides. Not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract class ServerContextBuilder<B extends ServerContextBuilder<B>> extends SecureContextBuilder<B> {
    ServerContextBuilder() {}

    /** Sets the group of DHE in TLS 1.2 and below from a PEM file. Default: none, so that a server has no DHE. */
    public B dhparam(Path file) {
        contextOptions().dhparam = Source.file("dhparam", file, null);
        return self();
    }

    /** Sets the group of DHE in TLS 1.2 and below: PEM, or {@code auto} for one as strong as the certificate's key. */
    public B dhparam(String pemOrAuto) {
        if (pemOrAuto.equals("auto")) {
            contextOptions().dhAuto = true;
        } else {
            contextOptions().dhparam = Source.text("dhparam", pemOrAuto, null);
        }
        return self();
    }

    /** Sets whether the server's order of suites and groups decides. Default: yes on servers. */
    public B honorCipherOrder(boolean honor) {
        contextOptions().honorCipherOrder = honor;
        return self();
    }

    /**
     * Sets the name of the server's sessions, at most 32 bytes of UTF-8: a session is resumed only under the name that
     * it was established under. Default: no name.
     */
    public B sessionIdContext(String name) {
        contextOptions().sessionIdContext = SessionIdContext.of(name);
        return self();
    }

    /** Sets how long after its full handshake a session is resumed, up to 7 days. Default: 300 s. */
    public B sessionTimeout(Duration timeout) {
        contextOptions().sessionTimeout = OptionChecks.sessionTimeout(timeout);
        return self();
    }

    /**
     * Sets the 48 bytes of a ticket key: 16 of name, 16 of HMAC-SHA-256 key, 16 of AES-128 key. Default: random keys.
     */
    public B ticketKeys(byte[] keys48) {
        return ticketKeys(TicketKeyManager.of(TicketKeys.fromBytes(keys48)));
    }

    /** Sets the holder of a server's ticket keys, which may be shared with other servers. Default: random keys. */
    public B ticketKeys(TicketKeyManager manager) {
        contextOptions().ticketKeys = manager;
        return self();
    }
}
