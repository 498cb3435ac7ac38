package io.heddle.dropin.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** A client engine and a server engine, and the bytes between them, in one thread. */
record EnginePair(EngineEnd client, EngineEnd server) {
    /** More steps than any handshake takes. */
    private static final int STEPS = 1000;

    EnginePair {
        client.connectTo(server);
        server.connectTo(client);
    }

    /** Returns a pair of this version, with a verified server, before its handshake. */
    static EnginePair of(Jsse jsse, String version) {
        return of(jsse, jsse, version);
    }

    static EnginePair of(Jsse client, Jsse server, String version) {
        EnginePair pair = of(client.withoutKey(), server.context());
        pair.client.engine().setEnabledProtocols(new String[] {version});
        pair.server.engine().setEnabledProtocols(new String[] {version});
        return pair;
    }

    /** Returns a pair of engines of these contexts, before its handshake. */
    static EnginePair of(SSLContext client, SSLContext server) {
        SSLEngine asking = client.createSSLEngine("localhost", 443);
        asking.setUseClientMode(true);
        SSLEngine answering = server.createSSLEngine();
        answering.setUseClientMode(false);
        return new EnginePair(new EngineEnd(asking), new EngineEnd(answering));
    }

    /** Begins the handshake on both sides; no bytes are exchanged yet. */
    EnginePair begin() throws SSLException {
        client.engine().beginHandshake();
        server.engine().beginHandshake();
        return this;
    }

    /** Performs handshakes until neither side has output. */
    EnginePair handshake() throws SSLException {
        begin().settle();
        assertThat(client.engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
        assertThat(server.engine().getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
        return this;
    }

    /** Lets both sides work, in turns, until neither has anything to do. */
    void settle() throws SSLException {
        for (int i = 0; i < STEPS; i++) {
            boolean clientMoved = client.step();
            boolean serverMoved = server.step();
            if (!clientMoved && !serverMoved) {
                return;
            }
        }
        throw new AssertionError("no end after %d steps: client %s, server %s"
                .formatted(
                        STEPS,
                        client.engine().getHandshakeStatus(),
                        server.engine().getHandshakeStatus()));
    }

    /** Performs a handshake that is expected to fail first on this side, and returns the failure. */
    SSLException failsFirst(EngineEnd side) {
        EngineEnd other = side == client ? server : client;
        for (int i = 0; i < STEPS; i++) {
            try {
                other.step();
            } catch (SSLException e) {
                throw new AssertionError("the other side failed first", e);
            }
            SSLException failure = catchThrowableOfType(SSLException.class, side::step);
            if (failure != null) {
                return failure;
            }
        }
        throw new AssertionError("no failure");
    }

    /** Performs a handshake until it stalls, wraps on this side nevertheless, and returns the exception. */
    Throwable failsWhenAskedAgain(EngineEnd side) {
        EngineEnd other = side == client ? server : client;
        return catchThrowable(() -> {
            for (int i = 0; i < STEPS; i++) {
                other.step();
                side.step();
            }
            side.wrap();
        });
    }

    /** Sends this from one side and asserts that the other receives it. */
    void assertCarries(EngineEnd from, String text) throws SSLException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        from.send(ByteBuffer.wrap(bytes));
        assertThat((from == client ? server : client).takeAll()).isEqualTo(bytes);
    }

    /** Asserts that data passes in both directions. */
    void assertCarries() throws SSLException {
        assertCarries(client, "from the client");
        assertCarries(server, "from the server");
    }
}
