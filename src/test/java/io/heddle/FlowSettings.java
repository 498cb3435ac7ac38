package io.heddle;

import io.heddle.protocol.TlsVersion;

/** Settings that several flow tests need. */
public final class FlowSettings {
    private FlowSettings() {}

    /** Allows what TLS 1.0 and 1.1 need: SHA-1 in the key exchange, which OpenSSL has at its security level 0 only. */
    public static void legacy(SecureContext.Builder context) {
        context.ciphers("DEFAULT:@SECLEVEL=0").minVersion(TlsVersion.TLS_1_0);
    }
}
