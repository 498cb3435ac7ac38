package io.heddle.engine;

import io.heddle.ManualClock;
import io.heddle.MemoryPipe;
import io.heddle.RawRecord;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.GroupList;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.ClientHandshake;
import io.heddle.engine.handshake.ClientSettings;
import io.heddle.engine.handshake.CredentialSource;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.engine.handshake.HandshakeSettings;
import io.heddle.engine.handshake.HandshakeSettings.RenegotiationLimit;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.engine.handshake.Protocol;
import io.heddle.engine.handshake.ServerContext;
import io.heddle.engine.handshake.ServerHandshake;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.engine.handshake.sessions.ServerSessions;
import io.heddle.engine.handshake.sessions.SessionEvents;
import io.heddle.engine.handshake.trace.ConnectionObservers;
import io.heddle.engine.transport.StreamTransport;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionIdContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A connection of Heddle after its handshake, and a peer that has the keys of the other side and seals any record.
 * For one test thread.
 */
public final class EnginePair implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Connection heddle;
    private final Protocol peer;
    private final InputStream fromHeddle;
    private final OutputStream toHeddle;

    private EnginePair(Connection heddle, Protocol peer, InputStream fromHeddle, OutputStream toHeddle) {
        this.heddle = heddle;
        this.peer = peer;
        this.fromHeddle = fromHeddle;
        this.toHeddle = toHeddle;
    }

    /** Returns a client of Heddle; the test is its server. */
    static EnginePair client(TlsVersion version) throws Exception {
        return make(version, true);
    }

    /** Returns a server of Heddle; the test is its client. */
    public static EnginePair server(TlsVersion version) throws Exception {
        return make(version, false);
    }

    private static EnginePair make(TlsVersion version, boolean client) throws Exception {
        var up = new MemoryPipe();
        var down = new MemoryPipe();
        var servers = new ServerHandshake(serverSettings(common(version)), ConnectionObservers.NONE);
        var clients = new ClientHandshake(clientSettings(common(version)), ConnectionObservers.NONE);
        var server = new Connection(new StreamTransport(up.in(), down.out()), servers);
        var ours = new Connection(new StreamTransport(down.in(), up.out()), clients);
        var accepted = CompletableFuture.supplyAsync(() -> handshake(server));
        handshake(ours);
        accepted.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        return client
                ? new EnginePair(ours, servers, up.in(), down.out())
                : new EnginePair(server, clients, down.in(), up.out());
    }

    private static HandshakeResult handshake(Connection connection) {
        try {
            return connection.handshake(LIMIT);
        } catch (IOException e) {
            throw new AssertionError("the handshake failed", e);
        }
    }

    private static HandshakeSettings common(TlsVersion version) {
        var crypto = new ProviderCrypto(new SecureRandom());
        List<Suite> suites = Suite.all().stream()
                .filter(suite -> suite.fits(version) && suite.isAead() && crypto.runs(suite))
                .filter(suite -> suite.isTls13() || suite.keyExchange() == Suite.KeyExchange.ECDHE)
                .toList();
        return new HandshakeSettings(
                crypto,
                List.of(version),
                suites,
                GroupList.of("X25519:P-256"),
                Arrays.asList(Sigalg.values()),
                List.of(),
                List.of(),
                true,
                new ManualClock());
    }

    private static ServerSettings serverSettings(HandshakeSettings common) {
        var context = new ServerContext(
                CredentialSource.of(List.of(Credential.of(TestPki.server("localhost"), common.crypto()))),
                List.of(),
                peer -> Authorization.GRANTED,
                Optional.empty());
        var selector = new ServerContext.Selector() {
            @Override
            public ServerContext select(Optional<String> servername) {
                return context;
            }

            @Override
            public boolean dependsOnName() {
                return false;
            }
        };
        // Without tickets, so that nothing unsolicited follows the handshake.
        var sessions = new ServerSessions(
                SessionIdContext.of(""),
                Duration.ofMinutes(5),
                Optional.empty(),
                Optional.empty(),
                new SecureRandom(),
                common.clock());
        return new ServerSettings(
                common,
                selector,
                ClientCertificatePolicy.NONE,
                new ServerSettings.KeyExchange(true, DhGroups.NONE, Optional.empty()),
                new ServerSettings.Sessions(sessions, SessionEvents.NONE),
                Optional.empty(),
                RenegotiationLimit.UNLIMITED);
    }

    private static ClientSettings clientSettings(HandshakeSettings common) {
        return new ClientSettings(
                common,
                CredentialSource.NONE,
                new ClientSettings.Server(Optional.of("localhost"), peer -> Authorization.GRANTED, Optional.empty()),
                new ClientSettings.Sessions(Optional.empty(), true),
                new ClientSettings.KeyExchange(2048, 1024, Optional.empty()),
                false,
                RenegotiationLimit.UNLIMITED);
    }

    /** Returns the side under test. */
    Connection heddle() {
        return heddle;
    }

    /** Reads from the side under test, up to 64 KiB. */
    byte[] read() throws IOException {
        byte[] into = new byte[1 << 16];
        int n = heddle.read(into, 0, into.length, 20_000);
        return n < 0 ? new byte[0] : Arrays.copyOf(into, n);
    }

    /** Returns the peer's sealing cipher. */
    public RecordCipher sealer() {
        return peer.sealer();
    }

    /** Sends a record under the peer's keys. */
    void send(int type, byte... content) throws IOException {
        toHeddle.write(seal(type, content));
    }

    /** Returns a record under the peer's keys. */
    byte[] seal(int type, byte... content) throws IOException {
        RecordCipher cipher = peer.sealer();
        byte[] record = new byte[content.length + cipher.overhead()];
        int length = cipher.seal((short) type, content, 0, content.length, record, 0);
        return Arrays.copyOf(record, length);
    }

    /**
     * Sends a record with padding: behind the content and its type there are zeros. The last of them stands where a
     * type is expected, so it is sealed as one.
     */
    void sendPadded(int type, int zeros, byte... content) throws IOException {
        byte[] inner = Arrays.copyOf(content, content.length + zeros);
        inner[content.length] = (byte) type;
        send(0, inner);
    }

    /** Sends bytes as they are. */
    void sendRaw(byte... bytes) throws IOException {
        toHeddle.write(bytes);
    }

    /** Returns the next record that the side sends, opened. */
    RawRecord receive() throws IOException {
        RawRecord record = RawRecord.read(fromHeddle).orElseThrow();
        RecordCipher cipher = peer.opener();
        byte[] content = new byte[Math.max(1, cipher.openRoom(record.body().length))];
        int length = cipher.open((short) record.type(), record.body(), 0, record.body().length, content, 0);
        return RawRecord.of(cipher.openedType(), Arrays.copyOf(content, length));
    }

    /** Changes the sealing key without notice: bctls' own KeyUpdate is dropped. */
    void rekey() throws IOException {
        peer.sendKeyUpdate(false);
        byte[] dropped = new byte[peer.getAvailableOutputBytes()];
        peer.readOutput(dropped, 0, dropped.length);
    }

    @Override
    public void close() throws IOException {
        toHeddle.close();
        fromHeddle.close();
        heddle.abort();
    }
}
