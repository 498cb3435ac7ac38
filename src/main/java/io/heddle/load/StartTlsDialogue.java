package io.heddle.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
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

    private final StartTls protocol;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final long end;

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
        new StartTlsDialogue(protocol, socket, end).hold();
        socket.setSoTimeout(0);
    }

    private void hold() throws IOException {
        switch (protocol) {
            case SMTP -> {
                smtpReply("220");
                send("EHLO heddle.invalid\r\n");
                smtpReply("250");
                send("STARTTLS\r\n");
                smtpReply("220");
            }
            case IMAP -> {
                expect(line(), "* OK");
                send("a STARTTLS\r\n");
                String line = line();
                for (int i = 0; line.startsWith("* ") && i < MOST_LINES; i++) {
                    line = line();
                }
                expect(line, "A OK");
            }
            case POP3 -> {
                expect(line(), "+OK");
                send("STLS\r\n");
                expect(line(), "+OK");
            }
            case LDAP -> ldap();
            case POSTGRES -> {
                out.write(POSTGRES_REQUEST);
                int answer = read();
                if (answer != 'S') {
                    throw refused(String.valueOf((char) answer));
                }
            }
        }
    }

    private void send(String text) throws IOException {
        out.write(text.getBytes(US_ASCII));
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
        if (!line.toUpperCase(Locale.ROOT).startsWith(beginning)) {
            throw refused(line);
        }
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int b = read(); b != '\n'; b = read()) {
            if (line.length() == LONGEST_LINE) {
                throw refused(line.toString());
            }
            line.append((char) b);
        }
        return line.toString().strip();
    }

    /** LDAPMessage ::= SEQUENCE { messageID INTEGER, ExtendedResponse [APPLICATION 24] { resultCode ENUMERATED ... } }. */
    private void ldap() throws IOException {
        out.write(LDAP_REQUEST);
        if (read() != 0x30) {
            throw refused("no LDAPMessage");
        }
        int length = length();
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) read();
        }
        // messageID, the tag and length of the response, and then the result's tag, length and value.
        int at = message.length > 1 ? 2 + message[1] : length;
        if (at + 2 > length || message[at] != 0x78) {
            throw refused("no ExtendedResponse");
        }
        at += message[at + 1] < 0 ? 2 + (message[at + 1] & 0x7f) : 2;
        if (at + 3 > length || message[at] != 0x0a || message[at + 1] != 1) {
            throw refused("an ExtendedResponse without a result");
        }
        if (message[at + 2] != 0) {
            throw refused("LDAP result code " + message[at + 2]);
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
        socket.setSoTimeout(LoadConnection.millisUntil(end));
        int b = in.read();
        if (b < 0) {
            throw new LoadBroken("ECONNRESET", "starttls: the server ended the connection before TLS");
        }
        return b;
    }

    private LoadBroken refused(String said) {
        return new LoadBroken(
                "ERR_STARTTLS_REFUSED",
                "starttls: the %s server said \"%s\"".formatted(protocol, TlsFailure.printable(said)));
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
