package io.heddle;

import io.heddle.failure.InvalidOption;
import io.heddle.protocol.TlsVersion;

/** The range of versions that one of OpenSSL's old method names stands for, as Node reads {@code secureProtocol}. */
record LegacyMethod(TlsVersion min, TlsVersion max) {
    private static final String CODE = "ERR_TLS_INVALID_PROTOCOL_METHOD";

    static LegacyMethod parse(String method) {
        String name = method.replaceFirst("_(client|server)_method$", "_method");
        return switch (name) {
            case "TLS_method" -> new LegacyMethod(TlsVersion.TLS_1_0, TlsVersion.TLS_1_3);
            case "SSLv23_method" -> new LegacyMethod(ContextOptions.DEFAULT_MIN_VERSION, TlsVersion.TLS_1_2);
            case "TLSv1_method" -> new LegacyMethod(TlsVersion.TLS_1_0, TlsVersion.TLS_1_0);
            case "TLSv1_1_method" -> new LegacyMethod(TlsVersion.TLS_1_1, TlsVersion.TLS_1_1);
            case "TLSv1_2_method" -> new LegacyMethod(TlsVersion.TLS_1_2, TlsVersion.TLS_1_2);
            case "SSLv2_method" -> throw new InvalidOption(CODE, "secureProtocol: SSLv2 methods disabled");
            case "SSLv3_method" -> throw new InvalidOption(CODE, "secureProtocol: SSLv3 methods disabled");
            default -> throw new InvalidOption(CODE, "secureProtocol: Unknown method: " + method);
        };
    }
}
