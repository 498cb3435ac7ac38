package io.heddle.bogo;

import io.heddle.EngineOverSocket;
import io.heddle.cipher.Sigalg;
import io.heddle.engine.handshake.HandshakeResult;
import io.heddle.failure.TlsFailure;
import io.heddle.session.SessionState;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The driver of JSSE's engine, which has fewer options and reports less. */
final class EnginePeer implements ShimPeer {
    /** The options that only sockets have. */
    private static final Set<String> OF_SOCKETS = Set.of(
            "-expect-hrr",
            "-expect-no-hrr",
            "-expect-total-renegotiations",
            "-forbid-renegotiation-after-handshake",
            "-key-update",
            "-max-send-fragment",
            "-psk",
            "-psk-identity");

    private final EngineOverSocket engine;

    EnginePeer(ShimOptions options, ShimSettings settings, Socket socket) throws IOException, Unimplemented {
        for (String option : OF_SOCKETS) {
            if (options.has(option)) {
                throw new Unimplemented(option);
            }
        }
        engine = options.isServer()
                ? new EngineOverSocket(
                        socket, settings.server(line -> {}), options.has("-require-any-client-certificate"))
                : new EngineOverSocket(socket, settings.client(session -> {}, line -> {}));
    }

    private HandshakeResult result() {
        return engine.result().orElseThrow();
    }

    @Override
    public void handshake() throws IOException {
        engine.handshake();
    }

    @Override
    public Facts facts() {
        HandshakeResult result = result();
        return new Facts(
                result.version(),
                result.suite(),
                result.group(),
                result.resumption().isPresent(),
                result.servername(),
                result.alpnProtocol(),
                result.peerChain(),
                result.staples().stream().findFirst(),
                result.authorization().authorized(),
                result.peerSigalgs().stream().map(Sigalg::opensslName).toList(),
                result.finished(),
                result.peerFinished());
    }

    @Override
    public int read(byte[] into) throws IOException {
        return engine.read(into);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        engine.write(from, offset, length);
    }

    @Override
    public void endOutput() throws IOException {
        engine.endOutput();
    }

    @Override
    public void updateKeys() {
        throw new UnsupportedOperationException();
    }

    /** An engine has no such setting: where BoringSSL refuses a renegotiation, the engine accepts one. */
    @Override
    public void disableRenegotiation() {}

    @Override
    public boolean closeNotifyReceived() {
        return engine.closeNotifyReceived();
    }

    @Override
    public byte[] export(int length, String label, Optional<byte[]> context) throws TlsFailure {
        return result().exporter().export(length, label, context);
    }

    @Override
    public Optional<byte[]> session() {
        return result().session().map(SessionState::toDer);
    }

    @Override
    public Optional<Integer> sessions() {
        return Optional.empty();
    }

    @Override
    public Optional<List<String>> trace() {
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        engine.close();
    }
}
