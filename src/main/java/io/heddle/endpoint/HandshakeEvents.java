package io.heddle.endpoint;

import io.heddle.callback.NewSessionListener;
import io.heddle.callback.OcspProblemListener;
import io.heddle.callback.OcspRequestListener;
import io.heddle.callback.RemoveSessionListener;
import io.heddle.callback.ResumeSessionListener;
import io.heddle.certificate.OcspVerdict;
import io.heddle.certificate.Problem;
import io.heddle.engine.handshake.sessions.SessionEvents;
import io.heddle.session.ResumptionRefusal;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The listeners that the handshakes of one connection of a server notify: those the server had when the connection
 * began. Also counts what the handshakes do. Thread-safe.
 */
public final class HandshakeEvents implements SessionEvents {
    private static final Logger LOG = System.getLogger("io.heddle.TlsServer");

    /** The counters of connections without a server, which bound their warnings. */
    private static final ServerCounters UNCOUNTED = new ServerCounters();

    private final ServerCounters counters;
    private final List<NewSessionListener> newSession;
    private final List<ResumeSessionListener> resumeSession;
    private final List<RemoveSessionListener> removeSession;
    private final List<OcspRequestListener> ocspRequest;
    private final List<OcspProblemListener> ocspProblem;
    private final List<Consumer<Throwable>> error;

    /** Written once, in the first handshake; read by any thread. */
    private volatile @Nullable ResumptionRefusal refusal;

    public HandshakeEvents(
            ServerCounters counters,
            List<NewSessionListener> newSession,
            List<ResumeSessionListener> resumeSession,
            List<RemoveSessionListener> removeSession,
            List<OcspRequestListener> ocspRequest,
            List<OcspProblemListener> ocspProblem,
            List<Consumer<Throwable>> error) {
        this.counters = counters;
        this.newSession = newSession;
        this.resumeSession = resumeSession;
        this.removeSession = removeSession;
        this.ocspRequest = ocspRequest;
        this.ocspProblem = ocspProblem;
        this.error = error;
    }

    /** Returns the events of a connection without listeners. */
    public static HandshakeEvents none() {
        return counting(UNCOUNTED);
    }

    /** Returns the events of a connection without listeners that is counted. */
    public static HandshakeEvents counting(ServerCounters counters) {
        return new HandshakeEvents(counters, List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    public void error(Throwable thrown) {
        notifyError(error, thrown);
    }

    /** Notifies listeners of errors; logs the error if there is none. */
    public static void notifyError(List<Consumer<Throwable>> listeners, Throwable thrown) {
        if (listeners.isEmpty()) {
            LOG.log(thrown instanceof IOException ? Level.DEBUG : Level.WARNING, "connection ended", thrown);
        }
        for (Consumer<Throwable> listener : listeners) {
            try {
                listener.accept(thrown);
            } catch (Throwable e) {
                LOG.log(Level.WARNING, "the error listener failed", e);
            }
        }
    }

    // OCSP

    /**
     * Returns the source of OCSP responses: the server's listeners, then that of its options; empty if there is none.
     */
    Optional<OcspRequestListener> ocspRequest(Optional<OcspRequestListener> ofOptions) {
        List<OcspRequestListener> sources = new ArrayList<>(ocspRequest);
        ofOptions.ifPresent(sources::add);
        if (sources.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of((certificate, issuer) -> {
            for (OcspRequestListener source : sources) {
                Optional<byte[]> response = source.onOcspRequest(certificate, issuer);
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

    /** Notifies the listeners of a response that is not good, whether it is sent nevertheless or left out. */
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
        for (OcspProblemListener listener : ocspProblem) {
            try {
                listener.onOcspProblem(certificate, verdict);
            } catch (Throwable e) {
                error(e);
            }
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
        for (NewSessionListener listener : newSession) {
            listener.newSession(id.clone(), session.clone());
        }
    }

    @Override
    public Optional<byte[]> resumeSession(byte[] id) throws Exception {
        for (ResumeSessionListener listener : resumeSession) {
            Optional<byte[]> found = listener.resumeSession(id.clone());
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
        for (RemoveSessionListener listener : removeSession) {
            listener.removeSession(id.clone());
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

    /** Returns why the connection resumed no session; empty if it did, or if there was none to resume. */
    public Optional<ResumptionRefusal> resumptionRefusal() {
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
