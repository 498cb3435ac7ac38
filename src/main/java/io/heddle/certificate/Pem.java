package io.heddle.certificate;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The PEM text encoding, RFC 7468, with the header lines of RFC 1421 that encrypted keys have.
 *
 * <p>Text outside the blocks is skipped, as OpenSSL does: many files carry a readable form of the certificate there.
 * Inside a block nothing is forgiven: a missing or different END line and any character that is not base64 are refused.
 */
public final class Pem {
    /** Larger than any bundle of certificates and than the largest CRLs in public use. */
    private static final int LONGEST_TEXT = 64 << 20;

    private static final int MOST_HEADERS = 16;
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private Pem() {}

    /** One block. Immutable. */
    public static final class Block {
        private final String label;
        private final Map<String, String> headers;
        private final byte[] der;

        private Block(String label, Map<String, String> headers, byte[] der) {
            this.label = label;
            this.headers = Map.copyOf(headers);
            this.der = der;
        }

        /** Returns what stands after BEGIN, such as {@code CERTIFICATE}. */
        public String label() {
            return label;
        }

        /** Returns a copy of the decoded content. */
        public byte[] der() {
            return der.clone();
        }

        /** Returns the header line with this name, such as {@code DEK-Info}, if the block has it. */
        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }

        /** Returns label and length; never the content, which may be a private key. */
        @Override
        public String toString() {
            return label + " (" + der.length + " bytes)";
        }
    }

    /** Returns whether {@code content} looks like text with a PEM block in it, as opposed to DER. */
    public static boolean isPem(byte[] content) {
        byte[] begin = BEGIN.getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at + begin.length <= content.length; at++) {
            if (content[at] == '-'
                    && (at == 0 || content[at - 1] == '\n' || content[at - 1] == '\r')
                    && Arrays.equals(content, at, at + begin.length, begin, 0, begin.length)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns all blocks of a text, in order; none if there is no BEGIN line.
     *
     * @param source what the text is, for the message: the option and the file, such as {@code cert "server.pem"}
     * @throws InvalidOption with {@code ERR_OSSL_PEM_BAD_END_LINE}, {@code ERR_OSSL_PEM_BAD_BASE64_DECODE} or {@code ERR_OSSL_PEM_TOO_LARGE}
     */
    public static List<Block> read(String source, String text) {
        if (text.length() > LONGEST_TEXT) {
            throw new InvalidOption(
                    "ERR_OSSL_PEM_TOO_LARGE",
                    "%s: has %d characters, at most %d are read".formatted(source, text.length(), LONGEST_TEXT));
        }
        var lines = new Lines(text);
        var blocks = new ArrayList<Block>();
        while (lines.next()) {
            String line = lines.line;
            if (line.startsWith(BEGIN) && line.endsWith(DASHES) && line.length() >= BEGIN.length() + DASHES.length()) {
                blocks.add(block(source, line.substring(BEGIN.length(), line.length() - DASHES.length()), lines));
            }
        }
        return List.copyOf(blocks);
    }

    /** Returns all blocks of a text in bytes; see {@link #read(String, String)}. */
    public static List<Block> read(String source, byte[] text) {
        // Latin-1 keeps whatever stands outside the blocks from being a reason to fail.
        return read(source, new String(text, StandardCharsets.ISO_8859_1));
    }

    /** Returns one block as text: lines of 64 characters, a newline at the end. */
    public static String write(String label, byte[] der) {
        byte[] newline = {'\n'};
        String base64 = Base64.getMimeEncoder(64, newline).encodeToString(der);
        return BEGIN + label + DASHES + "\n" + base64 + (base64.isEmpty() ? "" : "\n") + END + label + DASHES + "\n";
    }

    private static Block block(String source, String label, Lines lines) {
        int began = lines.number;
        var headers = new LinkedHashMap<String, String>();
        var base64 = new StringBuilder();
        boolean inHeaders = false;
        String header = "";
        while (lines.next()) {
            String line = lines.line;
            if (line.startsWith(END)) {
                if (!line.equals(END + label + DASHES)) {
                    throw badEnd(source, label, began);
                }
                return new Block(label, headers, decode(source, label, lines.number, base64));
            }
            int colon = line.indexOf(':');
            if (colon > 0 && base64.isEmpty() && headers.size() < MOST_HEADERS) {
                inHeaders = true;
                header = line.substring(0, colon);
                headers.put(header, line.substring(colon + 1).strip());
            } else if (inHeaders && line.isBlank()) {
                inHeaders = false;
            } else if (inHeaders && Character.isWhitespace(line.charAt(0))) {
                headers.merge(header, line.strip(), String::concat);
            } else {
                base64.append(line.strip());
            }
        }
        throw badEnd(source, label, began);
    }

    private static byte[] decode(String source, String label, int line, StringBuilder base64) {
        try {
            if (base64.length() % 4 == 0) {
                return Base64.getDecoder().decode(base64.toString());
            }
        } catch (IllegalArgumentException notBase64) {
            // One sentence for both; the decoder's own says no more, and it may quote the content.
        }
        throw new InvalidOption(
                "ERR_OSSL_PEM_BAD_BASE64_DECODE",
                "%s: the %s block that ends in line %d is not base64"
                        .formatted(source, TlsFailure.printable(label), line));
    }

    private static InvalidOption badEnd(String source, String label, int line) {
        return new InvalidOption(
                "ERR_OSSL_PEM_BAD_END_LINE",
                "%s: the %s block that begins in line %d has no END line of its own"
                        .formatted(source, TlsFailure.printable(label), line));
    }

    /** Walks over lines that end in LF, CRLF or CR without making a list of them. Trailing blanks are dropped. */
    private static final class Lines {
        private final String text;
        private int at;
        private int number;
        private String line = "";

        Lines(String text) {
            this.text = text;
        }

        boolean next() {
            if (at >= text.length()) {
                return false;
            }
            int end = at;
            while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
                end++;
            }
            line = text.substring(at, end).stripTrailing();
            number++;
            boolean pair = end + 1 < text.length() && text.charAt(end) == '\r' && text.charAt(end + 1) == '\n';
            at = end + (pair ? 2 : 1);
            return true;
        }
    }
}
