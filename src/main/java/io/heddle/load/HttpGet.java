package io.heddle.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.heddle.TlsSocket;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A GET request over HTTP/1.1, RFC 9112. Only the framing and the status of the response are parsed; interim responses are skipped. */
final class HttpGet extends Exchange {
    private static final int LONGEST_HEAD = 64 * 1024;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)(?: .*)?");

    private final byte[] request;
    private final byte[] buffer = new byte[8192];
    private int position;
    private int filled;
    private long received;

    HttpGet(String path, LoadOptions.Target target) {
        String host = target.options().servername().orElse(target.options().host());
        String authority = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        int port = target.options().port();
        request = "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: heddle-load\r\nAccept: */*\r\n\r\n"
                .formatted(path, port == 443 ? authority : authority + ":" + port)
                .getBytes(US_ASCII);
    }

    /** The status line and header fields of a response, as far as they matter. */
    private record Head(int status, long length, boolean chunked, boolean close) {
        boolean hasBody() {
            return status != 204 && status != 304;
        }
    }

    @Override
    Result run(TlsSocket socket, long end) throws IOException {
        position = 0;
        filled = 0;
        received = 0;
        socket.getOutputStream().write(request);
        var answer = new Answer(socket, socket.getInputStream(), end);
        Head head = head(answer);
        for (int i = 0; head.status() / 100 == 1 && i < 10; i++) {
            head = head(answer);
        }
        boolean untilEnd = false;
        if (head.hasBody()) {
            if (head.chunked()) {
                chunks(answer);
            } else if (head.length() >= 0) {
                skip(answer, head.length());
            } else {
                untilEnd = true;
                toTheEnd(answer);
            }
        }
        if (position < filled) {
            throw new LoadException("ERR_WRONG_ANSWER", "request: the server sent more than its answer");
        }
        return new Result(request.length, received, !untilEnd && !head.close(), refusal(head.status()));
    }

    private static Optional<LoadException> refusal(int status) {
        return status < 400
                ? Optional.empty()
                : Optional.of(
                        new LoadException("HTTP_" + status, "request: the server answered with status " + status));
    }

    private record Answer(TlsSocket socket, InputStream in, long end) {
        int read(byte[] into) throws IOException {
            return Exchange.read(socket, in, into, 0, into.length, end);
        }
    }

    private Head head(Answer answer) throws IOException {
        String status = line(answer);
        Matcher parts = STATUS_LINE.matcher(status);
        if (!parts.matches()) {
            throw new LoadException(
                    "ERR_WRONG_ANSWER",
                    "request: the server answered \"%s\", a status line of HTTP/1.1 is needed"
                            .formatted(TlsFailure.printable(status)));
        }
        boolean close = status.startsWith("HTTP/1.0");
        boolean chunked = false;
        long length = -1;
        int size = status.length();
        for (String line = line(answer); !line.isEmpty(); line = line(answer)) {
            size += line.length();
            if (size > LONGEST_HEAD) {
                throw tooLong();
            }
            int colon = line.indexOf(':');
            String name = colon < 0 ? line : line.substring(0, colon);
            if (name.equalsIgnoreCase("content-length")) {
                length = number(line.substring(colon + 1).strip(), 10);
            } else if (name.equalsIgnoreCase("transfer-encoding")) {
                chunked = line.toLowerCase(Locale.ROOT).endsWith("chunked");
            } else if (name.equalsIgnoreCase("connection")) {
                String value = line.substring(colon + 1).toLowerCase(Locale.ROOT);
                close = value.contains("close") || (close && !value.contains("keep-alive"));
            }
        }
        return new Head(Integer.parseInt(parts.group(1)), length, chunked, close);
    }

    private void chunks(Answer answer) throws IOException {
        while (true) {
            String line = line(answer);
            int semicolon = line.indexOf(';');
            long length = number(
                    semicolon < 0 ? line.strip() : line.substring(0, semicolon).strip(), 16);
            if (length == 0) {
                break;
            }
            skip(answer, length);
            line(answer);
        }
        int trailer = 0;
        for (String line = line(answer); !line.isEmpty(); line = line(answer)) {
            trailer += line.length();
            if (trailer > LONGEST_HEAD) {
                throw tooLong();
            }
        }
    }

    private static long number(String digits, int radix) throws LoadException {
        try {
            if (!digits.startsWith("+")) {
                long number = Long.parseLong(digits, radix);
                if (number >= 0) {
                    return number;
                }
            }
        } catch (NumberFormatException e) {
            // The exception below has the text.
        }
        throw new LoadException(
                "ERR_WRONG_ANSWER",
                "request: the server sent \"%s\" where a length is needed".formatted(TlsFailure.printable(digits)));
    }

    private void skip(Answer answer, long length) throws IOException {
        long left = length;
        while (left > 0) {
            if (position == filled) {
                fill(answer);
            }
            int n = (int) Math.min(left, filled - position);
            position += n;
            left -= n;
        }
    }

    private void toTheEnd(Answer answer) throws IOException {
        position = filled;
        while (true) {
            answer.socket().setSoTimeout(LoadSocket.millisUntil(answer.end()));
            int n = answer.in().read(buffer);
            if (n < 0) {
                return;
            }
            received += n;
        }
    }

    private String line(Answer answer) throws IOException {
        StringBuilder before = null;
        int start = position;
        while (true) {
            if (position == filled) {
                if (position > start) {
                    before = before == null ? new StringBuilder() : before;
                    before.append(new String(buffer, start, position - start, ISO_8859_1));
                    if (before.length() > LONGEST_HEAD) {
                        throw tooLong();
                    }
                }
                fill(answer);
                start = 0;
            }
            if (buffer[position++] == '\n') {
                String rest = new String(buffer, start, position - start, ISO_8859_1);
                return (before == null ? rest : before + rest).stripTrailing();
            }
        }
    }

    private void fill(Answer answer) throws IOException {
        filled = answer.read(buffer);
        position = 0;
        received += filled;
    }

    private static LoadException tooLong() {
        return new LoadException(
                "ERR_WRONG_ANSWER",
                "request: the head of the answer has more than the %d bytes that are allowed".formatted(LONGEST_HEAD));
    }
}
