/**
 * The TLS connection, over a transport ({@link io.heddle.engine.Connection}) or over buffers ({@link
 * io.heddle.engine.RecordExchange}). Not exported. Null is refused everywhere unless marked.
 */
@NullMarked
package io.heddle.engine;

import org.jspecify.annotations.NullMarked;
