package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heddle.RawPeer;
import io.heddle.TlsPair;
import io.heddle.certificate.TestPki;
import io.heddle.cipher.Sigalg;
import io.heddle.failure.TlsFailure;
import io.heddle.failure.TlsFailure.Blame;
import io.heddle.failure.TlsFailure.Code;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.RenegotiationPolicy;
import org.bouncycastle.tls.TlsServerProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forbidden changes of a server, one of bctls, in a renegotiation that the client begins. */
class ServerRenegotiationTest {
    private static BareServer server() {
        return new BareServer(ProtocolVersion.TLSv12, TestPki.server("localhost"), Sigalg.ECDSA_SECP256R1_SHA256);
    }

    private interface Change {
        void apply(BareServer server);
    }

    /** Has the client begin a renegotiation after a change at the server, and returns its outcome. */
    private static CompletableFuture<Void> renegotiation(RawPeer wire, BareServer server, Change change)
            throws IOException {
        var protocol = new TlsServerProtocol(wire.in(), wire.out()) {
            @Override
            protected int getRenegotiationPolicy() {
                return RenegotiationPolicy.ACCEPT;
            }
        };
        protocol.accept(server);
        assertThat(wire.problem()).isEmpty();
        change.apply(server);
        var ended = new CompletableFuture<Void>();
        Thread.ofVirtual().start(() -> {
            try {
                wire.heddle().renegotiate();
                wire.heddle().getOutputStream().write(42);
                ended.complete(null);
            } catch (IOException e) {
                ended.completeExceptionally(e);
            }
        });
        // Takes part in the renegotiation.
        if (change == NOTHING) {
            assertThat(protocol.getInputStream().read()).isEqualTo(42);
        } else {
            assertThatThrownBy(() -> protocol.getInputStream().read()).isInstanceOf(IOException.class);
        }
        return ended;
    }

    private static final Change NOTHING = server -> {};

    private static TlsFailure refusal(CompletableFuture<Void> ended) {
        ExecutionException thrown =
                catchThrowableOfType(ExecutionException.class, () -> ended.get(20, TimeUnit.SECONDS));
        if (!(thrown.getCause() instanceof TlsFailure failure)) {
            throw new AssertionError("no failure of TLS", thrown);
        }
        assertThat(failure.code().blame()).isEqualTo(Blame.PEER_MISBEHAVED);
        return failure;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothing_changes(boolean extended) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer wire = pair.rawServer()) {
            renegotiation(wire, server().extended(extended), NOTHING).get(20, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void another_kind_of_master_secret_is_refused(boolean atFirst) throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer wire = pair.rawServer()) {
            var ended = renegotiation(wire, server().extended(atFirst), server -> server.extended(!atFirst));
            assertThat(refusal(ended))
                    .returns(Code.ERR_SSL_INCONSISTENT_EXTMS, TlsFailure::code)
                    .hasMessageStartingWith(
                            "renegotiation: the peer %s extended_master_secret", atFirst ? "left out" : "added");
        }
    }

    @Test
    void another_certificate_is_refused() throws Exception {
        try (TlsPair pair = TlsPair.of(TlsVersion.TLS_1_2);
                RawPeer wire = pair.rawServer()) {
            var ended = renegotiation(
                    wire, server(), server -> server.presenting(TestPki.server(TestPki.Key.P384, "localhost")));
            assertThat(refusal(ended))
                    .returns(Code.ERR_SSL_ILLEGAL_PARAMETER, TlsFailure::code)
                    .hasMessageStartingWith(
                            "renegotiation: the server sent another certificate than in the handshake before, the same one"
                                    + " is required");
        }
    }
}
