package io.heddle;

import io.heddle.protocol.TlsVersion;

/** Settings shared by several flow tests. */
public final class FlowSettings {
    private FlowSettings() {}

    /** Allows SHA-1 in the key exchange, which TLS 1.0 and 1.1 need and OpenSSL has at its security level 0 only. */
    public static void legacy(SecureContext.Builder context) {
        context.ciphers("DEFAULT:@SECLEVEL=0").minVersion(TlsVersion.TLS_1_0);
    }
}
