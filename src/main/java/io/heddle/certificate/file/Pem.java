package io.heddle.certificate.file;

import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The PEM text encoding, RFC 7468, with the header lines of RFC 1421 that encrypted keys have.
 *
 * <p>Text outside the blocks is skipped, as OpenSSL does: many files carry a readable form of the certificate there. A
 * UTF-8 byte order mark at the start of a line is skipped too, since files that begin with one are concatenated. Blocks
 * are parsed strictly: a missing or different END line and any character that is not base64 are refused.
 *
 * <p>Why the text outside is inspected: OpenSSL skips a block whose BEGIN line is damaged, and with it the leaf of a
 * chain or a root. Here a line outside the blocks that looks like a BEGIN or END line but is malformed or has no
 * counterpart is refused with its number. Lines whose first character is {@code #} are comments; blocks may be switched
 * off with them.
 */
public final class Pem {
    /** Larger than any bundle of certificates and than the largest CRLs in public use. */
    private static final int LONGEST_TEXT = 64 << 20;

    private static final int MOST_HEADERS = 16;
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final String NO_START_LINE = "ERR_OSSL_PEM_NO_START_LINE";
    private static final String BAD_END_LINE = "ERR_OSSL_PEM_BAD_END_LINE";

    /**
     * A line with two to four dashes is a marker if it has one of these; a line of prose such as {@code -- END --}
     * has none.
     */
    private static final List<String> NOUNS = List.of("CERT", "KEY", "CRL", "PKCS", "CMS", "PARAM");

    /** The kinds of block, beside all keys and parameters, that the readers of other kinds skip. */
    private static final Set<String> PASSED_OVER = Set.of(
            "CERTIFICATE",
            "X509 CERTIFICATE",
            "TRUSTED CERTIFICATE",
            "CERTIFICATE REQUEST",
            "NEW CERTIFICATE REQUEST",
            "ATTRIBUTE CERTIFICATE",
            "X509 CRL");

    private Pem() {}

    /** One block. Immutable. */
    public static final class Block {
        private final String label;
        private final Map<String, String> headers;
        private final byte[] der;
        private final int line;

        private Block(String label, Map<String, String> headers, byte[] der, int line) {
            this.label = label;
            this.headers = Map.copyOf(headers);
            this.der = der;
            this.line = line;
        }

        /** Returns the text after BEGIN, such as {@code CERTIFICATE}. */
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

        /**
         * Refuses a block that a reader must not skip: one with a misspelt label or of an unknown kind may be the one
         * that was meant.
         */
        void passOver(String source) {
            boolean other = PASSED_OVER.contains(label)
                    || label.endsWith("PRIVATE KEY")
                    || label.endsWith("PUBLIC KEY")
                    || label.endsWith("PARAMETERS");
            if (!other) {
                throw new InvalidOption(
                        NO_START_LINE,
                        "%s: the block that begins in line %d is of kind %s, which is not read here"
                                .formatted(source, line, TlsFailure.printable(label)));
            }
        }

        /** Returns label and length without the content, which may be a private key. */
        @Override
        public String toString() {
            return label + " (" + der.length + " bytes)";
        }
    }

    /** Returns whether {@code content} looks like text with PEM blocks in it, whole or damaged, as opposed to DER. */
    public static boolean isPem(byte[] content) {
        if (isUtf16(content)) {
            return true;
        }
        if (isWholeSequence(content)) {
            return false;
        }
        var lines = new Lines(new String(content, StandardCharsets.UTF_8));
        while (lines.next()) {
            if (isBegin(lines.line) || looksLikeMarker(lines.line)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns all blocks of a text, in order; none if there is no BEGIN line.
     *
     * @param source what the text is, for the message: the option and the file, such as {@code cert "server.pem"}
     * @throws InvalidOption with {@code ERR_OSSL_PEM_BAD_END_LINE}, {@code ERR_OSSL_PEM_BAD_BASE64_DECODE},
     *     {@code ERR_OSSL_PEM_TOO_LARGE}, or {@code ERR_OSSL_PEM_NO_START_LINE} for a malformed BEGIN line
     */
    public static List<Block> read(String source, String text) {
        requireSize(source, text.length(), "characters");
        var lines = new Lines(text);
        var blocks = new ArrayList<Block>();
        while (lines.next()) {
            String line = lines.line;
            if (isBegin(line)) {
                blocks.add(block(source, line.substring(BEGIN.length(), line.length() - DASHES.length()), lines));
            } else if (looksLikeMarker(line)) {
                throw notRead(source, line, lines.number);
            }
        }
        return List.copyOf(blocks);
    }

    /**
     * Returns all blocks of a text in bytes, in UTF-8 or any encoding that has ASCII in it; see
     * {@link #read(String, String)}. UTF-16 is refused, as OpenSSL does not read it either.
     */
    public static List<Block> read(String source, byte[] text) {
        requireSize(source, text.length, "bytes");
        if (isUtf16(text)) {
            throw new InvalidOption(NO_START_LINE, source + ": is text in UTF-16, PEM is read in ASCII or UTF-8");
        }
        // Text outside the blocks that is not UTF-8 is decoded to replacement characters and is not an error.
        return read(source, new String(text, StandardCharsets.UTF_8));
    }

    private static void requireSize(String source, int length, String unit) {
        if (length > LONGEST_TEXT) {
            throw new InvalidOption(
                    "ERR_OSSL_PEM_TOO_LARGE",
                    "%s: has %d %s, at most %d are read".formatted(source, length, unit, LONGEST_TEXT));
        }
    }

    private static boolean isUtf16(byte[] text) {
        return text.length >= 2
                && ((text[0] == (byte) 0xfe && text[1] == (byte) 0xff)
                        || (text[0] == (byte) 0xff && text[1] == (byte) 0xfe));
    }

    /** Returns whether {@code content} is one DER SEQUENCE of the length in its header, whatever text it contains. */
    private static boolean isWholeSequence(byte[] content) {
        if (content.length < 2 || content[0] != 0x30) {
            return false;
        }
        int bytes = content[1] & 0x7f;
        if (content[1] >= 0) {
            return content.length == 2 + bytes;
        }
        if (bytes == 0 || bytes > 4 || content.length < 2 + bytes) {
            return false;
        }
        long length = 0;
        for (int at = 2; at < 2 + bytes; at++) {
            length = length << 8 | (content[at] & 0xff);
        }
        return content.length == 2 + bytes + length;
    }

    /** Returns whether {@code line} begins a block: five dashes, BEGIN, a label without further dashes, five dashes. */
    private static boolean isBegin(String line) {
        return isMarker(BEGIN, line);
    }

    private static boolean isMarker(String start, String line) {
        return line.startsWith(start)
                && line.endsWith(DASHES)
                && line.indexOf("--", start.length()) == line.length() - DASHES.length();
    }

    /** Returns whether a line that is not a BEGIN line looks like a damaged BEGIN or END line. */
    private static boolean looksLikeMarker(String line) {
        if (line.stripLeading().startsWith("#")) {
            return false;
        }
        String upper = line.toUpperCase(Locale.ROOT);
        boolean noun = NOUNS.stream().anyMatch(upper::contains);
        for (String word : List.of("BEGIN", "END")) {
            for (int at = upper.indexOf(word); at >= 0; at = upper.indexOf(word, at + 1)) {
                int dashes = dashesBefore(upper, at);
                if (dashes >= DASHES.length() || (dashes >= 2 && noun)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Counts dashes of any kind, at most five, before {@code at}; one blank may separate them. */
    private static int dashesBefore(String line, int at) {
        int end = at > 0 && Character.isWhitespace(line.charAt(at - 1)) ? at - 1 : at;
        int dashes = 0;
        while (dashes < DASHES.length() && dashes < end && isDash(line.charAt(end - 1 - dashes))) {
            dashes++;
        }
        return dashes;
    }

    /**
     * Word processors replace hyphens with other dashes; in an encoding other than UTF-8 those become
     * replacement characters.
     */
    private static boolean isDash(char c) {
        return c == '-' || Character.getType(c) == Character.DASH_PUNCTUATION || c == '\u2212' || c == '\ufffd';
    }

    /** Returns a failure with the line number and without the text, since a line may hold a whole private key. */
    private static InvalidOption notRead(String source, String line, int number) {
        if (isMarker(END, line)) {
            return new InvalidOption(
                    BAD_END_LINE,
                    "%s: the END line in line %d ends no block, its BEGIN line is missing or damaged"
                            .formatted(source, number));
        }
        return new InvalidOption(
                NO_START_LINE,
                "%s: line %d looks like a line of PEM but is none, \"-----BEGIN NAME-----\" with nothing before or behind it is read"
                        .formatted(source, number));
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
                return new Block(label, headers, decode(source, label, lines.number, base64), began);
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
            // One sentence for both causes; the decoder's message says no more and may quote the content.
        }
        throw new InvalidOption(
                "ERR_OSSL_PEM_BAD_BASE64_DECODE",
                "%s: the %s block that ends in line %d is not base64"
                        .formatted(source, TlsFailure.printable(label), line));
    }

    private static InvalidOption badEnd(String source, String label, int line) {
        return new InvalidOption(
                BAD_END_LINE,
                "%s: the %s block that begins in line %d has no END line of its own"
                        .formatted(source, TlsFailure.printable(label), line));
    }

    /**
     * An iteration over lines that end in LF, CRLF or CR, without a list of them. Leading byte order marks and trailing
     * blanks are dropped.
     */
    private static final class Lines {
        private static final char BYTE_ORDER_MARK = '\ufeff';

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
            while (at < text.length() && text.charAt(at) == BYTE_ORDER_MARK) {
                at++;
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
