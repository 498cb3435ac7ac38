package io.heddle.engine;

import io.heddle.ManualClock;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Group;
import io.heddle.cipher.GroupList;
import io.heddle.cipher.Sigalg;
import io.heddle.cipher.Suite;
import io.heddle.engine.compression.CertificateCompressionAlgorithm;
import io.heddle.engine.crypto.Credential;
import io.heddle.engine.crypto.DhGroups;
import io.heddle.engine.crypto.ProviderCrypto;
import io.heddle.engine.handshake.ClientSettings;
import io.heddle.engine.handshake.CredentialSource;
import io.heddle.engine.handshake.HandshakeSettings;
import io.heddle.engine.handshake.HandshakeSettings.RenegotiationLimit;
import io.heddle.engine.handshake.PeerVerifier.Authorization;
import io.heddle.engine.handshake.ServerContext;
import io.heddle.engine.handshake.ServerSettings;
import io.heddle.engine.handshake.sessions.ServerSessions;
import io.heddle.engine.handshake.sessions.SessionEvents;
import io.heddle.protocol.TlsVersion;
import io.heddle.session.CaffeineSessionStore;
import io.heddle.session.ClientCertificatePolicy;
import io.heddle.session.SessionIdContext;
import io.heddle.session.SessionState;
import io.heddle.session.SessionStore;
import io.heddle.session.TicketKeyManager;
import io.heddle.session.TicketKeys;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A kind of handshake, with the settings of its client and its server. Thread-safe after its construction. */
final class HandshakeScenario {
    /** The name of the distinguishing feature. */
    enum Kind {
        FULL_12(TlsVersion.TLS_1_2),
        TICKET_12(TlsVersion.TLS_1_2),
        SESSION_ID_12(TlsVersion.TLS_1_2),
        CLIENT_CERTIFICATE_12(TlsVersion.TLS_1_2),
        CBC_12(TlsVersion.TLS_1_2),
        FULL_13(TlsVersion.TLS_1_3),
        TICKET_13(TlsVersion.TLS_1_3),
        CLIENT_CERTIFICATE_13(TlsVersion.TLS_1_3),
        COMPRESSED_13(TlsVersion.TLS_1_3),
        RETRY_13(TlsVersion.TLS_1_3);

        private final TlsVersion version;

        Kind(TlsVersion version) {
            this.version = version;
        }

        TlsVersion version() {
            return version;
        }

        boolean isTls13() {
            return version == TlsVersion.TLS_1_3;
        }

        boolean resumes() {
            return this == TICKET_12 || this == SESSION_ID_12 || this == TICKET_13;
        }

        /** Returns whether both sides can compress certificates; a resumed handshake has none. */
        boolean compresses() {
            return this == COMPRESSED_13 || this == TICKET_13;
        }

        boolean hasClientCertificate() {
            return this == CLIENT_CERTIFICATE_12 || this == CLIENT_CERTIFICATE_13 || this == COMPRESSED_13;
        }
    }

    private final Kind kind;
    private final ServerSettings server;
    private final ClientSettings client;

    private HandshakeScenario(Kind kind, ServerSettings server, ClientSettings client) {
        this.kind = kind;
        this.server = server;
        this.client = client;
    }

    static HandshakeScenario of(Kind kind) throws IOException {
        var crypto = new ProviderCrypto(new SecureRandom());
        var clock = new ManualClock();
        ServerSettings server = server(kind, crypto, clock);
        ClientSettings fresh = client(kind, crypto, clock, null);
        ClientSettings client =
                kind.resumes() ? client(kind, crypto, clock, ExchangePair.session(server, fresh)) : fresh;
        return new HandshakeScenario(kind, server, client);
    }

    Kind kind() {
        return kind;
    }

    ServerSettings server() {
        return server;
    }

    ClientSettings client() {
        return client;
    }

    private static HandshakeSettings common(Kind kind, ProviderCrypto crypto, ManualClock clock, List<Group> groups) {
        List<Suite> suites = Suite.all().stream()
                .filter(suite -> suite.fits(kind.version()) && crypto.runs(suite))
                .filter(suite -> suite.isTls13() || suite.keyExchange() == Suite.KeyExchange.ECDHE)
                .filter(suite -> suite.isAead() != (kind == Kind.CBC_12))
                .toList();
        return new HandshakeSettings(
                crypto,
                List.of(kind.version()),
                suites,
                GroupList.of(groups),
                Arrays.asList(Sigalg.values()),
                List.of("http/1.1"),
                kind.compresses() ? List.of(CertificateCompressionAlgorithm.ZLIB) : List.of(),
                true,
                clock);
    }

    private static ServerSettings server(Kind kind, ProviderCrypto crypto, ManualClock clock) {
        HandshakeSettings common = common(
                kind, crypto, clock, kind == Kind.RETRY_13 ? List.of(Group.P_256) : List.of(Group.X25519, Group.P_256));
        var context = new ServerContext(
                CredentialSource.of(List.of(Credential.of(TestPki.server("localhost"), crypto))),
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
        Optional<TicketKeyManager> keys = kind == Kind.SESSION_ID_12
                ? Optional.empty()
                : Optional.of(TicketKeyManager.of(TicketKeys.random(new SecureRandom())));
        Optional<SessionStore> store = kind == Kind.SESSION_ID_12 ? Optional.of(new KeepingStore()) : Optional.empty();
        var sessions = new ServerSessions(
                SessionIdContext.of("fuzz"), Duration.ofMinutes(5), keys, store, new SecureRandom(), clock);
        return new ServerSettings(
                common,
                selector,
                kind.hasClientCertificate() ? ClientCertificatePolicy.REQUIRE : ClientCertificatePolicy.NONE,
                new ServerSettings.KeyExchange(true, DhGroups.NONE, Optional.empty()),
                new ServerSettings.Sessions(sessions, SessionEvents.NONE),
                Optional.empty(),
                RenegotiationLimit.NONE);
    }

    private static ClientSettings client(
            Kind kind, ProviderCrypto crypto, ManualClock clock, @Nullable SessionState session) {
        return new ClientSettings(
                common(kind, crypto, clock, List.of(Group.X25519, Group.P_256)),
                kind.hasClientCertificate()
                        ? CredentialSource.of(List.of(Credential.of(TestPki.client("fuzz"), crypto)))
                        : CredentialSource.NONE,
                new ClientSettings.Server(Optional.of("localhost"), peer -> Authorization.GRANTED, Optional.empty()),
                new ClientSettings.Sessions(Optional.ofNullable(session), kind != Kind.SESSION_ID_12),
                new ClientSettings.KeyExchange(2048, 1024, Optional.empty()),
                true,
                RenegotiationLimit.NONE);
    }

    /** A store that ignores fatal alerts, so that each case begins with the same session. */
    private static final class KeepingStore implements SessionStore {
        private final SessionStore kept = CaffeineSessionStore.builder().build();

        @Override
        public void put(byte[] id, byte[] session, Duration timeToLive) {
            kept.put(id, session, timeToLive);
        }

        @Override
        public Optional<byte[]> get(byte[] id) {
            return kept.get(id);
        }

        @Override
        public void remove(byte[] id) {
            // RFC 5246 7.2.2 is tested elsewhere.
        }
    }
}
