/**
 * The handshakes of a server and of a client, on BouncyCastle's bctls. Null is refused everywhere unless marked.
 *
 * <p>bctls owns the state machine and calls protected methods, the hooks. Two objects of a connection override them: the protocol
 * object ({@link io.heddle.engine.handshake.ServerHandshake}, {@link io.heddle.engine.handshake.ClientHandshake}), which sees every
 * record and message, and the negotiator ({@link io.heddle.engine.handshake.ServerNegotiator}, {@link
 * io.heddle.engine.handshake.ClientNegotiator}), which decides. The state of one handshake is one object, {@code ServerHandshakeState}
 * or {@code ClientHandshakeState}: it begins with the handshake and ends with it, and a renegotiation has a new one. The negotiator
 * itself keeps what belongs to the connection: the context and its server name, the application protocol, the sessions.
 *
 * <p>The tables list the hooks in the order of the handshake, which is their order in the four files as well. TLS 1.2 stands for the
 * versions below it, too. The columns of the versions name the handshakes in which a hook is called: <i>full</i>, <i>resumed</i>, or
 * <i>all</i>; in TLS 1.3 a handshake with a pre-shared key of the application is a resumed one.
 *
 * <table class="striped">
 * <caption>A server</caption>
 * <thead><tr><th>message</th><th>hook of bctls</th><th>our method</th><th>TLS 1.3</th><th>TLS 1.2</th></tr></thead>
 * <tbody>
 * <tr><td>every record</td><td>{@code ServerHandshake.processRecord}</td>
 *     <td>{@code ProtocolState.recordReceived}, {@code MessageLengths.received}</td><td>all</td><td>all</td></tr>
 * <tr><td>every message</td><td>{@code ServerHandshake.handleHandshakeMessage}</td>
 *     <td>{@code ProtocolState.messageReceived}, {@code Transcript.add}, {@code ServerHandshake.receiveCompressedCertificate}</td><td>all</td><td>all</td></tr>
 * <tr><td>every record sent</td><td>{@code ServerHandshake.writeRecord}</td>
 *     <td>{@code ProtocolState.recordSending}</td><td>all</td><td>all</td></tr>
 * <tr><td>ClientHello on a secure connection</td><td>{@code ServerHandshake.handleRenegotiation}</td>
 *     <td>{@code RenegotiationRules.peerBegins}</td><td></td><td>renegotiation</td></tr>
 * <tr><td></td><td>{@code ServerHandshake.getRenegotiationPolicy}</td>
 *     <td>{@code RenegotiationRules.allowed}</td><td></td><td>renegotiation</td></tr>
 * <tr><td></td><td>{@code ServerHandshake.beginHandshake}</td>
 *     <td>{@code RenegotiationRules.begins}</td><td></td><td>renegotiation</td></tr>
 * <tr><td>ClientHello</td><td>{@code ServerHandshake.receiveClientHelloMessage}</td>
 *     <td>{@code ClientHelloRules.readable}, {@code ServerNegotiator.clientHello}, {@code ServerContextChoice.choose}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.notifyClientVersion}</td>
 *     <td></td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.getServerVersion}</td>
 *     <td>{@code ServerHandshakeState.requireTls13}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.getSupportedGroups}</td>
 *     <td>{@code ServerGroups.selected}, {@code ServerGroups.all}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.getExternalPSK}</td>
 *     <td>{@code ServerResumption.find13}, {@code ServerPsk.select}</td><td>resumed</td><td></td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.notifySecureRenegotiation}</td>
 *     <td></td><td></td><td>all</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.processClientExtensions}</td>
 *     <td>{@code ServerResumption.find12}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.selectProtocolName}</td>
 *     <td>{@code ServerAlpn.choose}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.getSessionToResume}</td>
 *     <td>{@code ServerResumption.session}</td><td></td><td>all</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.getNewSessionID}</td>
 *     <td>{@code ServerResumption.declined}, {@code ServerResumption.newSessionId}</td><td></td><td>full</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.getSelectedCipherSuite}</td>
 *     <td>{@code ServerCredentials.find}</td><td>all</td><td>full</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.isSelectableCipherSuite}</td>
 *     <td>{@code ServerCredentials.choose}</td><td>full</td><td>full</td></tr>
 * <tr><td>ServerHello, EncryptedExtensions</td><td>{@code ServerNegotiator.getServerExtensions}</td>
 *     <td>{@code ServerStapling.fetch}</td><td>all</td><td>full</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.allowCertificateStatus}</td>
 *     <td>{@code ServerStapling.present}</td><td>all</td><td>full</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.getServerExtensionsForConnection}</td>
 *     <td>{@code ServerResumption.announceTicket}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ServerHandshake.generateServerHello}</td>
 *     <td>{@code RenegotiationRules.requireSameMasterSecret}</td><td>all</td><td>all</td></tr>
 * <tr><td>CertificateRequest</td><td>{@code ServerNegotiator.getCertificateRequest}</td>
 *     <td>{@code ServerClientAuth.request}, {@link io.heddle.engine.compression.CertificateCompression#request}</td><td>full</td><td>full, behind ServerKeyExchange</td></tr>
 * <tr><td>ServerKeyExchange</td><td>{@code ServerNegotiator.getPSKIdentityManager}</td>
 *     <td>{@code ServerPsk.manager}</td><td></td><td>full</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.getDHConfig}</td>
 *     <td>{@code ServerCredentials.dhGroup}</td><td></td><td>full</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.getECDHConfig}</td>
 *     <td>{@code ServerGroups.ecdhe}</td><td></td><td>full</td></tr>
 * <tr><td>Certificate, CertificateVerify</td><td>{@code ServerNegotiator.getCredentials}</td>
 *     <td>{@code ServerCredentials.choose}, {@code ServerStapling.onto}, {@link
 *     io.heddle.engine.compression.CertificateCompression#onto}, {@code ServerCredentials.proof}</td><td>full</td><td>full, before ServerKeyExchange</td></tr>
 * <tr><td>CertificateStatus</td><td>{@code ServerNegotiator.getCertificateStatus}</td>
 *     <td>{@code ServerStapling.message}</td><td></td><td>full</td></tr>
 * <tr><td>Certificate of the client</td><td>{@code ServerNegotiator.notifyClientCertificate}</td>
 *     <td>{@code ServerClientAuth.verify}</td><td>full</td><td>full</td></tr>
 * <tr><td>CertificateVerify of the client</td><td>{@code ServerHandshake.receive13ClientCertificateVerify}</td>
 *     <td>{@code ServerNegotiator.requireScheme}, {@code ServerClientAuth.requireScheme}</td><td>full</td><td></td></tr>
 * <tr><td>ChangeCipherSpec of the client</td><td>{@code ServerHandshake.handleChangeCipherSpecMessage}</td>
 *     <td>{@code ProtocolState.requireChangeCipherSpec}, {@code ProtocolState.openingChanged}</td><td></td><td>all</td></tr>
 * <tr><td>NewSessionTicket</td><td>{@code ServerNegotiator.getNewSessionTicket}</td>
 *     <td>{@code ServerResumption.newTicket}</td><td></td><td>full, resumed with a ticket under an old key</td></tr>
 * <tr><td>ChangeCipherSpec</td><td>{@code ServerHandshake.sendChangeCipherSpec}</td>
 *     <td>{@code ServerResumption.renews}</td><td></td><td>all</td></tr>
 * <tr><td>last Finished</td><td>{@code ServerHandshake.completeHandshake}</td>
 *     <td>{@code ServerResumption.resumptionSecret}, {@code ServerResumption.parameters13}, {@code ProtocolState.completing}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ServerNegotiator.notifyHandshakeComplete}</td>
 *     <td>{@code ServerResumption.completed}, {@code ServerNegotiator.result}, {@code ServerHandshake.sendTickets}, {@code ServerResumption.ticket13}</td><td>all</td><td>all</td></tr>
 * <tr><td>KeyUpdate</td><td>{@code ServerHandshake.receive13KeyUpdate}</td>
 *     <td>{@code ProtocolState.keyUpdateReceived}</td><td>all</td><td></td></tr>
 * <tr><td>alert</td><td>{@code ServerHandshake.handleAlertMessage}</td>
 *     <td>{@code ProtocolState.actOnAlert}, {@code ProtocolState.closeNotifyReceived}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ServerHandshake.handleAlertWarningMessage}</td>
 *     <td>{@link io.heddle.engine.record.PeerSignals#renegotiationRefused}</td><td>all</td><td>all</td></tr>
 * </tbody>
 * </table>
 *
 * <table class="striped">
 * <caption>A client</caption>
 * <thead><tr><th>message</th><th>hook of bctls</th><th>our method</th><th>TLS 1.3</th><th>TLS 1.2</th></tr></thead>
 * <tbody>
 * <tr><td>every record</td><td>{@code ClientHandshake.processRecord}</td>
 *     <td>{@code ProtocolState.recordReceived}</td><td>all</td><td>all</td></tr>
 * <tr><td>every message</td><td>{@code ClientHandshake.handleHandshakeMessage}</td>
 *     <td>{@code ProtocolState.messageReceived}, {@code Transcript.add}, {@code ClientHandshake.requireInOrder}, {@code ClientHandshake.receiveCompressedCertificate}</td><td>all</td><td>all</td></tr>
 * <tr><td>every record sent</td><td>{@code ClientHandshake.writeRecord}</td>
 *     <td>{@code ProtocolState.recordSending}</td><td>all</td><td>all</td></tr>
 * <tr><td>HelloRequest</td><td>{@code ClientHandshake.handleRenegotiation}</td>
 *     <td>{@code RenegotiationRules.peerBegins}</td><td></td><td>renegotiation</td></tr>
 * <tr><td></td><td>{@code ClientHandshake.getRenegotiationPolicy}</td>
 *     <td>{@code RenegotiationRules.allowed}</td><td></td><td>renegotiation</td></tr>
 * <tr><td></td><td>{@code ClientHandshake.beginHandshake}</td>
 *     <td>{@code RenegotiationRules.begins}</td><td></td><td>renegotiation</td></tr>
 * <tr><td>ClientHello</td><td>{@code ClientNegotiator.notifyHandshakeBeginning}</td>
 *     <td></td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ClientNegotiator.getProtocolVersions}</td>
 *     <td></td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ClientNegotiator.getSessionToResume}</td>
 *     <td>{@code ClientResumption.session12}</td><td></td><td>resumed</td></tr>
 * <tr><td></td><td>{@code ClientNegotiator.getClientExtensions}</td>
 *     <td>{@code ClientResumption.extensions}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ClientNegotiator.getCertificateStatusRequest}</td>
 *     <td>{@code ClientStapling.request}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ClientNegotiator.getExternalPSKs}</td>
 *     <td>{@code ClientResumption.ticketPsk}, {@code ClientPsk.offer}</td><td>resumed</td><td></td></tr>
 * <tr><td></td><td>{@code ClientNegotiator.getEarlyKeyShareGroups}</td>
 *     <td></td><td>all</td><td></td></tr>
 * <tr><td></td><td>{@code ClientHandshake.sendClientHelloMessage}</td>
 *     <td>{@code RetryWithCookie.keyShare}</td><td>all</td><td>all</td></tr>
 * <tr><td>ServerHello</td><td>{@code ClientHandshake.receiveServerHelloMessage}</td>
 *     <td>{@code ServerFlightRules.requireVersion}, {@code ServerFlightRules.requireExtensions}, {@code ServerFlightRules.requireKnownSession}</td><td>all</td><td>all</td></tr>
 * <tr><td>HelloRetryRequest</td><td>{@code ClientHandshake.process13HelloRetryRequest}</td>
 *     <td>{@code RetryWithCookie.of}, {@code ProtocolState.retry}</td><td>all</td><td></td></tr>
 * <tr><td></td><td>{@code ClientHandshake.send13ClientHelloRetry}</td>
 *     <td>{@code RetryWithCookie.agreements}</td><td>all</td><td></td></tr>
 * <tr><td>ServerHello</td><td>{@code ClientNegotiator.notifyServerVersion}</td>
 *     <td></td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ClientNegotiator.notifySessionID}</td>
 *     <td>{@code ClientResumption.serverChose}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ClientNegotiator.notifySelectedPSK}</td>
 *     <td>{@code ClientPsk.selected}, {@code ClientResumption.selected}</td><td>all</td><td></td></tr>
 * <tr><td></td><td>{@code ClientHandshake.process13ServerHello}</td>
 *     <td>{@code ClientNegotiator.keyShareSelected}</td><td>all</td><td></td></tr>
 * <tr><td></td><td>{@code ClientNegotiator.notifySecureRenegotiation}</td>
 *     <td></td><td></td><td>all</td></tr>
 * <tr><td></td><td>{@code ClientHandshake.processServerHello}</td>
 *     <td>{@code RenegotiationRules.requireSameMasterSecret}, {@code ClientNegotiator.protocolSelected}</td><td>all</td><td>all</td></tr>
 * <tr><td>EncryptedExtensions</td><td>{@code ClientHandshake.receive13EncryptedExtensions}</td>
 *     <td>{@code ServerFlightRules.requireAnswers}, {@code ClientNegotiator.protocolSelected}</td><td>all</td><td></td></tr>
 * <tr><td>ServerKeyExchange</td><td>{@code ClientNegotiator.getKeyExchangeFactory}</td>
 *     <td>{@code ClientNegotiator.requireDhSize}</td><td></td><td>full, behind Certificate</td></tr>
 * <tr><td></td><td>{@code ClientNegotiator.getPSKIdentity}</td>
 *     <td>{@code ClientPsk.identity}</td><td></td><td>full</td></tr>
 * <tr><td></td><td>{@code ClientNegotiator.getDHGroupVerifier}</td>
 *     <td></td><td></td><td>full</td></tr>
 * <tr><td>CertificateRequest</td><td>{@code ClientHandshake.receive13CertificateRequest}</td>
 *     <td>{@link io.heddle.engine.compression.CertificateCompression#offered}</td><td>full</td><td></td></tr>
 * <tr><td>Certificate</td><td>{@code ClientNegotiator.getAuthentication}</td>
 *     <td>{@code ClientServerAuth.verify}, {@code ClientStapling.entries}, {@code PeerKey.requireServer}</td><td>full</td><td>full</td></tr>
 * <tr><td></td><td>{@code ClientHandshake.handleServerCertificate}</td>
 *     <td>{@code ClientStapling.withStatusRequest}</td><td>full</td><td>full</td></tr>
 * <tr><td>CertificateVerify</td><td>{@code ClientHandshake.receive13ServerCertificateVerify}</td>
 *     <td>{@code ClientNegotiator.requireScheme}, {@code ClientServerAuth.requireScheme}</td><td>full</td><td></td></tr>
 * <tr><td>CertificateRequest, and the answer</td><td>{@code ClientNegotiator.getAuthentication}</td>
 *     <td>{@code ClientNegotiator.clientCredentials}</td><td>full</td><td>full</td></tr>
 * <tr><td>NewSessionTicket</td><td>{@code ClientNegotiator.notifyNewSessionTicket}</td>
 *     <td>{@code ClientResumption.ticketArrived}</td><td></td><td>full, resumed with a ticket under an old key</td></tr>
 * <tr><td>ChangeCipherSpec of the client</td><td>{@code ClientHandshake.sendChangeCipherSpec}</td>
 *     <td></td><td></td><td>all</td></tr>
 * <tr><td>ChangeCipherSpec</td><td>{@code ClientHandshake.handleChangeCipherSpecMessage}</td>
 *     <td>{@code ProtocolState.requireChangeCipherSpec}, {@code ProtocolState.openingChanged}</td><td></td><td>all</td></tr>
 * <tr><td>last Finished</td><td>{@code ClientHandshake.completeHandshake}</td>
 *     <td>{@code ClientResumption.resumptionSecret}, {@code ClientResumption.parameters13}, {@code ProtocolState.completing}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ClientNegotiator.notifyHandshakeComplete}</td>
 *     <td>{@code ClientResumption.completed}, {@code ClientNegotiator.result}, {@code ClientResumption.newSession12}</td><td>all</td><td>all</td></tr>
 * <tr><td>NewSessionTicket</td><td>{@code ClientHandshake.receive13NewSessionTicket}</td>
 *     <td>{@code ClientTickets.session}</td><td>all</td><td></td></tr>
 * <tr><td>KeyUpdate</td><td>{@code ClientHandshake.receive13KeyUpdate}</td>
 *     <td>{@code ProtocolState.keyUpdateReceived}</td><td>all</td><td></td></tr>
 * <tr><td>alert</td><td>{@code ClientHandshake.handleAlertMessage}</td>
 *     <td>{@code ProtocolState.actOnAlert}, {@code ProtocolState.closeNotifyReceived}</td><td>all</td><td>all</td></tr>
 * <tr><td></td><td>{@code ClientHandshake.handleAlertWarningMessage}</td>
 *     <td></td><td>all</td><td>all</td></tr>
 * </tbody>
 * </table>
 */
@NullMarked
package io.heddle.engine.handshake;

import org.jspecify.annotations.NullMarked;
