package io.heddle.engine.handshake;

import org.bouncycastle.tls.SessionParameters;
import org.bouncycastle.tls.TlsSession;

/** A session under the id that the client sent, which the server has to echo, even an empty one. */
record ResumedSession(byte[] id, SessionParameters parameters) implements TlsSession {
    @Override
    public SessionParameters exportSessionParameters() {
        return parameters;
    }

    @Override
    public byte[] getSessionID() {
        return id;
    }

    @Override
    public void invalidate() {
        parameters.clear();
    }

    @Override
    public boolean isResumable() {
        return true;
    }
}
