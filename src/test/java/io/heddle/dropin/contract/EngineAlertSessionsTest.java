package io.heddle.dropin.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Collections;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Sessions of an engine that ends with a fatal alert: they are invalidated on either side, as with a socket
 * (RFC 5246 7.2.2).
 */
class EngineAlertSessionsTest {
    private static int count(SSLSessionContext sessions) {
        return Collections.list(sessions.getIds()).size();
    }

    /** Seals a record and damages it in transit, which the receiver answers with a fatal alert. */
    private static void damage(SSLEngine from, SSLEngine to) throws SSLException {
        ByteBuffer record = ByteBuffer.allocate(20_000);
        from.wrap(ByteBuffer.wrap(new byte[] {1, 2, 3}), record);
        record.flip();
        record.put(record.limit() - 1, (byte) (record.get(record.limit() - 1) ^ 1));
        assertThatThrownBy(() -> to.unwrap(record, ByteBuffer.allocate(20_000))).isInstanceOf(SSLException.class);
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, true", "TLSv1.2, false", "TLSv1.3, true", "TLSv1.3, false"})
    void a_fatal_alert_ends_the_sessions_of_an_engine(String version, boolean atServer) throws Exception {
        SSLContext client = Jsse.HEDDLE.withoutKey();
        SSLContext server = Jsse.HEDDLE.contextWithoutTickets();
        EnginePair pair = EnginePair.of(client, server);
        pair.client().engine().setEnabledProtocols(new String[] {version});
        pair.handshake().assertCarries();
        assertThat(count(client.getClientSessionContext())).isPositive();
        assertThat(count(server.getServerSessionContext())).isPositive();
        SSLEngine damaged = (atServer ? pair.server() : pair.client()).engine();
        SSLEngine other = (atServer ? pair.client() : pair.server()).engine();
        damage(other, damaged);
        assertThat(count(sessions(atServer, client, server))).isZero();
        // The other side is informed by the alert.
        ByteBuffer alert = ByteBuffer.allocate(20_000);
        damaged.wrap(ByteBuffer.allocate(0), alert);
        alert.flip();
        assertThatThrownBy(() -> other.unwrap(alert, ByteBuffer.allocate(20_000)))
                .isInstanceOf(SSLException.class);
        assertThat(count(sessions(!atServer, client, server))).isZero();
    }

    private static SSLSessionContext sessions(boolean atServer, SSLContext client, SSLContext server) {
        return atServer ? server.getServerSessionContext() : client.getClientSessionContext();
    }
}
