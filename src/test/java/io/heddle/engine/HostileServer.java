package io.heddle.engine;

import io.heddle.engine.crypto.ConnectionCiphers;
import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.ClientHelloRules;
import io.heddle.engine.handshake.ServerHandshake;
import io.heddle.engine.handshake.ServerNegotiator;
import io.heddle.engine.handshake.ServerSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;

/** A server that follows the protocol, except that a {@link Tampering} changes its records. */
final class HostileServer extends TlsServerProtocol implements HostileProtocol {
    private static final int TICKETS = 2;

    private final ServerNegotiator peer;
    private final Tampering tampering;

    HostileServer(ServerSettings settings, Tampering tampering) {
        this.peer = new ServerNegotiator(settings);
        this.tampering = tampering;
    }

    @Override
    public void start() throws IOException {
        accept(peer);
    }

    @Override
    public RecordCipher opener() {
        return ConnectionCiphers.of(getContext()).opener();
    }

    @Override
    protected void processRecord(short type, byte[] buffer, int offset, int length) throws IOException {
        tampering.received(type, buffer, offset, length);
        super.processRecord(type, buffer, offset, length);
    }

    /** As {@link ServerHandshake}: bctls has no compressed certificates. */
    @Override
    protected void handleHandshakeMessage(short type, HandshakeMessageInput message) throws IOException {
        if (type == HandshakeType.compressed_certificate) {
            byte[] certificate = peer.compression().decompress(message.readAllBytes());
            receive13ClientCertificate(new ByteArrayInputStream(certificate));
            connection_state = CS_CLIENT_CERTIFICATE;
        } else {
            super.handleHandshakeMessage(type, message);
        }
    }

    @Override
    protected ClientHello receiveClientHelloMessage(ByteArrayInputStream message) throws IOException {
        byte[] body = message.readAllBytes();
        ClientHello hello = super.receiveClientHelloMessage(new ByteArrayInputStream(body));
        peer.clientHello(hello, ClientHelloRules.of(body, hello));
        return hello;
    }

    @Override
    protected void handleChangeCipherSpecMessage() throws IOException {
        super.handleChangeCipherSpecMessage();
        ConnectionCiphers.of(getContext()).openingChanged();
    }

    @Override
    protected void handleAlertWarningMessage(short alert) throws IOException {
        if (alert != AlertDescription.no_renegotiation) {
            super.handleAlertWarningMessage(alert);
        }
    }

    @Override
    protected void sendChangeCipherSpec() throws IOException {
        SecurityParameters parameters = getContext().getSecurityParametersHandshake();
        if (parameters.isResumedSession() && peer.resumption().renews()) {
            sendNewSessionTicketMessage(peer.getNewSessionTicket());
        }
        super.sendChangeCipherSpec();
        ConnectionCiphers.of(getContext()).sealingChanged();
    }

    @Override
    protected void completeHandshake() throws IOException {
        if (selectedPSK13 && peer.resumption().how().isPresent()) {
            sessionParameters = peer.resumption().parameters13();
        }
        super.completeHandshake();
        ConnectionCiphers.of(getContext()).completed();
        tampering.completed();
    }

    @Override
    protected void writeRecord(short type, byte[] buffer, int offset, int length) throws IOException {
        tampering.write(type, Arrays.copyOfRange(buffer, offset, offset + length));
    }

    @Override
    public void seal(short type, byte[] content) throws IOException {
        super.writeRecord(type, content, 0, content.length);
    }

    @Override
    public RecordCipher sealer() {
        return ConnectionCiphers.of(getContext()).sealer();
    }

    /** Sends tickets of TLS 1.3 (RFC 8446 4.6.1) with content that no server can open. */
    @Override
    public void afterHandshake() throws IOException {
        if (!TlsUtils.isTLSv13(getContext())) {
            return;
        }
        for (int i = 0; i < TICKETS; i++) {
            byte[] ticket = peer.getCrypto().createNonceGenerator(new byte[0]).generateNonce(48);
            var message = new ByteArrayOutputStream();
            TlsUtils.writeUint8(HandshakeType.new_session_ticket, message);
            TlsUtils.writeUint24(4 + 4 + 1 + 1 + 2 + ticket.length + 2, message);
            TlsUtils.writeUint32(300, message);
            TlsUtils.writeUint32(0x1234_5678L, message);
            TlsUtils.writeOpaque8(new byte[] {(byte) i}, message);
            TlsUtils.writeOpaque16(ticket, message);
            TlsUtils.writeUint16(0, message);
            byte[] bytes = message.toByteArray();
            writeRecord(ContentType.handshake, bytes, 0, bytes.length);
        }
    }

    @Override
    public void updateKeys() throws IOException {
        if (TlsUtils.isTLSv13(getContext())) {
            send13KeyUpdate(true);
        }
    }

    @Override
    public void closeNotify() throws IOException {
        raiseAlertWarning(AlertDescription.close_notify, "close");
    }
}
