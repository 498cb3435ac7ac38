package io.heddle;

import io.heddle.callback.NewSessionListener;
import io.heddle.callback.OcspProblemListener;
import io.heddle.callback.OcspRequestListener;
import io.heddle.callback.RemoveSessionListener;
import io.heddle.callback.ResumeSessionListener;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.Problem;
import io.heddle.engine.handshake.SessionEvents;
import io.heddle.failure.TlsFailure;
import io.heddle.session.ResumptionRefusal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The listeners of one connection of a server: those that the server had when the connection began. Thread-safe. */
final class ConnectionEvents implements SessionEvents {
    private static final Logger LOG = System.getLogger(TlsServer.class.getName());

    private final List<NewSessionListener> newSession;
    private final List<ResumeSessionListener> resumeSession;
    private final List<RemoveSessionListener> removeSession;
    private final List<OcspRequestListener> ocspRequest;
    private final List<OcspProblemListener> ocspProblem;
    private final List<ConnectionHandler> connection;
    private final List<ConnectionHandler> secureConnection;
    private final List<BiConsumer<TlsFailure, TlsSocket>> tlsClientError;
    private final List<BiConsumer<String, TlsSocket>> keylog;
    private final List<Consumer<Throwable>> error;

    private final ServerCounters counters;
    private final AtomicBoolean failed = new AtomicBoolean();

    /** Written once, in the first handshake; read by any thread. */
    private volatile @Nullable ResumptionRefusal refusal;

    ConnectionEvents(ServerEvents server) {
        newSession = server.newSession.listeners();
        resumeSession = server.resumeSession.listeners();
        removeSession = server.removeSession.listeners();
        ocspRequest = server.ocspRequest.listeners();
        ocspProblem = server.ocspProblem.listeners();
        connection = server.connection.listeners();
        secureConnection = server.secureConnection.listeners();
        tlsClientError = server.tlsClientError.listeners();
        keylog = server.keylog.listeners();
        error = server.error.listeners();
        counters = server.counters;
    }

    // The handshake and its end

    void connection(TlsSocket socket) throws Exception {
        for (ConnectionHandler each : connection) {
            each.handle(socket);
        }
    }

    /** Returns who has OCSP responses, the server's listeners before that of its options; empty if there is nobody. */
    Optional<OcspRequestListener> ocspRequest(Optional<OcspRequestListener> ofOptions) {
        List<OcspRequestListener> asked = new ArrayList<>(ocspRequest);
        ofOptions.ifPresent(asked::add);
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of((certificate, issuer) -> {
            for (OcspRequestListener each : asked) {
                Optional<byte[]> response = each.onOcspRequest(certificate, issuer);
                if (response == null || response.isPresent()) {
                    return response;
                }
            }
            return Optional.empty();
        });
    }

    /** Counts a response that is sent. */
    void stapled() {
        counters.staplesSent.increment();
    }

    /** Notifies of a response that is not good, whether it is sent nevertheless or left out. */
    void ocspProblem(X509Certificate certificate, OcspVerdict verdict, boolean sent) {
        if (!sent) {
            counters.staplesWithheld.increment();
        }
        if (ocspProblem.isEmpty() && counters.mayLogOcsp()) {
            LOG.log(
                    Level.WARNING,
                    "OCSP response {0}: {1}",
                    sent ? "stapled" : "not stapled",
                    verdict.problem().map(Problem::sentence).orElse(""));
        }
        for (OcspProblemListener each : ocspProblem) {
            try {
                each.onOcspProblem(certificate, verdict);
            } catch (Throwable e) {
                error(e);
            }
        }
    }

    void secureConnection(TlsSocket socket) throws Exception {
        counters.handshake(socket.negotiated());
        for (ConnectionHandler each : secureConnection) {
            each.handle(socket);
        }
    }

    /** Tells why the connection did not become secure; the first time only. */
    void tlsClientError(TlsFailure failure, TlsSocket socket) {
        if (!failed.compareAndSet(false, true)) {
            return;
        }
        counters.failure(failure.code());
        if (tlsClientError.isEmpty()) {
            LOG.log(Level.DEBUG, "{0} from {1}", failure.getMessage(), socket.getRemoteSocketAddress());
        }
        for (BiConsumer<TlsFailure, TlsSocket> each : tlsClientError) {
            try {
                each.accept(failure, socket);
            } catch (Throwable e) {
                error(e);
            }
        }
    }

    void error(Throwable thrown) {
        ServerEvents.tellError(error, thrown);
    }

    /** Lets those who collect key logs watch the connection. */
    void observe(SocketObservers observers, TlsSocket socket) {
        for (BiConsumer<String, TlsSocket> each : keylog) {
            observers.keylog(line -> each.accept(line, socket));
        }
    }

    // Sessions

    @Override
    public boolean keepsSessions() {
        return !newSession.isEmpty();
    }

    @Override
    public boolean findsSessions() {
        return !resumeSession.isEmpty();
    }

    @Override
    public void newSession(byte[] id, byte[] session) throws Exception {
        for (NewSessionListener each : newSession) {
            each.newSession(id.clone(), session.clone());
        }
    }

    @Override
    public Optional<byte[]> resumeSession(byte[] id) throws Exception {
        for (ResumeSessionListener each : resumeSession) {
            Optional<byte[]> found = each.resumeSession(id.clone());
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean removesSessions() {
        return !removeSession.isEmpty();
    }

    @Override
    public void removeSession(byte[] id) throws Exception {
        for (RemoveSessionListener each : removeSession) {
            each.removeSession(id.clone());
        }
    }

    @Override
    public void failed(Exception thrown) {
        error(thrown);
    }

    @Override
    public void resumptionRefused(ResumptionRefusal reason) {
        refusal = reason;
        counters.refusal(reason);
    }

    /** Returns why the connection resumed no session, empty if it did, or if there was none to resume. */
    Optional<ResumptionRefusal> resumptionRefusal() {
        return Optional.ofNullable(refusal);
    }

    // Counts

    @Override
    public void sessionKept() {
        counters.sessionsKept.increment();
    }

    @Override
    public void sessionSought(boolean found) {
        (found ? counters.sessionsFound : counters.sessionsMissed).increment();
    }

    @Override
    public void ticketSealed() {
        counters.ticketsSealed.increment();
    }

    @Override
    public void ticketOpened(boolean renew) {
        counters.ticketsOpened.increment();
        if (renew) {
            counters.ticketsRenewed.increment();
        }
    }

    @Override
    public void ticketRefused() {
        counters.ticketsRefused.increment();
    }
}
