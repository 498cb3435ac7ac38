/**
 * The trust of one context in its peers, and the check of stapled OCSP responses that rests on it. Null is refused
 * everywhere unless marked.
 */
@NullMarked
package io.heddle.engine.handshake.trust;

import org.jspecify.annotations.NullMarked;
