package io.heddle.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.heddle.engine.handshake.HandshakeSettings;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import org.bouncycastle.tls.TlsClientProtocol;

/**
 * A client over TCP that completes its handshake and then sends any record, sealed or in the clear. Accepts
 * every certificate.
 */
public final class ScriptedClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket tcp;
    private final Sealing protocol;

    private ScriptedClient(Socket tcp, Sealing protocol) {
        this.tcp = tcp;
        this.protocol = protocol;
    }

    /** Connects to a port of 127.0.0.1 and returns when the handshake is complete. */
    public static ScriptedClient connect(int port, TlsVersion version) throws IOException {
        var tcp = new Socket("127.0.0.1", port);
        tcp.setSoTimeout(PATIENCE_MILLIS);
        var protocol = new Sealing(tcp.getInputStream(), tcp.getOutputStream());
        protocol.connect(new BareClient(HandshakeSettings.protocolVersion(version), true));
        return new ScriptedClient(tcp, protocol);
    }

    /** Sends data and waits until it comes back. */
    public void exchange(byte... data) throws IOException {
        protocol.getOutputStream().write(data);
        assertThat(protocol.getInputStream().readNBytes(data.length)).isEqualTo(data);
    }

    /** Sends a record of this type, sealed with the keys of the connection. */
    public void sendSealed(int type, byte... content) throws IOException {
        protocol.send((short) type, content);
    }

    /** Sends bytes past the protocol object. */
    public void sendRaw(byte... bytes) throws IOException {
        tcp.getOutputStream().write(bytes);
    }

    /** Ends the connection with a TCP reset. */
    public void reset() throws IOException {
        tcp.setSoLinger(true, 0);
        tcp.close();
    }

    /** Returns the address of this end. */
    public String address() {
        return "127.0.0.1:" + tcp.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        tcp.close();
    }

    private static final class Sealing extends TlsClientProtocol {
        Sealing(InputStream in, OutputStream out) {
            super(in, out);
        }

        void send(short type, byte[] content) throws IOException {
            writeRecord(type, content, 0, content.length);
        }
    }
}
