package io.heddle.engine;

import io.heddle.engine.crypto.ConnectionCiphers;
import io.heddle.engine.crypto.RecordCipher;
import io.heddle.engine.handshake.ClientHandshake;
import io.heddle.engine.handshake.ClientNegotiator;
import io.heddle.engine.handshake.ClientSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsUtils;

/** A client that follows the protocol, except that a {@link Tampering} changes its records. */
final class HostileClient extends TlsClientProtocol implements HostileProtocol {
    private final ClientNegotiator peer;
    private final Tampering tampering;

    /** Whether the client omits the signal of RFC 5746, as clients before 2010 did. */
    private final boolean bare;

    HostileClient(ClientSettings settings, Tampering tampering) {
        this(settings, tampering, false);
    }

    HostileClient(ClientSettings settings, Tampering tampering, boolean bare) {
        this.peer = new ClientNegotiator(settings);
        this.tampering = tampering;
        this.bare = bare;
    }

    @Override
    public void start() throws IOException {
        connect(peer);
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

    /** As {@link ClientHandshake}: bctls has no compressed certificates. */
    @Override
    protected void handleHandshakeMessage(short type, HandshakeMessageInput message) throws IOException {
        if (type == HandshakeType.compressed_certificate) {
            byte[] certificate = peer.compression().decompress(message.readAllBytes());
            receive13ServerCertificate(new ByteArrayInputStream(certificate));
            connection_state = CS_SERVER_CERTIFICATE;
        } else {
            super.handleHandshakeMessage(type, message);
        }
    }

    @Override
    protected void receive13CertificateRequest(ByteArrayInputStream message, boolean afterHandshake)
            throws IOException {
        byte[] body = message.readAllBytes();
        super.receive13CertificateRequest(new ByteArrayInputStream(body), afterHandshake);
        byte[] extensions = Arrays.copyOfRange(body, 1 + 2, body.length);
        peer.compression().offered(readExtensionsData13(HandshakeType.certificate_request, extensions));
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
        super.sendChangeCipherSpec();
        ConnectionCiphers.of(getContext()).sealingChanged();
    }

    /**
     * As {@link ClientHandshake}: bctls counts binders of pre-shared keys that it has dropped after a
     * HelloRetryRequest.
     */
    @Override
    protected void sendClientHelloMessage() throws IOException {
        boolean retried =
                retryGroup >= 0 && !clientHello.getExtensions().containsKey(TlsExtensionsUtils.EXT_pre_shared_key);
        if (retried || bare) {
            int[] suites = clientHello.getCipherSuites();
            clientHello = new ClientHello(
                    clientHello.getVersion(),
                    clientHello.getRandom(),
                    clientHello.getSessionID(),
                    null,
                    bare
                            ? Arrays.stream(suites)
                                    .filter(suite -> suite != CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
                                    .toArray()
                            : suites,
                    clientHello.getExtensions(),
                    retried ? 0 : clientHello.getBindersSize());
        }
        super.sendClientHelloMessage();
    }

    @Override
    protected void completeHandshake() throws IOException {
        if (selectedPSK13) {
            sessionParameters = peer.resumption().parameters13(getContext().getSecurityParametersHandshake());
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

    @Override
    public void afterHandshake() {}

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
