package io.heddle.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.heddle.failure.TlsFailure;
import io.heddle.load.LoadOptions.StartTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Locale;

/**
 * The client side of the STARTTLS dialogues. Reads byte by byte, so that no byte of TLS is consumed, and only a limited amount, since
 * the server is not trusted.
 */
final class StartTlsClient {
    private static final int LONGEST_LINE = 2048;
    private static final int MOST_LINES = 100;

    /** ExtendedRequest with message id 1 and the name 1.3.6.1.4.1.1466.20037, RFC 4511 4.12 and 4.14.1. */
    private static final byte[] LDAP_REQUEST = ldapRequest();

    /** The length 8 and the code of SSLRequest, 1234 and 5679. */
    private static final byte[] POSTGRES_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f};

    /** UnbindRequest with message id 2, RFC 4511 4.3. */
    private static final byte[] LDAP_UNBIND = {0x30, 5, 2, 1, 2, 0x42, 0};

    private static final byte[] NOTHING = {};

    private final StartTls protocol;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final long end;

    /** The command that the server is to answer, empty before its greeting. */
    private String command = "";

    private StartTlsClient(StartTls protocol, Socket socket, long end) throws IOException {
        this.protocol = protocol;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.end = end;
    }

    /**
     * Performs the dialogue until the server is ready for TLS.
     *
     * @param end the deadline, on the scale of {@link System#nanoTime}
     */
    static void negotiate(StartTls protocol, Socket socket, long end) throws IOException {
        var client = new StartTlsClient(protocol, socket, end);
        client.run();
        client.expectSilence();
        socket.setSoTimeout(0);
    }

    /**
     * Returns the logout that a client sends over TLS before it closes; empty if the protocol has none. Why: after close_notify some
     * servers (Exim) return to plain text and wait for the next command.
     */
    static byte[] logout(StartTls protocol) {
        return switch (protocol) {
            case SMTP, POP3 -> "QUIT\r\n".getBytes(US_ASCII);
            case IMAP -> "b LOGOUT\r\n".getBytes(US_ASCII);
            case LDAP -> LDAP_UNBIND.clone();
            // The protocol has no message before the startup message.
            case POSTGRES -> NOTHING;
        };
    }

    private void run() throws IOException {
        switch (protocol) {
            case SMTP -> {
                smtpReply("220");
                send("EHLO", " heddle.invalid");
                smtpReply("250");
                send("STARTTLS", "");
                smtpReply("220");
            }
            case IMAP -> imap();
            case POP3 -> {
                expect(line(), "+OK");
                send("STLS", "");
                expect(line(), "+OK");
            }
            case LDAP -> ldap();
            case POSTGRES -> {
                send("SSLRequest", POSTGRES_REQUEST);
                int answer = read();
                if (answer != 'S') {
                    String meaning = answer == 'N' ? ", it has no TLS" : answer == 'E' ? ", an error" : "";
                    throw refused(quoted(String.valueOf((char) answer)) + meaning);
                }
            }
        }
    }

    private void imap() throws IOException {
        expect(line(), "* OK");
        command = "STARTTLS";
        out.write("a STARTTLS\r\n".getBytes(US_ASCII));
        String line = line();
        // A BYE is the last line before the connection ends, and explains why.
        for (int i = 0; line.startsWith("* ") && !begins(line, "* BYE") && i < MOST_LINES; i++) {
            line = line();
        }
        expect(line, "A OK");
    }

    /**
     * Checks that no bytes follow the server's response. A server waits for the ClientHello, so these bytes are not TLS but text that
     * an attacker injected (RFC 3207 6, CVE-2021-23222). Later bytes are read as TLS, and fail as that.
     */
    private void expectSilence() throws IOException {
        int available = in.available();
        if (available > 0) {
            String text = new String(in.readNBytes(Math.min(available, LONGEST_LINE)), ISO_8859_1);
            throw new LoadException(
                    "ERR_STARTTLS_INJECTED",
                    "starttls: the %s server sent %d bytes in the clear behind its answer to %s: %s"
                            .formatted(protocol, available, command, quoted(text.strip())));
        }
    }

    private void send(String name, String arguments) throws IOException {
        send(name, (name + arguments + "\r\n").getBytes(US_ASCII));
    }

    private void send(String name, byte[] bytes) throws IOException {
        command = name;
        out.write(bytes);
    }

    /** Reads a reply of SMTP; all lines except the last have a hyphen after the code. */
    private void smtpReply(String code) throws IOException {
        for (int i = 0; i < MOST_LINES; i++) {
            String line = line();
            expect(line, code);
            if (!line.startsWith(code + "-")) {
                return;
            }
        }
        throw refused("more than " + MOST_LINES + " lines");
    }

    private void expect(String line, String beginning) throws LoadException {
        if (!begins(line, beginning)) {
            throw refused(quoted(line));
        }
    }

    private static boolean begins(String line, String beginning) {
        return line.toUpperCase(Locale.ROOT).startsWith(beginning);
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int b = read(); b != '\n'; b = read()) {
            if (line.length() == LONGEST_LINE) {
                throw refused(quoted(line.toString()));
            }
            line.append((char) b);
        }
        return line.toString().strip();
    }

    private void ldap() throws IOException {
        send("StartTLS", LDAP_REQUEST);
        if (read() != 0x30) {
            throw refused("no LDAPMessage");
        }
        byte[] message = new byte[length()];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) read();
        }
        LdapResponse response =
                LdapResponse.of(message).orElseThrow(() -> refused("an LDAPMessage without an ExtendedResponse"));
        // Message 0 is an unsolicited notification that the server ends the connection.
        if (response.messageId() != 1 || response.resultCode() != 0) {
            throw refused("message %d with result code %d: %s"
                    .formatted(response.messageId(), response.resultCode(), quoted(response.diagnostic())));
        }
    }

    private int length() throws IOException {
        int first = read();
        if (first < 0x80) {
            return first;
        }
        int bytes = first & 0x7f;
        if (bytes == 0 || bytes > 4) {
            throw refused("a length of %d bytes".formatted(bytes));
        }
        long length = 0;
        for (int i = 0; i < bytes; i++) {
            length = length << 8 | read();
        }
        if (length > LONGEST_LINE) {
            throw refused("an LDAPMessage of %d bytes".formatted(length));
        }
        return (int) length;
    }

    private int read() throws IOException {
        int b;
        try {
            socket.setSoTimeout(LoadSocket.millisUntil(end));
            b = in.read();
        } catch (SocketTimeoutException e) {
            throw new LoadException(
                    "ETIMEDOUT", "starttls: the %s server did not %s in time".formatted(protocol, answer()));
        }
        if (b < 0) {
            throw new LoadException(
                    "ECONNRESET",
                    "starttls: the %s server ended the connection and did not %s".formatted(protocol, answer()));
        }
        return b;
    }

    private LoadException refused(String how) {
        return new LoadException(
                "ERR_STARTTLS_REFUSED",
                "starttls: the %s server %s with %s"
                        .formatted(protocol, command.isEmpty() ? "greeted" : "answered " + command, how));
    }

    private String answer() {
        return command.isEmpty() ? "greet" : "answer " + command;
    }

    private static String quoted(String peerText) {
        return '"' + TlsFailure.printable(peerText) + '"';
    }

    private static byte[] ldapRequest() {
        byte[] oid = "1.3.6.1.4.1.1466.20037".getBytes(US_ASCII);
        byte[] request = new byte[9 + oid.length];
        byte[] head = {
            0x30, (byte) (7 + oid.length), 2, 1, 1, 0x77, (byte) (2 + oid.length), (byte) 0x80, (byte) oid.length
        };
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(oid, 0, request, head.length, oid.length);
        return request;
    }
}
