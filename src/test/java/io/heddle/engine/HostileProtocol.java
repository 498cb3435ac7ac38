package io.heddle.engine;

import io.heddle.engine.crypto.RecordCipher;
import java.io.IOException;

/** The protocol object of a {@link HostilePeer}, of either role. */
interface HostileProtocol {
    /** Begins: a client makes its ClientHello, a server waits for one. */
    void start() throws IOException;

    void offerInput(byte[] input) throws IOException;

    int getAvailableOutputBytes();

    int readOutput(byte[] into, int offset, int length);

    int getAvailableInputBytes();

    int readInput(byte[] into, int offset, int length);

    void writeApplicationData(byte[] from, int offset, int length) throws IOException;

    /** Returns the cipher that opens what Heddle sends; there is none before the keys. */
    RecordCipher opener();

    /** Returns the cipher that seals; there is none before the keys. */
    RecordCipher sealer();

    /** Writes one record as the state of the protocol object is: in the clear or under its keys. */
    void seal(short type, byte[] content) throws IOException;

    /** Sends the unsolicited messages after the handshake: tickets of TLS 1.3. */
    void afterHandshake() throws IOException;

    /** Sends a KeyUpdate that requests one, in TLS 1.3. */
    void updateKeys() throws IOException;

    void closeNotify() throws IOException;
}
