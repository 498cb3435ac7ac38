/**
 * The server's use of sessions: the sealing of tickets, the policy that decides whether a session resumes, and the store
 * whose failures cost only a full handshake. Not exported. Null is refused everywhere unless marked.
 */
@NullMarked
package io.heddle.session.server;

import org.jspecify.annotations.NullMarked;
