package io.heddle;

import io.heddle.failure.InvalidOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an option names: a file, which is read when the context is built, or its content.
 *
 * @param name option and file, for the sentence that refuses it
 * @param own the passphrase of this one alone
 */
record Source(
        String name, byte @Nullable [] content, @Nullable Path file, char @Nullable [] own) {
    static Source file(String option, Path file, char @Nullable [] secret) {
        return new Source("%s \"%s\"".formatted(option, file), null, file, secret == null ? null : secret.clone());
    }

    static Source bytes(String option, byte[] content, char @Nullable [] secret) {
        return new Source(option, content.clone(), null, secret == null ? null : secret.clone());
    }

    static Source text(String option, String pem, char @Nullable [] secret) {
        if (pem.isEmpty()) {
            throw new InvalidOption("ERR_OSSL_PEM_NO_START_LINE", option + ": the text is empty, PEM is expected");
        }
        return bytes(option, pem.getBytes(StandardCharsets.UTF_8), secret);
    }

    char[] secret(char[] common) {
        return own == null ? common : own;
    }

    byte[] read() {
        if (content != null) {
            return content;
        }
        try {
            return Files.readAllBytes(Objects.requireNonNull(file));
        } catch (NoSuchFileException e) {
            throw new InvalidOption("ENOENT", name + ": there is no such file", e);
        } catch (AccessDeniedException e) {
            throw new InvalidOption("EACCES", name + ": the file may not be read", e);
        } catch (IOException e) {
            throw new InvalidOption("EIO", "%s: cannot be read: %s".formatted(name, e.getMessage()), e);
        }
    }
}
