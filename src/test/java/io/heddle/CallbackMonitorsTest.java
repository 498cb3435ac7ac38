package io.heddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.heddle.endpoint.HandshakeEvents;
import io.heddle.endpoint.ServerRole;
import io.heddle.endpoint.SniContexts;
import io.heddle.engine.transport.TransportSource;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;

/**
 * Application callbacks run with no monitor held, so that one that blocks does not pin its carrier. Verified on
 * platform threads, whose monitors every JDK reports.
 */
@Timeout(value = SocketPair.LIMIT_SECONDS, threadMode = SEPARATE_THREAD)
class CallbackMonitorsTest {
    private final Map<String, List<MonitorInfo>> held = new HashMap<>();
    private final Map<String, byte[]> kept = new HashMap<>();

    private void called(String callback) {
        long[] self = {Thread.currentThread().threadId()};
        var info = ManagementFactory.getThreadMXBean().getThreadInfo(self, true, false)[0];
        held.put(callback, List.of(info.getLockedMonitors()));
    }

    private HandshakeEvents listeners() {
        var events = new ServerEvents();
        events.newSession.add((id, data) -> {
            called("newSession");
            kept.put(HexFormat.of().formatHex(id), data);
        });
        events.resumeSession.add(id -> {
            called("resumeSession");
            return Optional.ofNullable(kept.get(HexFormat.of().formatHex(id)));
        });
        return events.begin().handshake();
    }

    private byte[] connect(ServerOptions options, Optional<byte[]> session) throws Exception {
        try (SocketPair.Tcp tcp = SocketPair.Tcp.connect()) {
            var role = new ServerRole(
                    options.config(), options.config().context(), SniContexts.of(options.config()), listeners());
            var server = new TlsSocket(new TransportSource.OverSocket(tcp.server(), null, true), role);
            server.setHandshakeApplicationProtocolSelector((socket, offered) -> {
                called("alpn");
                return "h2";
            });
            Thread serving = Thread.ofPlatform().start(() -> {
                try {
                    server.startHandshake();
                    server.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            ConnectOptions.Builder client =
                    Stack.options().transport(TlsTransport.of(tcp.client())).alpnProtocols("h2");
            session.ifPresent(client::session);
            try (TlsSocket socket = Tls.connect(client.build())) {
                assertThat(serving.join(Duration.ofSeconds(10))).isTrue();
                assertThat(socket.isSessionReused()).isEqualTo(session.isPresent());
                return socket.awaitSession(Duration.ofSeconds(10)).orElseThrow();
            }
        }
    }

    @EachVersion
    void no_callback_runs_under_a_monitor(TlsVersion version) throws Exception {
        ServerOptions options = ServerOptions.builder(Stack.server(version))
                .tickets(false)
                .sniCallback(name -> {
                    called("sni");
                    return Optional.empty();
                })
                .build();
        connect(options, Optional.of(connect(options, Optional.empty())));
        assertThat(held).containsOnlyKeys("sni", "alpn", "newSession", "resumeSession");
        held.forEach((callback, monitors) -> assertThat(monitors).as(callback).isEmpty());
    }
}
