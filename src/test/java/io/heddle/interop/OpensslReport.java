package io.heddle.interop;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The connection facts that {@code openssl s_client} and {@code s_server} print, independent of the release: OpenSSL
 * changed the wording of most of them between 3.0 and 3.5. A fact that is missing fails with the whole output.
 */
public final class OpensslReport {
    private static final Pattern PROTOCOL = line(" *Protocol *: (\\S+)");
    private static final Pattern OUTCOME = line("(New|Reused), (\\S+), Cipher is (\\S+)");
    private static final Pattern SUBJECT = line("subject=(.*)");
    // 3.0 "Server Temp Key: ECDH, prime256v1, 256 bits"; 3.5 "Peer Temp Key: …", or for a hybrid "Negotiated TLS1.3
    // group: …".
    private static final Pattern TEMPORARY_KEY =
            line("(?:Server|Peer) Temp Key: (?:ECDH, |DH, )?([^,]+)(?:, \\d+ bits)?");
    private static final Pattern GROUP = line("Negotiated TLS1\\.3 group: (\\S+)");
    // 3.0 "Peer signature type: RSA-PSS", with the digest in a separate line; 3.5 "Peer signature
    // type: rsa_pss_rsae_sha256".
    private static final Pattern SIGNATURE = line("Peer signature type: (\\S+)");
    private static final Pattern DIGEST = line("Peer signing digest: (\\S+)");
    private static final Pattern SCHEME = Pattern.compile("(rsa_pkcs1|rsa_pss|ecdsa)_(?:\\w+_)?(sha\\d+)");
    private static final Pattern CLIENT_CAS =
            Pattern.compile("^Acceptable client certificate CA names\n((?:[A-Z]+ ?= ?.*\n)+)", Pattern.MULTILINE);
    private static final Pattern VERIFICATION = line(" *Verify return code: (\\d+) .*");
    private static final Pattern ALERT = Pattern.compile("SSL alert number (\\d+)$", Pattern.MULTILINE);
    private static final Pattern SERVER_RESUMED = line("Reused session-id");

    private final String output;

    private OpensslReport(String output) {
        this.output = output;
    }

    /** Parses the output of a program that has exited. */
    public static OpensslReport of(ProgramResult program) {
        return new OpensslReport(program.output());
    }

    /** Parses the output of one connection. */
    public static OpensslReport of(String output) {
        return new OpensslReport(output);
    }

    /** Returns the protocol version: {@code TLSv1.3}. */
    public String protocol() {
        // Before 3.2 only TLS 1.2 and below had such a line. For TLS 1.3 the result line names the version, which it
        // does not for TLS 1.0.
        return find(PROTOCOL)
                .map(found -> found.group(1))
                .orElseGet(() -> outcome().group(2));
    }

    /** Returns the name of the cipher suite. */
    public String cipher() {
        return outcome().group(3);
    }

    /** Returns whether the client's handshake resumed a session. */
    public boolean resumed() {
        return outcome().group(1).equals("Reused");
    }

    /** Returns the number of connections of the client that resumed a session ({@code -reconnect}). */
    public long resumptions() {
        return OUTCOME.matcher(output)
                .results()
                .filter(found -> found.group(1).equals("Reused"))
                .count();
    }

    /** Returns whether the server resumed a session; a server prints nothing if it did not. */
    public boolean serverResumed() {
        return find(SERVER_RESUMED).isPresent();
    }

    /** Returns the subject of the peer's certificate: {@code CN=P256, O=Heddle}. */
    public String subject() {
        return withoutSpaces(required(SUBJECT, "a subject").group(1));
    }

    /** Returns the name of the key exchange group: {@code X25519}, {@code prime256v1}, {@code X25519MLKEM768}. */
    public String group() {
        return find(GROUP).orElseGet(() -> required(TEMPORARY_KEY, "a group")).group(1);
    }

    /**
     * Returns the algorithm of the peer's signature in the notation of openssl's options: {@code RSA-PSS+SHA256},
     * {@code ed25519}.
     */
    public String signature() {
        String type = required(SIGNATURE, "a signature").group(1);
        Matcher scheme = SCHEME.matcher(type);
        if (scheme.matches()) {
            String key = switch (scheme.group(1)) {
                case "rsa_pkcs1" -> "RSA";
                case "rsa_pss" -> "RSA-PSS";
                default -> "ECDSA";
            };
            return key + "+" + scheme.group(2).toUpperCase(Locale.ROOT);
        }
        return find(DIGEST).map(digest -> type + "+" + digest.group(1)).orElse(type);
    }

    /**
     * Returns the subjects of the authorities whose client certificates the server accepts: {@code CN=Root, O=Heddle}.
     */
    public List<String> clientCas() {
        return required(CLIENT_CAS, "names of authorities")
                .group(1)
                .lines()
                .map(OpensslReport::withoutSpaces)
                .toList();
    }

    /** Returns the verification code of the peer's certificate; 0 is valid. */
    public int verification() {
        return Integer.parseInt(required(VERIFICATION, "a verification").group(1));
    }

    /** Returns the number of the alert that the peer sent. */
    public int alert() {
        return Integer.parseInt(required(ALERT, "an alert").group(1));
    }

    private Matcher outcome() {
        return required(OUTCOME, "a handshake");
    }

    private Matcher required(Pattern pattern, String what) {
        return find(pattern)
                .orElseThrow(() -> new AssertionError("openssl printed nothing about " + what + ":\n" + output));
    }

    private Optional<Matcher> find(Pattern pattern) {
        return Optional.of(pattern.matcher(output)).filter(Matcher::find);
    }

    // 3.0 "CN = localhost, O = Heddle", 3.2 and later "CN=localhost, O=Heddle".
    private static String withoutSpaces(String name) {
        return name.replace(" = ", "=");
    }

    private static Pattern line(String regex) {
        return Pattern.compile("^" + regex + "$", Pattern.MULTILINE);
    }
}
