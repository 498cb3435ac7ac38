package io.heddle.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Sessions for tests that need any session, created at {@link #NOW}. */
public final class TestSessions {
    public static final Instant NOW = Instant.ofEpochSecond(1_795_418_760);
    public static final SessionIdContext CONTEXT = SessionIdContext.of("shop");
    /** Not certificates, but DER sequences, which is all that this room looks at. */
    public static final byte[] LEAF = HexFormat.of().parseHex("3003020107");

    public static final byte[] ISSUER = HexFormat.of().parseHex("3003020108");

    private TestSessions() {}

    public static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    /** Returns a session that only its extras would make Heddle's. */
    public static SessionState.Builder foreign(int protocol) {
        return SessionState.builder()
                .protocol(protocol)
                .cipherSuite(protocol == SessionState.TLS13 ? 0x1302 : 0xC02B)
                .masterSecret(filled(48, 0x5A))
                .time(NOW)
                .timeout(Duration.ofHours(2))
                .sessionIdContext(CONTEXT.bytes())
                .extendedMasterSecret(protocol == SessionState.TLS12);
    }

    public static SessionState.Builder heddle(int protocol, ClientCertificatePolicy policy) {
        return foreign(protocol).extras(SessionExtras.of(NOW, policy, List.of()));
    }
}
