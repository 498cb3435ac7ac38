package io.heddle.bogo;

import io.heddle.cipher.Group;
import io.heddle.cipher.Suite;
import io.heddle.failure.TlsFailure;
import io.heddle.protocol.TlsVersion;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** A connection as the shim uses it: over a Heddle socket or over an engine. */
interface ShimPeer extends AutoCloseable {
    /** The negotiated parameters. */
    record Facts(
            TlsVersion version,
            Suite suite,
            Optional<Group> group,
            boolean resumed,
            Optional<String> servername,
            Optional<String> alpnProtocol,
            List<X509Certificate> certificates,
            Optional<byte[]> ocspResponse,
            boolean authorized,
            List<String> sharedSigalgs,
            byte[] finished,
            byte[] peerFinished) {}

    void handshake() throws IOException;

    Facts facts();

    int read(byte[] into) throws IOException;

    void write(byte[] from, int offset, int length) throws IOException;

    void endOutput() throws IOException;

    void updateKeys() throws IOException;

    void disableRenegotiation() throws IOException;

    boolean closeNotifyReceived();

    byte[] export(int length, String label, Optional<byte[]> context) throws TlsFailure;

    /** Returns the newest session of a client. */
    Optional<byte[]> session();

    /** Returns the number of sessions that a client received, empty if it is not reported. */
    Optional<Integer> sessions();

    /** Returns the lines of the trace, empty if there is none. */
    Optional<List<String>> trace();

    @Override
    void close() throws IOException;
}
