package io.heddle.cli;

import io.heddle.failure.TlsFailure;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serial;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A minimal HTTP/1.1 server (RFC 9112) that answers any request with the same text. Bodies are skipped, connections are kept alive if
 * the client wants that, and pipelined requests are answered in order.
 */
final class HttpExchange {
    private static final int LONGEST_HEAD = 64 * 1024;

    private final String requestLine;
    private final Map<String, String> fields;

    private HttpExchange(String requestLine, Map<String, String> fields) {
        this.requestLine = requestLine;
        this.fields = fields;
    }

    /** Answers requests until the client closes, or asks for the connection to be closed. */
    static void serve(InputStream from, OutputStream out, Map<String, @Nullable Object> facts) throws IOException {
        var in = new BufferedInputStream(from);
        byte[] body = body(facts);
        while (true) {
            Optional<HttpExchange> request;
            try {
                request = read(in);
            } catch (MalformedRequest e) {
                respond(out, e.status, "Connection: close\r\n", new byte[0], true);
                return;
            }
            if (request.isEmpty()) {
                return;
            }
            HttpExchange current = request.get();
            boolean close = current.wantsClose();
            current.skipBody(in, out);
            respond(out, "200 OK", close ? "Connection: close\r\n" : current.keepAlive(), body, !current.isHead());
            if (close) {
                return;
            }
        }
    }

    private static byte[] body(Map<String, @Nullable Object> facts) {
        var text = new StringBuilder();
        facts.forEach((name, value) -> text.append(name)
                .append(": ")
                .append(value == null ? "none" : TlsFailure.printable(value.toString()))
                .append('\n'));
        return ascii(text.toString());
    }

    private static void respond(OutputStream out, String status, String connection, byte[] body, boolean withBody)
            throws IOException {
        byte[] head = ascii("HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n%s\r\n"
                .formatted(status, body.length, connection));
        // One write makes one record.
        var response = new ByteArrayOutputStream(head.length + body.length);
        response.writeBytes(head);
        if (withBody) {
            response.writeBytes(body);
        }
        response.writeTo(out);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    /** A request that is answered with another status than 200. */
    private static final class MalformedRequest extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        private final String status;

        MalformedRequest(String status) {
            super(status);
            this.status = status;
        }
    }

    /** Reads the head of a request, empty if the client closed before it. */
    private static Optional<HttpExchange> read(InputStream in) throws IOException, MalformedRequest {
        int[] left = {LONGEST_HEAD};
        String requestLine = line(in, left);
        // RFC 9112 2.2: empty lines before a request are ignored.
        while (requestLine != null && requestLine.isEmpty()) {
            requestLine = line(in, left);
        }
        if (requestLine == null) {
            return Optional.empty();
        }
        if (!requestLine.matches("\\S+ \\S+ HTTP/1\\.[01]")) {
            throw new MalformedRequest("400 Bad Request");
        }
        var fields = new LinkedHashMap<String, String>();
        for (String line = line(in, left); line != null; line = line(in, left)) {
            if (line.isEmpty()) {
                return Optional.of(new HttpExchange(requestLine, fields));
            }
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new MalformedRequest("400 Bad Request");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            fields.put(name, line.substring(colon + 1).strip());
        }
        return Optional.empty();
    }

    /** Returns the next line without its end, null if the client closed. */
    private static @Nullable String line(InputStream in, int[] left) throws IOException, MalformedRequest {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                int length = line.length();
                return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
            }
            left[0]--;
            if (left[0] < 0) {
                throw new MalformedRequest("431 Request Header Fields Too Large");
            }
            line.append((char) c);
        }
        return null;
    }

    private boolean isHead() {
        return requestLine.startsWith("HEAD ");
    }

    private boolean isHttp10() {
        return requestLine.endsWith("/1.0");
    }

    private boolean wantsClose() {
        String connection = fields.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
        // A chunked body is not read, so the connection cannot be kept after it.
        return connection.contains("close")
                || fields.containsKey("transfer-encoding")
                || (isHttp10() && !connection.contains("keep-alive"))
                || contentLength() < 0;
    }

    // An HTTP/1.0 client depends on this line.
    private String keepAlive() {
        return isHttp10() ? "Connection: keep-alive\r\n" : "";
    }

    private long contentLength() {
        String length = fields.getOrDefault("content-length", "0");
        return length.matches("\\d{1,18}") ? Long.parseLong(length) : -1;
    }

    private void skipBody(InputStream in, OutputStream out) throws IOException {
        long length = contentLength();
        if (length > 0 && fields.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
            out.write(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
        }
        byte[] discarded = new byte[Math.clamp(length, 0, 8192)];
        while (length > 0) {
            int n = in.read(discarded, 0, (int) Math.min(length, discarded.length));
            if (n < 0) {
                return;
            }
            length -= n;
        }
    }
}
