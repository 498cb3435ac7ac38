/**
 * The TLS connection, over a transport ({@link io.heddle.engine.Connection}) or over buffers ({@link
 * io.heddle.engine.RecordExchange}). Not exported. Null is refused everywhere unless marked.
 *
 * <p>The parts of a connection over a transport, in the order of its life:
 *
 * <ul>
 *   <li>the first handshake in {@code FirstHandshake}, its deadline in {@code HandshakeDeadline};
 *   <li>records received in {@code RecordReader}: the rules for them in {@code RecordRules} and {@code RecordIntake};
 *   <li>records sent in {@code RecordWriter}, sealed by a {@link io.heddle.engine.crypto.RecordCipher};
 *   <li>renegotiation in {@code Renegotiation}; {@code RenegotiationGate} keeps its deadline, {@code RenegotiationMonitor} ends it;
 *   <li>the end in {@code ConnectionShutdown}: close_notify and fatal alerts, which {@code RecordWriter} sends. All
 *       close_notify alerts, those of half-close and of engines as well, pass through {@link
 *       io.heddle.engine.handshake.Protocol#sendCloseNotify};
 *   <li>the result, the first failure and the end that all parts share in {@code ConnectionState}.
 * </ul>
 */
@NullMarked
package io.heddle.engine;

import org.jspecify.annotations.NullMarked;
