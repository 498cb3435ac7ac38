package io.heddle.endpoint;

import io.heddle.callback.PskIdentity;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import io.heddle.session.MalformedSession;
import io.heddle.session.SessionState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The checks of values that several options share, each with one message. */
public final class OptionChecks {
    private static final Duration LONGEST_SESSION = Duration.ofDays(7);

    private OptionChecks() {}

    public static Duration sessionTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_SESSION) > 0) {
            throw new InvalidOption(
                    "ERR_OUT_OF_RANGE",
                    "sessionTimeout: %s was given, more than 0 and at most 7 days are allowed".formatted(timeout));
        }
        return timeout;
    }

    /** Returns the session that {@link TlsSocket#getSessionData} returned. */
    public static SessionState session(byte[] data) {
        try {
            return SessionState.fromBytes(data);
        } catch (MalformedSession e) {
            throw new InvalidOption("ERR_INVALID_ARG_VALUE", String.valueOf(e.getMessage()), e);
        }
    }

    /** Returns the reason why a session must not be used for a connection to a server of this name, empty if it may. */
    public static Optional<String> sessionRefusal(SessionState session, String servername) {
        return session.boundTo()
                .filter(bound -> !HostNames.areSame(bound, servername))
                .map(bound -> "session: it is bound to \"%s\", and the connection asks for \"%s\""
                        .formatted(TlsFailure.printable(bound), TlsFailure.printable(servername)));
    }

    /** Returns a name that SNI may carry, in ASCII. */
    public static String servername(String name) {
        if (HostNames.isIpAddress(name)) {
            throw new InvalidOption(
                    "ERR_INVALID_ARG_VALUE",
                    "servername: \"%s\" is an IP address, RFC 6066 3 allows host names only".formatted(name));
        }
        return name;
    }

    public static int port(String option, int number) {
        if (number < 1 || number > 65535) {
            throw new InvalidOption(
                    "ERR_SOCKET_BAD_PORT", "%s: %d was given, 1 to 65535 are allowed".formatted(option, number));
        }
        return number;
    }

    public static int notNegative(String option, int value) {
        if (value < 0) {
            throw new InvalidOption(
                    "ERR_OUT_OF_RANGE", "%s: %d was given, 0 or more is allowed".formatted(option, value));
        }
        return value;
    }

    public static boolean jmx(boolean register) {
        if (register && ModuleLayer.boot().findModule("java.management").isEmpty()) {
            throw new InvalidOption(
                    "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", "jmx: this Java runtime has no module java.management");
        }
        return register;
    }

    public static Duration positive(String option, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new InvalidOption(
                    "ERR_OUT_OF_RANGE", "%s: %s was given, more than 0 is allowed".formatted(option, value));
        }
        return value;
    }

    /** Returns the hint, null for an empty one. */
    public static @Nullable String pskIdentityHint(String hint) {
        int length = hint.getBytes(StandardCharsets.UTF_8).length;
        if (length > PskIdentity.MAX_IDENTITY_BYTES) {
            throw new InvalidOption(
                    "ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED",
                    "pskIdentityHint: it has %d bytes, at most %d are allowed"
                            .formatted(length, PskIdentity.MAX_IDENTITY_BYTES));
        }
        return hint.isEmpty() ? null : hint;
    }

    /** RFC 7301 3.1: a protocol name has 1 to 255 bytes. */
    public static List<String> alpnProtocols(List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            int length = names.get(i).getBytes(StandardCharsets.UTF_8).length;
            if (length == 0 || length > 255) {
                throw new InvalidOption(
                        length == 0 ? "ERR_INVALID_ARG_VALUE" : "ERR_OUT_OF_RANGE",
                        "alpnProtocols: the name at index %d has %d bytes, 1 to 255 are allowed".formatted(i, length));
            }
        }
        return List.copyOf(names);
    }
}
