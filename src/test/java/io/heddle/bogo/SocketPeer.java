package io.heddle.bogo;

import io.heddle.EphemeralKeyInfo;
import io.heddle.TlsSocket;
import io.heddle.TlsTransport;
import io.heddle.cipher.Group;
import io.heddle.cipher.Suite;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The driver of a {@link TlsSocket}. */
final class SocketPeer implements ShimPeer {
    private final List<byte[]> sessions = new CopyOnWriteArrayList<>();
    private final List<String> trace = new CopyOnWriteArrayList<>();
    private final TlsSocket tls;

    SocketPeer(ShimOptions options, ShimSettings settings, Socket socket) throws IOException, Unimplemented {
        if (options.isServer()) {
            tls = new TlsSocket(TlsTransport.of(socket), settings.server(trace::add));
            if (options.has("-require-any-client-certificate")) {
                tls.setNeedClientAuth(true);
            }
        } else {
            tls = new TlsSocket(TlsTransport.of(socket), settings.client(sessions::add, trace::add));
        }
        if (options.number("-max-send-fragment") > 0) {
            tls.setMaxSendFragment(options.number("-max-send-fragment"));
        }
    }

    @Override
    public void handshake() throws IOException {
        tls.startHandshake();
    }

    @Override
    public Facts facts() {
        return new Facts(
                Optional.ofNullable(tls.getProtocol())
                        .flatMap(TlsVersion::ofProtocol)
                        .orElseThrow(),
                Suite.ofName(tls.getCipher().name()).orElseThrow(),
                tls.getEphemeralKeyInfo().map(EphemeralKeyInfo::name).flatMap(Group::ofName),
                tls.isSessionReused(),
                tls.servername(),
                tls.alpnProtocol(),
                tls.peerCertificates(),
                tls.ocspResponse(),
                tls.authorized(),
                tls.getSharedSigalgs(),
                tls.getFinished().orElseThrow(),
                tls.getPeerFinished().orElseThrow());
    }

    @Override
    public int read(byte[] into) throws IOException {
        return tls.getInputStream().read(into);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        tls.getOutputStream().write(from, offset, length);
    }

    @Override
    public void endOutput() throws IOException {
        tls.shutdownOutput();
    }

    @Override
    public void updateKeys() throws IOException {
        tls.updateKeys();
    }

    @Override
    public void disableRenegotiation() throws IOException {
        tls.disableRenegotiation();
    }

    @Override
    public boolean closeNotifyReceived() {
        return tls.closeNotifyReceived();
    }

    @Override
    public byte[] export(int length, String label, Optional<byte[]> context) throws TlsFailure {
        return context.isPresent()
                ? tls.exportKeyingMaterial(length, label, context.get())
                : tls.exportKeyingMaterial(length, label);
    }

    @Override
    public Optional<byte[]> session() {
        return sessions.isEmpty() ? Optional.empty() : Optional.of(sessions.getLast());
    }

    @Override
    public Optional<Integer> sessions() {
        return Optional.of(sessions.size());
    }

    @Override
    public Optional<List<String>> trace() {
        return Optional.of(trace);
    }

    @Override
    public void close() throws IOException {
        tls.close();
    }
}
