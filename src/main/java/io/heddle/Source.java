package io.heddle;

import io.heddle.certificate.file.Pem;
import io.heddle.failure.InvalidOption;
import io.heddle.failure.TlsFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The content of an option, or the file that has it, which is read when the context is built.
 *
 * @param name option and file, for messages
 * @param text whether the content was given as text
 * @param own the passphrase of this content alone, null for the common one
 */
record Source(
        String name,
        byte @Nullable [] content,
        boolean text,
        @Nullable Path file,
        char @Nullable [] own) {
    /** Larger than any bundle of certificates and than the largest CRLs in public use; a device file has no end. */
    private static final int LONGEST_FILE = 64 << 20;

    private static final int LONGEST_FILE_NAME = 4096;

    /**
     * A file name with an extension, such as {@code server-key.pem}. Only such a text is quoted in a message: Base64
     * has no dots, so this is not a key without its BEGIN line.
     */
    private static final Pattern FILE_NAME = Pattern.compile("[^\\p{Cntrl}]{1,250}\\.\\p{Alpha}[0-9A-Za-z]{0,7}");

    /** A reader of the content of an option. */
    interface Reader<T> {
        /**
         * Returns the parsed content.
         *
         * @throws InvalidOption if it cannot be parsed, with {@code name} in the message
         */
        T read(String name, byte[] content);
    }

    static Source file(String option, Path file, char @Nullable [] secret) {
        return new Source("%s \"%s\"".formatted(option, file), null, false, file, copy(secret));
    }

    static Source bytes(String option, byte[] content, char @Nullable [] secret) {
        return new Source(option, content.clone(), false, null, copy(secret));
    }

    static Source text(String option, String pem, char @Nullable [] secret) {
        if (pem.isEmpty()) {
            throw new InvalidOption("ERR_OSSL_PEM_NO_START_LINE", option + ": the text is empty, PEM is expected");
        }
        return new Source(option, pem.getBytes(StandardCharsets.UTF_8), true, null, copy(secret));
    }

    private static char @Nullable [] copy(char @Nullable [] secret) {
        return secret == null ? null : secret.clone();
    }

    char[] secret(char[] common) {
        return own == null ? common : own;
    }

    /**
     * Returns the content, parsed by the reader.
     *
     * @throws InvalidOption if the file cannot be read, or the reader refuses the content; for text without PEM, such
     *     as the name of a file, the message says how a file is given
     */
    <T> T read(Reader<T> reader) {
        byte[] read = read();
        try {
            return reader.read(name, read);
        } catch (InvalidOption e) {
            throw text && !Pem.isPem(read) ? withHint(e, new String(read, StandardCharsets.UTF_8)) : e;
        }
    }

    /**
     * Returns the refusal of a text without PEM, with a hint how a file is given if the text could be the name of one.
     */
    private static InvalidOption withHint(InvalidOption refusal, String text) {
        String line = text.strip();
        if (line.length() > LONGEST_FILE_NAME || line.lines().count() != 1) {
            return refusal;
        }
        String named = FILE_NAME.matcher(line).matches()
                ? "; the text \"%s\" looks like the name of a file".formatted(TlsFailure.printable(line))
                : "";
        return new InvalidOption(
                refusal.code(), "%s%s (a file is given as a Path)".formatted(refusal.getMessage(), named), refusal);
    }

    byte[] read() {
        if (content != null) {
            return content;
        }
        try (InputStream in = Files.newInputStream(Objects.requireNonNull(file))) {
            byte[] read = in.readNBytes(LONGEST_FILE + 1);
            if (read.length > LONGEST_FILE) {
                throw new InvalidOption(
                        "ERR_OSSL_PEM_TOO_LARGE", "%s: is longer than %d bytes".formatted(name, LONGEST_FILE));
            }
            return read;
        } catch (NoSuchFileException e) {
            throw new InvalidOption("ENOENT", name + ": there is no such file", e);
        } catch (AccessDeniedException e) {
            throw new InvalidOption("EACCES", name + ": the file may not be read", e);
        } catch (IOException e) {
            throw new InvalidOption("EIO", "%s: cannot be read: %s".formatted(name, e.getMessage()), e);
        }
    }
}
