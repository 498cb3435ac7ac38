package io.heddle.load;

/** A protocol that begins in the clear and then changes to TLS. */
public enum StartTls {
    /** STARTTLS of SMTP, RFC 3207. */
    SMTP,
    /** STARTTLS of IMAP, RFC 9051 6.2.1. */
    IMAP,
    /** STLS of POP3, RFC 2595 4. */
    POP3,
    /** The extended operation StartTLS of LDAP, RFC 4511 4.14. */
    LDAP,
    /** SSLRequest of PostgreSQL's protocol 3. */
    POSTGRES
}
