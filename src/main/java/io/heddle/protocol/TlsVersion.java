package io.heddle.protocol;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import java.util.Optional;

/** A supported version of TLS, in ascending order, so that {@link #compareTo} orders them. */
public enum TlsVersion {
    /** RFC 2246; needs security level 0. */
    TLS_1_0(0x0301, "TLSv1"),
    /** RFC 4346; needs security level 0. */
    TLS_1_1(0x0302, "TLSv1.1"),
    /** RFC 5246, the lowest version by default. */
    TLS_1_2(0x0303, "TLSv1.2"),
    /** RFC 8446, the highest version by default. */
    TLS_1_3(0x0304, "TLSv1.3");

    private final int code;
    private final String protocol;

    TlsVersion(int code, String protocol) {
        this.code = code;
        this.protocol = protocol;
    }

    /** Returns the number on the wire, such as {@code 0x0303} for TLS 1.2. */
    public int code() {
        return code;
    }

    /**
     * Returns the name that Node's {@code getProtocol()} and JSSE's {@code getProtocol()} agree on: {@code "TLSv1"},
     * {@code "TLSv1.1"}, {@code "TLSv1.2"} or {@code "TLSv1.3"}.
     */
    public String protocol() {
        return protocol;
    }

    /** Returns whether this is {@code other} or a later version. */
    public boolean isAtLeast(TlsVersion other) {
        return compareTo(other) >= 0;
    }

    /** Returns the version with this number on the wire, empty for SSL 3.0, GREASE and everything else. */
    public static Optional<TlsVersion> of(int code) {
        for (TlsVersion version : values()) {
            if (version.code == code) {
                return Optional.of(version);
            }
        }
        return Optional.empty();
    }

    /** Returns the version that Node and JSSE call {@code protocol}, empty if there is none; case matters. */
    public static Optional<TlsVersion> ofProtocol(String protocol) {
        for (TlsVersion version : values()) {
            if (version.protocol.equals(protocol)) {
                return Optional.of(version);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the version that an option names.
     *
     * @param option the option, for the message: {@code minVersion} or {@code maxVersion}
     * @param protocol the version as Node and JSSE write it, see {@link #protocol()}
     * @throws InvalidOption with {@code ERR_TLS_INVALID_PROTOCOL_VERSION} if there is no such version
     */
    public static TlsVersion parse(String option, String protocol) {
        return ofProtocol(protocol)
                .orElseThrow(() -> new InvalidOption(
                        "ERR_TLS_INVALID_PROTOCOL_VERSION",
                        "%s: \"%s\" is not a TLS version, allowed are TLSv1, TLSv1.1, TLSv1.2 and TLSv1.3"
                                .formatted(option, TlsFailure.printable(protocol))));
    }

    /** Returns {@link #protocol()}. */
    @Override
    public String toString() {
        return protocol;
    }
}
