package io.heddle.engine.handshake;

import io.heddle.engine.crypto.FatalAlerts;
import io.heddle.failure.TlsFailure.Code;
import java.io.IOException;
import java.util.Hashtable;
import java.util.Optional;
import org.bouncycastle.tls.ServerHello;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * A HelloRetryRequest with a cookie and without a key_share (RFC 8446 4.1.4), as a server sends it that keeps no state
 * until the client has shown its address. The second ClientHello repeats the first one, its key shares included, with
 * the cookie. bctls 1.84 answers only with a new share, so the first share is kept here.
 *
 * @param agreements the key agreements of the first ClientHello, by group
 * @param keyShare the content of its key_share
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"})
record RetryWithCookie(Hashtable agreements, byte[] keyShare) {
    /**
     * Returns the parts to keep of the first ClientHello for a HelloRetryRequest of this kind; empty for others, and
     * where no share was sent that could be repeated.
     *
     * @param agreements null or empty without a share
     * @param offered the extensions of the first ClientHello
     * @throws IOException the fatal alert if it asks for nothing that the client can change (RFC 8446 4.1.4)
     */
    static Optional<RetryWithCookie> of(ServerHello retry, @Nullable Hashtable agreements, Hashtable offered)
            throws IOException {
        Hashtable extensions = retry.getExtensions();
        if (extensions == null || extensions.containsKey(TlsExtensionsUtils.EXT_key_share)) {
            return Optional.empty();
        }
        if (!extensions.containsKey(TlsExtensionsUtils.EXT_cookie)) {
            throw FatalAlerts.alert(
                    Code.ERR_SSL_ILLEGAL_PARAMETER.failure(
                            "handshake: the server sent a HelloRetryRequest with neither key_share nor cookie, it has to ask for a change"));
        }
        return offered.get(TlsExtensionsUtils.EXT_key_share) instanceof byte[] keyShare
                        && agreements != null
                        && !agreements.isEmpty()
                ? Optional.of(new RetryWithCookie(agreements, keyShare))
                : Optional.empty();
    }

    /** Returns the same HelloRetryRequest with the group of the share that the client has sent. */
    ServerHello withGroup(ServerHello retry) throws IOException {
        var extensions = new Hashtable(retry.getExtensions());
        TlsExtensionsUtils.addKeyShareHelloRetryRequest(extensions, TlsUtils.readUint16(keyShare, 2));
        return new ServerHello(
                retry.getVersion(), retry.getRandom(), retry.getSessionID(), retry.getCipherSuite(), extensions);
    }
}
