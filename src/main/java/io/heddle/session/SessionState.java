package io.heddle.session;

import io.heddle.protocol.rules.HostName;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of a TLS session that both sides keep for resumption. Its encoding is OpenSSL's {@code SSL_SESSION}.
 * Tickets contain it, {@code openssl s_client -sess_in} reads it in PEM, and Node's {@code getSession()} returns it,
 * on newer clients after the server name that the session is bound to ({@link SessionFormat#NODE}).
 *
 * <p>Immutable except for {@link #wipe}; arrays are copied in and out. Thread-safe. It is as secret as a key: with it a
 * connection can be resumed and its traffic read.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetsession">Node tlsSocket.getSession</a>
 */
public final class SessionState {
    /** TLS 1.2 as {@link #protocol} has it. */
    public static final int TLS12 = 0x0303;

    /** TLS 1.3 as {@link #protocol} has it. */
    public static final int TLS13 = 0x0304;

    /** The longest lifetime of a session and, by RFC 8446 4.6.1, of a ticket: 7 days. */
    public static final Duration LONGEST_TIMEOUT = Duration.ofDays(7);

    /** The maximum size of the DER of a session: 64 KiB. */
    public static final int LONGEST_DER = SessionBounds.LONGEST_DER;

    private static final int OLDEST = 0x0301;

    private static final int EXTENDED_MASTER_SECRET = 1;

    /** RFC 5246 F.1.4. */
    private static final Duration LONGEST_ID_LIFETIME = Duration.ofHours(24);

    /** OpenSSL's default for a ticket of TLS 1.2 without a lifetime in a session without a timeout. */
    private static final Duration DEFAULT_LIFETIME = Duration.ofHours(2);

    private final SessionElements elements;
    private final @Nullable String boundTo;
    private volatile boolean wiped; // written by wipe(), read by all methods that return the secret

    private SessionState(SessionElements elements, @Nullable String boundTo) {
        this.elements = elements;
        this.boundTo = boundTo;
    }

    /**
     * Returns a builder of a new session. The protocol is required; until they are set, the cipher suite is 0 and the
     * secret is empty.
     */
    public static Builder builder() {
        return new Builder(new SessionElements());
    }

    /**
     * Returns a builder with the elements of this session, for the next ticket of a connection. The key-exchange group
     * is omitted, because OpenSSL 1.1.1 cannot read a session with it.
     *
     * @throws IllegalStateException after {@link #wipe}
     */
    public Builder toBuilder() {
        requireSecret();
        SessionElements copy = elements.copy();
        copy.peerCertificate = elements.peerCertificate();
        copy.group = null;
        copy.carried = CarriedElements.NONE;
        return new Builder(copy);
    }

    /**
     * Reads a session that Heddle, OpenSSL or a server in Node wrote, {@link SessionFormat#OPENSSL}.
     *
     * <p>Order, lengths and trailing bytes are checked strictly, as in OpenSSL. An absent integer is zero, so a session
     * without a time is of 1970 and has expired. Elements after the last known one are skipped and not written again.
     *
     * @param der the bytes of one {@code SSL_SESSION}, at most 64 KiB
     * @throws MalformedSession for any other bytes
     */
    public static SessionState fromDer(byte[] der) throws MalformedSession {
        return new SessionState(SessionDer.read(der), null);
    }

    /**
     * Reads a client's session in either {@link SessionFormat}, which its first byte shows.
     *
     * @param data DER, at most 64 KiB, which in Node's form follows a server name of at most 65535 bytes
     * @throws MalformedSession if it is neither
     */
    public static SessionState fromBytes(byte[] data) throws MalformedSession {
        if (!NodeSession.isMeantBy(data)) {
            return fromDer(data);
        }
        NodeSession node = NodeSession.read(data);
        try {
            return new SessionState(SessionDer.read(node.der()), node.servername());
        } finally {
            Arrays.fill(node.der(), (byte) 0);
        }
    }

    /**
     * Reads the first block {@code SSL SESSION PARAMETERS} of a text, such as
     * {@code openssl s_client -sess_out} writes.
     *
     * @throws MalformedSession if there is no such block or it contains no session
     */
    public static SessionState fromPem(String pem) throws MalformedSession {
        byte[] der = SessionPem.read(pem);
        try {
            return fromDer(der);
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    /**
     * Returns OpenSSL's {@code SSL_SESSION} of this session.
     *
     * @throws IllegalStateException after {@link #wipe}
     */
    public byte[] toDer() {
        requireSecret();
        return SessionDer.write(elements);
    }

    /**
     * Returns this session in Node's form, {@link SessionFormat#NODE}, which binds it to a server.
     *
     * @param servername the {@code servername} that Node's client will connect with, or its {@code host} if it has
     *     none; a client with another spelling does not use the session. 1 to 65535 bytes of UTF-8
     * @throws IllegalArgumentException if the name is empty, longer, or has a control character
     * @throws IllegalStateException after {@link #wipe}
     */
    public byte[] toNode(String servername) {
        byte[] der = toDer();
        try {
            return new NodeSession(servername, der).write();
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    /**
     * Returns {@link #toDer} as PEM, lines of 64 characters, as {@code openssl s_client -sess_in} and
     * {@code openssl sess_id} read it. A string cannot be wiped.
     *
     * @throws IllegalStateException after {@link #wipe}
     */
    public String toPem() {
        byte[] der = toDer();
        try {
            return SessionPem.write(der);
        } finally {
            Arrays.fill(der, (byte) 0);
        }
    }

    /** Returns the version: {@link #TLS12}, {@link #TLS13}, or an older one. */
    public int protocol() {
        return elements.protocol;
    }

    /** Returns the IANA number of the cipher suite, such as 0x1302. */
    public int cipherSuite() {
        return elements.cipherSuite;
    }

    /** Returns the session id, 0 to 32 bytes. On a client with a ticket this is the SHA-256 of the ticket. */
    public byte[] sessionId() {
        return elements.sessionId.clone();
    }

    /**
     * Returns the secret: in TLS 1.2 the master secret of 48 bytes, in TLS 1.3 the PSK of this ticket, of the length of
     * the suite's hash. Empty in a session that cannot be resumed.
     *
     * @throws IllegalStateException after {@link #wipe}
     */
    public byte[] masterSecret() {
        requireSecret();
        return elements.masterSecret.clone();
    }

    /** Returns the length of the secret in bytes, 0 in a session that cannot be resumed. */
    public int secretLength() {
        return elements.masterSecret.length;
    }

    /** Returns the time at which the session (TLS 1.2) or this ticket (TLS 1.3) was created, in whole seconds. */
    public Instant time() {
        return Instant.ofEpochSecond(elements.time);
    }

    /** Returns the time for which the session may be resumed, counted from {@link #time}, in whole seconds. */
    public Duration timeout() {
        return Duration.ofSeconds(elements.timeout);
    }

    /** Returns the certificate of the peer in DER, without its chain; empty if it had none. */
    public Optional<byte[]> peerCertificate() {
        return Optional.ofNullable(elements.peerCertificate());
    }

    /** Returns the session id context of the server, 0 to 32 bytes; always empty on a client. */
    public byte[] sessionIdContext() {
        byte[] context = elements.sessionIdContext;
        return context == null ? new byte[0] : context.clone();
    }

    /**
     * Returns OpenSSL's verdict ({@code X509_V_ERR_...}) on the peer's certificate; 0 for a valid certificate or none.
     */
    public int verifyResult() {
        return elements.verifyResult;
    }

    /** Returns the server name of the session, each character one byte. Heddle writes it, Node never does. */
    public Optional<String> hostName() {
        return Optional.ofNullable(elements.hostName);
    }

    /**
     * Returns whether the session is of the server with this name; false if it has no server name. Names are compared
     * as in DNS: the case of A to Z (RFC 4343) and a final dot (RFC 6066 3) are ignored.
     */
    public boolean isForHost(String servername) {
        return elements.hostName != null && HostName.same(elements.hostName, servername);
    }

    /**
     * Returns the server name that the session is bound to by the encoding that it was read from,
     * {@link SessionFormat#NODE}; empty if it was read from DER or built. It is not part of the DER and not copied by
     * {@link #toBuilder}.
     */
    public Optional<String> boundTo() {
        return Optional.ofNullable(boundTo);
    }

    /** Returns the hint of a TLS 1.2 PSK suite. */
    public Optional<byte[]> pskIdentityHint() {
        return copy(elements.pskIdentityHint);
    }

    /** Returns the identity of a TLS 1.2 PSK suite. */
    public Optional<byte[]> pskIdentity() {
        return copy(elements.pskIdentity);
    }

    /** Returns the lifetime that the server gave the ticket; zero without a ticket. */
    public Duration ticketLifetimeHint() {
        return Duration.ofSeconds(elements.ticketLifetimeHint);
    }

    /**
     * Returns the last second in which a client offers this session: {@link #time} plus the lifetime that the server
     * gave the ticket, limited to 7 days (RFC 8446 4.6.1, RFC 5077 3.3). A ticket of TLS 1.2 without a lifetime has
     * {@link #timeout}, or 2 hours if that is zero too. A session with an id alone has 24 hours (RFC 5246 F.1.4).
     */
    public Instant offeredUntil() {
        return time().plusSeconds(offerLifetime());
    }

    private long offerLifetime() {
        if (elements.ticket == null) {
            return LONGEST_ID_LIFETIME.toSeconds();
        }
        long lifetime = elements.ticketLifetimeHint;
        if (lifetime == 0 && elements.protocol != TLS13) {
            lifetime = elements.timeout == 0 ? DEFAULT_LIFETIME.toSeconds() : elements.timeout;
        }
        return Math.min(lifetime, LONGEST_TIMEOUT.toSeconds());
    }

    /** Returns the ticket that a client offers. */
    public Optional<byte[]> ticket() {
        return copy(elements.ticket);
    }

    /** Returns whether the session has a ticket. */
    public boolean hasTicket() {
        return elements.ticket != null;
    }

    /** Returns whether the secret is an extended master secret (RFC 7627); meaningful in TLS 1.2 only. */
    public boolean extendedMasterSecret() {
        return (elements.flags & EXTENDED_MASTER_SECRET) != 0;
    }

    /** Returns the {@code ticket_age_add} of TLS 1.3, 0 to 2^32-1 (RFC 8446 4.6.1). */
    public long ticketAgeAdd() {
        return elements.ticketAgeAdd;
    }

    /**
     * Returns the application protocol of the connection, each character one byte. Resumption does not depend on it.
     */
    public Optional<String> alpnProtocol() {
        return Optional.ofNullable(elements.alpnProtocol);
    }

    /**
     * Returns the application data, which holds {@link #extras}; other implementations may have stored other content.
     */
    public Optional<byte[]> applicationData() {
        return copy(elements.applicationData());
    }

    /** Returns Heddle's extra data, empty in a session of another implementation. */
    public Optional<SessionExtras> extras() {
        return Optional.ofNullable(elements.extras);
    }

    /** Returns the IANA number of the key-exchange group, in sessions written by OpenSSL 3. */
    public Optional<Integer> group() {
        return Optional.ofNullable(elements.group);
    }

    /**
     * Overwrites the secret; only for the single owner of this object, when it is no longer used elsewhere. Everything
     * except the secret and the encodings stays available.
     */
    public void wipe() {
        wiped = true;
        Arrays.fill(elements.masterSecret, (byte) 0);
    }

    /** Returns version, suite, times and names for logs, without secret, ticket or id. */
    @Override
    public String toString() {
        return "SessionState[protocol 0x%04x, suite 0x%04x, made %s for %s, host name %s, alpn %s, peer certificate %s, %s]"
                .formatted(
                        elements.protocol,
                        elements.cipherSuite,
                        time(),
                        timeout(),
                        elements.hostName,
                        elements.alpnProtocol,
                        elements.peerCertificate() == null ? "no" : "yes",
                        elements.extras);
    }

    private void requireSecret() {
        // A wiped secret is all zeros, which anyone can guess, so it must not be used for resumption.
        if (wiped) {
            throw new IllegalStateException("session: its secret was wiped");
        }
    }

    private static Optional<byte[]> copy(byte @Nullable [] value) {
        return value == null ? Optional.empty() : Optional.of(value.clone());
    }

    /** A builder of sessions. Not thread-safe. */
    public static final class Builder {
        private final SessionElements to;

        private Builder(SessionElements to) {
            this.to = to;
            if (to.sessionIdContext == null) {
                to.sessionIdContext = new byte[0]; // OpenSSL writes the element even when it is empty
            }
        }

        /** Sets the version, {@link #TLS12}, {@link #TLS13}, or 0x0301 and 0x0302 for TLS 1.0 and 1.1. */
        public Builder protocol(int protocol) {
            if (protocol < OLDEST || protocol > TLS13) {
                throw new IllegalArgumentException(
                        "session: the protocol is 0x%04x, allowed are 0x0301 to 0x0304".formatted(protocol));
            }
            to.protocol = protocol;
            return this;
        }

        /** Sets the IANA number of the cipher suite, 0 to 0xFFFF. */
        public Builder cipherSuite(int cipherSuite) {
            SessionBounds.checkRange("cipher suite", cipherSuite, 0xFFFF);
            to.cipherSuite = cipherSuite;
            return this;
        }

        /** Sets the session id, at most 32 bytes. Default: empty. */
        public Builder sessionId(byte[] id) {
            SessionBounds.checkLength("session id", id, SessionBounds.LONGEST_ID);
            to.sessionId = id.clone();
            return this;
        }

        /** Sets the master secret (TLS 1.2) or the PSK of the ticket (TLS 1.3), at most 256 bytes. */
        public Builder masterSecret(byte[] secret) {
            SessionBounds.checkLength("secret", secret, SessionBounds.LONGEST_SECRET);
            to.masterSecret = secret.clone();
            return this;
        }

        /** Sets the time of creation, not before 1970; truncated to seconds. Default: 1970, which no server resumes. */
        public Builder time(Instant time) {
            SessionBounds.checkTime("time", time);
            to.time = time.getEpochSecond();
            return this;
        }

        /**
         * Sets the time for which it may be resumed, counted from {@link #time}, not negative; truncated to seconds.
         * Default: zero.
         */
        public Builder timeout(Duration timeout) {
            SessionBounds.checkDuration("timeout", timeout);
            to.timeout = timeout.toSeconds();
            return this;
        }

        /** Sets the peer's certificate in DER. Default: none. */
        public Builder peerCertificate(byte[] certificate) {
            SessionBounds.checkCertificate(certificate);
            to.peerCertificate = certificate.clone();
            return this;
        }

        /** Sets the session id context, at most 32 bytes. Default: empty. */
        public Builder sessionIdContext(byte[] context) {
            SessionBounds.checkLength("session id context", context, SessionBounds.LONGEST_CONTEXT);
            to.sessionIdContext = context.clone();
            return this;
        }

        /** Sets OpenSSL's verdict on the peer's certificate, not negative. Default: 0. */
        public Builder verifyResult(int result) {
            SessionBounds.checkRange("verification result", result, Integer.MAX_VALUE);
            to.verifyResult = result;
            return this;
        }

        /** Sets the server name; only characters of one byte, none of them zero. Default: none. */
        public Builder hostName(String name) {
            SessionBounds.checkText("host name", name, SessionBounds.LONGEST_DER);
            to.hostName = name;
            return this;
        }

        /** Sets the hint of a TLS 1.2 PSK suite. Default: none. */
        public Builder pskIdentityHint(byte[] hint) {
            to.pskIdentityHint = hint.clone();
            return this;
        }

        /** Sets the identity of a TLS 1.2 PSK suite. Default: none. */
        public Builder pskIdentity(byte[] identity) {
            to.pskIdentity = identity.clone();
            return this;
        }

        /** Sets the lifetime that the server gave the ticket, not negative; truncated to seconds. Default: zero. */
        public Builder ticketLifetimeHint(Duration hint) {
            SessionBounds.checkDuration("ticket lifetime hint", hint);
            to.ticketLifetimeHint = hint.toSeconds();
            return this;
        }

        /** Sets the ticket that a client offers, at most 65535 bytes. Default: none. */
        public Builder ticket(byte[] ticket) {
            SessionBounds.checkLength("ticket", ticket, SessionBounds.LONGEST_TICKET);
            to.ticket = ticket.clone();
            return this;
        }

        /**
         * Sets whether the secret is an extended master secret (RFC 7627). Must be false in TLS 1.3. Default: false.
         */
        public Builder extendedMasterSecret(boolean extended) {
            to.flags = extended ? to.flags | EXTENDED_MASTER_SECRET : to.flags & ~EXTENDED_MASTER_SECRET;
            return this;
        }

        /** Sets the {@code ticket_age_add} of TLS 1.3, 0 to 2^32-1. Default: 0. */
        public Builder ticketAgeAdd(long addend) {
            SessionBounds.checkRange("ticket age addend", addend, SessionBounds.GREATEST_UNSIGNED);
            to.ticketAgeAdd = addend;
            return this;
        }

        /** Sets the application protocol, at most 255 characters of one byte. Default: none. */
        public Builder alpnProtocol(String protocol) {
            SessionBounds.checkText("ALPN protocol", protocol, SessionBounds.LONGEST_ALPN);
            to.alpnProtocol = protocol;
            return this;
        }

        /** Sets Heddle's extra data. Default: none, as in a session of another implementation. */
        public Builder extras(SessionExtras extras) {
            to.extras = extras;
            return this;
        }

        /**
         * Returns the session.
         *
         * @throws IllegalArgumentException if there is no protocol, if the flag of RFC 7627 is set in TLS 1.3
         *     (OpenSSL would end the connection with an alert), or if the chain in the extras does not begin with the
         *     peer's certificate
         */
        public SessionState build() {
            if (to.protocol == 0) {
                throw new IllegalArgumentException("session: no protocol was set, allowed are 0x0301 to 0x0304");
            }
            if (to.protocol == TLS13 && (to.flags & EXTENDED_MASTER_SECRET) != 0) {
                throw new IllegalArgumentException(
                        "session: the extended master secret is set for TLS 1.3, it belongs to TLS 1.2");
            }
            if (!to.chainBeginsWithPeer()) {
                throw new IllegalArgumentException(
                        "session: the chain in the extras does not begin with the peer's certificate");
            }
            SessionElements elements = to.copy();
            elements.shareExtras();
            return new SessionState(elements, null);
        }
    }
}
