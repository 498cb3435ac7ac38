package io.heddle.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Locale;

/**
 * The client's side of what precedes TLS in protocols that begin in the clear. It reads byte by byte, so that nothing of TLS is
 * taken, and little, since the server may be anything.
 */
final class StartTlsDialogue {
    private static final int LONGEST_LINE = 2048;
    private static final int MOST_LINES = 100;

    /** ExtendedRequest with message id 1 and the name 1.3.6.1.4.1.1466.20037, RFC 4511 4.12 and 4.14.1. */
    private static final byte[] LDAP_REQUEST = ldapRequest();

    /** The length 8 and the code of SSLRequest, 1234 and 5679. */
    private static final byte[] POSTGRES_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f};

    /** UnbindRequest with message id 2, RFC 4511 4.3. */
    private static final byte[] LDAP_GOODBYE = {0x30, 5, 2, 1, 2, 0x42, 0};

    private static final byte[] NOTHING = {};

    private final StartTls protocol;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final long end;

    /** What the server is to answer, empty while it is to greet. */
    private String asked = "";

    private StartTlsDialogue(StartTls protocol, Socket socket, long end) throws IOException {
        this.protocol = protocol;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.end = end;
    }

    /**
     * Talks until the server is ready for TLS.
     *
     * @param end when it has to be, on the scale of {@link System#nanoTime}
     */
    static void hold(StartTls protocol, Socket socket, long end) throws IOException {
        var dialogue = new StartTlsDialogue(protocol, socket, end);
        dialogue.hold();
        dialogue.expectSilence();
        socket.setSoTimeout(0);
    }

    /**
     * Returns what a client says, over TLS, when it leaves at once; empty where there is nothing to say. Why: some servers (Exim)
     * take the end of TLS for a return to the clear and wait for the next command there.
     */
    static byte[] goodbye(StartTls protocol) {
        return switch (protocol) {
            case SMTP, POP3 -> "QUIT\r\n".getBytes(US_ASCII);
            case IMAP -> "b LOGOUT\r\n".getBytes(US_ASCII);
            case LDAP -> LDAP_GOODBYE.clone();
            // Before the startup message it knows no other.
            case POSTGRES -> NOTHING;
        };
    }

    private void hold() throws IOException {
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
        asked = "STARTTLS";
        out.write("a STARTTLS\r\n".getBytes(US_ASCII));
        String line = line();
        // A BYE is its last word, and the end of the connection would only hide it.
        for (int i = 0; line.startsWith("* ") && !begins(line, "* BYE") && i < MOST_LINES; i++) {
            line = line();
        }
        expect(line, "A OK");
    }

    /**
     * Demands that nothing has come in behind the server's answer. It has to wait for the client's hello, so what is there is no
     * TLS, but text that somebody put before it (RFC 3207 6, CVE-2021-23222). What comes later is read as TLS, and fails as that.
     */
    private void expectSilence() throws IOException {
        int there = in.available();
        if (there > 0) {
            String said = new String(in.readNBytes(Math.min(there, LONGEST_LINE)), ISO_8859_1);
            throw new LoadBroken(
                    "ERR_STARTTLS_INJECTED",
                    "starttls: the %s server sent %d bytes in the clear behind its answer to %s: %s"
                            .formatted(protocol, there, asked, quoted(said.strip())));
        }
    }

    private void send(String command, String more) throws IOException {
        send(command, (command + more + "\r\n").getBytes(US_ASCII));
    }

    private void send(String name, byte[] bytes) throws IOException {
        asked = name;
        out.write(bytes);
    }

    /** Reads a reply of SMTP, whose lines but the last have a hyphen behind the code. */
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

    private void expect(String line, String beginning) throws LoadBroken {
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
        // Message 0 is what a server says unasked, that it ends the connection.
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
            socket.setSoTimeout(LoadConnection.millisUntil(end));
            b = in.read();
        } catch (SocketTimeoutException e) {
            throw new LoadBroken(
                    "ETIMEDOUT", "starttls: the %s server did not %s in time".formatted(protocol, answer()));
        }
        if (b < 0) {
            throw new LoadBroken(
                    "ECONNRESET",
                    "starttls: the %s server ended the connection and did not %s".formatted(protocol, answer()));
        }
        return b;
    }

    private LoadBroken refused(String how) {
        return new LoadBroken(
                "ERR_STARTTLS_REFUSED",
                "starttls: the %s server %s with %s"
                        .formatted(protocol, asked.isEmpty() ? "greeted" : "answered " + asked, how));
    }

    private String answer() {
        return asked.isEmpty() ? "greet" : "answer " + asked;
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
