package io.heddle.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** The PEM form of a session, RFC 7468 with OpenSSL's label. */
final class SessionPem {
    private static final String BEGIN = "-----BEGIN SSL SESSION PARAMETERS-----";
    private static final String END = "-----END SSL SESSION PARAMETERS-----";
    private static final int COLUMNS = 64;
    private static final int LONGEST_FILE_NAME = 4096;

    private SessionPem() {}

    static String write(byte[] der) {
        byte[] lines = Base64.getMimeEncoder(COLUMNS, new byte[] {'\n'}).encode(der);
        try {
            return BEGIN + "\n" + new String(lines, StandardCharsets.ISO_8859_1) + "\n" + END + "\n";
        } finally {
            Arrays.fill(lines, (byte) 0);
        }
    }

    static byte[] read(String pem) throws MalformedSession {
        int begin = pem.indexOf(BEGIN);
        int end = begin < 0 ? -1 : pem.indexOf(END, begin);
        if (end < 0) {
            boolean oneLine =
                    pem.length() <= LONGEST_FILE_NAME && pem.strip().lines().count() == 1;
            throw DerReader.malformed(
                    "the text",
                    "has no block SSL SESSION PARAMETERS"
                            + (oneLine ? " (of a file the content is expected, not the name)" : ""));
        }
        int start = begin + BEGIN.length();
        // Four characters for three bytes and a line end for every 64: a longer text cannot be a session.
        if (end - start > SessionBounds.LONGEST_DER * 3 / 2) {
            throw DerReader.malformed("the PEM block", "is longer than any session");
        }
        StringBuilder base64 = new StringBuilder(end - start);
        for (int i = start; i < end; i++) {
            char c = pem.charAt(i);
            if (c != '\n' && c != '\r' && c != ' ' && c != '\t') {
                base64.append(c);
            }
        }
        try {
            return Base64.getDecoder().decode(base64.toString());
        } catch (IllegalArgumentException notBase64) {
            throw DerReader.malformed("the PEM block", "is not base64");
        }
    }
}
